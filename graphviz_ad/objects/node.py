"""A readable view of one node: its formula, its place in the text, its local derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import NamingError
from ..graph.formulas import formula, local_formula, node_formula
from ..graph.notation import Latex, Notation

if TYPE_CHECKING:
    import sympy

    from ..graph.array_notation import IndexRule
    from ..graph.parts import Span
    from .graph import Graph


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
        return tuple(type(self)(self.graph, handle) for handle in self.graph.operands[self.handle])

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the node stands in the author's text; a shared one stands in several places."""
        return self.graph.spans[self.handle]

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape; None where it is not known yet."""
        return self.graph.shape_of(self.handle)

    @property
    def formula(self) -> str:
        """The operation written with its operands' names."""
        return formula(self.graph, self.handle)

    @property
    def latex(self) -> str:
        """The same in LaTeX."""
        return node_formula(self.graph, self.handle, Latex())

    @property
    def expr(self) -> sympy.Expr:
        """The node's value as a SymPy expression in the inputs."""
        from ..derive.closed_form import expression

        return expression(self.graph, self.handle)

    def local(self, operand: str) -> sympy.Expr:
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
        from ..derive.symbolic import local

        positions = [k for k, handle in enumerate(self.graph.operands[self.handle]) if self.graph.labels[handle] == operand]
        if not positions:
            known = self.graph.handle(operand)  # raises for what is no node at all
            names = list(dict.fromkeys(operand.name for operand in self.operands))
            listed = f"its operands are {', '.join(names[:8])}{' …' * (len(names) > 8)}" if names else "it has no operands"
            message = f"{self.graph.labels[known]} is no operand of {self.name}"
            raise NamingError(message, hint=f'{listed}; graph.of("{self.name}").derivative("{operand}") goes all the way')
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
        from ..graph.array_notation import index_rule

        return index_rule(self.graph, self.handle, position)

    def __repr__(self) -> str:
        return f"Node({self.name} = {self.formula})" if self.operands else f"Node({self.name})"
