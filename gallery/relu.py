"""A rectifier on a vector

    f = Σ relu(x)·dz

The Jacobian of z by x is diagonal, with 1 where x is positive and 0 elsewhere. It is a mask, and is never formed. The sum
with dz makes dz the gradient that arrives at z.
"""

import graphviz_ad as gv

point = gv.parse("z = relu(x); f = sum(z*dz)").at(x=[1, -2, 3, -1], dz=[4, -1, 5, 9]).with_respect_to("x")

if __name__ == "__main__":
    point.save("relu.svg")
