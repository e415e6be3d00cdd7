"""Activations and their derivatives

Rings are kinks. In the shaded stretches hardly any gradient (flat) or none at all (dead) passes. The last one is maxout, the largest of
several lines: it learns its own shape, and is never dead.
"""

import numpy as np

import graphviz_ad as gv
from graphviz_ad.lab import canvas, charts

names = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "mish", "hardswish")
panels = [charts.draw_activation(name) for name in names]

lines = gv.parse("max(-0.8*x - 2, 0.1*x, x - 1)")
xs = np.linspace(-5, 5, 401)
point = lines.at(x=xs)
slopes = point.pullback(np.ones(len(xs)))["x"]
kinks = [(-20 / 9, -2 / 9, "kink where the first two lines meet"), (10 / 9, 1 / 9, "kink where the last two lines meet")]
panels.append(
    charts.draw_curves(
        [charts.Curve("value", xs, point.value, "value"), charts.Curve("derivative", xs, slopes, "gradient", "6 3")],
        "maxout of three lines",
        x="x",
        width=330,
        height=250,
        marks=kinks,
    )
)

exact = {f"{name}: steepest slope": max(charts.describe_activation(name).slopes) for name in ("sigmoid", "tanh", "relu")}
exact |= {"maxout: least slope by size": float(np.abs(slopes).min())}
picture = canvas.arrange(
    panels, 3, "Activations", "rings are kinks; shaded where the slope is 0 (dead) or below 0.05 (flat: saturated, or nearly so)"
)
