"""The record of an operation on arrays, and the shape arithmetic that all of them share.

Families of array operations (contractions, rearrangements, the explicit ones) differ in how their records are made; what
reads them sees one interface: a shape rule, a value, a pushforward and a pullback. The rules are written over an arithmetic
``k`` whose methods are the operations of the vocabulary: ``k.exp(x)``, ``k.sum(x, axis=0)``. On NumPy arrays these compute,
on object arrays of high-precision numbers they compute in many digits, on handles of a graph under construction they make
nodes, so that one rule serves the numbers, the checks and the second derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .call import Axis, Call, Shape

if TYPE_CHECKING:
    from .types import Array, ArrayKernels, Rule, ShapeRule, ValueRule


class Misfit(Exception):
    """Shapes or parameters that an operation cannot take; whoever knows the operands' names makes a ShapeError of it."""


class ArrayOperation(NamedTuple):
    """One operation on arrays.

    operands
        Names of the operands; ``"*xs"`` takes a list or tuple of them; ``"x="`` is optional.
    parameters
        Static arguments with their defaults (``"axis=None"``), after the operands in a call.
    shape
        ``shape(call) -> Shape``; raises :class:`Misfit`. ``call.shape`` is empty then.
    value
        ``value(k, call, *operands)``, over NumPy float or object arrays.
    pushforward
        ``pushforward(k, call, position, tangent, operands, out)``: how the result moves with one operand.
    pullback
        ``pullback(k, call, position, upstream, operands, out)``: the contribution to one operand's gradient.
    passive
        Positions through which no derivative flows; -1 stands for "every position from the second on", -2 for all.
    structure
        ``structure(call, position)``: what the local Jacobian looks like, in one of the words of derive/structure.
    reach
        ``reach(k, call, position, mask)``: which entries of an operand can influence the entries marked; None: all.
    batched
        How the rules carry many directions in one call, see :func:`~graphviz_ad.primitives.batching.lift`; "": they do not.
    """

    name: str
    family: str
    operands: tuple[str, ...]
    parameters: tuple[str, ...]
    summary: str
    shape: ShapeRule
    value: ValueRule
    pushforward: Rule | None = None
    pullback: Rule | None = None
    aliases: tuple[str, ...] = ()
    passive: tuple[int, ...] = ()
    structure: Callable[[Call, int], str] | None = None
    reach: Callable[[ArrayKernels, Call, int, Array], Array | None] | None = None
    linear: bool = False
    batched: str = ""
    kink: str = ""
    symbol: str = ""
    source: str = ""

    def differentiable(self, position: int) -> bool:
        """Whether a derivative flows through the operand at ``position``."""
        passive = self.passive
        if not passive:
            return True
        return -2 not in passive and position not in passive and not (-1 in passive and position >= 1)


def axis_list(axis: Axis, dimensions: int) -> Shape:
    """Axes as non-negative numbers; None means all.

    >>> axis_list(-1, 3), axis_list(None, 2), axis_list((0, -1), 3)
    ((2,), (0, 1), (0, 2))

    Raises
    ------
    Misfit
        An axis does not exist, or is given twice.
    """
    if axis is None:
        return tuple(range(dimensions))
    axes = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    found = []
    for one in axes:
        if isinstance(one, bool) or not isinstance(one, int):
            raise Misfit(f"has an axis that is no integer, {one!r}")
        if not -dimensions <= one < dimensions:
            many = "a scalar has no axes" if dimensions == 0 else f"there are axes 0 to {dimensions - 1}"
            raise Misfit(f"has no axis {one}, {many}")
        found.append(one % dimensions)
    if len(set(found)) != len(found):
        raise Misfit(f"names an axis twice in {axis}")
    return tuple(found)


def reduced(shape: Shape, axis: Axis, keepdims: bool) -> Shape:
    """The shape after a reduction.

    >>> reduced((2, 3), 1, False), reduced((2, 3), 1, True), reduced((2, 3), None, False)
    ((2,), (2, 1), ())
    """
    axes = axis_list(axis, len(shape))
    if keepdims:
        return tuple(1 if position in axes else size for position, size in enumerate(shape))
    return tuple(size for position, size in enumerate(shape) if position not in axes)


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """NumPy's broadcasting of shapes.

    >>> broadcast([(3, 1), (2,), ()])
    (3, 2)

    Raises
    ------
    Misfit
        Two of them do not fit; the axis is named.
    """
    width = max((len(shape) for shape in shapes), default=0)
    result = []
    for back in range(width, 0, -1):
        sizes = [shape[-back] for shape in shapes if len(shape) >= back]
        wide = [size for size in sizes if size != 1]
        if len(set(wide)) > 1:
            raise Misfit(f"needs shapes that broadcast, axis {-back} has {' and '.join(map(str, dict.fromkeys(wide)))}")
        result.append(wide[0] if wide else 1)
    return tuple(result)


def size_of(shape: Shape) -> int:
    """The number of entries.

    >>> size_of((2, 3)), size_of(())
    (6, 1)
    """
    count = 1
    for size in shape:
        count *= size
    return count
