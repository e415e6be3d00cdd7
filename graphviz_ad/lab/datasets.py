"""Data sets for classification: points in the plane, made from a seed, and two real ones through scikit-learn.

Rows of ``X`` are examples, ``y`` holds class numbers from 0 on. The same arguments give the same numbers on every machine
with the same NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import BindingError, NamingError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


class Dataset(NamedTuple):
    """Examples with their classes.

    >>> data = make("spiral")
    >>> data.X.shape, data.classes, data.rows
    ((300, 2), 3, 300)
    """

    name: str
    X: Array
    y: Array
    classes: int
    features: tuple[str, ...] = ("x₁", "x₂")

    @property
    def rows(self) -> int:
        """The number of examples."""
        return len(self.X)

    def split(self, share: float = 0.25, seed: int = 0) -> tuple[Dataset, Dataset]:
        """Training and validation parts, drawn at random: ``share`` of every class goes to validation.

        Raises
        ------
        BindingError
            The share is not between 0 and 1, or a part would be empty.
        """
        import numpy as np

        if not 0 < share < 1:
            raise BindingError(f"the share of the validation part lies between 0 and 1, {share} does not")
        order = np.random.default_rng(seed).permutation(len(self.X))
        held = np.zeros(len(self.X), dtype=bool)
        for label in range(self.classes):
            mine = order[self.y[order] == label]
            held[mine[: round(len(mine) * share)]] = True
        if held.all() or not held.any():
            raise BindingError(f"{len(self.X)} examples are too few to split")
        return self._replace(X=self.X[~held], y=self.y[~held]), self._replace(X=self.X[held], y=self.y[held])

    def standardised(self, by: Dataset | None = None) -> Dataset:
        """Every feature shifted and scaled to mean 0 and deviation 1, by the numbers of ``by`` (of itself when not given).

        A constant feature is shifted only. Pass the training part for the validation part: it must not be looked at.
        """
        import numpy as np

        source = self if by is None else by
        spread = source.X.std(axis=0)
        return self._replace(X=(self.X - source.X.mean(axis=0)) / np.where(spread > 0, spread, 1.0))

    def polar(self) -> Dataset:
        """Points of the plane as radius and angle: rings become stripes, which a straight line can separate.

        Raises
        ------
        BindingError
            There are other than two features.
        """
        import numpy as np

        if self.X.shape[1] != 2:
            raise BindingError(f"polar coordinates need two features, {self.name} has {self.X.shape[1]}")
        radius, angle = np.hypot(self.X[:, 0], self.X[:, 1]), np.arctan2(self.X[:, 1], self.X[:, 0])
        return self._replace(name=f"{self.name}, polar", X=np.stack([radius, angle], axis=1), features=("r", "φ"))

    def noisy_labels(self, share: float, seed: int = 0) -> Dataset:
        """A share of the examples moved to another class, at random: what a network must not learn by heart."""
        import numpy as np

        rng = np.random.default_rng(seed)
        moved = rng.permutation(len(self.y))[: round(len(self.y) * share)]
        labels = self.y.copy()
        labels[moved] = (labels[moved] + rng.integers(1, self.classes, len(moved))) % self.classes
        return self._replace(y=labels)


def spiral(points: int = 100, classes: int = 3, noise: float = 0.2, seed: int = 0) -> Dataset:
    """Arms of a spiral, ``points`` each: radius r from 0 to 1, angle 4(j + r) plus normal noise for arm j.

    The definition of the CS231n case study, by NumPy's legacy generator, so that seed 0 gives its very numbers.
    """
    import numpy as np

    rng = np.random.RandomState(seed)
    rows, labels = [], []
    for arm in range(classes):
        radius = np.linspace(0.0, 1, points)
        angle = np.linspace(arm * 4, (arm + 1) * 4, points) + rng.randn(points) * noise
        rows.append(np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1))
        labels.append(np.full(points, arm))
    return Dataset("spiral", np.concatenate(rows), np.concatenate(labels), classes)


def moons(points: int = 100, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Two half circles that reach into each other, ``points`` each."""
    import numpy as np

    rng, angle = np.random.default_rng(seed), np.linspace(0, np.pi, points)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    return _mixed("moons", [upper, lower], noise, rng)


