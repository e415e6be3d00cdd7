"""From a point with a direction to its derivation in forward mode: value and differential of each operation together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import kinks, slopes, titles
from .model import Label
from .numbers import choose, full, told
from .steps import Derivation, Differential, Result, Term
from .writing import Substituted, formula_label, fraction, name_label

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from .numbers import Value

MOST_OPERATIONS = 200  # operations that are written out; of a larger graph those nearest the output


def differentiate(point: Point, precision: int | None) -> Derivation:
    """The derivation of the output's tangent along the point's direction.

    >>> from graphviz_ad import parse
    >>> found = differentiate(parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).along(x=1), None)
    >>> [(one.differential.text, one.total.text) for one in found.differentials]
    [('dq', '1'), ('df', '−4')]
    """
    graph = point.graph
    every = [handle for handle in range(len(graph.ops)) if graph.needed[handle] and graph.operands[handle]]
    written = every[-MOST_OPERATIONS:]
    numbers: list[Value | None] = []
    for handle in written:
        numbers += [point.values[handle], point.tangents[handle], *point.tangent_shares[handle]]
        numbers += [slopes.shown(slope) for slope in point.partials[handle]]
        numbers += [point.values[operand] for operand in graph.operands[handle] if graph.ops[operand] != "constant"]
    figures = choose(numbers, precision)
    substituted = Substituted(graph, point.values, figures)

    def number(value: Value) -> Label:
        return told(value, figures)

    steps = []
    for handle in written:
        formula, value = formula_label(graph, handle), number(point.values[handle])
        terms = []
        for position, operand in enumerate(graph.operands[handle]):
            row = point.tangent_shares[handle]
            if not row or row[position] is None:
                continue
            slope = point.partials[handle][position]
            terms.append(
                Term(
                    _rule(point, handle, position),
                    differential(graph.labels[operand]),
                    None if slopes.is_map(slope) else number(slope),
                    number(point.tangents[operand]),
                    number(row[position]),
                )
            )
        put = substituted.node(handle)
        new = None if put.text in (formula.text, value.text) else put
        name = graph.labels[handle]
        steps.append(Differential(name_label(name), formula, new, value, differential(name), tuple(terms), number(point.tangents[handle])))
    notes = (
        [f"{len(written):,} of {len(every):,} operations are written out, those nearest the output"] if len(every) > len(written) else []
    )
    notes += [kinks.tell(point, kink) for kink in kinks.find(point)[:10]]
    given = [n for n, h in graph.input_handles.items() if graph.needed[h] and not graph.input_spec(h).constant]
    return Derivation(
        titles.title(graph),
        tuple((name_label(name), number(point.values[graph.input_handles[name]])) for name in given),
        (),
        None,
        (),
        tuple(Result(differential(graph.labels[output]), full(point.tangents[output], figures)) for output in graph.outputs),
        (*notes, *point.warnings[:10]),
        tuple((differential(name), number(value)) for name, value in (point.direction or {}).items()),
        tuple(steps),
    )


def _rule(point: Point, handle: int, position: int) -> Label:
    """The local derivative as it is written before dx: its formula; of a Jacobian between arrays its name, ∂y/∂x."""
    graph, slope = point.graph, point.partials[handle][position]
    if not slopes.is_map(slope):
        found = slopes.formula(graph, handle, position, slope)
        if found is not None:
            return found
    elif slope.structure == "diagonal" and (found := slopes.formula(graph, handle, position, slope)) is not None:
        return found
    return fraction(graph.labels[handle], graph.labels[graph.operands[handle][position]])


def differential(name: str) -> Label:
    r"""How a value moves: dq.

    >>> differential("w0").text, differential("w0").latex
    ('dw₀', '\\mathrm{d}w_{0}')
    """
    label = name_label(name)
    return Label(f"d{label.text}", rf"\mathrm{{d}}{label.latex}")
