"""Classifiers written in the package's own language: linear ones and networks of any width, depth and activation.

A model is a text, ``z1 = X @ W1 + b1; h1 = relu(z1); S = h1 @ W2 + b2; L = cross_entropy(S, y)``, and the shapes of its
parameters. Everything else (values, gradients, pictures, checks) follows from the graph of that text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import BindingError, NamingError

if TYPE_CHECKING:
    import numpy as np

    from ..objects.graph import Graph
    from ..objects.point import Point

    Array = np.ndarray[Any, Any]
    Parameters = Mapping[str, Array]

LOSSES = ("softmax", "hinge", "logistic")
INITIALISERS = ("small", "xavier", "he", "zeros")


class Model(NamedTuple):
    """A classifier: layer sizes from input to output, activation, loss, weight of the L2 term.

    >>> print(network((2, 3, 2)).text)
    z1 = X @ W1 + b1
    h1 = relu(z1)
    S = h1 @ W2 + b2
    L = cross_entropy(S, y)
    """

    sizes: tuple[int, ...]
    activation: str = "relu"
    loss: str = "softmax"
    l2: float = 0.0

    @property
    def layers(self) -> int:
        """The number of weight matrices."""
        return len(self.sizes) - 1

    @property
    def classes(self) -> int:
        """The number of classes; a logistic loss has one score for two of them."""
        return 2 if self.loss == "logistic" else self.sizes[-1]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter, layer by layer."""
        found: dict[str, tuple[int, ...]] = {}
        for layer, (before, after) in enumerate(zip(self.sizes, self.sizes[1:], strict=False), 1):
            found[f"W{layer}"], found[f"b{layer}"] = (before, after), (after,)
        return found

    @property
    def size(self) -> int:
        """The number of parameters.

        >>> network((3072, 100, 10)).size
        308310
        """
        return sum(math.prod(shape) for shape in self.shapes.values())

    @property
    def text(self) -> str:
        """The model and its loss in the language."""
        lines, below = [], "X"
        for layer in range(1, self.layers):
            lines.append(f"z{layer} = {below} @ W{layer} + b{layer}")
            below = f"h{layer}"
            lines.append(f"{below} = {'z' + str(layer) if self.activation == 'none' else f'{self.activation}(z{layer})'}")
        lines.append(f"S = {below} @ W{self.layers} + b{self.layers}")
        cost = {"softmax": "cross_entropy(S, y)", "hinge": "hinge(S, y)", "logistic": "mean(softplus(S) - y*S)"}[self.loss]
        if self.l2:
            squares = " + ".join(f"sum(W{layer}**2)" for layer in range(1, self.layers + 1))
            lines += [f"data = {cost}", f"R = {self.l2 / 2!r}*{f'({squares})' if self.layers > 1 else squares}", "L = data + R"]
        else:
            lines.append(f"L = {cost}")
        return "\n".join(lines)

    @property
    def graph(self) -> Graph:
        """The graph of the text, without shapes."""
        from ..objects.reading import parse

        return parse(self.text)

    def shaped(self, rows: int) -> Graph:
        """The graph with shapes, for so many examples at once."""
        labels = (rows, 1) if self.loss == "logistic" else (rows,)
        return self.graph.shaped({"X": (rows, self.sizes[0]), "y": labels, **self.shapes})

    def labels(self, y: Array) -> Array:
        """Class numbers in the form that the loss takes: for a logistic loss a column of 0 and 1.

        Raises
        ------
        BindingError
            A label is no class of this model.
        """
        import numpy as np

        found = np.asarray(y)
        if found.size and not ((found >= 0) & (found < self.classes) & (found == np.floor(found))).all():
            raise BindingError(f"labels are whole numbers from 0 to {self.classes - 1}")
        return found.astype(float)[:, None] if self.loss == "logistic" else found.astype(np.intp)

    def initial(self, how: str = "xavier", seed: int = 0, scale: float = 0.01) -> dict[str, Array]:
        """Parameters to begin with; biases are 0.

        ``small``: scale times standard normal; ``xavier``: normal with variance 2/(in + out) (Glorot and Bengio 2010);
        ``he``: variance 2/in (He et al. 2015); ``zeros``.

        >>> network((2, 3, 2)).initial("small", seed=1)["W1"].shape
        (2, 3)

        Raises
        ------
        NamingError
            There is no initialiser of that name.
        """
        import numpy as np

        if how not in INITIALISERS:
            raise NamingError(f"there is no initialiser {how}", hint=f"there are {', '.join(INITIALISERS)}")
        rng = np.random.default_rng(seed)
        found: dict[str, Array] = {}
        for name, shape in self.shapes.items():
            if name.startswith("b"):
                found[name] = np.zeros(shape)
                continue
            deviation = {"small": scale, "xavier": math.sqrt(2 / sum(shape)), "he": math.sqrt(2 / shape[0]), "zeros": 0.0}[how]
            found[name] = deviation * rng.standard_normal(shape)
        return found

    # -- with parameters ---------------------------------------------------------------------------------------------

    def at(self, parameters: Parameters, X: Array, y: Array) -> Point:
        """The :class:`~graphviz_ad.Point` at these parameters and examples: every value, gradient, picture and check."""
        import numpy as np

        return self.graph.at({**parameters, "X": np.asarray(X, dtype=float), "y": self.labels(y)})

    def values(self, names: Sequence[str], parameters: Parameters, X: Array) -> dict[str, Array]:
        """Named nodes that do not depend on the labels: the scores ``S``, hidden layers ``h1``, …"""
        import numpy as np

        from ..engine.program import Program

        rows = np.ascontiguousarray(X, dtype=float)
        graph = self.graph.of(*names)
        labels = np.zeros((len(rows), 1) if self.loss == "logistic" else (len(rows),))
        program = Program(graph, {**parameters, "X": rows, "y": labels})
        return {name: np.array(value) for name, value in program.run().items()}

    def scores(self, parameters: Parameters, X: Array) -> Array:
        """One row of scores per example."""
        return self.values(["S"], parameters, X)["S"]

    def predict(self, parameters: Parameters, X: Array) -> Array:
        """The class of every example."""
        return self.decide(self.scores(parameters, X))

    def decide(self, scores: Array) -> Array:
        """Classes from scores: the largest; the sign for a logistic loss."""
        return (scores[:, 0] > 0).astype(int) if self.loss == "logistic" else scores.argmax(axis=1)

    def accuracy(self, parameters: Parameters, X: Array, y: Array) -> float:
        """The share of examples whose class is right."""
        return float((self.predict(parameters, X) == y).mean())

    def gradients(self, parameters: Parameters, X: Array, y: Array) -> dict[str, Array]:
        """dL/d(parameter) for every parameter, from the gradient graph."""
        import numpy as np

        from ..engine.program import Program

        graph = self.shaped(len(X)).gradient(*self.shapes)
        bound = {**parameters, "X": np.ascontiguousarray(X, dtype=float), "y": self.labels(y)}
        found = Program(graph, bound).run()
        return {name: np.array(found[f"dL_d{name}"]) for name in self.shapes}

    def hidden(self, parameters: Parameters, X: Array, layer: int = 1) -> Array:
        """What the neurons of a hidden layer answer to each example."""
        return self.values([f"h{layer}"], parameters, X)[f"h{layer}"]


