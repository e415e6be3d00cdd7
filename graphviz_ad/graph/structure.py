"""The graph: immutable flat columns, integer handles, topological order, the author's names and places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import NamingError, ShapeError
from ..objects.pictured import Pictured
from ..syntax.grammar import KEYWORDS
from .builder import Group, Input, Span

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from .node import Node


class Graph(Pictured):
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

    __slots__ = ("_cache", "called", "group_of", "groups", "names", "operands", "ops", "outputs", "params", "source", "spans", "text")

    def __init__(
        self,
        ops: tuple[str, ...],
        operands: tuple[tuple[int, ...], ...],
        params: tuple[object, ...],
        names: tuple[str | None, ...],
        spans: tuple[tuple[Span, ...], ...],
        group_of: tuple[int, ...],
        groups: tuple[Group, ...],
        outputs: tuple[int, ...],
        text: str = "",
        source: str = "expression",
        called: frozenset[str] = frozenset(),
    ) -> None:
        self.ops, self.operands, self.params, self.names, self.spans = ops, operands, params, names, spans
        self.group_of, self.groups, self.outputs = group_of, groups, outputs
        self.text, self.source, self.called = text, source, called
        self._cache: dict[str, Any] = {}

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles hold: the graph with its shapes, nothing that can be found again."""
        kept = {name: getattr(self, name) for name in self.__slots__ if name != "_cache"}
        return {**kept, "_cache": {} if self.shapes is None else {"shapes": self.shapes}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        for params in self.params:
            if isinstance(params, Input) and hasattr(params.default, "setflags"):
                params.default.setflags(write=False)  # copies of arrays are born writable

    # -- names -------------------------------------------------------------------------------------------------------

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs' names in the order of their first use; the constants pi, e and inf are not among them."""
        return tuple(name for name, handle in self.input_handles.items() if not self._spec(handle).constant)

    @property
    def input_handles(self) -> dict[str, int]:
        """Every input's handle by name, constants included."""
        found = self._cache.get("inputs")
        if found is None:
            found = self._cache["inputs"] = {str(self.names[h]): h for h in range(len(self.ops)) if self.ops[h] == "input"}
        return found

    def _spec(self, handle: int) -> Input:
        spec = self.params[handle]
        assert isinstance(spec, Input)
        return spec

    @property
    def output(self) -> str:
        """The output's name: the author's, or a free one of f, g, h, out. Several outputs: the last one's."""
        return self.labels[self.outputs[-1]]

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names of all outputs; more than one in a gradient graph."""
        return tuple(self.labels[handle] for handle in self.outputs)

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for every node: the author's; the number of a constant; f for an anonymous output; v1, v2, … for the rest."""
        found = self._cache.get("labels")
        if found is None:
            found = self._cache["labels"] = self._make_labels()
        return found

    def _make_labels(self) -> tuple[str, ...]:
        taken = {name for name in self.names if name is not None}
        labels: list[str] = []
        output = self.outputs[-1] if self.outputs else -1
        counter = 0
        for handle, name in enumerate(self.names):
            if name is None and self.ops[handle] == "constant" and handle != output:
                name = self.params[handle].text  # type: ignore[attr-defined]
            elif name is None and handle == output:
                name = next((n for n in ("f", "g", "h", "out", "result") if n not in taken), None) or _free("f", taken)
                taken.add(name)
            elif name is None:
                counter += 1
                while f"v{counter}" in taken:
                    counter += 1
                name = f"v{counter}"
            labels.append(name)
        return tuple(labels)

    def handle(self, name: str) -> int:
        """The handle of a named node (or of an automatic name).

        Raises
        ------
        NamingError
            There is no such node; the nearest names are given.
        """
        index = self._cache.get("by_name")
        if index is None:
            index = self._cache["by_name"] = {label: h for h, label in reversed(list(enumerate(self.labels))) if self.ops[h] != "constant"}
        try:
            return index[name]
        except KeyError:
            raise self.no_such_name(name) from None

    def no_such_name(self, name: str) -> NamingError:
        """The error for a name that no node has."""
        import difflib

        known = [label for label, op in zip(self.labels, self.ops, strict=True) if op != "constant"][:2000]
        near = difflib.get_close_matches(str(name), known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known[:12])}{' …' * (len(known) > 12)}"
        return NamingError(f"no node is named {name}", hint=hint)

    def __getitem__(self, name: str) -> Node:
        from .node import Node

        return Node(self, self.handle(name))

    def __iter__(self) -> Iterator[Node]:
        from .node import Node

        return (Node(self, handle) for handle in range(len(self.ops)))

    def __len__(self) -> int:
        return len(self.ops)

    def __repr__(self) -> str:
        return f"Graph({', '.join(self.output_names)} of {', '.join(self.inputs) or 'nothing'}: {len(self)} nodes)"

    # -- other outputs -----------------------------------------------------------------------------------------------

    def of(self, *names: str) -> Graph:
        """The same graph with other outputs.

        >>> from graphviz_ad import parse
        >>> parse("q = x + y; f = q*z").of("q").output
        'q'
        """
        return self._with_outputs(tuple(self.handle(name) for name in names))

    def of_handle(self, handle: int) -> Graph:
        """The same graph with a node for its output."""
        return self._with_outputs((handle,))

    def _with_outputs(self, outputs: tuple[int, ...]) -> Graph:
        graph = Graph(
            self.ops, self.operands, self.params, self.names, self.spans, self.group_of, self.groups, outputs, self.text, self.source,
            self.called,
        )  # fmt: skip
        if self.shapes is not None:
            graph._cache["shapes"] = self.shapes
        return graph

    # -- structure ---------------------------------------------------------------------------------------------------

    @property
    def needed(self) -> tuple[bool, ...]:
        """Per node: whether an output depends on it."""
        found = self._cache.get("needed")
        if found is None:
            mark = [False] * len(self.ops)
            for handle in self.outputs:
                mark[handle] = True
            for handle in range(len(self.ops) - 1, -1, -1):
                if mark[handle]:
                    for operand in self.operands[handle]:
                        mark[operand] = True
            found = self._cache["needed"] = tuple(mark)
        return found

    @property
    def users(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Per node: its uses as (consumer, argument position); ``x*x`` uses x twice."""
        found = self._cache.get("users")
        if found is None:
            lists: list[list[tuple[int, int]]] = [[] for _ in self.ops]
            for handle, operands in enumerate(self.operands):
                for position, operand in enumerate(operands):
                    lists[operand].append((handle, position))
            found = self._cache["users"] = tuple(tuple(uses) for uses in lists)
        return found

    # -- values and derivatives --------------------------------------------------------------------------------------

    def at(self, bindings: Mapping[str, Any] | None = None, /, **named: Any) -> Point:
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
        from ..derive.derivatives import Point

        given = {**(bindings or {}), **named}
        return Point(self._with_unused(given), given)

    def _with_unused(self, given: Mapping[str, Any]) -> Graph:
        """The graph with an input for every value that nothing uses: its gradient is 0, and a warning names it.

        Not while another input has no value: then the name is probably a slip, and the error says so.
        """
        known = self.input_handles
        unused = tuple(name for name in given if name not in known and name not in self.called and name not in self.computed)
        if not unused or any(self._spec(h).default is None and name not in given for name, h in known.items()):
            return self
        for name in unused:
            if not str(name).isidentifier() or name in KEYWORDS:
                raise NamingError(f"{name!r} is not a name", hint="names consist of letters, digits and _")
        count = len(unused)
        return Graph(
            self.ops + ("input",) * count, self.operands + ((),) * count, self.params + (Input(unused=True),) * count, self.names + unused,
            self.spans + ((),) * count, self.group_of + (-1,) * count, self.groups, self.outputs, self.text, self.source, self.called,
        )  # fmt: skip

    @property
    def computed(self) -> frozenset[str]:
        """The names of the statements that compute something: they take no values."""
        found = self._cache.get("computed")
        if found is None:
            found = frozenset(name for name, op in zip(self.names, self.ops, strict=True) if name is not None and op != "input")
            self._cache["computed"] = found
        return found

    def constant_value(self) -> Any:
        """The value of a graph without inputs."""
        return self.at().value

    def derivative(self, name: str) -> Any:
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
        from ..derive.closed_form import derivative

        return derivative(self, self.outputs[-1], name)

    def symbolic_jacobian(self, name: str) -> Any:
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

    def gradient(self, *names: str) -> Graph:
        """The gradient as a graph with one output ``d<output>_d<name>`` a name (all inputs when none is given).

        The derivative of an elementwise operation is elementwise again, so the result can be drawn, checked and
        differentiated once more.

        >>> from graphviz_ad import parse
        >>> parse("x**3").gradient("x").gradient("x").at(x=2).value
        12.0
        """
        from ..derive.gradient import gradient

        return gradient(self, names)

    def hessian(self, *names: str) -> Graph:
        """The Hessian as a graph with outputs ``d2<output>_d<a>_d<b>`` row by row, for scalar inputs."""
        from ..derive.gradient import hessian

        return hessian(self, names)

    # -- the picture of the formulas ---------------------------------------------------------------------------------

    def _drawn(self) -> tuple[Graph, None]:
        return self, None

    def document(self) -> dict[str, Any]:
        """The graph as plain data: the JSON object of schema ``gradviz/1``, without numbers."""
        from ..scene.document import document_graph

        return document_graph(self)

    # -- shapes ------------------------------------------------------------------------------------------------------

    def shaped(self, shapes: Mapping[str, Any] | None = None, /, **named: Any) -> Graph:
        """The graph with shapes for its inputs (a missing one is a scalar), checked node by node.

        Raises
        ------
        ShapeError
            Something that is no shape; operands that do not fit, which are named with their shapes.

        >>> from graphviz_ad import parse
        >>> parse("W @ x").shaped(W=(3, 2), x=(2,))["f"].shape
        (3,)
        """
        from .shapes import infer, read_shape

        wanted: dict[int, tuple[int, ...]] = {}
        for name, shape in {**(shapes or {}), **named}.items():
            handle = self.input_handles.get(name)
            if handle is None:
                raise self.no_such_name(name)
            wanted[handle] = read_shape(name, shape)
        for handle in self.input_handles.values():
            default = self._spec(handle).default
            wanted.setdefault(handle, getattr(default, "shape", ()))
        return self.with_shapes(tuple(infer(self, wanted)))

    def with_shapes(self, shapes: tuple[tuple[int, ...], ...]) -> Graph:
        """The graph with the shapes of all nodes, which were found before."""
        graph = self._with_outputs(self.outputs)
        graph._cache["shapes"] = shapes
        return graph

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...] | None:
        """The shape of every node of a graph that :meth:`shaped` gave shapes to; None before."""
        return self._cache.get("shapes")

    def check_declared(self, found: tuple[tuple[int, ...], ...]) -> None:
        """Raise ShapeError where values have other shapes than were declared."""
        declared = self.shapes
        for name, handle in self.input_handles.items():
            if declared is not None and declared[handle] != found[handle]:
                raise ShapeError(f"{name} was given the shape {declared[handle]}, its value has {found[handle]}")

    @property
    def selectors(self) -> frozenset[int]:
        """Inputs that do nothing but choose entries: indices and labels. They are whole numbers and have no derivative."""
        found = self._cache.get("selectors")
        if found is None:
            from ..primitives.registry import SELECTING

            found = frozenset()
            if not SELECTING.isdisjoint(self.ops):
                choosing: set[int] = set()
                other = set(self.outputs)
                for op, operands in zip(self.ops, self.operands, strict=True):
                    (choosing if op in SELECTING else other).update(operands[1:])
                    other.update(operands[:1])
                found = frozenset(handle for handle in choosing - other if self.ops[handle] == "input")
            self._cache["selectors"] = found
        return found

    @property
    def elementwise(self) -> bool:
        """Whether no operation in it is one on arrays: with scalars for its inputs everything is a scalar."""
        found = self._cache.get("elementwise")
        if found is None:
            from ..primitives.registry import OPERATIONS

            found = self._cache["elementwise"] = all(op in OPERATIONS for op in set(self.ops) - {"input", "constant"})
        return found


def _free(stem: str, taken: set[str]) -> str:
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
