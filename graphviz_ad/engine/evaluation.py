"""A graph with values for its inputs: the value of every node, run on plain numbers or on arrays, whichever the inputs want."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import scalars
from .bindings import bind

if TYPE_CHECKING:
    from ..graph.structure import Graph
    from ..primitives.call import Shape

#: graphs with shapes that a graph keeps for evaluations to come
_MOST_SHAPED = 32


def evaluate(graph: Graph, inputs: Mapping[int, Any]) -> tuple[Graph, list[Any], tuple[Shape, ...] | None]:
    """The graph, with shapes where arrays are met; the values of all nodes, the arrays among them read-only; and the shapes.

    The shapes are None where all nodes are plain numbers. ``inputs`` are values by handle, as :func:`bind` gives them.

    Raises
    ------
    ShapeError
        Operands that do not fit; they are named with their shapes.
    """
    if _is_scalar(graph, inputs):
        return graph, scalars.evaluate(graph, inputs), None
    shaped, values = graph.once(ShapedGraphs).evaluated(inputs)
    return shaped, values, shaped.shapes


def output_value(graph: Graph, values: list[Any]) -> Any:
    """The output's value; of a graph with several outputs, a dict by name. A truth value counts as 0 or 1."""
    if len(graph.outputs) == 1:
        return _number(values[graph.outputs[0]])
    return {graph.labels[handle]: _number(values[handle]) for handle in graph.outputs}


def value_at(graph: Graph, bindings: Mapping[str, Any]) -> Any:
    """:func:`output_value` for values of the inputs by name; raises what :func:`bind` and :func:`evaluate` raise."""
    graph = graph.with_unused(bindings)
    shaped, values, _ = evaluate(graph, bind(graph, bindings)[0])
    return output_value(shaped, values)


class ShapedGraphs:
    """A graph with shapes by the shapes of its inputs; the graph keeps it (:meth:`Graph.once`) for points to come."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._kept: dict[tuple[tuple[Shape, str] | tuple[()], ...], Graph] = {}

    def evaluated(self, inputs: Mapping[int, Any]) -> tuple[Graph, list[Any]]:
        """The graph with its shapes, and the values of its nodes."""
        from . import arrays

        key = tuple([(value.shape, value.dtype.kind) if hasattr(value, "shape") else () for value in inputs.values()])
        shaped = self._kept.get(key)
        if shaped is not None:
            return shaped, arrays.frozen(arrays.evaluate_shaped(shaped, inputs))
        values, found = arrays.evaluate(self._graph, inputs)
        arrays.frozen(values)
        shapes = tuple(found)
        self._graph.check_declared(shapes)
        shaped = self._graph.with_shapes(shapes)
        if arrays.settled(self._graph, values) and len(self._kept) < _MOST_SHAPED:
            self._kept[key] = shaped
        return shaped, values


def _is_scalar(graph: Graph, inputs: Mapping[int, Any]) -> bool:
    """Whether plain numbers are enough: no array among the inputs, no operation on arrays."""
    if any(value.__class__ is not float for value in inputs.values()) and any(hasattr(value, "shape") for value in inputs.values()):
        return False
    return graph.elementwise


def _number(value: Any) -> Any:
    if isinstance(value, (bool, int)):
        return float(value)
    return value.astype(float) if getattr(getattr(value, "dtype", None), "kind", "") == "b" else value
