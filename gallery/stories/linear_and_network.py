"""A line against a network

Three arms of a spiral. A linear classifier cuts the plane with straight lines and gets half of the points right; one hidden
layer of 100 ReLU neurons bends the border around every arm.
"""

from graphviz_ad import lab
from graphviz_ad.lab import canvas, charts, maps

data = lab.make("spiral")
line = lab.train(lab.linear(2, 3, l2=1e-3), data, steps=200, rate=1.0, init="small")
net = lab.train(lab.network((2, 100, 3), "relu", l2=1e-3), data, steps=10_000, rate=1.0, init="small")

numbers = {"linear: loss": line.loss, "linear: accuracy": line.accuracy, "network: loss": net.loss, "network: accuracy": net.accuracy}
picture = canvas.arrange(
    [
        maps.draw_boundary(line.model, line.parameters, data, "linear", f"loss {line.loss:.2f}, {charts.percent(line.accuracy)} right"),
        maps.draw_boundary(net.model, net.parameters, data, "2-100-3, ReLU", f"loss {net.loss:.2f}, {charts.percent(net.accuracy)} right"),
    ],
    2,
)
