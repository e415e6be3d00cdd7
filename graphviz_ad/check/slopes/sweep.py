"""The quick way through many entries: two evaluations each where a claim agrees, four where it takes more to see.

A centred difference that agrees with an independent claim to six digits is evidence, provided its own error is no accident of
that size: a probe along a random direction of all entries measures how large third derivatives are. Where the columns of a Jacobian
touch different outputs, as the function itself shows (:mod:`~graphviz_ad.check.slopes.sparsity_pattern`), several move at once;
every output is compared, and each moves by a random size of its own, so that no two entries can stand for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import rounding
from ..results import PASS
from .sparsity_pattern import Pattern, detect, outward
from .subject import WANTED

if TYPE_CHECKING:
    from ..probing.differences import Kept
    from ..probing.vectors import Flags, Floats
    from .by_differences import DifferenceExaminer
    from .subject import Subject

#: the level of a ladder at which pairs stand, and the one that is added
PAIR, WIDER = 2, 1
#: fewer directions than this need no probe: one of them gets four evaluations instead
FEW = 3
#: with at least so many outputs and entries, entries that share no output are moved together
WIDTH, MANY = 4, 64
#: columns that nothing seems to depend on and that are moved together
HEAP = 16


class Swept(NamedTuple):
    """Per entry (rows) and output: whether the claim passed, and slope, error and bound; ``kept`` are values at ladder levels.

    ``pattern`` is there where entries were moved together.
    """

    passed: Flags
    slope: Floats
    error: Floats
    bound: Floats
    kept: list[Kept]
    pattern: Pattern | None = None


def sweep(examiner: DifferenceExaminer, columns: list[int], claims: Floats) -> Swept:
    """Look at every entry of ``columns``; ``claims`` has a row an output and a column an entry."""
    together = sweep_together(examiner, columns, claims)
    if together is not None:
        return together
    swept = _unseen(len(columns), examiner.box.width)
    if columns:
        _look(examiner, swept, np.array(columns), claims, [[k] for k in range(len(columns))])
    return swept


def sweep_together(examiner: DifferenceExaminer, columns: list[int], claims: Floats, most: int | None = None) -> Swept | None:
    """The same with entries that share no output moved together; None where that saves nothing.

    At most ``most`` entries are looked at alone where their group disagrees; what then is open has not passed.
    """
    count, width = len(columns), examiner.box.width
    pattern = detect(examiner, columns, claims) if width >= WIDTH and count >= MANY else None
    if pattern is None:
        return None
    swept = _unseen(count, width)._replace(pattern=pattern)
    rows = np.array(columns)
    _look(examiner, swept, rows, claims, pattern.groups)
    apart = [~swept.passed[group[0]] for group in pattern.groups]
    for group, bad in zip(pattern.groups, apart, strict=True):
        _blame(examiner, swept.passed, rows, claims, group, np.flatnonzero(bad), pattern.depends)
    due = [k for k in range(count) if not np.all(swept.passed[k])]
    if not due or (most is not None and len(due) > most):
        return swept
    _look(examiner, swept, rows, claims, [[k] for k in due])
    for group, bad in zip(pattern.groups, apart, strict=True):  # is it another, where the one that was looked at alone is right?
        unexplained = np.flatnonzero(bad & np.all(swept.passed[group], axis=0))
        if len(group) > 1 and len(unexplained):
            _blame(examiner, swept.passed, rows, claims, group, unexplained)
    return swept


def _blame(
    examiner: DifferenceExaminer, passed: Flags, rows: Any, claims: Floats, group: list[int], outputs: Any, depends: Flags | None = None
) -> None:
    """Where a group disagrees at some outputs, all but the entries behind it are acquitted: those that act there, else a search tells."""
    if len(group) == 1:
        return
    passed[np.ix_(group, outputs)] = True
    acting = np.zeros((len(outputs), len(group)), dtype=bool) if depends is None else depends[np.ix_(outputs, group)]
    for output, mine in zip(outputs, acting, strict=True):
        passed[np.array(group)[mine], output] = False
    alone = outputs[~np.any(acting, axis=1)]
    if len(alone):
        for k, places in search(examiner, rows, claims, group, alone):
            passed[k, places] = False


def search(examiner: DifferenceExaminer, rows: Any, claims: Floats, group: list[int], outputs: Any) -> list[tuple[int, Any]]:
    """The entries of a group that do not bear out their claims at some outputs, with these outputs: by halves, each looked at carefully.

    Where a group disagrees and neither of its halves does, all of it is suspected.
    """
    found: list[tuple[int, Any]] = []

    def open_(part: list[int], places: Any) -> Any:
        weights = _weights(examiner, rows[part])
        direction = np.zeros(len(examiner.vector))
        direction[rows[part]] = weights
        findings = examiner.by_differences(direction, claims[:, part] @ weights)
        return np.array([k for k in places if findings[k].verdict != PASS], dtype=int)

    pending = [(group, open_(group, outputs))]
    while pending:
        part, places = pending.pop()
        if not len(places):
            continue
        if len(part) == 1:
            found.append((part[0], places))
            continue
        halves = [(half, open_(half, places)) for half in (part[: len(part) // 2], part[len(part) // 2 :])]
        pending.extend(halves)
        hidden = np.setdiff1d(places, np.concatenate([left for _, left in halves]))
        found.extend((k, hidden) for k in part if len(hidden))
    return found


def _unseen(count: int, width: int) -> Swept:
    passed, slope, error, bound = (np.full((count, width), start) for start in (False, np.nan, np.inf, np.inf))
    return Swept(passed, slope, error, bound, [{} for _ in range(count)])


def _look(examiner: DifferenceExaminer, swept: Swept, rows: Any, claims: Floats, groups: list[list[int]]) -> None:
    directions = [(rows[group], _weights(examiner, rows[group])) for group in groups]
    due = np.array([claims[:, group] @ scales for group, (_, scales) in zip(groups, directions, strict=True)])
    calm = np.ones(examiner.box.width, dtype=bool)
    if len(groups) >= FEW:
        calm = probe(examiner, rows, claims)
    pairs = _pairs(examiner, directions, PAIR)
    narrow, bend, straight, noise = _quotients(examiner, pairs, PAIR)
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(narrow), np.abs(due))
        rounding = noise / examiner.step(PAIR)
        bound = (WANTED + examiner.tolerance) * size + rounding
        still = (due == 0) & np.all(pairs == examiner.base, axis=1)
        if np.any(still):
            still &= _without_influence(examiner, directions, still, rounding)
        good = (np.abs(narrow - due) <= bound) & (rounding <= WANTED * size) & straight & calm | still
    if len(groups) < FEW:
        good[0] = False  # one that is seen with two steps vouches for the others
    error = np.abs(narrow - due) + rounding
    slope = narrow
    again = [k for k in range(len(groups)) if not np.all(good[k])]
    wide_pairs: dict[int, Any] = {}
    if again:
        values = _pairs(examiner, [directions[k] for k in again], WIDER)
        wide, wide_bend, wide_straight, wide_noise = _quotients(examiner, values, WIDER)
        with np.errstate(all="ignore"):
            best = (4 * narrow[again] - wide) / 3
            change = np.abs(narrow[again] - wide)
            size = np.maximum(np.abs(best), np.abs(due[again]))
            ratio = np.where(size > 0, 10 * change / np.where(size > 0, size, 1.0), 0.0)
            rough = change * np.minimum(1 / 3, ratio) + 3 * wide_noise / examiner.step(WIDER)
            limit = rough + examiner.tolerance * size
            fine = (np.abs(best - due[again]) <= limit) & (rough <= WANTED * size)
            # the bend of a smooth function grows with the square of the step, that of a kink with the step
            fine &= (straight[again] & wide_straight) | (wide_bend >= 1.5 * bend[again])
            fine |= still[again] & np.all(values == examiner.base, axis=1)
        if len(groups) < FEW and not np.all(fine[0] if again[0] == 0 else True):
            good[:] = False
        good[again] = fine
        slope, error, bound = slope.copy(), error.copy(), bound.copy()
        slope[again], error[again], bound[again] = best, rough, limit
        wide_pairs = dict(zip(again, values, strict=True))
    for number, group in enumerate(groups):
        for k, scale in zip(group, directions[number][1], strict=True):
            touched = (
                swept.pattern.depends[:, k] if swept.pattern is not None and len(group) > 1 else np.ones(examiner.box.width, dtype=bool)
            )
            swept.passed[k] = good[number]
            swept.slope[k] = np.where(touched, slope[number] / scale, 0.0)
            swept.error[k], swept.bound[k] = error[number] / abs(scale), bound[number] / abs(scale)
        if len(group) == 1:
            swept.kept[group[0]][PAIR] = (pairs[number, 0], pairs[number, 1])
            if number in wide_pairs:
                swept.kept[group[0]][WIDER] = (wide_pairs[number][0], wide_pairs[number][1])


def _weights(examiner: Subject, places: Any) -> Floats:
    """How far entries move: one alone by its own size; several away from zero by random parts of theirs, so that nothing cancels."""
    scales = examiner.scales[places]
    return scales if len(places) == 1 else outward(examiner, places) * scales


def _without_influence(examiner: Subject, directions: list[tuple[Any, Floats]], still: Flags, error: Floats) -> Flags:
    """For which directions and outputs a value that a small move left as it is stays so further away (a mask like ``still``).

    Directions that leave every output alone are moved together first, then in heaps, and one by one only where a heap moves something.
    """
    proved = np.zeros_like(still)
    every = np.ones(examiner.box.width, dtype=bool)

    def along(numbers: Sequence[int]) -> Floats:
        direction = np.zeros(len(examiner.vector))
        for k in numbers:
            places, weights = directions[k]
            direction[places] = weights if len(numbers) == 1 else weights * examiner.chance.choice([-1.0, 1.0], len(places))
        return direction

    alone = [k for k in range(len(directions)) if np.any(still[k])]
    idle = [k for k in alone if np.all(still[k])]
    for size in (len(idle), HEAP):
        heaps = [idle[k : k + size] for k in range(0, len(idle), size)] if len(idle) > 1 else []
        for heap in heaps:
            if np.all(examiner.without_influence(along(heap), np.full_like(examiner.base, np.inf), every)):
                proved[heap] = True
        idle = [k for k in idle if not np.all(proved[k])]
    for k in alone:
        if not np.all(proved[k]):
            proved[k] = examiner.without_influence(along([k]), error[k], still[k])
    return proved & _nothing_hidden(examiner, along([k for k in alone if np.any(proved[k])]))


def _nothing_hidden(examiner: Subject, direction: Floats) -> Flags:
    """For which outputs high precision, where the function runs in it, sees no slope either along zeros that float64 believes."""
    box = examiner.exact() if np.any(direction) and not examiner.box.complex_output else None
    if box is None:
        return np.ones(examiner.box.width, dtype=bool)
    exact = box.slope(examiner.vector, direction)
    size = np.fmax(np.abs(exact.left), np.abs(exact.right))
    return ~(exact.settled & (size > 2.0**-100 * np.abs(examiner.base)))


def probe(examiner: Subject, rows: Any, claims: Floats) -> Flags:
    """For which outputs third derivatives are so small that a pair of evaluations is sharp: along a random direction of all."""
    weights = examiner.scales[rows] * examiner.chance.choice([-1.0, 1.0], len(rows)) * examiner.chance.uniform(0.5, 1.5, len(rows))
    both = [_pairs(examiner, [(rows, weights)], level) for level in (WIDER, PAIR)]
    wide, _, _, _ = _quotients(examiner, both[0], WIDER)
    narrow, _, _, noise = _quotients(examiner, both[1], PAIR)
    with np.errstate(all="ignore"):
        size = np.sqrt(np.sum((claims * weights) ** 2, axis=1))
        return (np.abs(narrow - wide) / 3 <= WANTED * size + 3 * noise / examiner.step(PAIR))[0]


def _pairs(examiner: Subject, directions: list[tuple[Any, Floats]], level: int) -> Floats:
    step = examiner.step(level)
    vectors = []
    for places, weights in directions:
        for sign in (step, -step):
            moved = examiner.vector.copy()
            moved[places] += sign * weights
            vectors.append(moved)
    return np.array(examiner.box.many(vectors)).reshape(len(directions), 2, examiner.box.width)


def _quotients(examiner: Subject, pairs: Floats, level: int) -> tuple[Floats, Floats, Flags, Floats]:
    """Centred differences, how far each side is off them, whether the function looks straight there, and the noise of one evaluation."""
    step = examiner.step(level)
    with np.errstate(all="ignore"):
        noise = np.maximum(examiner.noise, rounding(np.max(np.abs(pairs), axis=1)))
        slope = (pairs[:, 0] - pairs[:, 1]) / (2 * step)
        bend = np.abs(pairs[:, 0] + pairs[:, 1] - 2 * examiner.base) / (2 * step)
        straight = bend <= np.maximum(2.0**-6 * np.abs(slope), 20 * noise / step)
    return slope, bend, straight, noise
