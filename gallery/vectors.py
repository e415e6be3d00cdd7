"""The length of a product, squared

    f = ‖W·x‖²

Wires carry arrays: their shapes stand beside them. Back through the product, the gradient of W is an outer product and
that of x a product with the transposed W.
"""

import graphviz_ad as gv

point = gv.parse("q = W @ x; f = sum(q**2)").at(W=[[0.1, 0.5], [-0.3, 0.8]], x=[0.2, 0.4])

if __name__ == "__main__":
    point.save("vectors.svg")
