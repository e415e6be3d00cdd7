"""A maximum

    f = max(x, y)

The larger input receives the whole gradient, the other one nothing.
"""

import graphviz_ad as gv

point = gv.parse("max(x, y)").at(x=4, y=2)

if __name__ == "__main__":
    point.save("max.svg")
