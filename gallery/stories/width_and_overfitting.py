"""Width and learning by heart

A hundred points of two moons, 15 % of them with a wrong label; a thousand others, made the same way, ask what was learned. Wider
networks know their own hundred better and better, wrong labels included. Up to eight neurons that helps on the others, too; from
there on it harms, and the gap between the two grows to more than a quarter. Means of five draws; the shade reaches from the worst to
the best.
"""

import numpy as np

from graphviz_ad import lab
from graphviz_ad.lab import canvas, charts, maps

WIDTHS, SEEDS, WRONG = (1, 2, 4, 8, 16, 32, 64, 128, 256), range(5), 0.15


def draw_moons(points: int, seed: int) -> lab.Dataset:
    return lab.make("moons", points=points, noise=0.2, seed=seed).noisy_labels(WRONG, seed=seed)


def learn(width: int, seed: int) -> lab.Training:
    train, held = draw_moons(50, seed), draw_moons(500, 100 + seed)
    model = lab.network((2, width, 2), "relu")
    return lab.train(model, train, validation=held, steps=2000, rate=0.02, optimiser="adam", init="he", seed=seed, records=1)


results = {width: [learn(width, seed) for seed in SEEDS] for width in WIDTHS}
own = np.array([[one.history[-1].accuracy for one in results[width]] for width in WIDTHS])
others = np.array([[one.history[-1].validation_accuracy for one in results[width]] for width in WIDTHS])
gap = own - others
numbers = {f"{width} neurons: gap": gap[k].mean() for k, width in enumerate(WIDTHS)}
numbers |= {f"{width} neurons: validation": others[k].mean() for k, width in enumerate(WIDTHS)}


def curve(name: str, table: np.ndarray) -> charts.Curve:
    return charts.Curve(name, WIDTHS, table.mean(axis=1).tolist(), spread=list(zip(table.min(axis=1), table.max(axis=1), strict=True)))


def draw_map(width: int) -> canvas.Picture:
    one = results[width][0]
    last = one.history[-1]
    told = f"its own {charts.percent(last.accuracy)}, others {charts.percent(last.validation_accuracy)}"
    name = f"{width} neuron{'s' * (width > 1)}"
    return maps.draw_boundary(one.model, one.parameters, draw_moons(50, SEEDS[0]), name, told, 260)


picture = canvas.arrange(
    [
        canvas.arrange(
            [
                charts.draw_curves(
                    [curve("its own points", own), curve("other points", others)],
                    "accuracy",
                    "",
                    "hidden neurons",
                    log_x=True,
                    width=438,
                    height=320,
                ),
                charts.draw_curves(
                    [curve("gap", gap)],
                    "the gap",
                    "accuracy on its own points less that on others",
                    "hidden neurons",
                    log_x=True,
                    width=438,
                    height=320,
                ),
            ],
            2,
        ),
        canvas.arrange([draw_map(width) for width in (2, 8, 256)], 3),
    ],
    1,
)
