"""A claim at kinks that many entries meet: whether it is the gradient right beside them.

The claim took one branch at every kink. Where a direction leads from the point into all those branches at once, the claim is the limit of
gradients at smooth points, and so in the subdifferential (Clarke, Optimization and Nonsmooth Analysis, 1983, theorem 2.5.1). One such
direction is enough, however many kinks meet; that there is none says nothing. In a network fresh from its start every relu of
the data point 0 stands at its kink, and lowering all biases takes the branch that all of them took.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...derive import array_tape
from ..references.arrays import ArrayReference, total
from ..references.scalars import DIGITS

#: how far beside: far above the steps of differences there, and far below what would show in the gradient
BESIDE = 30
#: rounds in which the direction is turned towards kinks that it does not leave
TURNS = 8
#: gradients beside the kinks and at them agree within this part of their size
CLOSE = 1e-15


class Met(NamedTuple):
    """A node some of whose entries stand on a kink: the operand that moves it, and which entries."""

    operand: int
    entries: Any


class Sides(NamedTuple):
    """The claim is the gradient beside the kinks; ``smooth`` tells by input which entries are the same on the opposite side."""

    smooth: dict[int, Any]


class Beside:
    """The neighbourhood of a point on its kinks; ``table`` are the rules there, ``claims`` what they give by input for ``seed``."""

    def __init__(
        self,
        reference: ArrayReference,
        table: array_tape.Table,
        flows: Sequence[bool],
        met: Sequence[Met],
        claims: Mapping[int, Any],
        seed: Any,
    ) -> None:
        self.reference, self.graph, self.shapes = reference, reference.graph, reference.shapes
        self.mp, self.base = reference.mp, reference.base(DIGITS)
        needed = self.graph.needed
        self.table = [local if used else () for local, used in zip(table, needed, strict=True)]
        self.flows, self.met, self.claims, self.seed = flows, met, claims, seed

    def sides(self, direction: Mapping[int, Any], scales: Mapping[int, Any]) -> Sides | None:
        """Whether the claim is a gradient beside the point, proven there along ``direction``; None where none is found.

        ``scales`` are by input the sizes of what is added up in its gradient.
        """
        for side in (-1, 1):
            move = self._into(side)
            if move is None:
                continue
            values = self._moved(move, 1)
            there = self._gradients(values)
            if not all(_close(self.claims[h], there[h], scales.get(h, 0)).all() for h in self.claims):
                continue
            if not self._proven(values, there, direction, scales):
                continue
            opposite = self._gradients(self._moved(move, -1))
            return Sides({h: _close(self.claims[h], opposite[h], scales.get(h, 0)) for h in self.claims})
        return None

    def _into(self, side: int) -> dict[int, Any] | None:
        """A direction of the inputs in which every kinked entry's operand goes to one side."""
        weights = [np.where(one.entries, 1, 0) for one in self.met]
        for _ in range(TURNS):
            seeds: dict[int, Any] = {}
            for one, weight in zip(self.met, weights, strict=True):
                amount = weight * self.mp.mpf(side) if weight.ndim else self.mp.mpf(int(weight) * side)
                seeds[one.operand] = seeds[one.operand] + amount if one.operand in seeds else amount
            cotangents, _ = array_tape.pull_back(self.graph, self.table, seeds)
            move = {h: cotangents[h] for h in self.claims if cotangents[h] is not None}
            if not move:
                return None
            tangents = array_tape.push_forward(self.graph, self.table, move, self.shapes)
            stuck = [one.entries & ~_goes(tangents[one.operand], side) for one in self.met]
            if not any(np.any(one) for one in stuck):
                return move
            weights = [weight + np.where(one, 2 * weight.max(), 0) for weight, one in zip(weights, stuck, strict=True)]
        return None

    def _moved(self, move: Mapping[int, Any], sign: int) -> list[Any]:
        size = max(abs(one) for part in move.values() for one in np.ravel(part))
        step = self.mp.mpf(10) ** -BESIDE * sign / size
        return self.reference.moved(DIGITS, {h: self.base[h] + step * part for h, part in move.items()})

    def _gradients(self, values: Sequence[Any]) -> dict[int, Any]:
        """What the rules give where the values are these."""
        exact = [one if used else None for one, used in zip(values, self.graph.needed, strict=True)]
        nodes = [h for h, used in enumerate(self.graph.needed) if used]
        table = array_tape.linearize(self.graph, exact, self.shapes, self.flows, self.reference.k, nodes)
        cotangents, _ = array_tape.pull_back(self.graph, table, {self.graph.outputs[0]: self.seed})
        zero = self.reference.k.number
        return {h: zero(0, self.shapes[h]) if cotangents[h] is None else cotangents[h] for h in self.claims}

    def _proven(self, values: list[Any], there: Mapping[int, Any], direction: Mapping[int, Any], scales: Mapping[int, Any]) -> bool:
        """Whether a difference beside the point, along a random direction of all entries, agrees with the rules there."""
        mp, reference, output = self.mp, self.reference, self.graph.outputs[0]
        unit = reference.unit(DIGITS)
        ends = [
            reference.number(reference.moved(DIGITS, {h: values[h] + sign * unit * d for h, d in direction.items()}, values)[output])
            for sign in (1, -1)
        ]
        measured = total(self.seed * (ends[0] - ends[1])) / (2 * unit)
        claimed = sum((total(there[h] * direction[h]) for h in there), mp.mpf(0))
        scale = sum((total(scales.get(h, mp.mpf(0)) * abs(direction[h])) for h in there), mp.mpf(0))
        return bool(mp.isfinite(measured) and abs(measured - claimed) <= mp.mpf(CLOSE) * (scale or 1))


def _close(one: Any, other: Any, scale: Any) -> Any:
    """Entry by entry, whether two gradients agree."""
    one, other = np.asarray(one, dtype=object), np.asarray(other, dtype=object)
    size = np.maximum(np.maximum(abs(one), abs(other)), scale)
    return np.asarray(abs(one - other) <= CLOSE * size, dtype=bool)


def _goes(tangent: Any, side: int) -> Any:
    """Which entries move to a side."""
    return np.asarray(np.asarray(tangent, dtype=object) * side > 0, dtype=bool)
