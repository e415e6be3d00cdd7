"""Add, max and multiply in one circuit

    f = 2·(x·y + max(z, w))

The factor 2 stays where it was written; a computer algebra system would have distributed it over the sum.
"""

import graphviz_ad as gv

point = gv.parse("2*(x*y + max(z, w))").at(x=3, y=-4, z=2, w=-1)

if __name__ == "__main__":
    point.save("circuit.svg")
