"""A graph as a function under test: on floats by its own evaluation, on numbers of high precision by the checker's reference."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ...engine.bindings import bind
from ...engine.evaluation import value_at
from ..probing.high_precision_numbers import DIGITS, MP, Number
from ..references.scalars import Reference

if TYPE_CHECKING:
    from ...graph.structure import Graph


class GraphFunction:
    """``f(*values)`` or ``f(**values)`` of a graph with one output; the parameters are its inputs in their order.

    >>> import graphviz_ad as gv
    >>> GraphFunction(gv.parse("x*y + 1"))(2.0, 3.0)
    7.0
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.names = [name for name, handle in graph.input_handles.items() if not graph.input_spec(handle).constant]
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        self.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in self.names if name.isidentifier()])

    def __call__(self, *positional: Any, **named: Any) -> Any:
        """The value of the output."""
        bound = {**dict(zip(self.names, positional)), **named}
        if any(isinstance(value, Number) for value in bound.values()):
            return self._exact(bound)
        if any(getattr(value, "dtype", None) == np.dtype(object) for value in bound.values()):
            raise TypeError("arrays of a graph are not evaluated in high precision here")
        return value_at(self.graph, bound)

    def _exact(self, bound: dict[str, Any]) -> Number:
        rounded = {name: float(MP.re(v.mp_value)) if isinstance(v, Number) else v for name, v in bound.items()}
        reference = Reference(self.graph, bind(self.graph, rounded)[0])
        reference.mp.dps = DIGITS
        values: list[Any] = [None] * len(self.graph.ops)
        for name, value in bound.items():
            if isinstance(value, Number):
                values[self.graph.input_handles[name]] = reference.mp.mpf(value.mp_value)
        order = [handle for handle, op in enumerate(self.graph.ops) if self.graph.needed[handle] or op == "input"]
        result = reference.evaluate(order, values)[reference.output]
        return Number(MP.mpf(result))
