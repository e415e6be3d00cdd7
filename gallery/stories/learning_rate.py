"""The learning rate

Too small and nothing happens, too large and the loss jumps about or leaves for good.
"""

from graphviz_ad import lab
from graphviz_ad.lab import charts

data = lab.make("spiral")
curves, numbers = [], {}
for rate in (0.01, 0.1, 1.0, 10.0):
    result = lab.train(lab.network((2, 50, 3), "tanh", l2=1e-4), data, steps=600, rate=rate, seed=1)
    curves.append(charts.Curve(f"{rate:g}", [m.step for m in result.history], [m.loss for m in result.history]))
    if rate < 10:
        numbers[f"rate {rate:g}: loss"] = result.loss
    else:  # it jumps: how far differs from machine to machine
        numbers[f"rate {rate:g}: the loss stays above 10"] = float(min(m.loss for m in result.history[20:]) > 10)

picture = charts.draw_curves(curves, "loss by learning rate", "2-50-3, tanh, whole batch", "step", log=True, width=640, height=380)
