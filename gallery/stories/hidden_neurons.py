"""Two, four, six hidden neurons

Each hidden ReLU neuron is one fold along a line. Two folds leave a wedge, four and six close around the inner ring. Beneath each
network its neurons: orange where they answer, a line where their answer begins.
"""

from graphviz_ad import lab
from graphviz_ad.lab import canvas, charts, maps

data = lab.make("circles", points=200, noise=0.08)
boundaries, neurons, numbers = [], [], {}
for count in (2, 4, 6):
    tried = [
        lab.train(lab.network((2, count, 1), loss="logistic"), data, steps=2000, rate=0.02, optimiser="adam", seed=seed)
        for seed in range(4)
    ]
    best = min(tried, key=lambda one: one.loss)
    numbers[f"{count} neurons: accuracy"] = best.accuracy
    right = f"{charts.percent(best.accuracy)} right"
    boundaries.append(maps.draw_boundary(best.model, best.parameters, data, f"{count} neurons", right, size=300))
    neurons.append(maps.draw_neurons(best.model, best.parameters, data, columns=2, heading=False))

picture = canvas.arrange([*boundaries, *neurons], 3)
