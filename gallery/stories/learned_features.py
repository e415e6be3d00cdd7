"""What hidden neurons learn

Three ReLU neurons enclose a ring. Each answers on one side of its own line; the lines stand about 120° apart, and where
all three answer little is the inner class.
"""

import numpy as np

from graphviz_ad import lab
from graphviz_ad.lab import architecture, canvas, charts, maps

data = lab.make("circles")
result = lab.train(lab.network((2, 3, 1), loss="logistic"), data, steps=3000, rate=0.02, optimiser="adam", seed=3)
W = result.parameters["W1"]
angles = np.sort(np.degrees(np.arctan2(W[1], W[0])))
gaps = np.diff(np.append(angles, angles[0] + 360))
numbers = {"accuracy": result.accuracy, "smallest angle between two": float(gaps.min()), "largest": float(gaps.max())}
picture = canvas.arrange(
    [
        canvas.arrange(
            [
                maps.draw_boundary(
                    result.model, result.parameters, data, "three neurons together", f"{charts.percent(result.accuracy)} right", 300
                ),
                architecture.draw_architecture(result.model, result.parameters, data.features),
            ],
            2,
        ),
        maps.draw_neurons(result.model, result.parameters, data),
    ],
    1,
)
