"""A product of matrices

    f = Σ (X·W)·dY

The gradient that arrives at Y is dY. From it X gets dY·Wᵀ and W gets Xᵀ·dY: both are products of matrices again.
"""

import graphviz_ad as gv

point = gv.parse("Y = X @ W; f = sum(Y*dY)").at(
    X=[[2, 1, -3], [-3, 4, 2]],
    W=[[3, 2, 1, -1], [2, 1, 3, 2], [3, 2, 1, -2]],
    dY=[[2, 3, -3, 9], [-8, 1, 4, 6]],
).with_respect_to("X", "W")  # fmt: skip

if __name__ == "__main__":
    point.save("matrices.svg")
