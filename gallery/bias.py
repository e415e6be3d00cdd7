"""A bias for every row

    L = Σ (X + b)²/2

On the way forward b is added to each row of X. What is copied on the way forward is summed on the way back: the gradient of
b is the sum over the rows.
"""

import graphviz_ad as gv

point = gv.parse("Z = X + b; L = sum(Z**2)/2").at(X=[[1, 2, 3], [4, 5, 6]], b=[0.5, -1, 2])

if __name__ == "__main__":
    point.save("bias.svg")
