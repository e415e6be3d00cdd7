"""A sigmoid neuron, gate by gate

    f = 1/(1 + exp(−(w₀x₀ + w₁x₁ + w₂)))

Eight gates, each with a local derivative that fits on its arrow. Nothing else is needed to differentiate the whole.
"""

import graphviz_ad as gv

point = gv.parse("1/(1 + exp(-1*(w0*x0 + w1*x1 + w2)))").at(w0=2, x0=-1, w1=-3, x1=-2, w2=-3)

if __name__ == "__main__":
    point.save("neuron.svg")
