"""A product

    f = x·y

The gradient of a product swaps its factors: each input receives the other one's value.
"""

import graphviz_ad as gv

point = gv.parse("x*y").at(x=4, y=-3)

if __name__ == "__main__":
    point.save("product.svg")
