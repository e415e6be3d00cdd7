"""The neuron with its activation as a named function

    σ(t) = 1/(1 + exp(−t)),  f = σ(w₀x₀ + w₁x₁ + w₂)

A function that the text defines is drawn as a box around its gates.
"""

import graphviz_ad as gv

point = gv.parse("sigma(t) = 1/(1 + exp(-1*t)); a = w0*x0 + w1*x1 + w2; f = sigma(a)").at(w0=2, x0=-1, w1=-3, x1=-2, w2=-3)

if __name__ == "__main__":
    point.save("neuron_open.svg")
