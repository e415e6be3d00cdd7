"""Two, four, six hidden neurons

Each hidden ReLU neuron is one fold along a line. Two folds leave a wedge, four and six close around the inner ring.
"""

from graphviz_ad import lab
from graphviz_ad.lab import canvas, charts, maps

data = lab.make("circles", points=200, noise=0.08)
panels, numbers = [], {}
for count in (2, 4, 6):
    tried = [
        lab.train(lab.network((2, count, 1), loss="logistic"), data, steps=2000, rate=0.02, optimiser="adam", seed=seed)
        for seed in range(6)
    ]
    best = min(tried, key=lambda one: one.loss)
    numbers[f"{count} neurons: accuracy"] = best.accuracy
    panels.append(
        maps.draw_boundary(best.model, best.parameters, data, f"{count} neurons", f"{charts.percent(best.accuracy)} right", size=240)
    )

picture = canvas.arrange(panels, 3)
