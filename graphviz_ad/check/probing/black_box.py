"""A function under test as a function of one real vector: counted, protected from its own side effects, its noise measured."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ...errors import ShapeError
from ..results import Note, NoteKind
from .layout import Layout, flatten_output, precision

if TYPE_CHECKING:
    from .vectors import Chance, Flags, Floats

#: points in the difference table that measures noise, and the distances between them in parts of the entries
NOISE_POINTS = 8
NOISE_SPACINGS = (2.0**-45, 2.0**-35, 2.0**-25, 2.0**-15)
#: an entry below this is taken as zero: the steps of a ladder, in proportion to it, would be denormal numbers
VANISHING = 2.0**-1000


class BudgetSpent(Exception):
    """The evaluations that were allowed are used up."""


class BlackBox:
    """``call(vector)`` evaluates the function; what lies outside its domain is NaN."""

    def __init__(
        self,
        function: Callable[..., Any],
        layout: Layout,
        *,
        budget: int,
        executor: Any = None,
        promote: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.function, self.layout, self.budget, self.executor, self.progress = function, layout, budget, executor, progress
        self._task = _Task(function, layout, promote)
        value, self.shape, mutated = self._task.first(layout.vector)
        self.complex_output, self.precision = self._task.complex_output, self._task.precision
        self.evaluations = 1
        self.width = len(value)
        self.base: Floats = value
        changed = f"the function changes its argument {', '.join(mutated)} in place; each evaluation got a fresh copy"
        self.notes: tuple[Note, ...] = (Note(changed, NoteKind.CHANGED_ARGUMENTS),) if mutated else ()

    def __call__(self, vector: Floats) -> Floats:
        """The output as a vector of reals.

        Raises BudgetSpent when no evaluation is left.
        """
        if self.evaluations >= self.budget:
            raise BudgetSpent
        self.evaluations += 1
        with quiet():
            return self._checked(self._task(vector))

    def with_imaginary(self, vector: Floats, step: Floats) -> Any:
        """The complex output at ``vector`` plus ``step`` times i; None where it comes out real or an argument cannot be made complex.

        Raises BudgetSpent, and whatever the function raises on complex numbers.
        """
        if self.evaluations >= self.budget:
            raise BudgetSpent
        positional, named = self.layout.arguments(vector + 1j * step)
        tree: Any = named if self.layout.named else positional
        for leaf in self.layout.leaves:
            holder: Any = tree
            for key in leaf.path[:-1]:
                holder = holder[key]
            value = holder[leaf.path[-1]]
            if isinstance(holder, tuple):
                return None
            holder[leaf.path[-1]] = complex(value) if leaf.scalar is not None else np.asarray(value, dtype=complex)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)  # it drops the imaginary part: not analytic
            result = np.asarray(self.function(*positional, **named))
        self.evaluations += 1
        return result.ravel() if np.iscomplexobj(result) else None

    def many(self, vectors: Sequence[Floats]) -> list[Floats]:
        """The outputs of many vectors, through the executor where there is one."""
        if self.evaluations + len(vectors) > self.budget:
            raise BudgetSpent
        if self.executor is None:
            outputs = []
            with quiet():
                for number, vector in enumerate(vectors):
                    outputs.append(self._checked(self._task(vector)))
                    self.evaluations += 1
                    if self.progress is not None and number % 64 == 0:
                        self.progress(number, len(vectors))
            return outputs
        workers = getattr(self.executor, "_max_workers", None) or 8
        size = max(1, math.ceil(len(vectors) / (4 * workers)))
        futures = [self.executor.submit(_run, self._task, vectors[k : k + size]) for k in range(0, len(vectors), size)]
        results: list[Floats] = []
        try:
            for future in futures:
                results.extend(self._checked(value) for value in future.result())
                if self.progress is not None:
                    self.progress(len(results), len(vectors))
        except BaseException:  # Ctrl-C, or a function that raises: nobody waits for the rest
            for future in futures:
                future.cancel()
            raise
        self.evaluations += len(vectors)
        return results

    def _checked(self, value: Floats | None) -> Floats:
        if value is None:
            return np.full(self.width, np.nan)
        if len(value) != self.width:
            raise ShapeError(f"the function returned {self.width} numbers at one point and {len(value)} at another")
        return value


class _Task:
    """What an evaluation is, on its own so that it can travel to another process."""

    def __init__(self, function: Callable[..., Any], layout: Layout, promote: bool) -> None:
        self.function, self.layout, self.promote = function, layout, promote
        self.complex_output = False
        self.precision = 2.0**-52

    def first(self, vector: Floats) -> tuple[Floats, tuple[int, ...], list[str]]:
        """The output at the point itself, its shape, and the arguments that the call has changed.

        Errors of the function are raised to the caller.
        """
        positional, named = self.layout.arguments(vector, self.promote)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = self.function(*positional, **named)
        value, shape, self.complex_output = flatten_output(result)
        self.precision = precision(result)
        tree: Any = named if self.layout.named else positional
        mutated = []
        for leaf in self.layout.leaves:
            now: Any = tree
            for key in leaf.path:
                now = now[key]
            part = vector[leaf.start : leaf.stop]
            old = part if not leaf.complex else part[: leaf.size] + 1j * part[leaf.size :]
            now = np.asarray(now)
            if now.shape != leaf.shape or not np.array_equal(now.ravel(), old.astype(now.dtype), equal_nan=True):
                mutated.append(leaf.name)
        return value.copy(), shape, mutated

    def __call__(self, vector: Floats) -> Floats | None:
        """The output, or None where the function refuses the point as outside its domain."""
        positional, named = self.layout.arguments(vector, self.promote)
        try:
            result = self.function(*positional, **named)
        except (ArithmeticError, ValueError, np.linalg.LinAlgError):  # math.log(-1) and the like: a point outside the domain
            return None
        value, _, imaginary = flatten_output(result)
        if imaginary and not self.complex_output:  # (-0.1)**1.5 is complex in Python: outside the real domain
            return None
        if self.complex_output and not imaginary:
            value = np.concatenate([value, np.zeros(len(value))])
        return value.copy()


def _run(task: _Task, vectors: Iterable[Floats]) -> list[Floats | None]:
    with quiet():
        return [task(vector) for vector in vectors]


@contextmanager
def quiet() -> Iterator[None]:
    """Without warnings: what they are about (overflow, a point outside the domain) is seen in the values."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def rounding(values: Floats) -> Floats:
    """The rounding that numbers of these sizes carry: relative, but among the denormal numbers at least their spacing."""
    return np.maximum(np.abs(values) * 2.0**-52, 2.0**-1074)


