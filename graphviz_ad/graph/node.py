"""A readable view of one node: its formula, its place in the text, its local derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import DerivativeError, NamingError
from ..primitives.record import UNKNOWN
from ..primitives.registry import OPERATIONS
from ..syntax.machine import compiled
from .notation import ENTRYWISE, Latex, Notation, Piece

if TYPE_CHECKING:
    from .array_notation import IndexRule
    from .builder import Span
    from .structure import Graph


class Node:
    """One node of a graph.

    >>> from graphviz_ad import parse
    >>> graph = parse("q = x*y; f = q**2")
    >>> node = graph["f"]
    >>> node.name, node.op, node.formula, node.local_formula(0)
    ('f', 'power', 'q**2', '2*q')
    >>> node.expr, node.local("q")
    (x**2*y**2, 2*q)
    """

    __slots__ = ("graph", "handle")

    def __init__(self, graph: Graph, handle: int) -> None:
        self.graph, self.handle = graph, handle

    @property
    def name(self) -> str:
        """The author's name, or the automatic one (v1, v2, …; f for an anonymous output)."""
        return self.graph.labels[self.handle]

    @property
    def named(self) -> bool:
        """Whether the author gave the name."""
        return self.graph.names[self.handle] is not None

    @property
    def op(self) -> str:
        """The operation's name; "input" and "constant" for leaves."""
        return self.graph.ops[self.handle]

    @property
    def operands(self) -> tuple[Node, ...]:
        """The operands in the order in which they were written."""
        return tuple(Node(self.graph, handle) for handle in self.graph.operands[self.handle])

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the node stands in the author's text; a shared one stands in several places."""
        return self.graph.spans[self.handle]

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape; None where it is not known yet."""
        shapes = self.graph.shapes
        return None if shapes is None else shapes[self.handle]

    @property
    def formula(self) -> str:
        """The operation written with its operands' names."""
        return node_formula(self.graph, self.handle, Notation())

    @property
    def latex(self) -> str:
        """The same in LaTeX."""
        return node_formula(self.graph, self.handle, Latex())

    @property
    def expr(self) -> Any:
        """The node's value as a SymPy expression in the inputs."""
        from ..derive.closed_form import expression

        return expression(self.graph, self.handle)

    def local(self, operand: str) -> Any:
        """The local derivative by an operand, as a SymPy expression in the operands' names; the sum over equal operands.

        Raises
        ------
        NamingError
            The node has no such operand.
        ShapeError
            The operation needs arrays, and the graph has no shapes; the hint names :meth:`Graph.shaped`.
        DerivativeError
            No derivative flows through the operand, or it is an array (see :meth:`index_rule`).
        """
        from ..derive.closed_form import local

        positions = [k for k, handle in enumerate(self.graph.operands[self.handle]) if self.graph.labels[handle] == operand]
        if not positions:
            known = self.graph.handle(operand)  # raises for what is no node at all
            names = list(dict.fromkeys(one.name for one in self.operands))
            listed = f"its operands are {', '.join(names[:8])}{' …' * (len(names) > 8)}" if names else "it has no operands"
            told = f"{self.graph.labels[known]} is no operand of {self.name}"
            raise NamingError(told, hint=f'{listed}; graph.of("{self.name}").derivative("{operand}") goes all the way')
        return sum((local(self.graph, self.handle, position) for position in positions[1:]), local(self.graph, self.handle, positions[0]))

    def local_formula(self, position: int) -> str:
        """The local derivative by the operand at ``position``, in the operands' names."""
        return local_formula(self.graph, self.handle, position, Notation(fold=True))

    def local_latex(self, position: int) -> str:
        """The same in LaTeX."""
        return local_formula(self.graph, self.handle, position, Latex(fold=True))

    def index_rule(self, position: int) -> IndexRule | None:
        """The local derivative by the operand at ``position`` in index notation, with its matrix rule; needs shapes.

        None between scalars.

        >>> from graphviz_ad import parse
        >>> parse("q = W @ x").shaped(W=(2, 2), x=(2,))["q"].index_rule(0).text
        "∂q_i/∂W_i'j' = δ_ii' x_j'"
        """
        from .array_notation import index_rule

        return index_rule(self.graph, self.handle, position)

    def __repr__(self) -> str:
        return f"Node({self.name} = {self.formula})" if self.operands else f"Node({self.name})"


def statement(graph: Graph, handle: int) -> str:
    """A node as it is written: its name and formula; of an output without a name the formula alone.

    >>> from graphviz_ad import parse
    >>> graph = parse("q = x*y; sin(q)")
    >>> [statement(graph, graph[name].handle) for name in ("q", graph.output)]
    ['q = x*y', 'sin(q)']
    """
    node = Node(graph, handle)
    return node.formula if handle in graph.outputs and not node.named else f"{node.name} = {node.formula}"


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


def node_formula(graph: Graph, handle: int, notation: Notation) -> str:
    """A node's operation applied to its operands' names; a leaf's own name or number."""
    op = graph.ops[handle]
    if op == "input":
        return notation.name(graph.labels[handle]).text
    if op == "constant":
        return notation.number(graph.params[handle].text).text  # type: ignore[attr-defined]
    pieces = operand_pieces(graph, handle, notation)
    if op in OPERATIONS or op == "matmul":
        return notation.apply(written_operation(graph, handle), pieces).text
    from .array_notation import write

    return write(op, graph.params[handle], pieces, notation).text


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
    record = OPERATIONS[op]
    rule = (record.shown[position] if record.shown else "") or record.partials[position]
    if rule is None:
        raise DerivativeError(f"{op} has no derivative by its operand {record.names[position]}")
    if rule == UNKNOWN:
        return notation.name("unknown").text
    names = dict(zip(record.names, operand_pieces(graph, handle, notation), strict=True))
    names["out"] = notation.name(graph.labels[handle])
    return notation.run(compiled(rule), names).text
