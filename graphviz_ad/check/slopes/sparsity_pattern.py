"""Which outputs depend on which entries, seen from the function alone, with far fewer evaluations than entries.

Entries are dealt into buckets at random and each bucket is moved as a whole: an output that stays as it is to the last bit depends on
none of them. All outputs are looked at together, so a few such deals leave for each output hardly more than what it depends on
(group testing: Dorfman, Annals of Mathematical Statistics 14, 1943). What is left over wrongly costs a group of its own and nothing else.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..results import Note, NoteKind

if TYPE_CHECKING:
    from ..probing.vectors import Flags, Floats
    from .subject import Subject

#: how far buckets move, in parts of the entries: so far that no rounding hides a small term, less where the function refuses or
#: everything overflows
STEPS = (2.0**20, 2.0**6, 2.0**-4, 2.0**-12)
#: buckets of the first deal, and at least so many later
FIRST, LEAST = 16, 8
#: a deal that rules out less than this part of what was left is the last
SETTLED = 0.02


class Pattern(NamedTuple):
    """``depends`` has a row an output and a column an entry; ``groups`` are columns that share no output, ``evaluations`` were spent.

    ``found`` entries were seen in the function, ``missing`` of them are not in the claim, which has ``extra`` others.
    """

    depends: Flags
    groups: list[list[int]]
    evaluations: int
    found: int
    missing: int
    extra: int

    def note(self) -> Note:
        """What was detected, in words."""
        outputs, entries = self.depends.shape
        return Note(
            f"the pattern of the Jacobian was detected from the function: {self.found:,} of {outputs:,} × {entries:,} entries by "
            f"{self.evaluations:,} evaluations, so that {len(self.groups):,} groups of entries move together; {self.missing:,} of them "
            f"are zero in the claim, which has {self.extra:,} others",
            NoteKind.PATTERN,
        )


def detect(subject: Subject, columns: list[int], claims: Floats) -> Pattern | None:
    """The pattern of the function and the claim together; None where moving entries together would save nothing."""
    count, claimed = len(columns), claims != 0
    if 2 * int(np.max(np.sum(claimed, axis=1), initial=0)) > count or 2 * len(colour(claimed)) > count:
        return None
    before = subject.box.evaluations
    if not np.array_equal(subject.box(subject.vector), subject.base):
        return None  # it is not deterministic
    for step in STEPS:
        seen = _deals(subject, np.array(columns), step, count - (subject.box.evaluations - before))
        if seen is not None:
            break
    else:
        return None
    depends = seen | claimed
    groups = colour(depends)
    if 2 * len(groups) > count:
        return None
    spent = subject.box.evaluations - before
    return Pattern(depends, groups, spent, int(np.sum(seen)), int(np.sum(seen & ~claimed)), int(np.sum(claimed & ~seen)))


def _deals(subject: Subject, columns: Any, step: float, most: int) -> Flags | None:
    """What may depend on what, after as many deals as it takes; None where that is nearly everything, or the function refuses a move."""
    count, width = len(columns), subject.box.width
    left = np.ones((count, width), dtype=bool)
    buckets, spent, before = min(FIRST, count // 4), 0, count * width
    while spent + buckets <= most:
        bucket = np.empty(count, dtype=int)
        bucket[subject.chance.permutation(count)] = np.arange(count) % buckets
        moves = step * subject.scales[columns] * outward(subject, columns)
        vectors = []
        for number in range(buckets):
            vector = subject.vector.copy()
            vector[columns] += np.where(bucket == number, moves, 0.0)
            vectors.append(vector)
        values = np.array(subject.box.many(vectors))
        spent += buckets
        if np.any(np.all(~np.isfinite(values), axis=1)):
            return None
        changed = values != subject.base  # true of NaN, too
        left &= changed[bucket]
        now = int(np.sum(left))
        if now > (1 - SETTLED) * before:
            return left.T if 2 * np.max(np.sum(left, axis=0)) <= count else None
        before = now
        buckets = _enough(changed, buckets, count)
    return None


def outward(subject: Subject, places: Any) -> Floats:
    """Random parts of the entries' sizes, away from zero: there log and sqrt have values, too."""
    return np.where(subject.vector[places] < 0, -1.0, 1.0) * subject.chance.uniform(0.5, 1.5, len(places))


def _enough(changed: Flags, buckets: int, count: int) -> int:
    """Buckets of the next deal: e times as many as the entries that most outputs depend on rule out the most for their number."""
    occupied = float(np.quantile(np.sum(changed, axis=0), 0.9))
    entries = -buckets * math.log1p(-occupied / buckets) if occupied < buckets else 2.0 * buckets  # of which some share a bucket
    return int(np.clip(math.ceil(math.e * entries), LEAST, max(LEAST, count // 4)))


def colour(pattern: Flags) -> list[list[int]]:
    """Columns in groups without a common true row, first fit."""
    groups: list[list[int]] = []
    taken: list[Flags] = []
    for column in range(pattern.shape[1]):
        mine = pattern[:, column]
        for group, used in zip(groups, taken, strict=True):
            if not np.any(used & mine):
                group.append(column)
                used |= mine
                break
        else:
            groups.append([column])
            taken.append(mine.copy())
    return groups
