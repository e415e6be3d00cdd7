"""A suspected cause of a wrong gradient, and when a repaired claim counts as right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..causes import CauseKind, LikelyCause

if TYPE_CHECKING:
    from ..probing.vectors import Floats

#: how closely a repair must agree with the reference
CLOSE = 2e-5

Repair = Callable[[Any, Any], Any]  # (claim, argument) -> repaired claim


class Cause(NamedTuple):
    """A suspected slip: what it is in words, the repair, its kind, and whether its constant was fitted to the numbers at hand.

    ``of_x``: the words speak of x, which is the argument. ``here``: the repair is made of numbers of the given point, so that no other
    point can bear it out. ``drawn``: it is known only for the values that entries have at the given point, in any order and repetition.
    """

    text: str
    repair: Repair
    kind: CauseKind = CauseKind.OTHER
    fitted: bool = False
    drawn: bool = False
    here: bool = False
    of_x: bool = False

    def likely(self, name: str) -> LikelyCause:
        """The cause as it is told, once it is proved for the argument of that name."""
        which = f" (x is {name})" if self.of_x and name != "x" else ""
        return LikelyCause(f"{name}: {self.text}{which}", self.kind, name)


def agrees(claim: Floats | float, truth: Floats | float, size: float | None = None) -> bool:
    """Whether a claim is the reference, entry by entry, as nearly as references are known beside ``size``: the largest entry."""
    size = float(np.max(np.abs(truth), initial=0.0)) if size is None else size
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(claim - truth) <= CLOSE * np.abs(truth) + 1e-9 * size))
