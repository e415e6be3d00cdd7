"""Claims at kinks against the slopes around the point: a right one lies in the hull of the gradients there.

The hull is the subdifferential (Clarke, Optimization and Nonsmooth Analysis, 1983, theorem 2.5.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ..references.limits_of_slopes import DIGITS
from ..rows import Method, MethodKind
from .grading import as_float

AROUND = Method(f"gradients around the kink in {DIGITS} digits", MethodKind.AROUND_KINK)
#: slopes that differ by less than this part of their size are the same
CLOSE = 1e-9


class Slopes(NamedTuple):
    """The slopes of one entry around the point, the lowest and the highest, and how far apart the same slopes may be."""

    low: float
    high: float
    close: float

    @classmethod
    def of(cls, slopes: Iterable[Any], claimed: float) -> Slopes:
        """From numbers of many digits."""
        numbers = [as_float(slope) for slope in slopes]
        low, high = min(numbers), max(numbers)
        return cls(low, high, CLOSE * max(abs(low), abs(high), abs(claimed)))

    @property
    def same(self) -> bool:
        """Whether there is no corner in this entry."""
        return self.high - self.low <= self.close

    def distance(self, claimed: float) -> float:
        """How far the claim is from the lowest."""
        return abs(claimed - self.low)

    def meet(self, claimed: float) -> bool:
        """Whether the claim is the lowest of them."""
        return self.distance(claimed) <= self.close

    def between(self, kinks: str) -> str:
        """The slopes in words."""
        return f"kink at {kinks}: slopes {self.low:.6g} … {self.high:.6g}"

    def contradiction(self, kinks: str, same: bool) -> str:
        """In words, why a claim is wrong that lies outside; ``same``: there is one slope."""
        every = f"the slope is {self.low:.6g} on every side"
        several = f"outside the subdifferential, slopes {self.low:.6g} … {self.high:.6g}"
        return f"kink choices do not compose at {kinks}: {every if same else several}"


def inside(claimed: Sequence[float], gradients: Sequence[Sequence[Any]]) -> bool:
    """Whether a vector lies in the convex hull of others, to nine digits of their size."""
    points = [[float(entry) for entry in row] for row in gradients]
    size = max((abs(entry) for row in [*points, list(claimed)] for entry in row), default=0.0) or 1.0
    close = CLOSE * size
    if len(claimed) == 1:
        entries = [row[0] for row in points]
        return min(entries) - close <= claimed[0] <= max(entries) + close
    if len(points) == 2:
        a, b = points
        along = [q - p for p, q in zip(a, b, strict=True)]
        length = sum(entry * entry for entry in along)
        t = sum((c - p) * entry for c, p, entry in zip(claimed, a, along, strict=True)) / length if length else 0.0
        t = min(1.0, max(0.0, t))
        return all(abs(p + t * entry - c) <= close for p, entry, c in zip(a, along, claimed, strict=True))
    import numpy as np
    from scipy.optimize import nnls

    scaled = np.array(points).T / size
    system = np.vstack([scaled, np.ones(len(points))])
    _, residual = nnls(system, np.append(np.array(claimed) / size, 1.0))
    return bool(residual <= 1e-9)
