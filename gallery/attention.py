"""Attention

    L = Σ (softmax(Q·Kᵀ/√2)·V)²

Every row of A says how much a query takes from each value. The rows of A sum to 1, whatever S is, so the rows of the gradient
of S sum to 0.
"""

import graphviz_ad as gv

point = gv.parse("""
    S = Q @ K.T / sqrt(2)
    A = softmax(S)
    O = A @ V
    L = sum(O**2)
""").at(Q=[[1, 0], [0, 2]], K=[[1, 1], [-1, 0], [0, 1]], V=[[1, 0], [0, 1], [2, -1]])
options = {"depth": 0}

if __name__ == "__main__":
    point.save("attention.svg", **options)
