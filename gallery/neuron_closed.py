"""The same function closed

    σ(t) = 1/(1 + exp(−t)),  f = σ(w₀x₀ + w₁x₁ + w₂)

Closed, the box is one gate. Its local derivative is that of everything inside: (1 − 0.73)·0.73 = 0.20.
"""

import graphviz_ad as gv

point = gv.parse("sigma(t) = 1/(1 + exp(-1*t)); a = w0*x0 + w1*x1 + w2; f = sigma(a)").at(w0=2, x0=-1, w1=-3, x1=-2, w2=-3)
options = {"depth": 0}

if __name__ == "__main__":
    point.save("neuron_closed.svg", **options)
