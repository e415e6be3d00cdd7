"""A graph and its point as plain data: the JSON object of schema ``gradviz/1``.

Everything in it is what JSON can hold. Numbers that are not finite are the strings "NaN", "Infinity" and "-Infinity".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..engine.activity import activity
from ..errors import DerivativeError
from ..graph.formulas import local_formula, node_formula
from ..graph.notation import Notation, Piece
from ..primitives.registry import OPERATIONS
from . import kinks, second, slopes
from .titles import is_differentiable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from ..derive.derivatives import Point
    from ..graph.structure import Graph
    from .numbers import Value

    #: what JSON can hold
    Plain: TypeAlias = str | float | list["Plain"] | dict[str, "Plain"] | None

SCHEMA = "gradviz/1"
MOST_ROWS = 1000  # of the check


def document(point: Point, *, check: bool = True, hessian: bool = False) -> dict[str, Any]:
    """The whole point as data; ``check=False`` leaves the check out (None), ``hessian`` adds the second derivatives.

    A point with a direction adds ``mode``, ``direction`` and ``tangent``, to its nodes ``tangent``, to its edges ``push``.

    >>> from graphviz_ad import parse
    >>> data = document(parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4))
    >>> data["value"], data["gradients"], data["check"]["verdict"]
    (-12.0, {'x': -4.0, 'y': -4.0, 'z': 3.0}, 'pass')
    >>> data["edges"][2]
    {'from': 'n3', 'to': 'n4', 'position': 0, 'local': {'formula': 'z', 'value': -4.0}, 'contribution': -4.0}
    """
    found = _document(point.graph, point, check)
    if point.direction is not None:
        _add_tangents(found, point)
    if hessian:
        found["hessian"] = plain(second.data(point))
    return found


def _add_tangents(found: dict[str, Any], point: Point) -> None:
    """Forward mode: the direction, and how everything moves along it."""
    found["mode"], found["direction"], found["tangent"] = "forward", plain(point.direction), plain(point.tangent)
    for handle, node in enumerate(found["nodes"]):
        node["tangent"] = plain(point.tangent_of(handle))
    edges = iter(found["edges"])
    for handle, operands in enumerate(point.graph.operands):
        row = point.tangent_shares[handle]
        for position in range(len(operands)):
            next(edges)["push"] = plain(row[position]) if row else None


def document_graph(graph: Graph) -> dict[str, Any]:
    """A graph with nothing bound as data: the same keys, null where a number would stand."""
    return _document(graph, None, False)


def plain(value: object) -> Plain:
    """A value as JSON can hold it: finite numbers as they are, the others as strings, arrays as nested lists.

    >>> plain(float("nan")), plain([1.0, float("-inf")]), plain(3)
    ('NaN', [1.0, '-Infinity'], 3)
    """
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    raise TypeError(f"{type(value).__name__} has no place in a document")


def _document(graph: Graph, point: Point | None, check: bool) -> dict[str, Any]:
    several = len(graph.outputs) > 1
    differentiable = point is not None and is_differentiable(point)
    values: list[Any] = [None] * len(graph.ops) if point is None else point.values
    report = None
    if point is not None and check:
        from ..check.reports import Reports

        report = point.once(Reports).report()
    output = graph.outputs[-1]
    value: Plain = None
    if point is not None:
        value = {graph.labels[h]: plain(_number(values[h])) for h in graph.outputs} if several else plain(_number(values[output]))
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "expression": graph.text,
        "output": graph.output,
        "outputs": list(graph.output_names),
        "value": value,
        "shape": _shape(graph, point, output),
        "inputs": {
            name: {"value": plain(values[handle]), "shape": _shape(graph, point, handle)}
            for name, handle in graph.input_handles.items()
            if not graph.input_spec(handle).constant or (point is not None and handle in point.active)
        },
        "gradients": {} if point is None or not differentiable else {name: plain(one) for name, one in point.gradients.items()},
        "jacobians": {} if point is None or differentiable else {name: plain(point.jacobians(name)) for name in point.wrt},
        "nodes": _nodes(graph, point, differentiable),
        "edges": _edges(graph, point, differentiable),
        "groups": _groups(graph),
        "check": None if report is None else plain(report.data(MOST_ROWS)),
        "warnings": [] if point is None else list(point.warnings),
    }
    return found


def _nodes(graph: Graph, point: Point | None, differentiable: bool) -> list[dict[str, Any]]:
    formulas = _Formulas(graph)
    at_kink = {} if point is None else {kink.handle: plain(kinks.data(kink)) for kink in kinks.find(point)}
    nodes = []
    for handle, op in enumerate(graph.ops):
        node: dict[str, Any] = {
            "id": f"n{handle}",
            "name": graph.labels[handle],
            "op": op,
            "operands": [f"n{operand}" for operand in graph.operands[handle]],
            "shape": _shape(graph, point, handle),
        }
        if point is not None:
            node["value"] = plain(point.values[handle])
            node["gradient"] = plain(point.gradient_of(handle)) if differentiable and op != "constant" else None
        node["formula"] = formulas.node(handle)
        node["named"] = graph.names[handle] is not None
        node["spans"] = [[span.start, span.end] for span in graph.spans[handle]]
        if graph.group_of[handle] >= 0:
            node["group"] = f"g{graph.group_of[handle]}"
        if handle in at_kink:
            node["kink"] = at_kink[handle]
        nodes.append(node)
    return nodes


def _edges(graph: Graph, point: Point | None, differentiable: bool) -> list[dict[str, Any]]:
    formulas = _Formulas(graph)
    if point is not None:
        flows = point.flows
    else:
        flows = activity(graph, {h for h in graph.input_handles.values() if not graph.input_spec(h).constant})
    contributions = point.contributions if point is not None and differentiable else None
    edges = []
    for handle, operands in enumerate(graph.operands):
        for position, operand in enumerate(operands):
            edge: dict[str, Any] = {"from": f"n{operand}", "to": f"n{handle}", "position": position, "local": None}
            if flows[handle] and flows[operand]:
                slope = point.partials[handle][position] if point is not None else None
                formula = formulas.local(handle, position) if point is None or slope is not None else None
                if formula is not None or slopes.is_map(slope):
                    edge["local"] = {"formula": formula} if point is None else plain(slopes.data(slope, formula))
            if point is not None:
                row = contributions[handle] if contributions is not None else ()
                edge["contribution"] = plain(row[position]) if row else None
            edges.append(edge)
    return edges


def _groups(graph: Graph) -> list[dict[str, Any]]:
    return [
        {
            "id": f"g{number}",
            "name": group.name,
            "definition": group.label,
            "parameters": list(group.parameters),
            "arguments": [f"n{argument}" for argument in group.arguments],
            "output": f"n{group.output}",
            "parent": f"g{group.parent}" if group.parent >= 0 else None,
            "span": None if group.call is None else [group.call.start, group.call.end],
        }
        for number, group in enumerate(graph.groups)
    ]


def _shape(graph: Graph, point: Point | None, handle: int) -> list[int] | None:
    if point is not None:
        return list(getattr(point.values[handle], "shape", ()))
    shape = graph.shape_of(handle)
    return None if shape is None else list(shape)


def _number(value: Value) -> Value:
    """A truth value at the output counts as 0 or 1."""
    return float(value) if isinstance(value, (bool, int)) else value


class _Formulas:
    """Formulas of nodes and edges, each pattern (operation, literals among the operands) written once.

    In a graph of 100 000 nodes there are a few patterns; names are put into them by plain replacement.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.patterns: dict[object, str | None] = {}

    def node(self, handle: int) -> str:
        """The node's operation applied to its operands' names."""
        graph = self.graph
        if not graph.operands[handle]:
            return node_formula(graph, handle, Notation())
        text = self._filled(
            (graph.ops[handle], graph.params[handle], None), handle, lambda: node_formula(graph, handle, _marked(graph, handle))
        )
        assert text is not None
        return text

    def local(self, handle: int, position: int) -> str | None:
        """The local derivative by one operand; None where there is none."""
        graph = self.graph
        if graph.ops[handle] not in OPERATIONS:
            return None

        def write() -> str | None:
            try:
                return local_formula(graph, handle, position, _marked(graph, handle, fold=True))
            except DerivativeError:
                return None

        return self._filled((graph.ops[handle], graph.params[handle], position), handle, write)

    def _filled(self, kind: tuple[object, ...], handle: int, write: Callable[[], str | None]) -> str | None:
        graph = self.graph
        operands = graph.operands[handle]
        places: dict[int, int] = {}
        literals = tuple(graph.labels[k] if graph.ops[k] == "constant" else places.setdefault(k, len(places)) for k in operands)
        key = (*kind, literals)
        if key not in self.patterns:
            self.patterns[key] = write()
        pattern = self.patterns[key]
        if pattern is None or _MARK not in pattern:
            return pattern
        parts = pattern.split(_MARK)
        named = [graph.labels[k] for k in places] + [graph.labels[handle]]
        return "".join(part if odd % 2 == 0 else named[int(part)] for odd, part in enumerate(parts))


_MARK = "\x00"


def _marked(graph: Graph, handle: int, fold: bool = False) -> Notation:
    """A notation that writes places instead of the names of a node's operands and of itself."""
    places: dict[str, int] = {}
    for operand in graph.operands[handle]:
        if graph.ops[operand] != "constant":
            places.setdefault(graph.labels[operand], len(places))
    count = len(places)
    places.setdefault(graph.labels[handle], count)

    class Marked(Notation):
        def name(self, word: str) -> Piece:
            return Piece(f"{_MARK}{places[word]}{_MARK}" if word in places else word)

    return Marked(fold)
