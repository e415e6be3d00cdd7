"""The graph as people meet it: the columns of :class:`graphviz_ad.graph.structure.Graph`, and everything that is asked of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from ..graph import builder, structure
from .pictured import Pictured

if TYPE_CHECKING:
    import numpy as np
    import sympy
    from numpy.typing import ArrayLike

    from .node import Node
    from .point import Point


class Graph(structure.Graph, Pictured):
    """A computational graph that keeps what its author wrote.

    Nodes are integers in topological order (operands come first), inputs at the front. The columns ``ops``,
    ``operands``, ``params``, ``names``, ``spans`` and ``group_of`` are tuples with one entry a node; nothing is
    ever written into them. Values and derivatives live in the tables of a :class:`~graphviz_ad.Point`.

    >>> from graphviz_ad import parse
    >>> graph = parse("q = x + y; f = q*z")
    >>> graph
    Graph(f of x, y, z: 5 nodes)
    >>> graph["q"].formula, graph["f"].formula
    ('x + y', 'q*z')
    """

    __slots__ = ()

    @classmethod
    def lift(cls, graph: structure.Graph) -> Self:
        """A graph that a front end made, as people meet it; one that is so already comes back itself."""
        return graph if isinstance(graph, cls) else cls(**{name: getattr(graph, name) for name in structure.Graph.COLUMNS})

    def __getitem__(self, name: str) -> Node:
        from .node import Node

        return Node(self, self.handle(name))

    def __iter__(self) -> Iterator[Node]:
        from .node import Node

        return (Node(self, handle) for handle in range(len(self.ops)))

    # -- values and derivatives --------------------------------------------------------------------------------------

    def at(self, bindings: Mapping[str, Any] | None = None, /, **named: ArrayLike) -> Point:
        """Values for the inputs; every value, gradient and check hangs on the :class:`~graphviz_ad.Point` that comes back.

        Numbers of Python, alone or in lists, are real: ``x=-2`` has a gradient. Truth values, and whole numbers as NumPy keeps them
        (``np.int64(3)``, ``np.array([0, 2])``), have none: it is None.

        Raises
        ------
        NamingError
            An input without a value, a value for a computed node or for a function that the text calls.
        BindingError
            A value that is not a real number or array.

        >>> from graphviz_ad import parse
        >>> parse("(x + y)*z").at(x=-2, y=5, z=-4).value
        -12.0
        """
        from .point import Point

        given = {**(bindings or {}), **named}
        return Point(self.with_unused(given), given)

    def constant_value(self) -> float | np.ndarray:
        """The value of a graph without inputs."""
        return self.at().value

    def derivative(self, name: str) -> sympy.Expr:
        """The closed form of d(output)/d(name), a SymPy expression in real symbols named as the inputs.

        Inputs without a shape are scalars. With arrays between two scalars the symbols are their entries: x_0, W_0_1.

        Raises
        ------
        DerivativeError
            An operation on the way has no closed form, or the derivative is an array (see :meth:`symbolic_jacobian`).
        ShapeError
            Inputs cannot be scalars, as in a matrix product; the hint names :meth:`shaped`.

        >>> from graphviz_ad import parse
        >>> parse("sum(x**2)").derivative("x")
        2*x
        """
        from ..derive.symbolic import derivative

        return derivative(self, self.outputs[-1], name)

    def symbolic_jacobian(self, name: str) -> sympy.Matrix:
        """d(output)/d(name) of a small graph that :meth:`shaped` gave shapes to, as a SymPy matrix: entries of the output by
        entries of the input, in symbols x_0, W_0_1.

        Raises
        ------
        DerivativeError
            An operation on the way has no closed form by entries.
        LimitError
            More entries than ``GRADVIZ_CLOSED_FORM_OPERATIONS`` would have to be written out.

        >>> from graphviz_ad import parse
        >>> parse("sum((W @ x)**2)").shaped(W=(1, 2), x=(2,)).symbolic_jacobian("W")
        Matrix([[2*x_0*(W_0_0*x_0 + W_0_1*x_1), 2*x_1*(W_0_0*x_0 + W_0_1*x_1)]])
        """
        from ..derive.symbolic_jacobians import symbolic_jacobian

        return symbolic_jacobian(self, self.outputs[-1], name)

    def gradient(self, *names: str) -> Self:
        """The gradient as a graph with one output ``d<output>_d<name>`` a name (all inputs when none is given).

        The derivative of an elementwise operation is elementwise again, so the result can be drawn, checked and
        differentiated once more.

        >>> from graphviz_ad import parse
        >>> parse("x**3").gradient("x").gradient("x").at(x=2).value
        12.0
        """
        from ..derive.gradient import gradient

        return gradient(self, names)

    def hessian(self, *names: str) -> Self:
        """The Hessian as a graph with outputs ``d2<output>_d<a>_d<b>`` row by row, for scalar inputs."""
        from ..derive.gradient import hessian

        return hessian(self, names)

    # -- the picture of the formulas ---------------------------------------------------------------------------------

    def drawn(self) -> tuple[Self, None]:
        return self, None

    def document(self) -> dict[str, Any]:
        """The graph as plain data: the JSON object of schema ``gradviz/1``, without numbers."""
        from ..scene.document import document_graph

        return document_graph(self)


class Builder(builder.Builder):
    """Collects nodes for a graph. ``apply`` returns the handle of an equal anonymous node where there is one.

    Sharing is by operation, operands, parameters and function call: what stands in the body of one call is not
    merged with what stands outside of it, so that a cluster is whole.
    """

    def build(
        self,
        outputs: tuple[int, ...],
        text: str = "",
        source: str = "expression",
        called: frozenset[str] = frozenset(),
        keep: int | None = None,
    ) -> Graph:
        """The finished graph, inputs first, everything else in the order it was made.

        With ``keep``, nodes from that handle on stay only where an output needs them: what a rule made and did not use goes.
        """
        return self.build_as(Graph, outputs, text, source, called, keep)
