"""A kink

    f = y·relu(x)

At 0 the slope jumps from 0 to 1. Every operation states which value it chooses there, and the picture says so.
"""

import graphviz_ad as gv

point = gv.parse("relu(x)*y").at(x=0, y=3)

if __name__ == "__main__":
    point.save("kink.svg")
