"""Entries of graphs of scalars that reach a kink: the claim must lie in the hull of the gradients around the point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...graph.formulas import statement
from ...limits import limit
from ..references.scalars import Slope
from ..results import AT_KINK, FAIL, INCONCLUSIVE, PASS, Row
from . import neighbourhood as kinks
from .claim import DIGITS, ScalarClaim


def check_kinked(
    claim: ScalarClaim, scales: Sequence[Any], indices: Sequence[int], found: Sequence[kinks.Kink], rows: list[Row | None]
) -> None:
    """Fill the rows of the entries ``indices``, which reach the kinks ``found``; ``scales`` are the sizes of all entries' terms."""
    graph, reference = claim.graph, claim.reference
    needed = [kink for kink in found if graph.needed[kink.handle]]
    names = ", ".join(dict.fromkeys(f"{statement(graph, kink.handle)} ({kink.place})" for kink in needed))
    inputs = [claim.handles[i] for i in indices]
    cone = len(reference.cone(inputs))
    samples = 4 * len(inputs) + 40 + 2 ** min(len(found), kinks.MOST_KINKS)
    if samples * len(inputs) * cone > 40 * limit("GRADVIZ_CHECK_OPERATIONS"):
        reason = f"kink at {names}: exploring its neighbourhood costs more than GRADVIZ_CHECK_OPERATIONS allows"
        judged = [claim.undecided(index, reason) for index in indices]
    else:
        around = kinks.explore(reference, found, inputs, [scales[i] for i in indices])
        reference.use(DIGITS)
        if around.jumps or not around.gradients:
            judged = _without_slopes(claim, indices, around, names)
        elif any(one is None or not math.isfinite(one) for one in map(claim.analytic, indices)):
            judged = _not_finite(claim, indices, around, names)
        else:
            judged = _against_slopes(claim, indices, around, names)
    for index, row in zip(indices, judged, strict=True):
        rows[index] = row


def _without_slopes(claim: ScalarClaim, indices: Sequence[int], around: kinks.Neighbourhood, names: str) -> list[Row]:
    """Where the value jumps, or no side has a finite gradient."""
    if around.jumps:
        return [claim.undecided(index, f"the value jumps at {names}") for index in indices]
    if not around.endless:
        return [claim.undecided(index, f"kink at {names}, on the edge of the domain") for index in indices]
    rows = []
    for index, column in zip(indices, zip(*around.endless, strict=True), strict=True):
        told = " or ".join(dict.fromkeys(one.told(claim.mp) for one in column))
        rows.append(claim.undecided(index, f"kink at {names}: around it the slope {told}"))
    return rows


def _not_finite(claim: ScalarClaim, indices: Sequence[int], around: kinks.Neighbourhood, names: str) -> list[Row]:
    """Where some of the claimed numbers are not finite, or no derivative flows: what the slopes around are."""
    mp = claim.mp
    rows = []
    for index, column in zip(indices, zip(*around.gradients, strict=True), strict=True):
        low, high = min(column), max(column)
        if abs(high - low) <= mp.mpf(10) ** -20 * (abs(high) + abs(low)):
            reason = f"kink at {names}: float64 gives {claim.analytic(index)}; the limit is {mp.nstr(low, 17)}"
            rows.append(claim.undecided(index, reason, Slope(low, mp.mpf(0), low, low)))
        else:
            rows.append(claim.undecided(index, f"kink at {names}; the slopes around are {float(low):.6g} … {float(high):.6g}"))
    return rows


def _against_slopes(claim: ScalarClaim, indices: Sequence[int], around: kinks.Neighbourhood, names: str) -> list[Row]:
    """The verdicts on finite claimed numbers."""
    numbers = [float(one) for one in map(claim.analytic, indices) if one is not None]
    unique = len(around.gradients) == 1
    member = kinks.inside(numbers, around.gradients)
    rows = []
    for index, mine, column in zip(indices, numbers, zip(*around.gradients, strict=True), strict=True):
        entries = [float(entry) for entry in column]
        low, high = min(entries), max(entries)
        size = max(abs(low), abs(high), abs(mine))
        row = Row(
            claim.point.wrt[index], (), mine, None, None, 1e-9 * size, f"gradients around the kink in {kinks.DIGITS} digits", AT_KINK,
            f"kink at {names}: slopes {low:.6g} … {high:.6g}", interval=(low, high),
        )  # fmt: skip
        within = abs(mine - low) <= 1e-9 * size if unique or high - low <= 1e-9 * size else None
        if within is not None:
            row = row._replace(reference=low, error=abs(mine - low), exact=claim.mp.nstr(column[0], 40), interval=None)
        if member:
            row = row._replace(verdict=PASS, reason=f"{names}: both sides agree") if within else row
        elif within:
            row = row._replace(verdict=PASS, reason="")
        elif around.complete or len(indices) == 1:
            told = f"the slope is {low:.6g} on every side" if unique else f"outside the subdifferential, slopes {low:.6g} … {high:.6g}"
            row = row._replace(verdict=FAIL, reason=f"kink choices do not compose at {names}: {told}")
        else:
            row = row._replace(verdict=INCONCLUSIVE, reason=f"kink at {names}: not every side could be reached")
        rows.append(row)
    return rows
