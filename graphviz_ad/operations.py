"""The book of operations for people: formula, local derivatives, domain, kinks, and curves to draw.

>>> from graphviz_ad.operations import describe
>>> tanh = describe("tanh")
>>> tanh.formula, tanh.derivatives
('tanh(x)', (('x', '1 - tanh(x)**2'),))
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from .errors import DerivativeError, NamingError
from .objects.reading import parse
from .primitives.record import UNKNOWN, Elementwise, Kink
from .primitives.registry import OPERATIONS, names, resolve

__all__ = ["JACOBIAN", "Curve", "Operation", "all_names", "curve", "describe", "listing"]

if TYPE_CHECKING:
    from .objects.graph import Graph
    from .primitives.array_record import ArrayOperation
    from .primitives.composite_record import Composite

#: stands for a derivative that is an array
JACOBIAN = "an array"

#: a curve is sampled at the multiples of 1/64 in this range: every kink at a whole or half number is hit exactly
FIRST, LAST, STEPS = -4, 4, 64
#: values for the other operands of a curve, where the operation has no default for them
_FIXED = {"y": 2.0, "lo": -1.0, "hi": 1.0, "nu": 1.0, "n": 1.0, "a": 2.0, "b": 0.0}


class Operation(NamedTuple):
    """One operation, described.

    ``derivatives``: by each operand the formula of the local derivative, in the operands' names and ``out``, the
    operation's own value; None where none flows, and :data:`JACOBIAN` where it is an array whose form follows from the
    shapes. ``domain``: a condition; "" for everywhere.
    """

    name: str
    aliases: tuple[str, ...]
    signature: str
    family: str
    category: str
    summary: str
    formula: str
    definition: str
    derivatives: tuple[tuple[str, str | None], ...]
    domain: str
    kinks: tuple[Kink, ...]


class Curve(NamedTuple):
    """Value and derivative along the first operand that has one; NaN outside of the domain.

    ``others``: the other operands and the values they are held at; ``kinks``: places on the axis, ``jumps`` those of them
    where the value itself jumps.
    """

    operand: str
    others: tuple[tuple[str, float], ...]
    xs: tuple[float, ...]
    values: tuple[float, ...]
    slopes: tuple[float, ...]
    kinks: tuple[float, ...]
    jumps: tuple[float, ...]


def listing() -> tuple[Operation, ...]:
    """Every operation: elementwise ones, those on arrays, and composites, in the order of their tables."""
    from .primitives.arrays import ARRAY_OPERATIONS
    from .primitives.composites import COMPOSITES, HIDDEN

    arrays = [_array(record) for record in ARRAY_OPERATIONS.values() if record.name not in HIDDEN]
    elementwise = [_described(record) for record in OPERATIONS.values()]
    composites = [_composite(record) for record in COMPOSITES.values() if record.name not in HIDDEN]
    return (*elementwise, *arrays, *composites)


def all_names() -> tuple[str, ...]:
    """Every spelling of every operation that authors may write, for completion."""
    from .primitives.arrays import ARRAY_OPERATIONS
    from .primitives.composites import COMPOSITES, HIDDEN

    known = {*OPERATIONS, *ARRAY_OPERATIONS, *COMPOSITES}  # to load a table is to register its spellings
    return tuple(name for name in names() if resolve(name) in known and name not in HIDDEN)


def describe(name: str) -> Operation:
    """One operation under any of its spellings.

    Raises
    ------
    NamingError
        There is none; the nearest names are given.
    """
    canonical = resolve(name)
    return _described(OPERATIONS[canonical]) if canonical in OPERATIONS else _described_elsewhere(name)


def _described_elsewhere(name: str) -> Operation:
    """An operation on arrays or a composite, whose tables are loaded only now."""
    from .primitives.arrays import ARRAY_OPERATIONS
    from .primitives.composites import COMPOSITES, HIDDEN

    canonical = resolve(name)
    if canonical in ARRAY_OPERATIONS:
        return _array(ARRAY_OPERATIONS[canonical])
    if canonical in COMPOSITES and canonical not in HIDDEN:
        return _composite(COMPOSITES[canonical])
    import difflib

    near = difflib.get_close_matches(name, names(), n=3)
    raise NamingError(f"there is no operation {name[:60]}", hint=f"did you mean {' or '.join(near)}?" if near else "gradviz ops lists them")


def _array(record: ArrayOperation) -> Operation:
    operands = [operand.rstrip("=") for operand in record.operands]
    derivatives = tuple((name.lstrip("*"), JACOBIAN if record.differentiable(place) else None) for place, name in enumerate(operands))
    kinks = (Kink("", "equal or vanishing entries", record.kink),) if record.kink else ()
    call = f"{record.name}({', '.join((*operands, *record.parameters))})"
    return Operation(record.name, record.aliases, call, record.family, record.family, record.summary, call, "", derivatives, "", kinks)


def _composite(record: Composite) -> Operation:
    derivatives = tuple((operand.rstrip("="), JACOBIAN) for operand in record.operands)
    definition = record.body if isinstance(record.body, str) else ""
    call = record.signature
    return Operation(record.name, record.aliases, call, "composite", "composite", record.summary, call, definition, derivatives, "", ())


def _described(record: Elementwise) -> Operation:
    graph = parse(f"out = {record.name}({', '.join(record.names)})")
    node = graph["out"]
    derivatives: list[tuple[str, str | None]] = []
    for position, operand in enumerate(record.names):
        try:
            derivatives.append((operand, node.local_formula(position)))
        except DerivativeError:
            derivatives.append((operand, None))
    return Operation(
        record.name,
        record.aliases,
        f"{record.name}({', '.join(record.operands)})",
        "elementwise",
        record.category,
        record.summary,
        node.formula,
        record.definition,
        tuple(derivatives),
        record.domain,
        record.kinks,
    )


def curve(name: str) -> Curve | None:
    """Sampled value and derivative of an operation; None where nothing can be drawn (conditions, operations on arrays).

    >>> found = curve("relu")
    >>> found.kinks, found.values[-1], found.slopes[0]
    ((0.0,), 4.0, 0.0)
    """
    record = OPERATIONS.get(describe(name).name)
    if record is None:
        return None
    moving = next((place for place, rule in enumerate(record.partials) if rule not in (None, UNKNOWN)), None)
    if moving is None or record.boolean:
        return None
    operand = record.names[moving]
    others = tuple((text.partition("=")[0], _held(text)) for text in record.operands if text.partition("=")[0] != operand)
    graph = parse(f"{record.name}({', '.join(record.names)})")
    fixed = dict(others)
    xs = [k / STEPS for k in range(FIRST * STEPS, LAST * STEPS + 1)]
    values, slopes = _sampled(graph, operand, fixed, xs)
    inside = [x for x, value in zip(xs, values, strict=True) if math.isfinite(value)]
    if inside and inside[-1] - inside[0] < (LAST - FIRST) / 3:  # a narrow domain fills the picture
        room = (inside[-1] - inside[0]) / 16
        low, high = inside[0] - room, inside[-1] + room
        count = STEPS * (LAST - FIRST)
        # both ends and the middle stay exact
        xs = [low + (high - low) * k / count for k in range(count + 1)]
        values, slopes = _sampled(graph, operand, fixed, xs)
    return Curve(operand, others, tuple(xs), tuple(values), tuple(slopes), *_kinks(record, operand, fixed, xs))


def _held(operand: str) -> float:
    name, _, default = operand.partition("=")
    if default:
        return float(parse(default).at().value)
    return _FIXED.get(name, 1.0)


def _sampled(graph: Graph, operand: str, fixed: dict[str, float], xs: list[float]) -> tuple[list[float], list[float]]:
    values, slopes = [], []
    for x in xs:
        point = graph.at({**fixed, operand: x})
        value, slope = float(point.value), point.gradients[operand]
        values.append(value)
        slopes.append(math.nan if slope is None or not math.isfinite(value) else float(slope))
    return values, slopes


def _kinks(record: Elementwise, operand: str, fixed: dict[str, float], xs: list[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Where the operation's own conditions say that kinks and jumps lie on the axis."""
    found: set[float] = set()
    jumps: set[float] = set()
    for kink in record.kinks:
        cut = parse(kink.cut)
        if operand not in cut.inputs:
            continue
        held = {name: value for name, value in fixed.items() if name in cut.inputs}
        signs = [float(cut.at({**held, operand: x}).value) for x in xs]
        for place, (x, sign) in enumerate(zip(xs, signs, strict=True)):
            crossed = place and sign * signs[place - 1] < 0 and not kink.jump
            if sign == 0 or crossed:
                where = x if sign == 0 else (x + xs[place - 1]) / 2
                found.add(where)
                if kink.jump:
                    jumps.add(where)
    return tuple(sorted(found)), tuple(sorted(jumps))
