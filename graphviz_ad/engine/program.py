"""A graph compiled once into a list of NumPy calls that run again and again on the same memory.

Nothing is derived here: the gradient is a graph already (:meth:`~graphviz_ad.Graph.gradient`), and this module only decides
where each of its nodes lives. Inputs are arrays of the caller, read anew at every run; what depends on inputs declared
``fixed`` is computed once. Rearrangements become views, a buffer that nobody reads any more is used again, and no run
allocates anything for the operations named in :mod:`~graphviz_ad.engine.calls`. Other operations of the vocabulary run
through the same kernels as everywhere and are copied into their buffers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - the program is made of NumPy calls, and only who trains loads it

from ..errors import BindingError, NamingError
from ..primitives.call import Shape
from ..primitives.registry import OPERATIONS
from .arrays import node_value
from .calls import OVERWRITES, Instruction, alias, emit

if TYPE_CHECKING:
    from ..graph.structure import Graph
    from ..primitives.types import Array


class Program:
    """The outputs of a graph, recomputed by :meth:`run` from whatever its input arrays hold then.

    Parameters
    ----------
    graph
        Any graph; several outputs are fine. Its shapes follow from the arrays.
    inputs
        An array for every input that has no default. They are bound, not copied: write into them between runs.
    fixed
        Inputs that will not change: everything that depends on them alone is computed now.
    into
        Arrays that receive outputs, by output name (a slice of one long gradient vector, say).

    Labels of ``pick`` must stay in range when they are rewritten between runs; NaN in front of a relu has slope 0 here.

    >>> import numpy as np
    >>> from graphviz_ad import parse
    >>> x = np.array([1.0, 2.0])
    >>> graph = parse("L = sum(x**2)").shaped(x=(2,))
    >>> program = Program(graph.gradient("x"), {"x": x})
    >>> program.run()["dL_dx"]
    array([2., 4.])
    >>> x += 1
    >>> program.run()["dL_dx"]
    array([4., 6.])

    Raises
    ------
    NamingError
        An input has no array.
    BindingError
        An array of ``into`` has another shape than its output.
    ShapeError
        Operands do not fit.
    """

    __slots__ = ("_steps", "graph", "outputs")

    def __init__(
        self, graph: Graph, inputs: Mapping[str, Array], fixed: Collection[str] = (), into: Mapping[str, Array] | None = None
    ) -> None:
        self.graph = _with_shapes(graph, inputs)
        plan = _Plan(self.graph, inputs, frozenset(fixed), into or {})
        with np.errstate(all="ignore"):
            plan.compile()
        self._steps: tuple[Callable[[], Any], ...] = tuple(plan.steps)
        self.outputs: dict[str, Array] = dict(zip(self.graph.output_names, plan.results, strict=True))

    def run(self) -> dict[str, Array]:
        """Compute; the arrays that come back are the same ones at every run."""
        with np.errstate(all="ignore"):
            self.step()
        return self.outputs

    def step(self) -> None:
        """The same without silencing NumPy's warnings: for loops that do so once around all their steps."""
        for step in self._steps:
            step()

    @property
    def calls(self) -> int:
        """The number of NumPy calls of a run."""
        return len(self._steps)


def _with_shapes(graph: Graph, inputs: Mapping[str, Array]) -> Graph:
    missing = [n for n, h in graph.input_handles.items() if n not in inputs and graph.params[h].default is None]  # type: ignore[attr-defined]
    if missing:
        raise NamingError(f"no array for {', '.join(missing)}", hint="every input needs one")
    return graph.shaped({name: np.shape(array) for name, array in inputs.items() if name in graph.input_handles})


