"""A whole training step as a graph

Four examples, two inputs, three hidden neurons, two classes: scores, softmax loss, L2 term, and on every wire the value and
the gradient that the step takes off the weights.
"""

import numpy as np

from graphviz_ad import lab

data = lab.make("moons", points=2, noise=0.0)
model = lab.network((2, 3, 2), "relu", l2=0.1)
parameters = {name: np.round(one, 1) for name, one in model.initial("xavier", 2).items()}  # numbers that a board has room for
point = model.at(parameters, np.round(data.X, 1), data.y)
options = {"depth": 0}
exact = {"loss": float(point.value)}
