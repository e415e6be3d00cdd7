"""A gradient is a graph again

    f = sin(x)·y

So it can be drawn, checked and differentiated like any other.
"""

import graphviz_ad as gv

point = gv.parse("sin(x)*y").gradient().at(x=1, y=2)

if __name__ == "__main__":
    point.save("gradient.svg")
