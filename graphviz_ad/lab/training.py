"""Gradient descent on a model: the gradient graph compiled once, one long vector of parameters, nothing allocated in the loop.

Update rules after their authors: momentum as in Polyak 1964 (v ← μv − ηg, θ ← θ + v), Adam as in Kingma and Ba 2015.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import BindingError, NamingError
from .datasets import Dataset
from .models import Model

if TYPE_CHECKING:
    import numpy as np

    from ..objects.report import Report

    Array = np.ndarray[Any, Any]

OPTIMISERS = ("descent", "momentum", "adam")
Progress = Callable[["Moment"], None]


class Settings(NamedTuple):
    """How to train.

    ``rate`` is the learning rate; ``batch`` the examples of a step (None: all); ``records`` how many moments of the history
    are kept, ``snapshots`` how many of them with their parameters; ``patience``: stop after so many records without a better
    validation loss, and go back to the best.
    """

    steps: int = 1000
    rate: float = 1.0
    optimiser: str = "descent"
    batch: int | None = None
    momentum: float = 0.9
    decay: tuple[float, float] = (0.9, 0.999)
    seed: int = 0
    init: str = "xavier"
    records: int = 200
    snapshots: int = 0
    patience: int | None = None


class Moment(NamedTuple):
    """The state of training after ``step`` steps. Validation numbers are NaN without a validation part."""

    step: int
    steps: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float


class Training(NamedTuple):
    """What training gave: parameters, history, snapshots (step and parameters).

    ``norms`` has one row per record and one column per parameter: the Euclidean norms of their gradients.
    """

    model: Model
    settings: Settings
    parameters: dict[str, Array]
    history: tuple[Moment, ...]
    norms: Array
    snapshots: tuple[tuple[int, dict[str, Array]], ...]
    stopped: str = ""

    @property
    def loss(self) -> float:
        """The last loss."""
        return self.history[-1].loss

    @property
    def accuracy(self) -> float:
        """The last accuracy on the training part."""
        return self.history[-1].accuracy


class Stepper:
    """Model, data and parameters bound to one compiled program; ``parameters`` are views of ``vector``, ``gradients`` of ``slope``.

    >>> from graphviz_ad.lab import datasets, models
    >>> data = datasets.make("blobs")
    >>> stepper = Stepper(models.linear(2, 3), data.X, data.y)
    >>> round(stepper.loss(), 4)
    1.0986
    """

    __slots__ = ("_outputs", "_vectors", "gradients", "model", "parameters", "program", "slope", "vector")

    def __init__(
        self, model: Model, X: Array, y: Array, vector: Array | None = None, slope: Array | None = None, fixed: bool = True
    ) -> None:
        import numpy as np

        from ..engine.program import Program

        if X.ndim != 2 or X.shape[1] != model.sizes[0]:
            raise BindingError(f"the model takes rows of {model.sizes[0]} numbers, X has the shape {X.shape}")
        self.model = model
        self.vector = np.zeros(model.size) if vector is None else vector
        self.slope = np.zeros(model.size) if slope is None else slope
        self.parameters, self.gradients = _views(model, self.vector), _views(model, self.slope)
        data = {"X": np.ascontiguousarray(X, dtype=float), "y": model.labels(y)}
        gradient = model.shaped(len(X)).gradient(*model.shapes)
        outputs = gradient.of("L", "S", *gradient.output_names)
        into = {f"dL_d{name}": array for name, array in self.gradients.items()}
        self.program = Program(outputs, {**self.parameters, **data}, ("X", "y") if fixed else (), into)

    def loss(self) -> float:
        """The loss at the parameters; the gradients are those there, too."""
        return float(self.program.run()["L"])

    @property
    def scores(self) -> Array:
        """The scores of the last run."""
        return self.program.outputs["S"]


def train(
    model: Model,
    data: Dataset,
    settings: Settings | None = None,
    *,
    validation: Dataset | None = None,
    start: Mapping[str, Array] | None = None,
    progress: Progress | None = None,
    **changes: Any,
) -> Training:
    """Train from ``start`` (or fresh parameters) and return everything that happened. Bit for bit the same for the same arguments.

    ``changes`` are fields of :class:`Settings`. A batch takes the next examples of a random order; what is left over at the
    end of a pass waits for the next one. Training stops early when the loss is no number any more.

    >>> from graphviz_ad.lab import datasets, models
    >>> result = train(models.linear(2, 3), datasets.make("blobs"), steps=50)
    >>> result.accuracy > 0.95, len(result.history)
    (True, 51)

    Raises
    ------
    BindingError
        A setting is impossible, or the data do not fit the model.
    NamingError
        There is no such setting, optimiser or initialiser.
    """
    import numpy as np

    settings = _settled(settings or Settings(), changes, data.rows)
    fresh = model.initial(settings.init, settings.seed) if start is None else start
    whole = Stepper(model, data.X, data.y)
    for name, array in whole.parameters.items():
        array[...] = fresh[name]
    rng = np.random.default_rng([settings.seed, 1])
    batches = None if settings.batch is None else _Batches(model, data, settings.batch, whole, rng)
    held = None if validation is None else Stepper(model, validation.X, validation.y, whole.vector)
    update = _update(settings, whole.vector, whole.slope)
    run = whole.program.step if batches is None else batches.step
    marks = record_steps(settings.steps, settings.records)
    keep = set(record_steps(settings.steps, settings.snapshots, dense_start=True)) if settings.snapshots else set()
    history: list[Moment] = []
    norms: list[list[float]] = []
    snapshots: list[tuple[int, dict[str, Array]]] = []
    best, best_vector, waited, stopped = math.inf, whole.vector.copy(), 0, ""
    mark = 0
    with np.errstate(all="ignore"):
        for step in range(settings.steps + 1):
            if mark < len(marks) and step == marks[mark]:
                mark += 1
                moment = _moment(whole, data, held, validation, step, settings.steps)
                history.append(moment)
                norms.append([float(np.sqrt(np.vdot(one, one))) for one in whole.gradients.values()])
                if progress is not None:
                    progress(moment)
                if not math.isfinite(moment.loss):
                    stopped = f"the loss is {moment.loss} after {step} steps: the learning rate is too large"
                    break
                if held is not None and settings.patience is not None:
                    if moment.validation_loss < best:
                        best, waited = moment.validation_loss, 0
                        best_vector[...] = whole.vector
                    else:
                        waited += 1
                        if waited >= settings.patience:
                            whole.vector[...] = best_vector
                            stopped = f"no better validation loss since step {marks[mark - 1 - waited]}"
                            break
            if step in keep:
                snapshots.append((step, {name: one.copy() for name, one in whole.parameters.items()}))
            if step < settings.steps:
                run()
                update()
    parameters = {name: one.copy() for name, one in whole.parameters.items()}
    return Training(model, settings, parameters, tuple(history), np.array(norms), tuple(snapshots), stopped)


def check(model: Model | Training, batch: Dataset | tuple[Array, Array], parameters: Mapping[str, Array] | None = None) -> Report:
    """Every gradient of the loss on a batch against independent references.

    What is checked is the graph that training runs on. ``batch`` is a data set or a pair (X, y); a few examples are enough. A
    :class:`Training` is checked at the parameters it ended with, a :class:`Model` at ``parameters``, by default at Xavier's
    beginning of seed 0.

    >>> from graphviz_ad.lab import datasets, models
    >>> check(models.network((2, 3, 2), "tanh"), datasets.make("moons", points=2)).verdict
    'pass'
    """
    X, y = (batch.X, batch.y) if isinstance(batch, Dataset) else batch
    if isinstance(model, Training):
        return check(model.model, batch, model.parameters if parameters is None else parameters)
    return model.at(model.initial() if parameters is None else parameters, X, y).check()


def record_steps(steps: int, count: int, dense_start: bool = False) -> list[int]:
    """Where the history is recorded: evenly, or more at the start, where more happens; first and last step always.

    >>> record_steps(10, 5), record_steps(1000, 6, dense_start=True)
    ([0, 2, 4, 6, 8, 10], [0, 28, 111, 250, 444, 694, 1000])
    """
    count = max(1, min(count, steps))
    shares = [(k / count) ** (2 if dense_start else 1) for k in range(count + 1)]
    return sorted({round(share * steps) for share in shares})


# -------------------------------------------------------------------------------------------------------------- the parts


def _views(model: Model, vector: Array) -> dict[str, Array]:
    views, at = {}, 0
    for name, shape in model.shapes.items():
        size = math.prod(shape)
        views[name] = vector[at : at + size].reshape(shape)
        at += size
    return views


def _settled(settings: Settings, changes: Mapping[str, Any], examples: int) -> Settings:
    unknown = [name for name in changes if name not in Settings._fields]
    if unknown:
        raise NamingError(f"there is no setting {unknown[0]}", hint=f"there are {', '.join(Settings._fields)}")
    settings = settings._replace(**changes)
    if settings.optimiser not in OPTIMISERS:
        raise NamingError(f"there is no optimiser {settings.optimiser}", hint=f"there are {', '.join(OPTIMISERS)}")
    if settings.steps < 0:
        raise BindingError(f"steps is a whole number from 0 on, not {settings.steps}")
    if not (math.isfinite(settings.rate) and settings.rate > 0):
        raise BindingError(f"the learning rate is a positive number, not {settings.rate}")
    if settings.batch is not None and not 1 <= settings.batch <= examples:
        raise BindingError(f"a batch holds 1 to {examples} examples, not {settings.batch}")
    return settings


def _moment(whole: Stepper, data: Dataset, held: Stepper | None, validation: Dataset | None, step: int, steps: int) -> Moment:
    loss = whole.loss()
    accuracy = float((whole.model.decide(whole.scores) == data.y).mean())
    if held is None or validation is None:
        return Moment(step, steps, loss, accuracy, math.nan, math.nan)
    other = held.loss()
    return Moment(step, steps, loss, accuracy, other, float((held.model.decide(held.scores) == validation.y).mean()))


class _Batches:
    """The gradient on the next examples of a random order."""

    def __init__(self, model: Model, data: Dataset, size: int, whole: Stepper, rng: np.random.Generator) -> None:
        import numpy as np

        self.X, self.labels = np.ascontiguousarray(data.X, dtype=float), model.labels(data.y)
        self.rows, self.answers = self.X[:size].copy(), self.labels[:size].copy()
        self.size, self.rng, self.order, self.at = size, rng, np.arange(data.rows), data.rows
        bound = {**whole.parameters, "X": self.rows, "y": self.answers}
        into = {f"dL_d{name}": array for name, array in whole.gradients.items()}
        from ..engine.program import Program

        self.program = Program(model.shaped(size).gradient(*model.shapes), bound, (), into)

    def step(self) -> None:
        """Choose the examples and compute."""
        if self.at + self.size > len(self.order):
            self.rng.shuffle(self.order)
            self.at = 0
        chosen = self.order[self.at : self.at + self.size]
        self.at += self.size
        self.X.take(chosen, axis=0, out=self.rows, mode="clip")
        self.labels.take(chosen, axis=0, out=self.answers, mode="clip")
        self.program.step()


def _update(settings: Settings, vector: Array, slope: Array) -> Callable[[], None]:
    """The step of an optimiser, on its own memory."""
    import numpy as np

    rate, spare = np.array(settings.rate), np.zeros_like(vector)
    if settings.optimiser == "descent":

        def descend() -> None:
            np.multiply(slope, rate, out=spare)
            np.subtract(vector, spare, out=vector)

        return descend
    moving = np.zeros_like(vector)
    if settings.optimiser == "momentum":
        kept = np.array(settings.momentum)

        def roll() -> None:
            np.multiply(moving, kept, out=moving)
            np.multiply(slope, rate, out=spare)
            np.subtract(moving, spare, out=moving)
            np.add(vector, moving, out=vector)

        return roll
    squares, first, second, small = np.zeros_like(vector), *settings.decay, 1e-8
    powers = [1.0, 1.0]

    def adapt() -> None:
        powers[0] *= first
        powers[1] *= second
        np.multiply(moving, first, out=moving)
        np.multiply(slope, 1 - first, out=spare)
        np.add(moving, spare, out=moving)
        np.multiply(squares, second, out=squares)
        np.square(slope, out=spare)
        np.multiply(spare, 1 - second, out=spare)
        np.add(squares, spare, out=squares)
        np.multiply(squares, 1 / (1 - powers[1]), out=spare)
        np.sqrt(spare, out=spare)
        np.add(spare, small, out=spare)
        np.divide(moving, spare, out=spare)
        np.multiply(spare, settings.rate / (1 - powers[0]), out=spare)
        np.subtract(vector, spare, out=vector)

    return adapt
