"""A graph on arrays as the page computes it: a straight line of few kinds of instructions, made from the rules themselves.

The backward sweep is unrolled into nodes (:func:`graphviz_ad.derive.gradient.unrolled`), so that the page needs nothing but
values: elementwise operations, contractions, entries moved to other places or summed there, and reductions. What depends
on no input is computed here. Where entries go is found by moving an array of their own numbers, as the rules do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..primitives.kernels.javascript import has_kernel
from ..primitives.registry import OPERATIONS

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from ..derive.gradient import Unrolled
    from ..primitives.call import Call
    from ..scene.document import Plain
    from ..scene.numbers import Value

MOST_ENTRIES = 300_000  # of all instructions together
_REDUCING = frozenset(("max", "min", "prod"))
_RUNNING = frozenset(("cumsum", "cumprod"))
#: what depends on the shape of its operand alone
_OF_SHAPES = frozenset(("count", "ones_like", "zeros_like", "eye_like"))
_HELD = frozenset(("stop_gradient", "copy"))


class NoKernel(Exception):
    """An operation that pages do not compute; its name or what is in the way."""


def array_program(point: Point, jacobians: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """The program of a point on arrays, as JSON: ``code``, and the places of cotangents, contributions and Jacobians' rows.

    Raises
    ------
    NoKernel
        An operation on the way has no kernel, or there are too many entries.
    """
    from ..derive.gradient import unrolled
    from ..errors import DerivativeError, ShapeError

    graph = point.graph
    differentiable = len(graph.outputs) == 1 and not point.shape_of(graph.outputs[0])
    try:
        whole = unrolled(graph, point.wrt if differentiable else (), jacobians if differentiable else ())
    except (DerivativeError, ShapeError) as error:
        raise NoKernel(str(error)) from error
    shares, arrived = whole.sweep.contributions, whole.sweep.cotangents if differentiable else {}
    wanted = {h for h in range(len(graph.ops)) if graph.needed[h]}
    wanted |= {*arrived.values(), *shares.values(), *(row for rows in whole.jacobians.values() for row in rows)}
    code, fixed = _Writer(point, whole).code(wanted)
    return {
        "code": code,
        "arrived": [[h, place] for h, place in arrived.items()],
        "shares": [[h, position, place] for (h, position), place in shares.items()],
        "jacobians": [[h, position, rows] for (h, position), rows in whole.jacobians.items()],
        "shapes": [list(point.shape_of(h)) for h in range(len(graph.ops))],
        "fixed": sorted(fixed),
    }


class _Writer:
    """Instructions, one a node, for the nodes that are wanted and those that they need."""

    def __init__(self, point: Point, whole: Unrolled) -> None:
        self.point, self.shapes = point, whole.shapes
        self.ops, self.operands, self.params = whole.builder.ops, whole.builder.operands, whole.builder.params
        self.known: dict[int, Any] = {}  # values that depend on no input
        self.fixed: set[int] = set()
        self.entries = 0

    def code(self, wanted: set[int]) -> tuple[list[list[Any]], set[int]]:
        """The instructions in order, and the inputs whose values are built into them."""
        needed = [False] * len(self.ops)
        for node in range(len(self.ops) - 1, -1, -1):
            needed[node] = needed[node] or node in wanted
            if needed[node]:
                for operand in self.operands[node]:
                    needed[operand] = True
        return [[node, *self.instruction(node)] for node in range(len(self.ops)) if needed[node]], self.fixed

    def instruction(self, node: int) -> list[Any]:
        """One node as ``[kind, …]``."""
        op, operands, shape = self.ops[node], self.operands[node], self.shapes[node]
        self._count(math.prod(shape))
        if op == "input":
            return ["x"]
        if op == "constant":
            self.known[node] = self.params[node].value  # type: ignore[attr-defined]
            return ["c", constant(self.known[node])]
        if op in _OF_SHAPES or all(operand in self.known for operand in operands):
            self.known[node] = self._computed(node)
            return ["c", constant(self.known[node])]
        if op in OPERATIONS:
            if not has_kernel(op):
                raise NoKernel(op)
            return ["e", op, list(operands), list(shape), [list(self.shapes[k]) for k in operands]]
        return self._array(node, op, list(operands), shape)

    def _array(self, node: int, op: str, operands: list[int], shape: tuple[int, ...]) -> list[Any]:
        from ..primitives import contractions, explicit_rearrangements
        from ..primitives.arrays import ARRAY_OPERATIONS
        from ..primitives.call import Call

        call = self._call(node)
        if op in contractions.PATTERNS:
            terms = contractions.terms_of(call)
            used = list(dict.fromkeys([*terms.output, *(i for one in terms.inputs for i in one)]))
            number = {index: place for place, index in enumerate(used)}
            strides = [[number[i] for i in one] for one in (*terms.inputs, terms.output)]
            return ["t", operands, strides[:-1], strides[-1], [terms.sizes[i] for i in used], terms.divisor, list(shape)]
        if op in _HELD:
            return ["p", operands, None, list(shape)]
        if op == "scatter":
            inner = Call(call.params["op"], dict(call.params["inner"]), (shape, *call.shapes[1:]), call.shapes[0])
            return ["s", operands[0], self._places(inner, operands[1:]), list(shape)]
        if op in explicit_rearrangements.MOVES:
            return ["p", operands[:1], self._places(call, operands[1:]), list(shape)]
        if op in ("stack", "concatenate"):
            return ["p", operands, self._joined(call), list(shape)]
        if op in _REDUCING or (op == "norm" and call.params["ord"] in (None, "fro", 2)):
            return ["r", op, operands[0], self._groups(call), list(shape)]
        if op in _RUNNING:
            return ["q", op, operands[0], *self._lines(call), list(shape)]
        raise NoKernel(ARRAY_OPERATIONS[op].name)

    def _call(self, node: int) -> Call:
        from ..primitives.call import Call

        params: Any = self.params[node]
        return Call(self.ops[node], dict(params), tuple(self.shapes[k] for k in self.operands[node]), self.shapes[node])

    def _computed(self, node: int) -> Value:
        import numpy as np

        from ..primitives.kernels.arrays import Arrays, value

        given = [
            self.known[k] if k in self.known else np.zeros(self.shapes[k]) for k in self.operands[node]
        ]  # what is of shapes reads no entry
        return value(Arrays(), self.ops[node], self.params[node], given)

    def _places(self, call: Call, by: Sequence[int]) -> list[int] | None:
        """From where each entry of a rearrangement comes, -1 for a zero; None where all stay in order."""
        import numpy as np

        from ..primitives.explicit_rearrangements import MOVES

        arrays = []
        for operand in by:
            if operand in self.known:
                arrays.append(np.asarray(self.known[operand]))
            elif operand < len(self.point.graph.ops) and self.ops[operand] == "input":
                self.fixed.add(operand)  # which entries are taken is built into the page
                arrays.append(np.asarray(self.point.values[operand]))
            else:
                raise NoKernel(f"{call.op} by computed places")
        size = math.prod(call.shapes[0])
        moved = MOVES[call.op][0](call, np.arange(1, size + 1).reshape(call.shapes[0]), *arrays)
        places = (np.asarray(moved).ravel() - 1).tolist()
        self._count(len(places))
        return None if places == list(range(size)) else places

    def _joined(self, call: Call) -> list[int] | None:
        """The same for arrays that are joined, whose entries count one after the other."""
        import numpy as np

        ends = np.cumsum([0, *(math.prod(shape) for shape in call.shapes)])
        parts = [np.arange(end, end + math.prod(shape)).reshape(shape) for end, shape in zip(ends, call.shapes, strict=False)]
        join = np.stack if call.op == "stack" else np.concatenate
        places = join(parts, axis=call.params["axis"]).ravel().tolist()
        return None if places == list(range(len(places))) else places

    def _groups(self, call: Call) -> list[int]:
        """To which entry of the result each entry of the operand goes."""
        import numpy as np

        from ..primitives.array_record import reduced

        kept = reduced(call.shapes[0], call.params["axis"], True)
        places = np.broadcast_to(np.arange(math.prod(kept)).reshape(kept), call.shapes[0])
        self._count(places.size)
        return places.ravel().tolist()

    def _lines(self, call: Call) -> tuple[list[int], int]:
        """The entries line after line along the axis of a running sum or product, and how long a line is."""
        import numpy as np

        shape, axis = call.shapes[0], call.params["axis"]
        places = np.arange(math.prod(shape)).reshape(shape if axis is not None else -1)
        lines = np.moveaxis(places, -1 if axis is None else axis, -1)
        return lines.ravel().tolist(), lines.shape[-1]

    def _count(self, entries: int) -> None:
        self.entries += entries
        if self.entries > MOST_ENTRIES:
            raise NoKernel(f"more than {MOST_ENTRIES:,} entries")


def constant(value: Any) -> Plain:
    """A number or array as JSON: arrays as ``{"s": shape, "d": entries in a row}``, what is not finite by name.

    >>> constant(True), constant(float("inf"))
    (True, 'Infinity')
    """
    if isinstance(value, bool):
        return value
    if getattr(value, "shape", ()) == ():
        number = float(value)
        return number if math.isfinite(number) else "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
    return {"s": list(value.shape), "d": [constant(one) for one in value.ravel().tolist()]}
