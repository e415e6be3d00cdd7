"""Other points: the claim along a random direction at each, entry by entry where it disagrees there.

Most slips show at any point; those that hide at the given one (a branch at x < 0, a factor that is 1 there) show here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..claims.looking import look
from ..claims.rows import NOT_FINITE, Judged, Look, elsewhere, evidence, fault_row, row_of
from ..probing.black_box import BudgetSpent, natural_scales
from ..probing.points import variants
from ..results import FAIL, Note, NoteKind
from ..slopes.finding import FLOAT, SURE_ELSEWHERE, Finding
from ..slopes.sweep import PAIR, WIDER

if TYPE_CHECKING:
    from ..claims.claimed import Claim
    from ..claims.session import Session
    from ..probing.vectors import Floats
    from ..slopes.examiner import Examiner

#: values this far from 1 are no witnesses: their squares leave the range of float64 in the best of gradients
EXTREME = 1e150
#: a slope along a random direction that agrees with the claim so closely settles the point
CLOSE = 1e-7
#: entries that are tried where the claim is not finite
MOST = 20


def look_elsewhere(session: Session, scales: Floats) -> Look:
    """Failing rows at other points, and notes on what was looked at."""
    options = session.options
    whole = Look()
    looked = 0
    left_out = []
    places = variants(session.layout, session.layout.vector, scales, options.points, options.seed)
    for done, (text, vector) in enumerate(places, 1):
        seen = False
        try:
            for part in _at_point(session, text, vector, whole.interrupted):
                whole, seen = whole.then(part), True
        except BudgetSpent:
            whole = whole.noting(
                *session.news(Note("the budget of evaluations was spent before all points were looked at", NoteKind.BUDGET))
            )
            break
        except KeyboardInterrupt:
            whole = whole.noting(*session.news(Note("interrupted before all points were looked at", NoteKind.INTERRUPTED)))
            whole = whole._replace(interrupted=True)
            break
        if options.progress is not None:
            options.progress(done, len(places))
        if seen:
            looked += 1
        else:
            left_out.append(text)
    whole = whole.noting(*session.news())
    if looked:
        plural = "s" if looked > 1 else ""
        whole = whole.noting(Note(f"looked at {looked} other point{plural}, along random directions", NoteKind.POINTS))
    if left_out:
        names = "; ".join(left_out)
        whole = whole.noting(Note(f"outside the domain or of extreme values, so not looked at: {names}", NoteKind.POINTS))
    return whole


def _at_point(session: Session, text: str, vector: Floats, interrupted: bool) -> Iterator[Look]:
    """What was seen at one point, the failing rows last; nothing where the function or the claim has no value."""
    try:
        claim = session.claimed(vector)
    except (ArithmeticError, ValueError):  # the gradient's own domain ends here
        return
    if claim.faults:
        yield Look(tuple(Judged(elsewhere(fault_row(leaf, fault), text)) for leaf, fault in claim.faults))
        return
    scales = natural_scales(session.layout, vector)
    claimed = [j for j in range(session.layout.size) if session.covered(claim, j)]
    broken = [j for j in claimed if not np.all(np.isfinite(claim.matrix[:, j]))]
    usable = [j for j in claimed if j not in set(broken)] if broken else claimed
    if not broken and usable:
        weights = scales[usable] * session.chance.choice([-1.0, 1.0], len(usable)) * session.chance.uniform(0.5, 1.5, len(usable))
        direction = np.zeros(session.layout.size)
        direction[usable] = weights
        settled = _settled(session, vector, direction, claim.matrix[:, usable] @ weights)
        if settled is not False:
            yield from [Look()] if settled else []
            return
    base = session.box(vector)
    if not _ordinary(base):
        return
    examiner = session.examiner(vector, base, session.noise_at(base), scales, sure=SURE_ELSEWHERE)
    seen = look(session, examiner, claim.matrix, usable, interrupted)
    yield seen._replace(judged=(), evidence=(evidence(text, vector, claim.matrix, seen.judged),))
    failing = [Judged(elsewhere(row, text), place) for row, place in seen.judged if row.verdict == FAIL]
    yield Look((*failing, *_broken(session, examiner, claim, broken, text)))


def _ordinary(values: Floats) -> bool:
    sizes = np.abs(values[values != 0])
    return bool(np.all(np.isfinite(values)) and np.all((sizes < EXTREME) & (sizes > 1 / EXTREME)))


def _settled(session: Session, vector: Floats, direction: Floats, claims: Floats) -> bool | None:
    """Whether plain differences along a direction agree with the claims, with two evaluations or with four.

    None outside the domain, False where it has to be looked at closely.
    """
    first = -10
    values: list[Floats] = []
    for level in (PAIR, WIDER):
        step = 2.0 ** (first - level)
        ahead, behind = session.box(vector + step * direction), session.box(vector - step * direction)
        if not (_ordinary(ahead) and _ordinary(behind)):
            return None if not np.any(np.isfinite(ahead) & np.isfinite(behind)) or not values else False
        values.append((ahead - behind) / (2 * step))
        with np.errstate(all="ignore"):
            noise = 3 * session.noise_at((ahead + behind) / 2) / step
            slope = values[0] if level == PAIR else (4 * values[0] - values[1]) / 3
            size = np.maximum(np.abs(slope), np.abs(claims))
            error = CLOSE * size + noise
            if level == WIDER:
                change = np.abs(values[0] - values[1])
                error = change * np.minimum(1 / 3, np.where(size > 0, 10 * change / np.where(size > 0, size, 1), 0)) + noise
            fine = np.abs(slope - claims) <= error + session.tolerance * size
            sharp = error <= 1e-5 * size + session.tolerance * np.maximum(np.abs(ahead), np.abs(behind))
        if np.all(fine & sharp):
            return True
    return False


def _broken(session: Session, examiner: Examiner, claim: Claim, broken: list[int], text: str) -> list[Judged]:
    """Claims that are not finite where the function has a clear slope."""
    failing = []
    for index in broken[:MOST]:
        direction = np.zeros(session.layout.size)
        direction[index] = examiner.scales[index]
        left, right, error = examiner.both_sides(direction)
        for output in range(session.box.width):
            slope = float(left[output]) / examiner.scales[index]
            claimed = float(claim.matrix[output, index])
            if not np.isfinite(claimed) and np.isfinite(slope) and abs(right[output] - left[output]) <= error[output]:
                row, place = row_of(session, Finding(FAIL, slope, 0.0, 0.0, FLOAT, NOT_FINITE), output, index, claimed)
                failing.append(Judged(elsewhere(row, text), place))
    return failing
