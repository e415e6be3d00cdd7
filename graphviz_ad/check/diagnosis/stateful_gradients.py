"""Wrong gradients whose formula may be right: they keep an earlier result, change what they were given, or share memory.

Each is claimed only with evidence: what is returned is the right gradient at another point (that of an earlier call, that of
the changed argument), or one of two gradients that share memory is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..probing.black_box import natural_scales
from ..results import PASS

if TYPE_CHECKING:
    from ..callables.gradient import GradientCheck
    from ..probing.layout import Layout, Leaf
    from .diagnosis import Evidence

#: calls of the gradient that are remembered
REMEMBERED = 12
#: calls of a wrong gradient at one point that are compared
REPEATED = 6


def changing(check: GradientCheck) -> Iterator[str]:
    """Calls at the same point do not give the same."""
    first, _ = check.claim(check.layout.vector)
    calls = (check.claim(check.layout.vector)[0] for _ in range(REPEATED))
    told_already = any("two calls at the same point differ" in note for note in check.notes)
    if told_already or any(not np.array_equal(first, again, equal_nan=True) for again in calls):
        yield "the gradient is not deterministic or keeps something from an earlier call (a stale cache)"


def stale(check: GradientCheck, point: Evidence) -> Iterator[str]:
    """The claim at a point is, to the last bit, what was claimed at an earlier one, and right there.

    Entries of 0, 1 and -1 prove no memory: 0*x, ones and signs come out the same at many points by themselves.
    """
    if np.all(np.isin(point.matrix[np.isfinite(point.matrix)], (-1.0, 0.0, 1.0))):
        return
    for vector, matrix in check.history:
        if (
            np.array_equal(matrix, point.matrix, equal_nan=True)
            and not np.array_equal(vector, point.vector)
            and _right_at(check, vector, matrix)
        ):
            yield "it keeps the gradient of an earlier call (a stale cache): what it returns is right for the point of that call"
            return


def changed_arguments(check: GradientCheck, point: Evidence) -> Iterator[str]:
    """The claim is right for the arguments as the gradient left them."""
    left = check.left_behind.get(point.vector.tobytes())
    if left is not None and _right_at(check, left, point.matrix):
        names = ", ".join(
            leaf.name for leaf in check.layout.leaves if not np.array_equal(*(v[leaf.start : leaf.stop] for v in (left, point.vector)))
        )
        yield f"it changes its argument {names} in place and differentiates at the changed value"


def shared_memory(check: GradientCheck, wrong: list[Leaf]) -> Iterator[str]:
    """Two gradients in one array, one of them right: the other was overwritten."""
    for one, other in check.shared:
        if (one in wrong) != (other in wrong):
            lost, kept = (one, other) if one in wrong else (other, one)
            yield f"{lost.name}: its gradient and that of {kept.name} are the same array, in which the second overwrites the first"


def leftover(layout: Layout, vector: Any, positional: list[Any], named: dict[str, Any]) -> Any | None:
    """The vector of arguments as a call left them; None where it left them alone."""
    tree: Any = named if layout.named else positional
    now = vector.copy()
    for leaf in layout.leaves:
        value: Any = tree
        for key in leaf.path:
            value = value[key]
        flat = np.asarray(value).ravel()
        if leaf.scalar is not None or flat.size != leaf.size:
            continue
        old = vector[leaf.start : leaf.stop]
        part = np.concatenate([flat.real, flat.imag]) if leaf.complex else flat
        given = old.astype(leaf.dtype) if not leaf.complex else old
        if not np.array_equal(part, given, equal_nan=True):
            now[leaf.start : leaf.stop] = part
    return None if np.array_equal(now, vector, equal_nan=True) else now


def sharing(layout: Layout, claim: Any) -> list[tuple[Leaf, Leaf]]:
    """Pairs of arguments whose claimed gradients are the same memory and may be written to."""
    found: list[tuple[Leaf, Leaf]] = []
    arrays: list[tuple[Leaf, Any]] = []
    tree = claim if layout.named or layout.many else (claim,)
    for leaf in layout.leaves:
        value: Any = tree
        try:
            for key in leaf.path:
                value = value[key]
        except (TypeError, KeyError, IndexError):  # a fault of shape, which is reported as such
            continue
        if isinstance(value, np.ndarray) and value.size > 1 and value.flags.writeable:
            found.extend((other, leaf) for other, array in arrays if np.may_share_memory(array, value) and array.shape == value.shape)
            arrays.append((leaf, value))
    return found


def _right_at(check: GradientCheck, vector: Any, matrix: Any) -> bool:
    base = check.box(vector)
    columns = [j for j in range(check.layout.size) if np.all(np.isfinite(matrix[:, j]))]
    if not np.all(np.isfinite(base)) or not columns:
        return False
    examiner = check.examiner(vector, base, check.noise_at(base), natural_scales(check.layout, vector))
    for _ in range(2):
        direction = np.zeros(check.layout.size)
        direction[columns] = (
            check.rng.choice([-1.0, 1.0], len(columns)) * check.rng.uniform(0.5, 1.5, len(columns)) * examiner.scales[columns]
        )
        findings = examiner.examine(direction, matrix[:, columns] @ direction[columns], sharpen=False)
        if any(finding.verdict != PASS for finding in findings):
            return False
    return True
