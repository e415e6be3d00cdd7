"""Many entries at once: a random projection of the output along a random direction of all inputs, backward and forward."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...derive import array_tape
from ...primitives.array_record import size_of
from ..references.arrays import DIGITS, Coordinate, Index, total
from ..references.grading import as_float
from ..results import FAIL, INCONCLUSIVE, PASS, Row
from ..rules_in_many_digits import RULE_AGREEMENT
from .claim import ArrayClaim
from .kinks import ArraySurvey
from .one_sided import Beside
from .verdicts import ArrayJudge

PROJECTED = f"rules in {DIGITS} digits, proven by a random projection"


def random_pair(claim: ArrayClaim) -> tuple[Any, dict[int, Any]]:
    """A seeded projection of the output, and a direction of all inputs in proportion to their entries."""
    mp, k, shapes, inputs = claim.mp, claim.reference.k, claim.shapes, claim.point.inputs
    chance = random.Random(231)

    def weights(shape: Index) -> Any:
        numbers = [mp.mpf(chance.choice((-1, 1)) * chance.uniform(0.5, 1.5)) for _ in range(size_of(shape))]
        if not shape:
            return numbers[0]
        whole = np.empty(size_of(shape), dtype=object)
        whole[:] = numbers
        return whole.reshape(shape)

    seed = weights(claim.out_shape) if claim.out_shape else mp.mpf(1)
    direction = {
        h: weights(shapes[h])
        * (k.array(np.where(inputs[h] == 0, 1.0, np.abs(inputs[h]))) if shapes[h] else claim.step(Coordinate(n, h, ())))
        for n, h in claim.wrt()
    }
    return seed, direction


def projected(claim: ArrayClaim, table: array_tape.Table, survey: ArraySurvey) -> list[Row]:
    """The rows of all entries, judged by one difference along a random direction; ``table`` are the rules at the point."""
    mp, reference = claim.mp, claim.reference
    seed, direction = random_pair(claim)
    pulled, sizes = claim.pulled(table, seed)
    claims = {h: claim.slipped(n, pulled[h]) for n, h in claim.wrt()}
    scales = sizes.by_input
    claimed = sum((total(claims[h] * direction[h]) for _, h in claim.wrt()), mp.mpf(0))
    scale = sum((total(scales.get(h, mp.mpf(0)) * abs(direction[h])) for _, h in claim.wrt()), mp.mpf(0))
    measured, left, right = (total(seed * part) for part in reference.along(direction))
    floats = claim.along(np.asarray(seed, dtype=float) if claim.out_shape else 1.0)
    met = bool(survey.kinked)
    agreed = mp.isfinite(measured) and abs(measured - claimed) <= RULE_AGREEMENT * (scale or 1)
    bent = met or (mp.isfinite(left) and abs(left - right) > mp.mpf(10) ** -8 * (1 + abs(left) + abs(right)))
    sides = None
    if met and not agreed:
        sides = Beside(reference, table, claim.point.flows, survey.met, claims, seed).sides(direction, scales)
    judge = ArrayJudge(mp, survey, sizes.largest, reference.digits)
    rows: list[Row] = []
    for name, handle in claim.wrt():
        mine, truth = floats[name], np.asarray(claims[handle], dtype=object)
        whole = sizes.whole(handle)
        wanted = frozenset(claim.only[name]) if claim.only is not None else frozenset()
        for index in np.ndindex(*claim.shapes[handle]):
            if claim.only is not None and index not in wanted:
                continue
            row = Row(name, index, float(mine[index]), None, None, None, PROJECTED, PASS)
            if agreed:
                rows.append(judge.smooth(row, truth[index], truth[index], sizes.at(handle, index), whole))
            elif sides is not None:
                rows.append(judge.beside(row, truth[index], sizes.at(handle, index), whole, bool(sides.smooth[handle][index])))
            elif bent or not mp.isfinite(measured):
                reason = f"kink at {survey.place()}: too many entries to explore one by one" if bent else "not finite"
                rows.append(row._replace(verdict=INCONCLUSIVE, reason=reason))
            else:
                told = f"the rules disagree with a random projection: {mp.nstr(claimed, 17)}, measured {mp.nstr(measured, 17)}"
                rows.append(row._replace(verdict=FAIL, reason=told))
    return rows + forward(claim, table, seed, direction, claimed, scale, sizes.largest)


def forward(
    claim: ArrayClaim, table: array_tape.Table, seed: Any, direction: Mapping[int, Any], claimed: Any, scale: Any, largest: Any
) -> list[Row]:
    """A failing row where forward mode does not give ``claimed``, which is what reverse mode gives for the pair; else none.

    Operations on arrays have a pushforward and a pullback of their own. Entries are compared with the reverse mode's alone.
    ``scale`` is the size of what is added up in ``claimed``, ``largest`` the largest contribution anywhere.
    """
    mp, graph = claim.mp, claim.graph
    if not claim.own:
        return []
    needed = [local if needed else () for local, needed in zip(table, graph.needed, strict=True)]  # others have no exact values
    pushed = array_tape.push_forward(graph, needed, direction, claim.shapes)[claim.output]
    found = mp.mpf(total(seed * pushed))
    noise = (largest or 1) * mp.mpf(10) ** -(DIGITS // 2)
    if not (mp.isfinite(found) and mp.isfinite(claimed)) or abs(found - claimed) <= RULE_AGREEMENT * scale + noise:
        return []
    measured = total(seed * claim.reference.along(direction)[0])
    wrong = "forward mode" if abs(found - measured) > abs(claimed - measured) else "reverse mode"
    told = f"forward mode gives {mp.nstr(found, 17)} along a random direction, reverse mode {mp.nstr(claimed, 17)}; the reference "
    told += f"contradicts {wrong}" if mp.isfinite(measured) else "is not finite there"
    numbers = as_float(found), as_float(claimed), as_float(abs(found - claimed)), as_float(RULE_AGREEMENT * scale)
    return [Row("forward mode", (), *numbers, f"forward against reverse in {DIGITS} digits", FAIL, told)]
