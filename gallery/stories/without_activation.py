"""Without an activation two layers are one

Between two matrices without anything in between, W₂·W₁ is again one matrix: the same straight line, however wide the hidden
layer is. With ReLU in between the same network solves XOR.
"""

import numpy as np

from graphviz_ad import lab
from graphviz_ad.lab import canvas, charts, maps

data = lab.make("xor", points=150)
panels, numbers = [], {}
for activation, name in (("none", "no activation"), ("relu", "ReLU")):
    result = lab.train(lab.network((2, 16, 2), activation), data, steps=800, rate=0.5, seed=1)
    numbers[f"{name}: accuracy"] = result.accuracy
    panels.append(maps.draw_boundary(result.model, result.parameters, data, name, f"{charts.percent(result.accuracy)} right"))
    if activation == "none":
        p = result.parameters
        one = {"W1": p["W1"] @ p["W2"], "b1": p["b1"] @ p["W2"] + p["b2"]}
        gap = np.abs(lab.linear(2, 2).scores(one, data.X) - result.model.scores(p, data.X)).max()
        numbers["scores differ from those of the one matrix by less than 1e-12"] = float(gap < 1e-12)

picture = canvas.arrange(panels, 2)
