"""The hinge loss

    L = Σ max(0, s − s[0] + 10), less the right class's own term

Class 0 is right. Class 1 is far enough below it; class 2 is within the margin of 10 and costs 8, so that only the scores of
classes 0 and 2 have a gradient.
"""

import graphviz_ad as gv

point = gv.parse("right = s[0]; wrong = s[1:]; m = wrong - right + 10; L = sum(max(0, m))").at(s=[13, -7, 11])

if __name__ == "__main__":
    point.save("hinge.svg")
