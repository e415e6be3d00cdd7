"""Many entries at once: a random projection of the output along a random direction of all inputs, backward and forward."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...derive import array_tape
from ...primitives.array_record import size_of
from ..judging.grading import as_float
from ..references.arrays import Coordinate, Index, entry_at, total
from ..references.scalars import DIGITS
from ..rows import FAIL, INCONCLUSIVE, PASS, Method, MethodKind, Row
from ..rules_in_many_digits import RULE_AGREEMENT
from .claim import ArrayClaim
from .kinks import ArraySurvey
from .one_sided import Beside
from .verdicts import ArrayJudge

PROJECTED = Method(f"rules in {DIGITS} digits, proven by a random projection", MethodKind.PROJECTION)
_BOTH_MODES = Method(f"forward against reverse in {DIGITS} digits", MethodKind.ADJOINT)


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
    """The rules of all entries, judged by one difference along a random direction; ``table`` are the rules at the point."""
    mp, reference = claim.mp, claim.reference
    seed, direction = random_pair(claim)
    pulled, sizes = claim.pulled(table, seed)
    rules = {h: claim.slipped(n, pulled[h]) for n, h in claim.wrt()}
    scales = sizes.by_input
    claimed = sum((total(rules[h] * direction[h]) for _, h in claim.wrt()), mp.mpf(0))
    scale = sum((total(scales.get(h, mp.mpf(0)) * abs(direction[h])) for _, h in claim.wrt()), mp.mpf(0))
    measured, left, right = (total(seed * part) for part in reference.along(direction))
    floats = claim.along(np.asarray(seed, dtype=float) if claim.out_shape else 1.0)
    met = bool(survey.kinked)
    agreed = mp.isfinite(measured) and abs(measured - claimed) <= RULE_AGREEMENT * (scale or 1)
    sides, verdict, reason = None, INCONCLUSIVE, ""
    if not agreed:
        if met:
            sides = Beside(reference, table, claim.point.flows, survey.met, rules, seed).sides(direction, scales)
        if met or (mp.isfinite(left) and abs(left - right) > mp.mpf(10) ** -8 * (1 + abs(left) + abs(right))):
            reason = f"kink at {survey.place()}: too many entries to explore one by one"
        elif not mp.isfinite(measured):
            reason = "not finite"
        else:
            verdict = FAIL
            reason = f"the rules disagree with a random projection: {mp.nstr(claimed, 17)}, measured {mp.nstr(measured, 17)}"
    judge = ArrayJudge(mp, survey, sizes.largest, reference.digits)
    rows: list[Row] = []
    wholes = {handle: sizes.whole(handle) for _, handle in claim.wrt()}
    for name, handle, entry in claim.coordinates:
        truth, size, whole = entry_at(rules[handle], entry), sizes.at(handle, entry), wholes[handle]
        row = Row(name, entry, float(floats[name][entry]), None, None, None, PROJECTED, PASS)
        if agreed:
            rows.append(judge.smooth(row, truth, truth, size, whole))
        elif sides is not None:
            rows.append(judge.beside(row, truth, size, whole, bool(sides.smooth[handle][entry])))
        else:
            rows.append(row._replace(verdict=verdict, reason=reason))
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
    pushed = mp.mpf(total(seed * pushed))
    noise = (largest or 1) * mp.mpf(10) ** -(DIGITS // 2)
    if not (mp.isfinite(pushed) and mp.isfinite(claimed)) or abs(pushed - claimed) <= RULE_AGREEMENT * scale + noise:
        return []
    measured = total(seed * claim.reference.along(direction)[0])
    wrong = "forward mode" if abs(pushed - measured) > abs(claimed - measured) else "reverse mode"
    reason = f"forward mode gives {mp.nstr(pushed, 17)} along a random direction, reverse mode {mp.nstr(claimed, 17)}; the reference "
    reason += f"contradicts {wrong}" if mp.isfinite(measured) else "is not finite there"
    numbers = as_float(pushed), as_float(claimed), as_float(abs(pushed - claimed)), as_float(RULE_AGREEMENT * scale)
    return [Row("forward mode", (), *numbers, _BOTH_MODES, FAIL, reason)]