def network(sizes: Sequence[int], activation: str = "relu", loss: str = "softmax", l2: float = 0.0) -> Model:
    """A network with these layer sizes, inputs and scores included; two sizes make a linear classifier.

    ``activation`` is any elementwise operation of one operand, or ``none``. Losses: ``softmax`` (cross entropy), ``hinge``
    (sum of margins), ``logistic`` (one score for two classes). ``l2`` weighs half the sum of the squared weights.

    Raises
    ------
    BindingError
        Sizes or the weight of the L2 term are impossible.
    NamingError
        The activation or the loss does not exist.
    """
    sizes = tuple(sizes)
    if len(sizes) < 2 or min(sizes) < 1:
        raise BindingError(f"a network has two or more layers of at least one neuron, not {'-'.join(map(str, sizes)) or 'none'}")
    if loss not in LOSSES:
        raise NamingError(f"there is no loss {loss}", hint=f"there are {', '.join(LOSSES)}")
    if loss == "logistic" and sizes[-1] != 1:
        raise BindingError(f"a logistic loss takes one score for its two classes, the network gives {sizes[-1]}")
    if not (math.isfinite(l2) and l2 >= 0):
        raise BindingError(f"the weight of the L2 term is a number from 0 on, not {l2}")
    return Model(sizes, find_activation(activation), loss, float(l2))


def linear(inputs: int, classes: int, loss: str = "softmax", l2: float = 0.0) -> Model:
    """A linear classifier: S = X @ W1 + b1.

    >>> linear(2, 3).shapes
    {'W1': (2, 3), 'b1': (3,)}
    """
    return network((inputs, classes), "none", loss, l2)


def find_activation(name: str) -> str:
    """The canonical name of an activation.

    >>> find_activation("expit"), find_activation("none")
    ('sigmoid', 'none')

    Raises
    ------
    NamingError
        No elementwise operation of one operand has this name; the nearest names are given.
    """
    from ..primitives.registry import OPERATIONS, operation, resolve

    if name in ("none", "identity", "linear"):
        return "none"
    canonical = resolve(name)
    if canonical in OPERATIONS:
        record = operation(name)
        if not record.boolean and all("=" in operand for operand in record.operands[1:]) and record.operands:
            return record.name
    import difflib

    usual = activations()
    near = difflib.get_close_matches(name, usual, n=1)
    hint = f"did you mean {near[0]}?" if near else f"the usual ones are {', '.join(usual)}"
    raise NamingError(f"there is no activation {name}", hint=hint)


def activations() -> tuple[str, ...]:
    """The activations of the vocabulary.

    >>> {"relu", "tanh", "sigmoid", "gelu"} <= set(activations())
    True
    """
    from ..primitives.registry import OPERATIONS

    found = [one.name for one in OPERATIONS.values() if one.category == "activation" and one.name != "logit"]
    return ("tanh", *found) if "tanh" not in found else tuple(found)
