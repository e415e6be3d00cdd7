"""One value, two arrows

    f = x·x

Both factors are the same wire. Each arrow brings back 3, and their sum is the gradient, 2x = 6.
"""

import graphviz_ad as gv

point = gv.parse("x*x").at(x=3)

if __name__ == "__main__":
    point.save("square.svg")
