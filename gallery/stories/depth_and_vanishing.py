"""Depth and vanishing gradients

One to six hidden layers of 16 neurons on the spiral, a thousand steps of plain descent. Each sigmoid multiplies what comes back by at
most 1/4, so the first of seven weight matrices hears ten thousand times less than the last, and from three hidden layers on the
loss stays at ln 3. ReLU passes the gradient on, and every depth learns. Medians of three beginnings; the shade reaches from the
worst to the best.
"""

import numpy as np

from graphviz_ad import lab
from graphviz_ad.lab import canvas, charts

DEPTHS, WIDTH, SEEDS = range(1, 7), 16, range(3)
KINDS = (("sigmoid", "xavier"), ("relu", "he"))
data = lab.make("spiral", points=30)


def make_model(depth: int, activation: str) -> lab.Model:
    return lab.network((2, *[WIDTH] * depth, 3), activation)


def measure_norms(activation: str, init: str, beginnings: int = 10) -> np.ndarray:
    """Norms of dL/dW, layer by layer, before the first step: one row per beginning."""
    model = make_model(max(DEPTHS), activation)
    found = [model.gradients(model.initial(init, seed), data.X, data.y) for seed in range(beginnings)]
    return np.array([[np.linalg.norm(one[f"W{layer}"]) for layer in range(1, model.layers + 1)] for one in found])


numbers, exact, norm_curves, panels = {}, {}, [], []
for activation, init in (*KINDS, ("tanh", "xavier")):
    norms = measure_norms(activation, init)
    layers = range(1, norms.shape[1] + 1)
    spread = list(zip(norms.min(axis=0), norms.max(axis=0), strict=True))
    means = np.exp(np.log(norms).mean(axis=0)).tolist()
    norm_curves.append(charts.Curve(activation, layers, means, spread=spread))
    exact |= {f"{activation}: norm of layer {layer}": norm for layer, norm in zip(layers, means, strict=True)}

for activation, init in KINDS:
    curves = []
    for depth in DEPTHS:
        runs = [lab.train(make_model(depth, activation), data, steps=1000, rate=0.1, init=init, seed=seed, records=50) for seed in SEEDS]
        losses = np.array([[moment.loss for moment in run.history] for run in runs])
        steps = [moment.step for moment in runs[0].history]
        spread = list(zip(losses.min(axis=0), losses.max(axis=0), strict=True))
        curves.append(charts.Curve(str(depth), steps, np.median(losses, axis=0).tolist(), spread=spread))
        numbers[f"{activation}, {depth} hidden: median loss"] = float(np.median(losses[:, -1]))
    panels.append(
        charts.draw_curves(curves, f"{activation}: loss by number of hidden layers", "", "step", width=460, height=340, low=0.0, high=1.25)
    )

picture = canvas.arrange(
    [
        canvas.arrange(panels, 2),
        charts.draw_curves(
            norm_curves,
            "norm of the gradient of each weight matrix, before the first step",
            "six hidden layers of 16; geometric means of ten beginnings, shaded from the smallest to the largest",
            "layer",
            log=True,
            width=920,
            height=340,
        ),
    ],
    1,
)