def measure_noise(box: Callable[[Floats], Floats], vector: Floats, base: Floats, scales: Floats, rng: Chance) -> tuple[Floats, Floats]:
    """The noise of each output near a point, and the noise at the smallest distances alone (arrays like ``base``).

    A difference table: differences of order 3 to 5 of a smooth function vanish, those of noise with deviation s have variance
    s**2 (2k)!/(k!)**2 (Hamming; Moré and Wild, SIAM J. Sci. Comput. 33, 2011). Rounding may be the same at points a few hundred
    roundings apart and show only further away (exp(x) - 1 near 0 goes in steps), so the table is made at several spacings.
    """
    with np.errstate(all="ignore"):
        apart = np.abs(box(vector) - base)
    floor = rounding(base)
    direction = rng.choice([-1.0, 1.0], len(vector)) * rng.uniform(0.5, 1.5, len(vector)) * scales  # no product stays the same along it
    noise, fine = floor, floor

    def table(spacing: float) -> Floats:
        return np.array([base] + [box(vector + k * spacing * direction) for k in range(1, NOISE_POINTS)])

    before: Any = None
    for number, spacing in enumerate(NOISE_SPACINGS):
        rows = table(spacing)
        if not np.all(np.isfinite(rows)):
            break
        noise = np.maximum(noise, _deviation(rows))
        if number == 0:
            fine = noise
        elif np.any(_stepped(before, rows, spacing / NOISE_SPACINGS[number - 1])):
            between = table(float(np.sqrt(spacing * NOISE_SPACINGS[number - 1])))
            for coarse in (between, rows):
                stepped = _stepped(before, coarse, spacing / NOISE_SPACINGS[number - 1])
                noise = np.where(stepped, np.maximum(noise, np.max(np.abs(np.diff(coarse, axis=0)), axis=0)), noise)
                if np.all(np.isfinite(coarse)) and np.any(stepped):
                    break
        before = rows
    shaken = np.where(np.isfinite(apart), apart, 0.0)
    return np.maximum(noise, shaken), np.maximum(fine, shaken)


def _stepped(close: Floats, wide: Floats, ratio: float) -> Flags:
    """Where values a small distance apart are all the same, though the slope over larger distances would move them.

    So a function goes whose rounding happens inside: exp(x) - 1 near 0. Its steps are as large as what moves at the larger distance.
    """
    flat = np.all(close == close[0], axis=0)
    due = np.max(np.abs(wide - wide[0]), axis=0) / ratio
    return flat & (due > 8 * np.finfo(float).eps * np.abs(wide[0]))


def _deviation(rows: Floats) -> Floats:
    """Three deviations of the noise in equally spaced values; what shrinks from order to order is smooth, not noise."""
    size = np.maximum(np.max(np.abs(rows), axis=0), 1e-300)  # so that squares neither overflow nor vanish
    differences = rows / size
    deviations = []
    for order in range(1, 6):
        differences = np.diff(differences, axis=0)
        if order >= 3:
            deviations.append(np.sqrt(np.mean(differences**2, axis=0) * math.factorial(order) ** 2 / math.factorial(2 * order)))
    third, fourth, fifth = deviations
    smooth = (fourth <= third / 4) & (fifth <= fourth / 4)  # what noise there may be hides below: closer tables show it
    late = np.where(fourth <= third / 4, np.maximum(fourth, fifth), np.maximum(third, np.maximum(fourth, fifth)))
    return 3 * size * np.where(smooth, 0.0, late)


def natural_scales(layout: Layout, vector: Floats) -> Floats:
    """For each entry the power of two near its size; a zero takes the median size of its array, or 1.

    Powers of two, so that steps are added without rounding.
    """
    sizes = np.abs(vector)
    for leaf in layout.leaves:
        part = sizes[leaf.start : leaf.stop]
        zero = part < VANISHING
        if zero.any():
            part[zero] = np.median(part[~zero]) if not zero.all() else 1.0
    with np.errstate(all="ignore"):
        exponents = np.floor(np.log2(np.maximum(sizes, VANISHING)))
    return 2.0**exponents
