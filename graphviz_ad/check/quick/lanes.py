"""The values of a graph of arrays while every entry of one input moves, each in a lane of its own.

Lanes are the axes of the input: lane (i, j) is the graph with entry (i, j) moved and all others where they are. Written out, a
node of shape s would have lanes × s values; but what moves is mostly less than that. In ``tanh(W @ x)`` the entry W[i, j] moves
entry i of the product and no other. So an axis of a node may be *tied* to a lane: along it only the entry with the lane's own
number differs, and only that one is stored. Elementwise operations keep ties, a contraction hands them on or sums them away, and
where an operation mixes entries (a softmax, a reshape), the tie is undone and the axis written out. What is stored and computed
is what really moves. No derivative rule is known here.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np  # noqa: TID253 - lanes are arrays, and only a check of arrays loads them

from ...primitives.arrays import ARRAY_OPERATIONS
from ...primitives.batching import lift, spread
from ...primitives.call import Call, Shape
from ...primitives.contractions import PATTERNS, Terms, terms_of
from ...primitives.explicit_joins import JOINS, place_of
from ...primitives.explicit_rearrangements import KEEPING, MOVES, places
from ...primitives.kernels import numpy as kernels
from ...primitives.kernels.arrays import Arrays, compute, contract
from ...primitives.registry import OPERATIONS
from ...primitives.rules import cut_rules

FLOATS = Arrays()

#: operations without kinks whose value stays where an operand moves only if the derivative there is 0
EXACT = frozenset(("mul", "where", "neg", "copy"))
#: what does not depend on the numbers of its operand
_FIXED = frozenset(("zeros_like", "ones_like", "eye_like", "count"))
#: what one call of a kernel costs besides its entries, in entries
_CALL = 2000

_SIGNS = {"add": (1, 1), "sub": (1, -1), "neg": (-1,), "copy": (1,)}

Ties = tuple[int | None, ...]


class TooLarge(Exception):
    """What moves has more entries than may be computed."""


class Moved:
    """A node in all lanes at all places: ``data`` has the axes (place, lanes, axes of the node), tied axes of size 1.

    ``change`` is how far it is from the first place, kept where it is known better than by subtraction: the change of a sum is the
    sum of changes, and does not drown in the sum. ``lost`` are the lanes in which that change is below the last bit of the data:
    what reads the data there does not see it.
    """

    __slots__ = ("_change", "data", "lost", "ties")

    def __init__(self, data: Any, ties: Ties, change: Any = None, lost: Any = None) -> None:
        self.data, self.ties, self._change, self.lost = data, ties, change, lost

    @property
    def exact(self) -> bool:
        """Whether the change is known by itself."""
        return self._change is not None

    @property
    def change(self) -> Any:
        """How far the node is from where it stands."""
        return self.data - self.data[0] if self._change is None else self._change


class Lanes:
    """The lanes of one block of an input: ``cuts`` are the ranges of its axes.

    ``settled`` and ``shown`` tell, lane by lane, what :class:`~graphviz_ad.check.quick.stencil.Moves` tells; ``spent`` counts entries.
    """

    def __init__(self, shape: Shape, cuts: Sequence[tuple[int, int]], most: float) -> None:
        self.shape, self.cuts = shape, [slice(*cut) for cut in cuts]
        self.widths = tuple(stop - start for start, stop in cuts)
        self.settled, self.shown = np.ones(self.widths, bool), np.ones(self.widths, bool)
        self.most, self.spent = most, 0.0

    def start(self, places: Any) -> Moved:
        """The input itself: every axis tied to its lane."""
        data = places.reshape(len(places), *self.widths, *(1,) * len(self.widths))
        return Moved(data, tuple([lane if size != 1 else None for lane, size in enumerate(self.shape)]), data - data[0])

    # -- between stored and written out ------------------------------------------------------------------------------

    def seat(self, value: Any, ties: Ties) -> Any:
        """A node that stays (one axis a tie), with its tied axes where the lanes are."""
        array = np.asarray(value)
        if array.dtype == bool:
            array = array.astype(float)
        tied = sorted((lane, axis) for axis, lane in enumerate(ties) if lane is not None and array.shape[axis] != 1)
        if tied:
            cut: list[Any] = [slice(None)] * array.ndim
            for lane, axis in tied:
                cut[axis] = self.cuts[lane]
            array = array[tuple(cut)]
        axes = [axis for _, axis in tied]
        lanes, own = [1] * len(self.widths), list(array.shape)
        for lane, axis in tied:
            lanes[lane], own[axis] = array.shape[axis], 1
        if axes:
            array = array.transpose(axes + [axis for axis in range(array.ndim) if axis not in axes])
        return array.reshape(1, *lanes, *own)

    def untie(self, node: Moved, base: Any, axes: Sequence[int] | None = None) -> Moved:
        """Tied axes (all, or those given) written out: ``base`` is the node where nothing moves."""
        ties, data, change = list(node.ties), node.data, node.change if node.exact else None
        before = 1 + len(self.widths)
        for axis, lane in enumerate(node.ties):
            if lane is None or (axes is not None and axis not in axes):
                continue
            ties[axis] = None
            size = np.shape(base)[axis]
            here = self._numbers(lane, data.ndim) == np.arange(size).reshape((size, *(1,) * (data.ndim - before - axis - 1)))
            data = self.counted(np.where(here, data, self.seat(base, tuple(ties))))
            if change is not None:
                change = np.where(here, change, 0.0)
        return Moved(data, tuple(ties), change, node.lost)

    def _numbers(self, lane: int, dimensions: int) -> Any:
        """The number of each lane along one of its axes, shaped for comparison with an axis of a node."""
        cut = self.cuts[lane]
        return np.arange(cut.start, cut.stop).reshape((-1, *(1,) * (dimensions - 2 - lane)))

    def counted(self, array: Any, calls: int = 1) -> Any:
        """An array that was computed."""
        self.spent += array.size + _CALL * calls
        if self.spent > self.most:
            raise TooLarge
        return array

    def _within(self, mask: Any) -> Any:
        """For each lane whether the mask (lanes, axes of a node) is true anywhere."""
        axes = tuple(range(len(self.widths), mask.ndim))
        return np.broadcast_to(mask.any(axis=axes) if axes else mask, self.widths)

    # -- operations --------------------------------------------------------------------------------------------------

    def node(self, call: Call, operands: Sequence[Any], bases: Sequence[Any], base: Any) -> Moved | None:
        """A node from its operands, of which those that move are :class:`Moved`; None where it stays.

        ``bases`` are the operands' values where nothing moves, ``base`` the node's own.

        Raises
        ------
        TooLarge
            It would take more entries than allowed.
        """
        op = call.op
        if op in OPERATIONS:
            return self._elementwise(call, operands, bases, base)
        if op in _FIXED:
            return None
        if op == "stop_gradient":  # in a definition of ours: what the author holds is not asked about
            moved: Moved = operands[0]
            return moved
        if op in PATTERNS:
            return self._contraction(call, operands, bases, base)
        if any(isinstance(one, Moved) for one in operands[1:]) and op in MOVES:
            self.settled[...] = False  # what chooses entries moves
            return None
        if op in KEEPING:
            return self._reshaped(operands[0], bases[0], call.shape)
        if op in MOVES:
            return self._rearranged(call, operands[0], bases, base)
        if op in JOINS:
            return self._joined(call, operands, bases, base)
        return self._explicit(call, operands, bases)

    def _elementwise(self, call: Call, operands: Sequence[Any], bases: Sequence[Any], base: Any) -> Moved | None:
        op, record, width = call.op, OPERATIONS[call.op], len(call.shape)
        reach = [self._aligned(one, width) for one in operands if isinstance(one, Moved)]
        ties = tuple(found[0] if len(set(found)) == 1 else None for found in zip(*reach, strict=True)) if width else ()
        arguments: list[Any] = []
        changes: list[Any] = []
        for one, its in zip(operands, bases, strict=True):
            pad = width - np.ndim(its)
            if not isinstance(one, Moved):
                arguments.append(self.seat(np.reshape(its, (1,) * pad + np.shape(its)), ties))
                changes.append(None)
                continue
            loose = [axis for axis, lane in enumerate(one.ties) if lane is not None and ties[axis + pad] is None]
            one = self.untie(one, its, loose) if loose else one
            arguments.append(self._padded(one.data, pad))
            changes.append(self._padded(one.change, pad))
        with np.errstate(all="ignore"):
            made = self.counted(np.asarray(getattr(kernels, op)(*arguments)))
            self._follow(record, arguments, changes, made)
            if record.boolean:
                return None  # where it changes, its lane is not settled
            exact = all(one.exact for one in operands if isinstance(one, Moved))  # else what cancels leaves rounding behind
            change = _linear(op, arguments, changes) if exact else None
        if change is None:
            self._read(operands)
            return Moved(made, ties)
        return self._summed(base, np.broadcast_to(change, made.shape), ties)

    def _aligned(self, one: Moved, width: int) -> Ties:
        return (None,) * (width - len(one.ties)) + one.ties

    def _padded(self, data: Any, pad: int) -> Any:
        lead = 1 + len(self.widths)
        return data.reshape(*data.shape[:lead], *(1,) * pad, *data.shape[lead:]) if pad else data

    def _follow(self, record: Any, arguments: Sequence[Any], changes: Sequence[Any], made: Any) -> None:
        """Whether a branch is taken differently at any place, and whether a change is rounded away."""
        if record.boolean:
            self.settled &= ~self._within((made != made[0]).any(axis=0))
            return
        for kink, rule in zip(record.kinks, cut_rules(record.name), strict=True):
            if kink.order <= 1:
                side = np.sign(rule(kernels, *arguments, made))
                changed = (side != side[0]).any(axis=0) | (side[0] == 0)
                if changed.any():  # what stays may stand on its kink
                    self.settled &= ~self._within(changed & _stirred(changes))
        if record.kinks or record.name in EXACT:
            return
        unmoved = (made == made[0]).all(axis=0)
        if record.name in ("add", "sub"):  # what moves alike cancels, but for its own rounding
            change = np.abs(_linear(record.name, arguments, changes))
            sizes = [np.abs(argument) for argument, moves in zip(arguments, changes, strict=True) if moves is not None]
            self.shown &= ~self._within(unmoved & (change > 2.0**-50 * functools.reduce(np.maximum, sizes)).any(axis=0))
        else:
            self.shown &= ~self._within(unmoved & _stirred(changes))

    def _contraction(self, call: Call, operands: Sequence[Any], bases: Sequence[Any], base: Any) -> Moved:
        """The change is a sum over the moving operands: its change, times those before it moved and those after it not."""
        terms = terms_of(call)
        moving = [place for place, one in enumerate(operands) if isinstance(one, Moved)]
        if len(moving) > 1:
            self._read(operands)
        whole = terms.folded is not None or len(set(terms.output)) < len(terms.output)
        found: list[tuple[Any, Ties]] = []
        for place in moving:
            mine = self.untie(operands[place], bases[place]) if whole else self._fitting(terms, place, operands[place], bases[place])
            found.append(self._product(call, terms, place, mine, operands, bases))
        ties = found[0][1]
        if any(other != ties for _, other in found):
            zero = np.zeros(call.shape)
            found = [(self.untie(Moved(change, mine), zero).data, (None,) * len(call.shape)) for change, mine in found]
            ties = (None,) * len(call.shape)
        change = found[0][0]
        for other, _ in found[1:]:
            change = change + other
        return self._summed(base, self.counted(change), ties)

    def _summed(self, base: Any, change: Any, ties: Ties) -> Moved:
        """A node by its change; where that is below the last bit of its value, what comes after does not see it."""
        data = self.seat(base, ties) + change
        lost = (data == data[0]).all(axis=0) & change.any(axis=0)
        return Moved(data, ties, change, self._within(lost) if lost.any() else None)

    def _read(self, operands: Sequence[Any]) -> None:
        """What moves is read by its data."""
        for one in operands:
            if isinstance(one, Moved) and one.lost is not None:
                self.shown &= ~one.lost

    def _fitting(self, terms: Terms, place: int, one: Moved, base: Any) -> Moved:
        """The operand with ties that its indices allow: one lane an index, one index a lane."""
        seen: dict[int, int] = {}
        loose = []
        for axis, lane in enumerate(one.ties):
            if lane is not None:
                index = terms.inputs[place][axis]
                if seen.setdefault(index, lane) != lane or list(seen.values()).count(lane) > 1:
                    loose.append(axis)
        return self.untie(one, base, loose) if loose else one

    def _product(
        self, call: Call, terms: Terms, place: int, mine: Moved, operands: Sequence[Any], bases: Sequence[Any]
    ) -> tuple[Any, Ties]:
        lead = max(terms.sizes, default=0) + 1
        lanes = tuple(range(lead + 1, lead + 1 + len(self.widths)))
        taken = {terms.inputs[place][axis]: lane for axis, lane in enumerate(mine.ties) if lane is not None}

        def factor(data: Any, ties: Ties, indices: tuple[int, ...], head: tuple[int, ...]) -> tuple[Any, tuple[int, ...]]:
            """An operand with its indices: those of tied axes are lanes, and axes along them are cut to the block."""
            names, cut, shape = list(head), [slice(None)] * len(head), list(data.shape[: len(head)])
            for axis, index in enumerate(indices):
                lane = taken.get(index)
                if ties[axis] is not None:
                    cut.append(slice(None))
                    continue
                cut.append(slice(None) if lane is None else self.cuts[lane])
                names.append(index if lane is None else lanes[lane])
                shape.append(data.shape[len(head) + axis] if lane is None else self.widths[lane])
            array = np.asarray(data, dtype=float)[tuple(cut)].reshape(shape)
            return array, tuple(names)

        head = (lead, *lanes)
        factors = [factor(mine.change, mine.ties, terms.inputs[place], head)]
        for other, (one, its) in enumerate(zip(operands, bases, strict=True)):
            indices = terms.inputs[other]
            if other == place:
                continue
            if isinstance(one, Moved) and other < place:
                loose = [a for a, lane in enumerate(one.ties) if lane is not None and taken.get(indices[a]) != lane]
                one = self.untie(one, its, loose) if loose else one
                factors.append(factor(one.data, one.ties, indices, head))
            else:
                factors.append(factor(np.asarray(its), (None,) * len(indices), indices, ()))
        output = tuple(index for index in terms.output if index not in taken)
        ties = tuple(taken.get(index) for index in terms.output)
        sizes = {**terms.sizes, lead: len(mine.data), **dict(zip(lanes, self.widths, strict=True))}
        whole = Terms(tuple(names for _, names in factors), (*head, *output), sizes)
        found = contract(whole, [array for array, _ in factors])
        if terms.divisor != 1:
            found = found / terms.divisor
        if terms.folded is not None:
            return self.counted(found.reshape(len(mine.data), *self.widths, *call.shape)), (None,) * len(call.shape)
        shape = [1 if index in taken else terms.sizes[index] for index in terms.output]
        return self.counted(np.reshape(found, (len(mine.data), *self.widths, *shape))), ties

    def _reshaped(self, one: Moved, base: Any, shape: Shape) -> Moved:
        old = np.shape(base)
        if [size for size in old if size != 1] != [size for size in shape if size != 1]:
            one = self.untie(one, base)
        kept = iter([lane for lane, size in zip(one.ties, old, strict=True) if size != 1])
        loose = all(lane is None for lane in one.ties)
        ties = (None,) * len(shape) if loose else tuple(next(kept) if size != 1 else None for size in shape)
        lead = one.data.shape[: 1 + len(self.widths)]
        own = [1 if lane is not None else size for lane, size in zip(ties, shape, strict=True)]
        return Moved(one.data.reshape(*lead, *own), ties, one.change.reshape(*lead, *own) if one.exact else None, one.lost)

    def _rearranged(self, call: Call, one: Moved, bases: Sequence[Any], base: Any) -> Moved:
        found, lead = places(call, tuple(bases[1:])), 1 + len(self.widths)
        one = self.untie(one, bases[0])

        def taken(data: Any, rest: Any) -> Any:
            flat = data.reshape(*data.shape[:lead], -1)[..., found.sources]
            flat = flat if found.full else np.where(found.sources < 0, rest, flat)
            return self.counted(flat.reshape(*data.shape[:lead], *call.shape))

        change = taken(one.change, 0.0) if one.exact else None
        return Moved(taken(one.data, np.asarray(base, float).reshape(-1)), (None,) * len(call.shape), change, one.lost)

    def _joined(self, call: Call, operands: Sequence[Any], bases: Sequence[Any], base: Any) -> Moved:
        self._read(operands)
        many = next(len(one.data) for one in operands if isinstance(one, Moved))
        whole = np.empty((many, *self.widths, *call.shape))
        whole[...] = self.seat(base, (None,) * len(call.shape))
        for position, (one, its) in enumerate(zip(operands, bases, strict=True)):
            if isinstance(one, Moved):
                slot, brought = place_of(call, position)
                where: Any = (..., *slot, *(slice(None),) * (len(call.shape) - len(slot)))
                data = self.untie(one, its).data
                whole[where] = data.reshape(*data.shape[: 1 + len(self.widths)], *brought)
        return Moved(self.counted(whole), (None,) * len(call.shape))

    def _explicit(self, call: Call, operands: Sequence[Any], bases: Sequence[Any]) -> Moved | None:
        """Any other operation: one call for all lanes where it can carry them, else lane by lane."""
        self._read(operands)
        record = ARRAY_OPERATIONS[call.op]
        loose = [self.untie(one, its) if isinstance(one, Moved) else its for one, its in zip(operands, bases, strict=True)]
        many = next(len(one.data) for one in loose if isinstance(one, Moved))
        count = many * math.prod(self.widths)
        stacked = [one.data.reshape(count, *one.data.shape[1 + len(self.widths) :]) if isinstance(one, Moved) else one for one in loose]
        moving = [isinstance(one, Moved) for one in loose]
        position = moving.index(True)
        raised = lift(call, position, count, record.batched) if record.batched else None
        with np.errstate(all="ignore"):
            if raised is not None and (sum(moving) == 1 or all(raised.batched)):
                given = [
                    (one.reshape(count, *shape) if moves else spread(one, shape, count)) if batched else one
                    for one, moves, shape, batched in zip(stacked, moving, raised.shapes, raised.batched, strict=True)
                ]
                made = np.asarray(compute(FLOATS, raised.call, given)).reshape(count, *call.shape)
            else:
                self.counted(np.empty(0), count)
                rows = [
                    compute(FLOATS, call, [one[k] if moves else one for one, moves in zip(stacked, moving, strict=True)])
                    for k in range(count)
                ]
                made = np.array(rows).reshape(count, *call.shape)
        made = self.counted(made.reshape(many, *self.widths, *call.shape))
        lead = 1 + len(self.widths)
        if -2 in record.passive:
            self.settled &= ~self._within((made != made[0]).any(axis=0))
            return None
        if call.op in _WINNERS:
            self._same_winners(call, loose[0].data, lead)
        elif call.op == "norm" and _is_euclidean(call):
            self.settled &= ~self._within((made == 0).any(axis=0) & (made != made[0]).any(axis=0))
        elif record.kink:
            self.settled &= ~self._within((made != made[0]).any(axis=0))
        else:  # that some entries stay is in the nature of many operations, that none moves is not
            given_moves = [self._within((one.data != one.data[0]).any(axis=0)) for one in loose if isinstance(one, Moved)]
            self.shown &= self._within((made != made[0]).any(axis=0)) | ~np.any(given_moves, axis=0)
        return Moved(made, (None,) * len(call.shape))

    def _same_winners(self, call: Call, data: Any, lead: int) -> None:
        """The largest or smallest entry is one and the same at all places, unless nothing in its row moves."""
        axis = call.params["axis"]
        own = data.ndim - lead
        axes = tuple(range(own)) if axis is None else tuple(one % own for one in (axis if isinstance(axis, tuple) else (axis,)))
        extreme = (np.max if call.op == "max" else np.min)(data, axis=tuple(lead + one for one in axes), keepdims=True)
        wins = data == extreme
        several = wins.sum(axis=tuple(lead + one for one in axes), keepdims=True) > 1
        doubtful = (several | (wins != wins[0])).any(axis=0)
        if doubtful.any():
            stirred = ((data != data[0]) & wins).any(axis=0) | ((data != data[0]).any(axis=0) & wins[0])
            stirred = stirred.any(axis=tuple(lead - 1 + one for one in axes), keepdims=True)
            self.settled &= ~self._within(doubtful & stirred)


_WINNERS = frozenset(("max", "min"))


def _is_euclidean(call: Call) -> bool:
    """Whether a norm is smooth wherever it is not 0: the root of a sum of squares."""
    along_one = len(call.shapes[0]) == 1 or isinstance(call.params["axis"], int)
    return call.params["ord"] in (None, "fro") or (call.params["ord"] == 2 and along_one)


def _stirred(changes: Sequence[Any]) -> Any:
    """Where any operand moves at any place."""
    found: Any = np.False_
    for change in changes:
        if change is not None:
            found = found | change.any(axis=0)
    return found


def _linear(op: str, arguments: Sequence[Any], changes: Sequence[Any]) -> Any:
    """The change of what is linear in the operands that move; None for everything else."""
    if op in _SIGNS:
        parts = [change if sign > 0 else -change for sign, change in zip(_SIGNS[op], changes, strict=True) if change is not None]
        return parts[0] if len(parts) == 1 else parts[0] + parts[1]
    if op == "mul" and (changes[0] is None) != (changes[1] is None):
        return changes[0] * arguments[1] if changes[1] is None else arguments[0] * changes[1]
    if op == "div" and changes[1] is None:
        return changes[0] / arguments[1]
    return None
