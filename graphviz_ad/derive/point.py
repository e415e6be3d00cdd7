"""A graph at a point: values, local derivatives, gradients, and everything that is asked of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from ..errors import BindingError, NamingError, ShapeError
from . import tape
from .bindings import bind, real

if TYPE_CHECKING:
    from ..check.report import Report
    from ..graph.graph import Graph


class PointNode:
    """One node at a point: value, gradient, local derivatives and contributions."""

    __slots__ = ("handle", "point")

    def __init__(self, point: Point, handle: int) -> None:
        self.point, self.handle = point, handle

    @property
    def name(self) -> str:
        """The node's name."""
        return self.point.graph.labels[self.handle]

    @property
    def value(self) -> Any:
        """The forward value."""
        return self.point.values[self.handle]

    @property
    def gradient(self) -> Any:
        """d(output)/d(node): the sum of the contributions of its uses; None where no derivative flows."""
        return self.point.gradient_of(self.handle)

    @property
    def locals(self) -> tuple[Any, ...]:
        """The local derivative by each operand; None where none flows."""
        return self.point.partials[self.handle]

    @property
    def contributions(self) -> tuple[Any, ...]:
        """upstream × local for each operand."""
        return self.point.contributions[self.handle]

    def __repr__(self) -> str:
        return f"PointNode({self.name} = {self.value!r}, gradient {self.gradient!r})"


