"""The graph as data: immutable flat columns, integer handles, topological order, the author's names and places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Self, TypeVar

from ..errors import NamingError, ShapeError
from ..syntax.grammar import KEYWORDS
from .parts import Group, Input, Span

T = TypeVar("T")


class Graph:
    """The columns of a computational graph, and what follows from them alone.

    Nodes are integers in topological order (operands come first), inputs at the front. The columns ``ops``, ``operands``,
    ``params``, ``names``, ``spans`` and ``group_of`` are tuples with one entry a node; nothing is ever written into them.
    ``shapes`` is one more column of a graph that :meth:`shaped` gave shapes to, None before.

    What follows from the columns (labels, users, …) is an attribute once it was asked for; what else is worked out once for a
    graph is kept by :meth:`once` alone. People meet the subclass :class:`graphviz_ad.Graph`, which adds what they call;
    whatever is derived from a graph is of its type.
    """

    #: the columns and what belongs to the whole, in the order of the constructor
    COLUMNS = ("ops", "operands", "params", "names", "spans", "group_of", "groups", "outputs", "text", "source", "called", "shapes")
    __slots__ = (
        "__dict__", "_made", "called", "group_of", "groups", "names", "operands", "ops", "outputs", "params", "shapes", "source", "spans",
        "text",
    )  # fmt: skip

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
        shapes: tuple[tuple[int, ...], ...] | None = None,
    ) -> None:
        self.ops, self.operands, self.params, self.names, self.spans = ops, operands, params, names, spans
        self.group_of, self.groups, self.outputs = group_of, groups, outputs
        self.text, self.source, self.called, self.shapes = text, source, called, shapes
        self._made: dict[Callable[..., Any], Any] = {}

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles hold: the graph with its shapes, nothing that can be found again."""
        return {name: getattr(self, name) for name in Graph.COLUMNS}

    def __setstate__(self, state: dict[str, Any]) -> None:
        shapes = state.pop("_cache", {}).get("shapes")  # 0.1 kept them there
        Graph.__init__(self, **{"shapes": shapes, **state})
        for params in self.params:
            if isinstance(params, Input) and hasattr(params.default, "setflags"):
                params.default.setflags(write=False)  # copies of arrays are born writable

    def once(self, make: Callable[[Self], T]) -> T:
        """``make(graph)``, worked out at the first call and remembered under the function; copies and pickles drop it.

        ``make`` is a function or a class of a module, which reads the graph and nothing else.
        """
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def changed(self, **columns: Any) -> Self:
        """A graph of the same type with other columns."""
        return type(self)(**{**{name: getattr(self, name) for name in Graph.COLUMNS}, **columns})

    # -- names -------------------------------------------------------------------------------------------------------

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The inputs' names in the order of their first use; the constants pi, e and inf are not among them."""
        return tuple(name for name, handle in self.input_handles.items() if not self.input_spec(handle).constant)

    @cached_property
    def input_handles(self) -> dict[str, int]:
        """Every input's handle by name, constants included."""
        return {str(self.names[h]): h for h in range(len(self.ops)) if self.ops[h] == "input"}

    def input_spec(self, handle: int) -> Input:
        """What is known of an input besides its name: its default, whether it is a constant."""
        spec = self.params[handle]
        assert isinstance(spec, Input)
        return spec

    @cached_property
    def output(self) -> str:
        """The output's name: the author's, or a free one of f, g, h, out. Several outputs: the last one's."""
        return self.labels[self.outputs[-1]]

    @cached_property
    def output_names(self) -> tuple[str, ...]:
        """The names of all outputs; more than one in a gradient graph."""
        return tuple(self.labels[handle] for handle in self.outputs)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """A name for every node: the author's; the number of a constant; f for an anonymous output; v1, v2, … for the rest."""
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

    @cached_property
    def computed(self) -> frozenset[str]:
        """The names of the statements that compute something: they take no values."""
        return frozenset(name for name, op in zip(self.names, self.ops, strict=True) if name is not None and op != "input")

    def handle(self, name: str) -> int:
        """The handle of a named node (or of an automatic name).

        Raises
        ------
        NamingError
            There is no such node; the nearest names are given.
        """
        try:
            return self._by_label[name]
        except KeyError:
            raise self.no_such_name(name) from None

    @cached_property
    def _by_label(self) -> dict[str, int]:
        """By label the first node that has it."""
        return {label: h for h, label in reversed(list(enumerate(self.labels))) if self.ops[h] != "constant"}

    def no_such_name(self, name: str) -> NamingError:
        """The error for a name that no node has."""
        import difflib

        known = [label for label, op in zip(self.labels, self.ops, strict=True) if op != "constant"][:2000]
        near = difflib.get_close_matches(str(name), known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known[:12])}{' …' * (len(known) > 12)}"
        return NamingError(f"no node is named {name}", hint=hint)

    def __len__(self) -> int:
        return len(self.ops)

    def __repr__(self) -> str:
        return f"Graph({', '.join(self.output_names)} of {', '.join(self.inputs) or 'nothing'}: {len(self)} nodes)"

    # -- further inputs ----------------------------------------------------------------------------------------------

    def with_unused(self, given: Mapping[str, Any]) -> Self:
        """The graph with an input for every value that nothing uses: its gradient is 0, and a warning names it.

        Not while another input has no value: then the name is probably a slip, and the error says so.
        """
        known = self.input_handles
        unused = tuple(name for name in given if name not in known and name not in self.called and name not in self.computed)
        if not unused or any(self.input_spec(h).default is None and name not in given for name, h in known.items()):
            return self
        for name in unused:
            if not str(name).isidentifier() or name in KEYWORDS:
                raise NamingError(f"{name!r} is not a name", hint="names consist of letters, digits and _")
        count = len(unused)
        return self.changed(
            ops=self.ops + ("input",) * count, operands=self.operands + ((),) * count,
            params=self.params + (Input(unused=True),) * count, names=self.names + unused, spans=self.spans + ((),) * count,
            group_of=self.group_of + (-1,) * count, shapes=None,
        )  # fmt: skip

    # -- other outputs -----------------------------------------------------------------------------------------------

    def of(self, *names: str) -> Self:
        """The same graph with other outputs.

        >>> from graphviz_ad import parse
        >>> parse("q = x + y; f = q*z").of("q").output
        'q'
        """
        return self.changed(outputs=tuple(self.handle(name) for name in names))

    def of_handle(self, handle: int) -> Self:
        """The same graph with a node for its output."""
        return self.changed(outputs=(handle,))

    # -- structure ---------------------------------------------------------------------------------------------------

    @cached_property
    def needed(self) -> tuple[bool, ...]:
        """Per node: whether an output depends on it."""
        mark = [False] * len(self.ops)
        for handle in self.outputs:
            mark[handle] = True
        for handle in range(len(self.ops) - 1, -1, -1):
            if mark[handle]:
                for operand in self.operands[handle]:
                    mark[operand] = True
        return tuple(mark)

    @cached_property
    def users(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Per node: its uses as (consumer, argument position); ``x*x`` uses x twice."""
        lists: list[list[tuple[int, int]]] = [[] for _ in self.ops]
        for handle, operands in enumerate(self.operands):
            for position, operand in enumerate(operands):
                lists[operand].append((handle, position))
        return tuple(tuple(uses) for uses in lists)

    @cached_property
    def selectors(self) -> frozenset[int]:
        """Inputs that do nothing but choose entries: indices and labels. They are whole numbers and have no derivative."""
        from ..primitives.registry import SELECTING

        if SELECTING.isdisjoint(self.ops):
            return frozenset()
        choosing: set[int] = set()
        other = set(self.outputs)
        for op, operands in zip(self.ops, self.operands, strict=True):
            (choosing if op in SELECTING else other).update(operands[1:])
            other.update(operands[:1])
        return frozenset(handle for handle in choosing - other if self.ops[handle] == "input")

    @cached_property
    def elementwise(self) -> bool:
        """Whether no operation in it is one on arrays: with scalars for its inputs everything is a scalar."""
        from ..primitives.registry import OPERATIONS

        return all(op in OPERATIONS for op in set(self.ops) - {"input", "constant"})

    # -- shapes ------------------------------------------------------------------------------------------------------

    def shaped(self, shapes: Mapping[str, Any] | None = None, /, **named: Any) -> Self:
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
            default = self.input_spec(handle).default
            wanted.setdefault(handle, getattr(default, "shape", ()))
        return self.with_shapes(tuple(infer(self, wanted)))

    def with_shapes(self, shapes: tuple[tuple[int, ...], ...]) -> Self:
        """The graph with the shapes of all nodes, which were found before."""
        return self.changed(shapes=shapes)

    def shape_of(self, handle: int) -> tuple[int, ...] | None:
        """The shape of a node; None where it is not known yet."""
        return None if self.shapes is None else self.shapes[handle]

    def check_declared(self, found: tuple[tuple[int, ...], ...]) -> None:
        """Raise ShapeError where values have other shapes than were declared."""
        declared = self.shapes
        for name, handle in self.input_handles.items():
            if declared is not None and declared[handle] != found[handle]:
                raise ShapeError(f"{name} was given the shape {declared[handle]}, its value has {found[handle]}")


def _free(stem: str, taken: set[str]) -> str:
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
