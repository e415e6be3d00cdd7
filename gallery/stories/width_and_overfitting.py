"""Width and learning by heart

Two moons with much noise, 40 points to learn from and 360 to be asked about. A wider network learns its own points better and
better, mistakes included, and from four neurons on has no error left there; on the other points the gap stays.
"""

from graphviz_ad import lab
from graphviz_ad.lab import canvas, charts, maps

train, held = lab.make("moons", points=200, noise=0.3, seed=2).split(0.9, seed=1)
widths, results = (1, 2, 4, 8, 16, 64, 256), []
for width in widths:
    model = lab.network((2, width, 2), "tanh")
    results.append(lab.train(model, train, validation=held, steps=3000, rate=0.03, optimiser="adam", seed=1))

last = [one.history[-1] for one in results]
numbers = {f"{width} neurons: gap": one.accuracy - one.validation_accuracy for width, one in zip(widths, last, strict=True)}
curves = [
    charts.Curve("training", widths, [one.accuracy for one in last]),
    charts.Curve("validation", widths, [one.validation_accuracy for one in last]),
]
small, large = results[0], results[-1]
picture = canvas.arrange(
    [
        charts.draw_curves(curves, "accuracy", "", "hidden neurons", log_x=True, width=400, height=340, high=1.0),
        *[
            maps.draw_boundary(
                one.model, one.parameters, train, name, f"validation {charts.percent(one.history[-1].validation_accuracy)}", 260
            )
            for one, name in ((small, "1 neuron"), (large, "256 neurons"))
        ],
    ],
    3,
)
