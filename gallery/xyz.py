"""The opening example

    f = (x + y)·z

Values run from left to right, gradients back from right to left. On every arrow stands the local derivative; upstream
times local is what goes on to the next wire.
"""

import graphviz_ad as gv

point = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)

if __name__ == "__main__":
    point.save("xyz.svg")
