"""Depth and vanishing gradients

The same six hidden layers of 16 neurons, before the first step. Each sigmoid multiplies what comes back by at most 1/4, so the
first layers hear next to nothing; ReLU passes it on.
"""

import numpy as np

from graphviz_ad import lab
from graphviz_ad.lab import charts

data = lab.make("spiral")
curves, numbers = [], {}
for activation, init in (("sigmoid", "xavier"), ("tanh", "xavier"), ("relu", "he")):
    model = lab.network((2, *[16] * 6, 3), activation)
    norms = np.zeros(model.layers)
    for seed in range(10):
        gradients = model.gradients(model.initial(init, seed), data.X, data.y)
        norms += [np.linalg.norm(gradients[f"W{layer}"]) / 10 for layer in range(1, model.layers + 1)]
    curves.append(charts.Curve(activation, range(1, model.layers + 1), norms.tolist()))
    numbers[f"{activation}: first layer over last"] = float(norms[0] / norms[-1])

picture = charts.draw_curves(
    curves,
    "norm of the gradient of each weight matrix",
    "six hidden layers of 16, mean of ten beginnings",
    "layer",
    log=True,
    width=560,
    height=360,
)