class _Plan:
    """Where every node lives while the list of calls is written down.

    ``place[h]`` is the array of node h, ``known[h]`` whether it will never change. Nodes may share memory: views show another
    node's, and a buffer goes to the next node that needs one of its shape after its last reader.
    """

    def __init__(self, graph: Graph, inputs: Mapping[str, Array], fixed: frozenset[str], into: Mapping[str, Array]) -> None:
        assert graph.shapes is not None
        self.graph, self.inputs, self.fixed, self.into = graph, inputs, fixed, into
        self.shapes: tuple[Shape, ...] = graph.shapes
        count = len(graph.ops)
        self.place: list[Any] = [None] * count
        self.known = [False] * count
        self.steps: list[Callable[[], Any]] = []
        self.results: list[Array] = []
        self.home: dict[int, Array] = {}
        for handle, name in zip(graph.outputs, graph.output_names, strict=True):
            if name in into and into[name].shape != self.shapes[handle]:
                raise BindingError(f"{name} has shape {self.shapes[handle]}, the array for it {into[name].shape}")
            if name in into:
                self.home[handle] = into[name]
        self._owned: dict[int, Array] = {}  # by node, the buffers that are in use
        self._free: dict[tuple[Shape, bool], list[Array]] = {}  # those that are not

    def compile(self) -> None:
        """Write down the calls."""
        graph = self.graph
        needed = graph.needed
        views: list[int] = list(range(len(graph.ops)))  # the computing node behind each view
        twin_of: dict[int, int] = {}
        twins: dict[tuple[Any, ...], int] = {}
        for handle, op in enumerate(graph.ops):
            if needed[handle] and self._fold(handle, op):
                continue
            if needed[handle] and op != "input":
                twin = self._twin(handle, twins)
                if twin is not None:
                    twin_of[handle] = twin
                    views[handle] = views[twin]
                elif handle not in self.home and alias(graph, handle):
                    views[handle] = views[graph.operands[handle][0]]
        ends = [-1] * len(graph.ops)
        for handle, operands in enumerate(graph.operands):
            if needed[handle] and not self.known[handle] and graph.ops[handle] != "input":
                reads = self._reads(handle, operands)
                for one in reads:
                    ends[views[one]] = max(ends[views[one]], handle)
        for handle in graph.outputs:
            ends[views[handle]] = len(graph.ops)
        dying: dict[int, list[int]] = {}
        for one, end in enumerate(ends):
            dying.setdefault(end, []).append(one)
        for handle, op in enumerate(graph.ops):
            if not needed[handle] or self.place[handle] is not None or op == "input":
                continue
            last = dying.get(handle, [])
            if handle in twin_of:
                self.place[handle] = self.place[twin_of[handle]].reshape(self.shapes[handle])
            elif views[handle] != handle:
                view = alias(graph, handle)
                assert view is not None
                self.place[handle] = view(self.place[graph.operands[handle][0]], self.shapes[handle])
            else:
                self._write(handle, op, last)
            for one in last:
                self._release(one)
        self.results = [self.place[handle] for handle in graph.outputs]

    def _fold(self, handle: int, op: str) -> bool:
        """Whether the value is certain already; then it has its place."""
        graph, operands = self.graph, self.graph.operands[handle]
        if op == "input":
            name = str(graph.names[handle])
            spec: Any = graph.params[handle]
            self.known[handle] = name in self.fixed or name not in self.inputs
            self.place[handle] = np.asarray(self.inputs.get(name, spec.default))
            return True
        if op == "constant":
            self.known[handle] = True
            self.place[handle] = np.array(float(graph.params[handle].value))  # type: ignore[attr-defined]
            return True
        if not all(self.known[k] for k in operands) or handle in self.home:
            return False
        self.known[handle] = True
        values: list[Any] = list(self.place)
        for k in operands:
            values[k] = values[k].item() if values[k].ndim == 0 else values[k]
        self.place[handle] = np.asarray(node_value(graph, handle, values, self.shapes))
        return True

    def _twin(self, handle: int, twins: dict[tuple[Any, ...], int]) -> int | None:
        """An earlier reduction that differs in ``keepdims`` only: the same numbers in another shape."""
        graph = self.graph
        if graph.ops[handle] not in ("max", "min", "sum", "mean") or handle in self.home:
            return None
        params: Any = dict(graph.params[handle])  # type: ignore[call-overload]
        key = (graph.ops[handle], graph.operands[handle], params["axis"])
        found = twins.setdefault(key, handle)
        return None if found == handle else found

    def _reads(self, handle: int, operands: tuple[int, ...]) -> list[int]:
        """The nodes that a node's call reads: of relu's slope the result of relu, whose sign is the same."""
        return [self._through(handle, k) for k in operands if not self.known[k]]

    def _through(self, handle: int, operand: int) -> int:
        if self.graph.ops[handle] == "heaviside" and self.shapes[handle]:
            for user, position in self.graph.users[operand]:
                if self.graph.ops[user] == "relu" and position == 0 and user < handle and self.graph.needed[user]:
                    return user
        return operand

    # -- memory ------------------------------------------------------------------------------------------------------

    def _write(self, handle: int, op: str, last: list[int]) -> None:
        graph, shape = self.graph, self.shapes[handle]
        operands = tuple(k if self.known[k] else self._through(handle, k) for k in graph.operands[handle])
        record = OPERATIONS.get(op)
        truth = record is not None and record.boolean
        out = self.home.get(handle)
        if out is None and op in OVERWRITES and not truth:
            for k in operands:  # its first reader that is also its last one may write over it
                if k in last and self._owned.get(k) is self.place[k] and self.shapes[k] == shape:
                    out = self._owned[handle] = self._owned.pop(k)
                    break
        if out is None:
            spare = self._free.get((shape, truth))
            if spare:
                out = self._owned[handle] = spare.pop()
            else:
                out = self._owned[handle] = np.empty(shape, dtype=bool if truth else float)
        self.place[handle] = out
        places, known = tuple(self.place[k] for k in operands), tuple(self.known[k] for k in operands)
        self.steps.extend(emit(Instruction(graph, handle, places, known, self.shapes, out)))

    def _release(self, handle: int) -> None:
        array = self._owned.pop(handle, None)
        if array is not None:
            self._free.setdefault((array.shape, array.dtype == bool), []).append(array)
