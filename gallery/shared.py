"""A shared subexpression

    f = x·y·exp(x·y)

What is written twice is computed once; both uses send a gradient back to it.
"""

import graphviz_ad as gv

point = gv.parse("x*y*exp(x*y)").at(x=2, y=0.5)

if __name__ == "__main__":
    point.save("shared.svg")
