"""Wrong gradients whose formula may be right: they keep an earlier result, change what they were given, or share memory.

Each is claimed only with evidence: what is returned is the right gradient at another point (that of an earlier call, that of
the changed argument), or one of two gradients that share memory is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..causes import CauseKind, LikelyCause
from ..probing.black_box import natural_scales
from ..results import PASS

if TYPE_CHECKING:
    from ..claims.rows import Evidence
    from ..claims.session import Session
    from ..probing.layout import Leaf
    from ..probing.vectors import Floats

#: calls of a wrong gradient at one point that are compared
REPEATED = 6


def changing(session: Session, known: bool) -> Iterator[LikelyCause]:
    """Calls at the same point do not give the same; ``known``: two did not."""
    here = session.layout.vector
    first = session.claimed(here).matrix
    calls = (session.claimed(here).matrix for _ in range(REPEATED))
    if known or any(not np.array_equal(first, again, equal_nan=True) for again in calls):
        text = "the gradient is not deterministic or keeps something from an earlier call (a stale cache)"
        yield LikelyCause(text, CauseKind.STATE)


def stale(session: Session, point: Evidence) -> Iterator[LikelyCause]:
    """The claim at a point is, to the last bit, what was claimed at an earlier one, and right there.

    Entries of 0, 1 and -1 prove no memory: 0*x, ones and signs come out the same at many points by themselves.
    """
    if np.all(np.isin(point.matrix[np.isfinite(point.matrix)], (-1.0, 0.0, 1.0))):
        return
    for vector, matrix in session.claimed.history:
        if (
            np.array_equal(matrix, point.matrix, equal_nan=True)
            and not np.array_equal(vector, point.vector)
            and _right_at(session, vector, matrix)
        ):
            text = "it keeps the gradient of an earlier call (a stale cache): what it returns is right for the point of that call"
            yield LikelyCause(text, CauseKind.STATE)
            return


def changed_arguments(session: Session, point: Evidence) -> Iterator[LikelyCause]:
    """The claim is right for the arguments as the gradient left them."""
    left = session.claimed.left_behind.get(point.vector.tobytes())
    if left is not None and _right_at(session, left, point.matrix):
        changed = [leaf for leaf in session.layout.leaves if not np.array_equal(_part(left, leaf), _part(point.vector, leaf))]
        names = ", ".join(leaf.name for leaf in changed)
        yield LikelyCause(f"it changes its argument {names} in place and differentiates at the changed value", CauseKind.STATE)


def shared_memory(session: Session, wrong: list[Leaf]) -> Iterator[LikelyCause]:
    """Two gradients in one array, one of them right: the other was overwritten."""
    for first, second in session.claimed.shared:
        if (first in wrong) != (second in wrong):
            lost, kept = (first, second) if first in wrong else (second, first)
            text = f"{lost.name}: its gradient and that of {kept.name} are the same array, in which the second overwrites the first"
            yield LikelyCause(text, CauseKind.STATE, lost.name)


def _part(vector: Floats, leaf: Leaf) -> Floats:
    return vector[leaf.start : leaf.stop]


def _right_at(session: Session, vector: Floats, matrix: Floats) -> bool:
    base = session.box(vector)
    columns = [j for j in range(session.layout.size) if np.all(np.isfinite(matrix[:, j]))]
    if not np.all(np.isfinite(base)) or not columns:
        return False
    examiner = session.examiner(vector, base, session.noise_at(base), natural_scales(session.layout, vector))
    chance = session.chance
    for _ in range(2):
        direction = np.zeros(session.layout.size)
        direction[columns] = chance.choice([-1.0, 1.0], len(columns)) * chance.uniform(0.5, 1.5, len(columns)) * examiner.scales[columns]
        findings = examiner.by_differences(direction, matrix[:, columns] @ direction[columns])
        if any(finding.verdict != PASS for finding in findings):
            return False
    return True
