"""Where else to look: points near the given one, with other signs and sizes; and what makes a point a poor witness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from .layout import Layout

if TYPE_CHECKING:
    from .vectors import Floats


def variants(layout: Layout, vector: Floats, scales: Floats, count: int, seed: int) -> list[tuple[str, Floats]]:
    """Up to ``count`` seeded points with a description: signs turned, sizes changed, everything shaken, signs mixed.

    Zeros move by the size of their neighbours, so that a formula that is right only at zero shows.
    """
    rng = np.random.default_rng(seed)
    shaken = np.where(vector == 0, scales * rng.uniform(-1, 1, len(vector)), vector)
    spread = 1 + 0.2 * rng.uniform(-1, 1, (4, len(vector)))
    signs = np.where(rng.random(len(vector)) < 0.5, -1.0, 1.0)
    if len(vector) <= 2:
        signs = np.where(np.arange(len(vector)) == 0, -1.0, 1.0)
    found = [
        ("all signs turned", -shaken * spread[0]),
        ("entries shaken by up to a fifth", shaken * spread[1]),
        ("signs mixed", shaken * spread[2] * signs),
        ("about twice the size", 2 * shaken * spread[3]),
        ("about half the size, signs mixed the other way", -0.5 * shaken * spread[1] * signs),
    ]
    rng_more = np.random.default_rng(seed + 1)
    while len(found) < count:
        factor = 2.0 ** rng_more.integers(-2, 3)
        found.append(("at random", factor * shaken * rng_more.uniform(0.7, 1.3, len(vector)) * rng_more.choice([-1.0, 1.0], len(vector))))
    for leaf in layout.leaves:
        if leaf.dtype.itemsize == (8 if leaf.complex else 4):  # single precision cannot hold the others
            for _, point in found:
                point[leaf.start : leaf.stop] = point[leaf.start : leaf.stop].astype(np.float32)
    return [(text, point) for text, point in found[:count] if np.all(np.isfinite(point))]


def degeneracies(layout: Layout, vector: Floats) -> list[str]:
    """What is special about a point, so that errors may cancel or hide there."""
    told = []
    for leaf in layout.leaves:
        values = vector[leaf.start : leaf.stop]
        if leaf.complex:
            continue
        if not len(values):
            continue
        if np.all(values == 0):
            told.append(f"{leaf.name} is zero: factors and powers of it cannot be seen there")
        elif len(values) > 1 and np.all(values == values[0]):
            told.append(f"all entries of {leaf.name} are equal: a wrong order of entries cannot be seen there")
        elif np.all(np.abs(values) == 1):
            told.append(f"all entries of {leaf.name} are ±1: powers of them cannot be seen there")
        if len(leaf.shape) == 2 and leaf.shape[0] == leaf.shape[1] > 1:
            matrix = values.reshape(leaf.shape)
            if np.array_equal(matrix, np.eye(len(matrix))):
                told.append(f"{leaf.name} is the identity: a missing factor {leaf.name} cannot be seen there")
            elif np.array_equal(matrix, matrix.T):
                told.append(f"{leaf.name} is symmetric: a missing transpose cannot be seen there")
        if leaf.shape and 1 in leaf.shape:
            told.append(f"an axis of {leaf.name} has size 1: sums and means over it are the same")
    scalars = [(leaf.name, float(vector[leaf.start])) for leaf in layout.leaves if not leaf.shape and not leaf.complex]
    seen: dict[float, str] = {}
    for name, value in scalars:
        if value in seen:
            told.append(f"{seen[value]} and {name} are equal: exchanging them cannot be seen there")
        seen[value] = name
    return told
