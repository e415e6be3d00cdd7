"""A change of coordinates

Rings that no line can separate become stripes in radius and angle. A hidden layer has to find such a change by itself.
"""

from graphviz_ad import lab
from graphviz_ad.lab import canvas, charts, maps

data = lab.make("circles", points=200)
panels, numbers = [], {}
for seen in (data, data.polar().standardised()):
    result = lab.train(lab.linear(2, 2), seen, steps=300, rate=0.5)
    name = "x₁ and x₂" if seen is data else "radius and angle"
    numbers[f"{name}: accuracy"] = result.accuracy
    panels.append(
        maps.draw_boundary(result.model, result.parameters, seen, f"a line in {name}", f"{charts.percent(result.accuracy)} right")
    )

picture = canvas.arrange(panels, 2)
