"""Softmax and cross-entropy

    p = softmax(s), L = −Σ y·ln(p)

With y = 1 for the right class and 0 for the others, the gradient of the scores is p − y: the step through softmax and the
logarithm together is a subtraction.
"""

import graphviz_ad as gv

point = gv.parse("p = softmax(s); L = -sum(y*ln(p))").at(s=[1, -2, 0], y=[0, 1, 0]).with_respect_to("s")
options = {"depth": 0}

if __name__ == "__main__":
    point.save("cross_entropy.svg", **options)