class Point:
    """A graph with values.

    >>> from graphviz_ad import parse
    >>> point = parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
    >>> point.value, point.gradients
    (-12.0, {'x': -4.0, 'y': -4.0, 'z': 3.0})
    >>> point["q"].value, point["q"].gradient
    (3.0, -4.0)
    """

    __slots__ = ("_cache", "active", "graph", "inputs", "values", "wrt")

    def __init__(self, graph: Graph, bindings: Mapping[str, Any], wrt: tuple[str, ...] | None = None) -> None:
        self.graph = graph
        self.inputs, self.active = bind(graph, bindings)
        if wrt is not None:
            handles = graph.input_handles
            for name in wrt:
                if name not in handles:
                    raise NamingError(f"{name} is not an input", hint=f"the inputs are: {', '.join(graph.inputs) or 'none'}")
            self.active = {handles[name] for name in wrt}
        self.wrt = tuple(name for name, handle in graph.input_handles.items() if handle in self.active)
        self.values = tape.evaluate(graph, self.inputs)
        self._cache: dict[str, Any] = {}

    # -- tables ------------------------------------------------------------------------------------------------------

    @property
    def flows(self) -> list[bool]:
        """Per node: whether a derivative flows from it to an input that is differentiated by."""
        return self._table("flows", lambda: tape.activity(self.graph, self.active))

    @property
    def partials(self) -> list[tape.Partials]:
        """Per node: its local derivatives by operand."""
        return self._table("partials", lambda: tape.linearize(self.graph, self.values, self.flows))

    @property
    def cotangents(self) -> list[float | None]:
        """Per node: d(output)/d(node) as it arrives; None where nothing arrives."""
        return self._sweep[0]

    @property
    def contributions(self) -> list[tape.Partials]:
        """Per node: upstream × local by operand."""
        return self._sweep[1]

    @property
    def _sweep(self) -> tuple[list[float | None], list[tape.Partials]]:
        self._require_scalar()
        return self._table("sweep", lambda: tape.pull_back(self.graph, self.values, self.partials, {self.graph.outputs[-1]: 1.0}))

    def _table(self, name: str, make: Any) -> Any:
        if name not in self._cache:
            self._cache[name] = make()
        return self._cache[name]

    def _require_scalar(self) -> None:
        if len(self.graph.outputs) != 1:
            names = ", ".join(self.graph.output_names)
            raise ShapeError(f"the graph has {len(self.graph.outputs)} outputs ({names})", hint="choose one with graph.of(name), or ask for jacobian(name)")

    # -- results -----------------------------------------------------------------------------------------------------

    @property
    def value(self) -> Any:
        """The output's value; of a graph with several outputs, a dict by name."""
        if len(self.graph.outputs) == 1:
            return _number(self.values[self.graph.outputs[0]])
        return {self.graph.labels[handle]: _number(self.values[handle]) for handle in self.graph.outputs}

    def gradient_of(self, handle: int) -> float | None:
        """d(output)/d(node) by handle; 0.0 where the output does not depend on it, None where no derivative flows."""
        arrived = self.cotangents[handle]
        if arrived is not None:
            return arrived
        return 0.0 if self.flows[handle] else None

    @property
    def gradients(self) -> dict[str, Any]:
        """d(output)/d(input) by input name.

        Raises
        ------
        ShapeError
            The output is not a scalar, or there are several outputs; ask for :meth:`jacobian`.
        """
        self._require_scalar()
        handles = self.graph.input_handles
        return {name: self.gradient_of(handles[name]) for name in self.wrt}

    def jacobian(self, name: str) -> Any:
        """d(output)/d(input) as an ndarray of shape output.shape + input.shape; several outputs are stacked in front."""
        import numpy

        handle = self._input(name)
        rows = []
        for output in self.graph.outputs:
            cotangents, _ = tape.pull_back(self.graph, self.values, self.partials, {output: 1.0})
            rows.append(cotangents[handle] or 0.0)
        return numpy.array(rows if len(rows) > 1 else rows[0], dtype=float)

    def pullback(self, seed: float = 1.0) -> dict[str, Any]:
        """vᵀJ: the gradients for a cotangent ``seed`` of the output."""
        self._require_scalar()
        cotangents, _ = tape.pull_back(self.graph, self.values, self.partials, {self.graph.outputs[0]: real("seed", seed)})
        handles = self.graph.input_handles
        return {name: cotangents[handles[name]] or 0.0 for name in self.wrt}

    def pushforward(self, tangents: Mapping[str, Any] | None = None, /, **named: Any) -> Any:
        """J·v: how the output moves when the inputs move by the given tangents (others stay)."""
        moved = {self._input(name): real(name, value) for name, value in {**(tangents or {}), **named}.items()}
        table = tape.push_forward(self.graph, self.partials, moved)
        if len(self.graph.outputs) == 1:
            return table[self.graph.outputs[0]]
        return {self.graph.labels[handle]: table[handle] for handle in self.graph.outputs}

    def hessian(self, *names: str) -> Any:
        """The matrix of second derivatives by scalar inputs, from the graph of the gradient, as an ndarray."""
        import numpy

        chosen = names or self.wrt
        graph = self.graph.gradient(*chosen)
        values = {name: self.values[handle] for name, handle in self.graph.input_handles.items()}
        bound = {name: value for name, value in values.items() if name in graph.input_handles}
        rows = []
        for output in graph.output_names:
            gradients = Point(graph.of(output), bound).gradients
            rows.append([gradients.get(name, 0.0) for name in chosen])
        return numpy.array(rows, dtype=float)

    def _input(self, name: str) -> int:
        handle = self.graph.input_handles.get(name)
        if handle is None:
            raise NamingError(f"{name} is not an input", hint=f"the inputs are: {', '.join(self.graph.inputs) or 'none'}")
        if handle not in self.active:
            raise BindingError(f"{name} is not differentiated by; it is a constant here")
        return handle

    def with_respect_to(self, *names: str) -> Point:
        """The same point, differentiated by some inputs only."""
        bound = {name: self.values[h] for name, h in self.graph.input_handles.items() if not self.graph._spec(h).constant or h in self.active}
        return Point(self.graph, bound, names)

    def __getitem__(self, name: str) -> PointNode:
        return PointNode(self, self.graph.handle(name))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the numbers must know: values that are not finite, slopes hidden behind a branch."""
        return self._table("warnings", lambda: _warnings(self))

    # -- what hangs on a point ---------------------------------------------------------------------------------------

    def check(self) -> Report:
        """Check every gradient against independent references."""
        from ..check.graph_check import check_point

        return self._table("report", lambda: check_point(self))

    def document(self, *, check: bool = True) -> dict[str, Any]:
        """The point as plain data: the JSON object of schema ``gradviz/1``."""
        from ..scene.document import document

        return document(self, check=check)

    def explain(self, form: str = "text") -> str:
        """The chain rule line by line: formula, substitution, number. ``form``: "text", "markdown" or "latex"."""
        from ..scene.derivation import derive
        from ..render.derivation import write

        return write(derive(self), form)

    def scene(self, **options: Any) -> Any:
        """The picture as plain data (:class:`graphviz_ad.scene.model.Scene`)."""
        from ..scene.compose import compose

        return compose(self.graph, self, **options)

    def save(self, path: str | PathLike[str], **options: Any) -> None:
        """Write the picture or the data; the format follows from the suffix."""
        from ..scene.saving import save

        save(self.graph, self, path, **options)

    def _repr_svg_(self) -> str:
        from ..scene.saving import produce

        return produce(self.graph, self, "svg").decode()

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={self.values[handle]!r}" for name, handle in self.graph.input_handles.items() if handle in self.active)
        return f"Point({self.graph.output} = {self.value!r} at {given})"


def _number(value: Any) -> Any:
    """A truth value at the output counts as 0 or 1."""
    return float(value) if isinstance(value, (bool, int)) else value


def _warnings(point: Point) -> tuple[str, ...]:
    graph = point.graph
    found = [f"{name} is not used by the expression" for name, handle in graph.input_handles.items() if graph._spec(handle).unused]
    for handle in graph.outputs:
        value = point.values[handle]
        if isinstance(value, float) and not math.isfinite(value):
            found.append(f"{graph.labels[handle]} is not finite: {value}{_first_bad(point, handle)}")
    if len(graph.outputs) == 1:
        for name, gradient in point.gradients.items():
            if gradient is not None and not math.isfinite(gradient):
                found.append(f"the gradient by {name} is not finite: {gradient}")
        for handle, row in enumerate(point.partials):
            if point.cotangents[handle] is None and any(slope is not None and not math.isfinite(slope) for slope in row) and graph.needed[handle]:
                label = graph.labels[handle]
                found.append(f"{label} has no finite slope but stands in a branch not taken; frameworks that multiply by 0 give NaN here")
    return tuple(dict.fromkeys(found))


def _first_bad(point: Point, handle: int) -> str:
    """The first node on the way whose value is not finite, where it is not the output itself."""
    needed = point.graph._with_outputs((handle,)).needed
    for index, value in enumerate(point.values):
        if needed[index] and isinstance(value, float) and not math.isfinite(value):
            if index == handle or point.graph.ops[index] == "input":
                return ""
            from ..graph.node import Node

            return f" (first at {point.graph.labels[index]} = {Node(point.graph, index).formula})"
    return ""
