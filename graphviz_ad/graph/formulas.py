"""A node as it is written: its formula in its operands' names, and its local derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import DerivativeError
from ..primitives.record import UNKNOWN
from ..primitives.registry import OPERAND_NAMES, OPERATIONS
from ..syntax.machine import compiled
from .notation import ENTRYWISE, Latex, Notation, Piece

if TYPE_CHECKING:
    from .structure import Graph


def formula(graph: Graph, handle: int) -> str:
    """A node's operation written with its operands' names; a leaf's own name or number."""
    return node_formula(graph, handle, Notation())


def statement(graph: Graph, handle: int) -> str:
    """A node as it is written: its name and formula; of an output without a name the formula alone.

    >>> from graphviz_ad import parse
    >>> graph = parse("q = x*y; sin(q)")
    >>> [statement(graph, graph[name].handle) for name in ("q", graph.output)]
    ['q = x*y', 'sin(q)']
    """
    written = formula(graph, handle)
    return written if handle in graph.outputs and graph.names[handle] is None else f"{graph.labels[handle]} = {written}"


def operand_pieces(graph: Graph, handle: int, notation: Notation) -> list[Piece]:
    """The operands of a node as written pieces: names, and constants as numbers."""
    pieces = []
    for operand in graph.operands[handle]:
        if graph.ops[operand] == "constant":
            pieces.append(notation.number(graph.labels[operand]))
        else:
            pieces.append(notation.name(graph.labels[operand]))
    return pieces


def written_operation(graph: Graph, handle: int) -> str:
    """The operation as it is written: a product of two arrays, entry by entry, has a sign of its own."""
    op, shapes = graph.ops[handle], graph.shapes
    return ENTRYWISE if op == "mul" and shapes is not None and all(shapes[one] for one in graph.operands[handle]) else op


def node_forms(graph: Graph, handle: int) -> tuple[str, str, str]:
    """A node's formula in Unicode, in LaTeX and as it is typed."""
    from .unicode import Unicode  # for pictures alone

    return node_formula(graph, handle, Unicode()), node_formula(graph, handle, Latex()), node_formula(graph, handle, Notation())


def local_forms(graph: Graph, handle: int, position: int) -> tuple[str, str, str]:
    """A local derivative, constants folded, in Unicode, in LaTeX and as it is typed; raises what :func:`local_formula` raises."""
    from .unicode import Unicode

    unicode, latex, typed = Unicode(True), Latex(True), Notation(True)
    return (
        local_formula(graph, handle, position, unicode),
        local_formula(graph, handle, position, latex),
        local_formula(graph, handle, position, typed),
    )


def node_formula(graph: Graph, handle: int, notation: Notation) -> str:
    """A node's operation applied to its operands' names; a leaf's own name or number."""
    op = graph.ops[handle]
    if op == "input":
        return notation.name(graph.labels[handle]).text
    if op == "constant":
        return notation.number(graph.params[handle].text).text  # type: ignore[attr-defined]
    return applied(graph, handle, operand_pieces(graph, handle, notation), notation).text


def applied(graph: Graph, handle: int, operands: Sequence[Piece], notation: Notation) -> Piece:
    """A node's operation applied to written operands; one on arrays with its index, axis or order."""
    op = graph.ops[handle]
    if op in OPERATIONS or op == "matmul":
        return notation.apply(written_operation(graph, handle), operands)
    from .array_notation import write

    return write(op, graph.params[handle], operands, notation)


def local_formula(graph: Graph, handle: int, position: int, notation: Notation) -> str:
    """The local derivative of a node by one operand, written with the operands' names.

    The classroom's form is shown where it differs from the stable rule that is computed. Of an operation on arrays it is
    index notation where the shapes are known (δ_ii' x_j), else the symbol of the Jacobian.

    Raises
    ------
    DerivativeError
        The operand has no derivative (a condition, an integer).
    """
    op = graph.ops[handle]
    if op not in OPERATIONS:
        from .array_notation import local_text

        return local_text(graph, handle, position, notation)
    record, operands = OPERATIONS[op], OPERAND_NAMES[op]
    rule = (record.shown[position] if record.shown else "") or record.partials[position]
    if rule is None:
        raise DerivativeError(f"{op} has no derivative by its operand {operands[position]}")
    if rule == UNKNOWN:
        return notation.name("unknown").text
    pieces = dict(zip(operands, operand_pieces(graph, handle, notation), strict=True))
    if rule in pieces:  # of a product: the other factor
        return pieces[rule].text
    if rule.isdecimal():  # of a sum: 1
        return notation.number(rule).text
    pieces["out"] = notation.name(graph.labels[handle])
    return notation.run(compiled(rule), pieces).text
