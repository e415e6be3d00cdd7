"""A graph with values, as tables: per node its value, its partials and its cotangent, per edge its contribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..engine.activity import Activity
from ..engine.bindings import bind
from ..engine.evaluation import evaluate
from ..errors import BindingError, NamingError, ShapeError
from . import tape

if TYPE_CHECKING:
    from ..graph.structure import Graph
    from ..primitives.call import Shape
    from ..primitives.types import Numbers

T = TypeVar("T")


class Tables:
    """The tables of a graph at a point. Arrays in them are read-only; each table is made when it is first asked for, and kept.

    ``values`` has an entry a node, ``inputs`` the bound ones by handle, ``shapes`` one a node (None: every node is a scalar);
    ``active`` are the inputs that are differentiated by, by handle, ``wrt`` the same by name; ``direction`` says in forward mode how
    the inputs move.

    Raises
    ------
    NamingError
        An input without a value, a value for something else, a name in ``wrt`` that is no input.
    BindingError
        A value that is not a real number or array; an input in ``wrt`` that only chooses entries.
    ShapeError
        Operands that do not fit.
    """

    #: what copies and pickles hold: nothing that can be found again
    FIELDS = ("_chosen", "active", "direction", "graph", "inputs", "shapes", "values", "wrt")
    __slots__ = ("__dict__", "_made", *FIELDS)

    def __init__(self, graph: Graph, bindings: Mapping[str, Any], wrt: tuple[str, ...] | None = None) -> None:
        self.inputs, self.active = bind(graph, bindings)
        self.graph, self.values, self.shapes = evaluate(graph, self.inputs)
        if wrt is not None:
            self.active = {_differentiable(graph, name) for name in wrt}
        self._chosen = wrt is not None
        self.wrt = tuple(name for name, handle in graph.input_handles.items() if handle in self.active)
        self._made: dict[Callable[..., Any], Any] = {}
        self.direction: dict[str, Any] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles hold: the point with its values, nothing that can be found again."""
        return {name: getattr(self, name) for name in Tables.FIELDS}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self._made = {}
        if self.shapes is not None:
            from ..engine.arrays import frozen  # copies of arrays are born writable

            for table in (self.values, [*self.inputs.values()], [*(self.direction or {}).values()]):
                frozen(table)

    def once(self, make: Callable[[Self], T]) -> T:
        """``make(point)``, worked out at the first call and remembered under the function; copies and pickles drop it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    # -- tables ------------------------------------------------------------------------------------------------------

    @cached_property
    def flows(self) -> list[bool]:
        """Per node: whether a derivative flows from it to an input that is differentiated by."""
        return self.graph.once(Activity).by(frozenset(self.active))

    @cached_property
    def partials(self) -> list[tuple[Any, ...]]:
        """Per node its local derivatives by operand: a float, a :class:`LocalMap` between arrays, None where none flows."""
        if self.shapes is None:
            return tape.linearize(self.graph, self.values, self.flows)
        from . import array_tape

        return array_tape.linearize(self.graph, self.values, self.shapes, self.flows)

    @cached_property
    def cotangents(self) -> list[Any]:
        """Per node: d(output)/d(node) as it arrives; None where nothing arrives."""
        self.require_scalar()
        return self.pull({self.graph.outputs[-1]: 1.0}) if self.shapes is None else self._sweep[0]

    @cached_property
    def contributions(self) -> list[tuple[Any, ...]]:
        """Per node: upstream × local by operand."""
        cotangents = self.cotangents
        return tape.contributions(self.graph, self.partials, cotangents) if self.shapes is None else self._sweep[1]

    @cached_property
    def _sweep(self) -> tuple[list[Any], list[tuple[Any, ...]]]:
        """Cotangents and contributions of a graph with arrays, which one sweep makes."""
        from ..engine.arrays import frozen
        from .array_tape import pull_back

        cotangents, contributions = pull_back(self.graph, self.partials, {self.graph.outputs[-1]: 1.0})
        return frozen(cotangents), frozen(contributions)

    def pull(self, seeds: dict[int, Any]) -> list[Any]:
        """Cotangents of the inputs from a backward sweep with cotangent seeds."""
        if self.shapes is None:
            return tape.pull_back(self.graph, self.partials, seeds)
        from . import array_tape

        return array_tape.pull_back(self.graph, self.partials, seeds, contributions=False)[0]

    def push(self, tangents: dict[int, Any]) -> list[Any]:
        """A forward sweep from tangents of the inputs."""
        if self.shapes is None:
            return tape.push_forward(self.graph, self.partials, tangents)
        from . import array_tape

        return array_tape.push_forward(self.graph, self.partials, tangents, self.shapes)

    # -- what is asked of them ---------------------------------------------------------------------------------------

    def shape_of(self, handle: int) -> Shape:
        """The shape of a node."""
        return () if self.shapes is None else self.shapes[handle]

    def nothing(self, handle: int) -> Numbers:
        """0 in a node's shape."""
        shape = self.shape_of(handle)
        if not shape:
            return 0.0
        from ..engine.arrays import zeros

        return zeros(shape)

    def gradient_of(self, handle: int) -> Any:
        """d(output)/d(node) by handle; 0 where the output does not depend on it, None where no derivative flows."""
        arrived = self.cotangents[handle]
        if arrived is not None:
            return arrived
        return self.nothing(handle) if self.flows[handle] else None

    @cached_property
    def node_gradients(self) -> list[Any]:
        """Per node :meth:`gradient_of`."""
        return [self.gradient_of(handle) for handle in range(len(self.values))]

    @property
    def gradients(self) -> dict[str, Any]:
        """d(output)/d(input) by input name.

        Raises
        ------
        ShapeError
            The output is not a scalar, or there are several outputs; ask for :meth:`jacobian`.
        """
        self.require_scalar()
        handles = self.graph.input_handles
        return {name: self.gradient_of(handles[name]) for name in (*self.wrt, *self.passive)}

    @property
    def passive(self) -> tuple[str, ...]:
        """Inputs of whole numbers or truth values, and what only chooses entries: they have no gradient (None)."""
        if self._chosen:
            return ()
        inputs = self.graph.input_handles
        return tuple(name for name, handle in inputs.items() if handle not in self.active and not self.graph.input_spec(handle).constant)

    @property
    def bound(self) -> dict[str, Any]:
        """The values of the inputs, as they would be bound again; unbound constants are left out."""
        handles = self.graph.input_handles
        return {n: self.values[h] for n, h in handles.items() if not self.graph.input_spec(h).constant or h in self.active}

    def active_input(self, name: str) -> int:
        """The handle of an input that is differentiated by.

        Raises
        ------
        NamingError, BindingError
            It is no input; it is a constant here.
        """
        handle = self.graph.input_handles.get(name)
        if handle is None:
            raise NamingError(f"{name} is not an input", hint=f"the inputs are: {', '.join(self.graph.inputs) or 'none'}")
        if handle not in self.active:
            raise BindingError(f"{name} is not differentiated by; it is a constant here")
        return handle

    def require_scalar(self) -> None:
        """Raise ShapeError unless there is one output, a scalar."""
        if len(self.graph.outputs) != 1:
            names = ", ".join(self.graph.output_names)
            raise ShapeError(
                f"the graph has {len(self.graph.outputs)} outputs ({names})",
                hint="choose one with graph.of(name), or ask for jacobian(name)",
            )
        shape = self.shape_of(self.graph.outputs[0])
        if shape:
            wrt = self.wrt[0] if self.wrt else "x"
            text = f"the output {self.graph.output} has shape {shape}: a gradient is that of a scalar"
            raise ShapeError(text, hint=f'ask for point.jacobian("{wrt}"), or for point.pullback(seed)')


def _differentiable(graph: Graph, name: str) -> int:
    """The handle of an input that was chosen to be differentiated by."""
    handles = graph.input_handles
    if name not in handles:
        raise NamingError(f"{name} is not an input", hint=f"the inputs are: {', '.join(graph.inputs) or 'none'}")
    if handles[name] in graph.selectors:
        raise BindingError(f"{name} chooses entries, by whole numbers: there is no derivative by it")
    return handles[name]
