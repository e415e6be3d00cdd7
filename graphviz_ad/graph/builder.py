"""The growing graph: flat columns, integer handles, equal anonymous nodes shared."""

from __future__ import annotations

from typing import Self, TypeVar

from ..errors import LimitError
from ..limits import limit
from .parts import Group, Input, Literal, Span
from .structure import Graph

G = TypeVar("G", bound=Graph)


class Builder:
    """Collects nodes. ``apply`` returns the handle of an equal anonymous node where there is one.

    Sharing is by operation, operands, parameters and function call: what stands in the body of one call is not
    merged with what stands outside of it, so that a cluster is whole.
    """

    def __init__(self) -> None:
        self.ops: list[str] = []
        self.operands: list[tuple[int, ...]] = []
        self.params: list[object] = []
        self.names: list[str | None] = []
        self.spans: list[list[Span]] = []
        self.group_of: list[int] = []
        self.groups: list[Group] = []
        self.inputs: dict[str, int] = {}
        self._shared: dict[object, int] = {}
        self._most = limit("GRADVIZ_MAX_OPERATIONS")

    @classmethod
    def over(cls, graph: Graph) -> Self:
        """A builder that holds a finished graph, ready to grow; an output without a name gets the one it is called by."""
        builder = cls()
        builder.ops, builder.operands = list(graph.ops), list(graph.operands)
        builder.params, builder.names = list(graph.params), list(graph.names)
        builder.spans = [list(spans) for spans in graph.spans]
        builder.group_of, builder.groups = list(graph.group_of), list(graph.groups)
        builder.inputs = dict(graph.input_handles)
        for handle, op in enumerate(graph.ops):
            if graph.names[handle] is None:
                key: object = (op, graph.operands[handle], graph.params[handle], graph.group_of[handle])
                if op == "constant":
                    literal = graph.params[handle]
                    key = ("constant", literal.text, literal.implied, graph.group_of[handle])  # type: ignore[attr-defined]
                builder._shared.setdefault(key, handle)
        output = graph.outputs[-1]
        if graph.names[output] is None and len(graph.outputs) == 1 and graph.ops[output] not in ("input", "constant"):
            builder.name(output, graph.output)  # "f" stays f when the gradient is the output
        return builder

    def _add(self, op: str, operands: tuple[int, ...], params: object, name: str | None, span: Span | None, group: int) -> int:
        handle = len(self.ops)
        if handle >= self._most:
            raise LimitError(f"the graph grows beyond {self._most:,} operations; set GRADVIZ_MAX_OPERATIONS to raise the limit")
        self.ops.append(op)
        self.operands.append(operands)
        self.params.append(params)
        self.names.append(name)
        self.spans.append([] if span is None else [span])
        self.group_of.append(group)
        return handle

    def input(self, name: str, span: Span | None = None, default: object = None, constant: bool = False) -> int:
        """The input of that name, made on first use."""
        handle = self.inputs.get(name)
        if handle is None:
            handle = self._add("input", (), Input(default, constant), name, span, -1)
            self.inputs[name] = handle
        elif span is not None:
            self.spans[handle].append(span)
        return handle

    def constant(self, literal: Literal, span: Span | None = None, group: int = -1) -> int:
        """The node of a literal."""
        return self._cons(("constant", literal.text, literal.implied, group), "constant", (), literal, span, group)

    def apply(
        self, op: str, operands: tuple[int, ...], params: object = (), name: str | None = None, span: Span | None = None, group: int = -1
    ) -> int:
        """The node ``op(operands)``; a named one is always new, an anonymous one is shared with its equal."""
        if name is not None:
            return self._add(op, operands, params, name, span, group)
        return self._cons((op, operands, params, group), op, operands, params, span, group)

    def _cons(self, key: object, op: str, operands: tuple[int, ...], params: object, span: Span | None, group: int) -> int:
        handle = self._shared.get(key)
        if handle is None:
            handle = self._add(op, operands, params, None, span, group)
            self._shared[key] = handle
        elif span is not None:
            self.spans[handle].append(span)
        return handle

    def _needed(self, outputs: tuple[int, ...], keep: int) -> bytearray:
        """Per node: made before ``keep``, or needed by an output."""
        wanted = bytearray(b"\x01") * keep + bytearray(len(self.ops) - keep)
        for handle in outputs:
            wanted[handle] = 1
        for handle in range(len(self.ops) - 1, keep - 1, -1):
            if wanted[handle]:
                for operand in self.operands[handle]:
                    wanted[operand] = 1
        return wanted

    def set_default(self, handle: int, default: object) -> None:
        """Give an input that was used before its line the value that the line has for it."""
        spec = self.params[handle]
        assert isinstance(spec, Input)
        self.params[handle] = spec._replace(default=default, constant=False)

    def close_group(self, group: int, output: int) -> None:
        """Say which node comes back from a call of a function."""
        self.groups[group] = self.groups[group]._replace(output=output)

    def name(self, handle: int, name: str) -> None:
        """Give an anonymous node its name; from then on it is not shared any more."""
        self.names[handle] = name
        key = (self.ops[handle], self.operands[handle], self.params[handle], self.group_of[handle])
        if self._shared.get(key) == handle:
            del self._shared[key]

    def order(self, outputs: tuple[int, ...], keep: int | None = None) -> list[int]:
        """The handles in the order in which :meth:`build` puts them down."""
        order = [*self.inputs.values()]
        first = set(order)
        wanted = self._needed(outputs, len(self.ops) if keep is None else keep)
        order.extend(handle for handle in range(len(self.ops)) if handle not in first and wanted[handle])
        return order

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

    def build_as(
        self,
        graph_type: type[G],
        outputs: tuple[int, ...],
        text: str = "",
        source: str = "expression",
        called: frozenset[str] = frozenset(),
        keep: int | None = None,
    ) -> G:
        """What :meth:`build` gives, as a graph of that type: what is derived from a graph is of its kind."""
        order = self.order(outputs, keep)
        new = [0] * len(self.ops)
        for position, handle in enumerate(order):
            new[handle] = position
        return graph_type(
            ops=tuple(self.ops[h] for h in order),
            operands=tuple(tuple(new[k] for k in self.operands[h]) for h in order),
            params=tuple(self.params[h] for h in order),
            names=tuple(self.names[h] for h in order),
            spans=tuple(tuple(self.spans[h]) for h in order),
            group_of=tuple(self.group_of[h] for h in order),
            groups=tuple(g._replace(arguments=tuple(new[k] for k in g.arguments), output=new[g.output]) for g in self.groups),
            outputs=tuple(new[h] for h in outputs),
            text=text,
            source=source,
            called=called,
        )
