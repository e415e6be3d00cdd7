"""The check of a graph of arrays in float64: every entry of every input moved in a lane of its own, blocks of lanes at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...engine.arrays import calls_of
from ...limits import limit
from ...primitives.array_record import size_of
from ..references.scalars import held
from ..rows import PASS, Row
from .lanes import Lanes, Moved
from .stencil import METHOD, PLACES, TRIALS, Judgement, Moves, judge, places_of, steps_of, usual_size

if TYPE_CHECKING:
    from ...derive.derivatives import Point

#: entries computed at a time: what fits into the caches of a processor, roughly
_BLOCK = 1_000_000


class Entries:
    """The rows of one input that float64 settles, by entry; ``left`` are the entries that it does not."""

    __slots__ = ("left", "settled")

    def __init__(self) -> None:
        self.settled: dict[tuple[int, ...], Row] = {}
        self.left: list[tuple[int, ...]] = []


class ArrayMover:
    """A point of a graph of arrays with one output, whose inputs are moved entry by entry.

    ``weights`` of the output's shape: what is looked at is the sum of the output's entries times these, a scalar.
    """

    def __init__(self, point: Point, weights: Any = None) -> None:
        assert point.shapes is not None
        self.point, self.graph, self.shapes, self.weights = point, point.graph, point.shapes, weights
        self.output = self.graph.outputs[-1]
        self.out_shape = self.shapes[self.output] if weights is None else ()
        self.calls = calls_of(self.graph)
        self.held = held(self.graph)
        self.users: list[list[int]] = [[] for _ in self.graph.ops]
        for handle, taken in enumerate(self.graph.operands):
            if self.graph.needed[handle]:
                for operand in dict.fromkeys(taken):
                    self.users[operand].append(handle)

    def check(self, name: str, claim: Any) -> Entries:
        """The rows of an input against its claimed Jacobian, of shape output + input; their entries are those of that array.

        Raises
        ------
        TooLarge
            More entries move than ``GRADVIZ_CHECK_ENTRIES``.
        """
        handle = self.graph.input_handles[name]
        shape, out = self.shapes[handle], self.out_shape
        x = np.asarray(self.point.values[handle], dtype=float)
        claim = np.moveaxis(claim.reshape(*out, *shape), range(len(out)), range(-len(out), 0)) if out else claim.reshape(shape)
        found = Entries()
        if not x.size:
            return found
        longest = max(range(len(shape)), key=shape.__getitem__, default=0)
        usual, order, length = usual_size(x), self._cone(handle), shape[longest] if shape else 1
        written_out = PLACES * x.size * sum(size_of(self.shapes[node]) for node in order)
        start, thickness = 0, length if written_out <= _BLOCK else 1  # a first thin block tells how thick the others may be
        while start < length:
            stop = min(start + thickness, length)
            cuts = [(start, stop) if axis == longest else (0, size) for axis, size in enumerate(shape)]
            index = tuple(slice(*cut) for cut in cuts)
            most = limit("GRADVIZ_CHECK_ENTRIES") * (stop - start) / length
            judged, spent = self._judge(handle, order, cuts, x[index], claim[index], usual, max(most, _BLOCK))
            self._collect(found, name, [cut[0] for cut in cuts], claim[index], judged)
            thickness = max(1, int(_BLOCK * (stop - start) / max(spent, 1.0)))
            start = stop
        return found

    def _judge(
        self, source: int, order: Sequence[int], cuts: Sequence[tuple[int, int]], x: Any, claim: Any, usual: float, most: float
    ) -> tuple[Judgement, float]:
        """A block of entries, and how many numbers one of its trials took."""
        known: Judgement | None = None
        spent = 0.0
        for trial in TRIALS:
            step = steps_of(x, trial, usual)
            lanes = Lanes(self.shapes[source], cuts, most)
            with np.errstate(all="ignore"):
                changes = self._run(lanes, order, source, places_of(x, step))
            spent = lanes.spent
            pad = (*lanes.widths, *(1,) * len(self.out_shape))
            moves = Moves(changes, lanes.settled.reshape(pad), lanes.shown.reshape(pad))
            judged = judge(claim, step.reshape(pad), moves)
            known = judged if known is None else known.or_else(judged)
            if known.right.all():
                break
        assert known is not None
        return known, spent

    def _cone(self, source: int) -> list[int]:
        """The needed nodes downstream of an input, in order."""
        seen = {source}
        pending = [source]
        for node in pending:  # grows while it is read
            for user in self.users[node]:
                if user not in seen:
                    seen.add(user)
                    pending.append(user)
        return sorted(pending[1:])

    def _run(self, lanes: Lanes, order: Sequence[int], source: int, places: Any) -> Any:
        """How far the output is moved: (places, lanes, axes of the output if it is not weighted)."""
        values, operands = self.point.values, self.graph.operands
        moved: dict[int, Moved] = {source: lanes.start(places)}
        last: dict[int, int] = {operand: node for node in order for operand in operands[node]}
        for node in order:
            taken = operands[node]
            if node not in self.held and any(operand in moved for operand in taken):
                call = self.calls[node]
                assert call is not None
                bases = [values[operand] for operand in taken]
                found = lanes.node(
                    call, [moved.get(operand, value) for operand, value in zip(taken, bases, strict=True)], bases, values[node]
                )
                if found is not None:
                    moved[node] = found
            for operand in taken:
                if last[operand] == node and operand != self.output:
                    moved.pop(operand, None)  # nobody reads it any more
        if self.output not in moved:
            return np.zeros((len(places), *lanes.widths, *self.out_shape))
        changes = lanes.untie(moved[self.output], values[self.output]).change
        return changes if self.weights is None else np.tensordot(changes, self.weights, np.ndim(self.weights))

    def _collect(self, found: Entries, name: str, start: Sequence[int], claim: Any, judged: Any) -> None:
        """Rows for what is right, and the places of the rest."""
        lanes = len(start)
        tables = [np.broadcast_to(one, claim.shape).ravel().tolist() for one in (claim, *judged)]
        for index, claimed, right, slope, error, bound in zip(np.ndindex(*claim.shape), *tables, strict=True):
            entry = (*index[lanes:], *[offset + one for offset, one in zip(start, index, strict=False)])
            if right:
                found.settled[entry] = Row(name, entry, claimed, slope, error, bound, METHOD, PASS)
            else:
                found.left.append(entry)
