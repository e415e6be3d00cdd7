"""A claimed derivative as a function of the vector of all arguments, and what calls of it leave behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.signatures import reads_arguments

if TYPE_CHECKING:
    from ..probing.layout import Layout, Leaf
    from ..probing.vectors import Floats

#: calls of the gradient that are remembered
REMEMBERED = 12


class Shape(NamedTuple):
    """What a claim is read against: the width of the output as reals, its shape in a Jacobian, whether it is complex, the convention."""

    width: int
    trailing: tuple[int, ...]
    complex_output: bool
    convention: str


class Claim(NamedTuple):
    """What is claimed at one point: a matrix (outputs × entries), NaN where nothing is, and the arguments whose claims have no place in it.

    ``faults`` are claims of a wrong shape, ``unclaimed`` the names of arguments that None is claimed for.
    """

    matrix: Floats
    faults: tuple[tuple[Leaf, str], ...]
    unclaimed: frozenset[str]

    def covers(self, leaf: Leaf) -> bool:
        """Whether something of the right shape is claimed for an argument."""
        return leaf.name not in self.unclaimed and all(leaf.name != faulty.name for faulty, _ in self.faults)


class ClaimedDerivative:
    """The claim as a function of the vector; values are the claim at any point.

    ``plain``: it never reads its arguments. ``history`` has what was claimed where, first calls first; ``left_behind`` the arguments as
    calls changed them; ``shared`` the pairs of arguments whose gradients were one array in the latest call.
    """

    def __init__(self, claim: Any, layout: Layout, shape: Shape) -> None:
        self.layout, self.shape = layout, shape
        self.plain = not callable(claim) or not reads_arguments(claim)
        self._function: Callable[..., Any] = claim if callable(claim) else lambda *_, **__: claim
        self.history: list[tuple[Floats, Floats]] = []
        self.left_behind: dict[bytes, Floats] = {}
        self.shared: list[tuple[Leaf, Leaf]] = []

    def of(self, claim: Any) -> ClaimedDerivative:
        """Another claim about the same function, without any history."""
        return ClaimedDerivative(claim, self.layout, self.shape)

    def __call__(self, vector: Floats) -> Claim:
        """The claim at a point."""
        positional, named = self.layout.arguments(vector)
        with np.errstate(all="ignore"):
            raw = self._function(*positional, **named)
        left = leftover(self.layout, vector, positional, named)
        if left is not None:
            self.left_behind[vector.tobytes()] = left
        claim = self._read(raw)
        self.shared = sharing(self.layout, raw)
        if len(self.history) < REMEMBERED:
            self.history.append((vector.copy(), claim.matrix.copy()))
        return claim

    def raw(self, vector: Floats) -> Any:
        """What the claim returns at a point, as it is."""
        positional, named = self.layout.arguments(vector)
        with np.errstate(all="ignore"):
            return self._function(*positional, **named)

    def elsewhere(self, vector: Floats) -> Floats:
        """The claimed derivative at another point, NaN throughout where the gradient refuses the point."""
        try:
            return self(vector).matrix
        except (ArithmeticError, ValueError):  # the gradient's own domain ends here
            return np.full((self.shape.width, self.layout.size), np.nan)

    def spread(self, vector: Floats, direction: Floats) -> Floats:
        """How far the claimed slopes along a direction move within a few roundings of a point."""
        slopes = []
        for k in range(-3, 4):
            matrix = self(vector * (1 + k * 2.0**-51)).matrix
            with np.errstate(all="ignore"):
                slopes.append(np.where(np.isfinite(matrix), matrix, 0.0) @ direction)
        rows = np.array(slopes)
        return np.max(rows, axis=0) - np.min(rows, axis=0)

    def _read(self, raw: Any) -> Claim:
        """What was returned, dealt out to the arguments."""
        width, trailing, complex_output, _ = self.shape
        matrix = np.full((width, self.layout.size), np.nan)
        faults: list[tuple[Leaf, str]] = []
        unclaimed: set[str] = set()
        for leaf, (array, fault) in zip(self.layout.leaves, self.layout.claimed(raw, trailing, complex_output), strict=True):
            if fault:
                faults.append((leaf, fault))
            elif array is None:
                unclaimed.add(leaf.name)
            else:
                matrix[:, leaf.start : leaf.stop] = self._realify(leaf, array.reshape(-1 if leaf.size else width, leaf.size))
        return Claim(matrix, tuple(faults), frozenset(unclaimed))

    def _realify(self, leaf: Leaf, rows: Any) -> Floats:
        """Complex claims as derivatives by real and imaginary parts."""
        if self.shape.complex_output:
            by_real = np.concatenate([rows.real, rows.imag])
            return np.hstack([by_real, np.concatenate([-rows.imag, rows.real])]) if leaf.complex else by_real
        if leaf.complex:
            sign = 1.0 if self.shape.convention == "steepest" else -1.0
            return np.hstack([rows.real, sign * rows.imag])
        return rows.real.astype(float)


def leftover(layout: Layout, vector: Floats, positional: list[Any], named: dict[str, Any]) -> Floats | None:
    """The vector of arguments as a call left them; None where it left them alone."""
    tree: Any = named if layout.named else positional
    now = vector.copy()
    for leaf in layout.leaves:
        value: Any = tree
        for key in leaf.path:
            value = value[key]
        flat = np.asarray(value).ravel()
        if leaf.scalar is not None or flat.size != leaf.size:
            continue
        old = vector[leaf.start : leaf.stop]
        part = np.concatenate([flat.real, flat.imag]) if leaf.complex else flat
        given = old.astype(leaf.dtype) if not leaf.complex else old
        if not np.array_equal(part, given, equal_nan=True):
            now[leaf.start : leaf.stop] = part
    return None if np.array_equal(now, vector, equal_nan=True) else now


def sharing(layout: Layout, claim: Any) -> list[tuple[Leaf, Leaf]]:
    """Pairs of arguments whose claimed gradients are the same memory and may be written to."""
    pairs: list[tuple[Leaf, Leaf]] = []
    arrays: list[tuple[Leaf, Any]] = []
    tree = claim if layout.named or layout.many else (claim,)
    for leaf in layout.leaves:
        value: Any = tree
        try:
            for key in leaf.path:
                value = value[key]
        except (TypeError, KeyError, IndexError):  # a fault of shape, which is reported as such
            continue
        if isinstance(value, np.ndarray) and value.size > 1 and value.flags.writeable:
            pairs.extend((other, leaf) for other, array in arrays if np.may_share_memory(array, value) and array.shape == value.shape)
            arrays.append((leaf, value))
    return pairs
