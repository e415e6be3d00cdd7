"""Repairs of the block of a Jacobian that belongs to one argument: a row an output, a column an entry.

Slips between outputs are repaired as such; every repair of a gradient is tried on all rows that are wrong, each the gradient of one output.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..causes import CauseKind
from .cause import Cause, Repair, agrees
from .repairs import array_of, candidates, flat_of

if TYPE_CHECKING:
    from ..claims.rows import Evidence
    from ..claims.session import Session
    from ..probing.layout import Leaf


def block_candidates(session: Session, point: Evidence, leaf: Leaf) -> Iterator[Cause]:
    """Causes whose repairs take the block and the argument and give the block."""
    claim, truth = point.matrix[:, leaf.start : leaf.stop], point.reference[:, leaf.start : leaf.stop]
    outputs = session.box.shape
    several = len(claim) > 1 and not session.box.complex_output
    if several:
        yield from _between_outputs(claim, outputs)
        yield from _missing_rows(claim, truth, outputs)
    size = float(np.max(np.abs(truth)))
    wrong = [row for row in range(len(claim)) if not agrees(claim[row], truth[row], size)]
    x = array_of(point.vector, leaf)
    first = point._replace(matrix=point.matrix[wrong[:1]], reference=point.reference[wrong[:1]])
    place = "" if len(wrong) == len(claim) or session.box.complex_output else f"in the rows of {_named(wrong, outputs)} "
    for cause in candidates(session.layout, first, leaf, array_of(claim[wrong[0]], leaf, 0), array_of(truth[wrong[0]], leaf, 0), x):
        yield cause._replace(text=place + cause.text, repair=_in_rows(cause.repair, None if len(wrong) == len(claim) else wrong, leaf))
    if several:
        yield from _missing_entries(claim, truth)
        yield from _permuted(claim, truth)


def _in_rows(repair: Repair, rows: list[int] | None, leaf: Leaf) -> Repair:
    """A repair of gradients as one of these rows of a block, or of all."""

    def repaired(block: Any, x: Any) -> Any:
        result = block.copy()
        for row in range(len(block)) if rows is None else rows:
            gradient = repair(array_of(block[row], leaf, 0), x)
            if np.shape(gradient) != leaf.shape:
                return np.full_like(block, np.nan)
            result[row] = flat_of(gradient, leaf)
        return result

    return repaired


def _between_outputs(claim: Any, outputs: tuple[int, ...]) -> Iterator[Cause]:
    if claim.shape[0] == claim.shape[1]:
        yield Cause("the Jacobian is transposed", lambda c, x: c.T, CauseKind.TRANSPOSE)

    def over_outputs(change: Callable[[Any], Any]) -> Repair:
        return lambda c, x: change(c.reshape(*outputs, -1)).reshape(c.shape)

    for axis in range(len(outputs)):
        along = f" along axis {axis} of the output" if len(outputs) > 1 else ""
        for shift in (1, -1):
            rolled = over_outputs(partial(np.roll, shift=shift, axis=axis))
            yield Cause(f"its rows are off by one output{along}", rolled, CauseKind.ORDER)
        yield Cause(f"its rows are reversed{along}", over_outputs(partial(np.flip, axis=axis)), CauseKind.ORDER)
    for one, other in itertools.combinations(range(len(outputs)), 2):
        if outputs[one] == outputs[other]:
            text = f"axes {one} and {other} of the output are exchanged"
            yield Cause(text, over_outputs(partial(np.swapaxes, axis1=one, axis2=other)), CauseKind.TRANSPOSE)


def _permuted(claim: Any, truth: Any) -> Iterator[Cause]:
    order = _order(claim, truth)
    if order is not None:
        yield Cause("its rows are permuted", lambda c, x: c[order], CauseKind.ORDER)


def _order(claim: Any, truth: Any) -> list[int] | None:
    """Which row of the claim belongs where; None where they do not match one to one."""
    size = float(np.max(np.abs(truth)))
    order = [next((k for k, row in enumerate(claim) if agrees(row, due, size)), -1) for due in truth]
    return order if sorted(order) == list(range(len(claim))) else None


def _missing_rows(claim: Any, truth: Any, outputs: tuple[int, ...]) -> Iterator[Cause]:
    rows = [row for row in range(len(claim)) if np.any(truth[row]) and not np.any(claim[row])]
    if 0 < len(rows) < len(claim):
        text = f"the rows of {_named(rows, outputs)} are zero and should not be"
        yield Cause(text, lambda c, x: np.where(c == 0, truth, c), CauseKind.DROPPED, here=True)


def _missing_entries(claim: Any, truth: Any) -> Iterator[Cause]:
    empty = (claim == 0) & (truth != 0)
    if not 0 < np.sum(empty) < claim.size:
        return
    if claim.shape[0] == claim.shape[1] and np.array_equal(claim, np.diag(np.diag(claim))):
        text = "only its diagonal is claimed, and the rest is not zero: each output depends on other entries too"
    else:
        text = f"{int(np.sum(empty))} of its entries are zero and should not be"
    yield Cause(text, lambda c, x: np.where(empty, truth, c), CauseKind.DROPPED, here=True)


def _named(rows: list[int], outputs: tuple[int, ...]) -> str:
    shown = ", ".join(str([int(k) for k in np.unravel_index(row, outputs)]) for row in rows[:4])
    return f"output{'s' if len(rows) > 1 else ''} {shown}{', …' if len(rows) > 4 else ''}"
