"""Where a point stands on a kink, and which slope was chosen there of those that both sides would allow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ..graph.formulas import node_formula
from ..graph.unicode import Unicode, unicode_name
from ..primitives.registry import OPERATIONS
from ..primitives.rules import float_cuts, float_partials
from .numbers import Figures

if TYPE_CHECKING:
    from ..derive.derivatives import Point

_STEP = 2.0**-30  # relative: near enough to see the neighbouring branch, far enough to leave the kink
_SHOWN = Figures(integers=True)


class Choice(NamedTuple):
    """The slope by one operand at a kink, and the least and greatest slope around it."""

    operand: int
    slope: float
    low: float
    high: float


class Kink(NamedTuple):
    """A node on a kink: ``place`` in the names of its operands, ``jump`` where the value itself jumps."""

    handle: int
    place: str
    jump: bool
    choices: tuple[Choice, ...]


def find(point: Point) -> list[Kink]:
    """The kinks that a point stands on exactly, among the nodes that an output needs.

    >>> from graphviz_ad import parse
    >>> [(kink.place, kink.choices) for kink in find(parse("relu(x)").at(x=0))]
    [('x = 0', (Choice(operand=0, slope=0.0, low=0.0, high=1.0),))]
    """
    graph = point.graph
    found = []
    for handle, op in enumerate(graph.ops):
        record = OPERATIONS.get(op)
        if record is None or not record.kinks or not graph.needed[handle]:
            continue
        if not (point.flows[handle] or (record.boolean and any(point.flows[operand] for operand in graph.operands[handle]))):
            continue
        operands = [point.values[operand] for operand in graph.operands[handle]]
        out = point.values[handle]
        if not all(isinstance(value, (bool, int, float)) for value in (*operands, out)):
            continue  # entries of arrays are told by the check, with their index
        for kink, cut in zip(record.kinks, float_cuts(op), strict=True):
            if kink.order <= 1 and cut(*operands, out) == 0:
                found.append(Kink(handle, _place(point, handle, kink.at), kink.jump, _choices(point, handle, operands)))
                break
    return found


def tell(point: Point, kink: Kink) -> str:
    """A kink as a note under the picture.

    >>> from graphviz_ad import parse
    >>> point = parse("max(x, y)").at(x=1, y=1)
    >>> tell(point, find(point)[0])
    'kink at max(x, y), x = y: by x 0.50 of [0, 1], by y 0.50 of [0, 1] chosen'
    """
    graph = point.graph
    formula = node_formula(graph, kink.handle, Unicode())
    place = re.sub(r"[^\W\d]\w*", lambda found: unicode_name(found[0]), kink.place)
    if kink.jump and kink.choices:
        return f"jump at {formula}, {place}"
    if not kink.choices:
        return f"boundary of {formula}, {place}"
    several = len(kink.choices) > 1
    chosen = ", ".join(
        (f"by {unicode_name(graph.labels[choice.operand])} " if several else "")
        + f"{_SHOWN.text(choice.slope)} of [{_SHOWN.text(choice.low)}, {_SHOWN.text(choice.high)}]"
        for choice in kink.choices
    )
    return f"kink at {formula}, {place}: {chosen} chosen"


def data(kink: Kink) -> dict[str, Any]:
    """A kink as plain data."""
    chosen = [{"operand": f"n{c.operand}", "slope": c.slope, "interval": [c.low, c.high]} for c in kink.choices]
    return {"at": kink.place, "jump": kink.jump, "chosen": chosen}


def _choices(point: Point, handle: int, operands: list[Any]) -> tuple[Choice, ...]:
    """Per operand with a slope: the one that was taken, and the range of those in the cells around."""
    from ..primitives.kernels import python as kernels

    graph = point.graph
    function = getattr(kernels, graph.ops[handle])
    around = []
    for position, value in enumerate(operands):
        for side in (-1.0, 1.0):
            moved = list(operands)
            moved[position] = value + side * _STEP * max(1.0, abs(value))
            around.append((moved, function(*moved)))
    choices = []
    for position, (operand, slope) in enumerate(zip(graph.operands[handle], point.partials[handle], strict=True)):
        rule = float_partials(graph.ops[handle])[position]
        if slope is None or rule is None:
            continue
        slopes = [slope, *(_rounded(float(rule(*moved, out)), slope) for moved, out in around)]
        choices.append(Choice(operand, slope, min(slopes), max(slopes)))
    return tuple(choices)


def _rounded(slope: float, chosen: float) -> float:
    """A slope beside the kink without what the step itself adds to it."""
    near = round(slope, 7)
    return chosen if abs(slope - chosen) <= 1e-7 * max(1.0, abs(chosen)) else near


def _place(point: Point, handle: int, place: str) -> str:
    """The place of a kink in the names of this node's operands."""
    record = OPERATIONS[point.graph.ops[handle]]
    names = {name: point.graph.labels[operand] for name, operand in zip(record.names, point.graph.operands[handle], strict=True)}
    return re.sub(r"[A-Za-z_]\w*", lambda found: names.get(found.group(), found.group()), place)