def circles(points: int = 500, noise: float = 0.05, factor: float = 0.5, seed: int = 0) -> Dataset:
    """A ring around a smaller one, ``points`` each; ``factor`` is the ratio of their radii."""
    import numpy as np

    rng, angle = np.random.default_rng(seed), np.linspace(0, 2 * np.pi, points, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _mixed("circles", [ring, factor * ring], noise, rng)


def xor(points: int = 100, noise: float = 0.0, seed: int = 0) -> Dataset:
    """Four squares; opposite ones belong together. ``points`` per class."""
    import numpy as np

    rng = np.random.default_rng(seed)
    parts = []
    for turn in (1.0, -1.0):
        size = rng.uniform(0.1, 1.0, (points, 2))
        side = np.where(np.arange(points) % 2 == 0, 1.0, -1.0)
        parts.append(np.stack([size[:, 0] * side, size[:, 1] * side * turn], axis=1))
    return _mixed("xor", parts, noise, rng)


def blobs(points: int = 100, classes: int = 3, noise: float = 0.25, seed: int = 0) -> Dataset:
    """Normal clouds with their centres on a circle of radius 1, ``points`` each."""
    import numpy as np

    angle = np.pi / 2 + 2 * np.pi * np.arange(classes) / classes
    parts = [np.tile([np.cos(one), np.sin(one)], (points, 1)) for one in angle]
    return _mixed("blobs", parts, noise, np.random.default_rng(seed))


def iris() -> Dataset:
    """Fisher's iris: 150 flowers, 4 measures, 3 species (needs scikit-learn)."""
    return _shipped("iris", ("sepal length", "sepal width", "petal length", "petal width"))


def digits() -> Dataset:
    """1797 handwritten digits of 8×8 pixels from 0 to 1 (needs scikit-learn)."""
    data = _shipped("digits", tuple(f"pixel {k}" for k in range(64)))
    return data._replace(X=data.X / 16)


MAKERS: dict[str, Callable[..., Dataset]] = {
    "spiral": spiral, "moons": moons, "circles": circles, "xor": xor, "blobs": blobs, "iris": iris, "digits": digits,
}  # fmt: skip


def make(name: str, **options: Any) -> Dataset:
    """A data set by its name, with the options of the function of that name.

    >>> make("xor", points=4).y.tolist()
    [0, 0, 0, 0, 1, 1, 1, 1]

    Raises
    ------
    NamingError
        No data set has this name, or it has no such option.
    """
    maker = MAKERS.get({"spirals": "spiral", "rings": "circles"}.get(name, name))
    if maker is None:
        raise NamingError(f"there is no data set {name}", hint=f"there are {', '.join(MAKERS)}")
    import inspect

    for option in options:
        if option not in inspect.signature(maker).parameters:
            known = ", ".join(inspect.signature(maker).parameters) or "no options"
            raise NamingError(f"{name} has no option {option}", hint=f"it has {known}")
    return maker(**options)


def _mixed(name: str, parts: list[Array], noise: float, rng: np.random.Generator) -> Dataset:
    import numpy as np

    X = np.concatenate(parts)
    return Dataset(name, X + noise * rng.standard_normal(X.shape), np.repeat(np.arange(len(parts)), [len(p) for p in parts]), len(parts))


def _shipped(name: str, features: tuple[str, ...]) -> Dataset:
    try:
        from sklearn import datasets  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise NamingError(f"{name} comes with scikit-learn, which is not installed", hint="pip install scikit-learn") from None
    import numpy as np

    table = getattr(datasets, f"load_{name}")()
    return Dataset(name, np.asarray(table.data, dtype=float), np.asarray(table.target), int(table.target.max()) + 1, features)
