"""A graph at a point: values, local derivatives, gradients, and everything that is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..engine.bindings import bind, measure, real
from ..errors import BindingError, GradvizError, NamingError, ShapeError
from ..objects.pictured import Pictured
from . import tape

if TYPE_CHECKING:
    from os import PathLike

    from ..check.results import Report
    from ..graph.structure import Graph
    from ..primitives.array_record import Shape


#: what a graph keeps for points to come: graphs with shapes, activities by the inputs that are differentiated by
_MOST_SHAPED = 32


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
    def shape(self) -> Shape:
        """The shape; () for a scalar."""
        return self.point.shape_of(self.handle)

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


class Point(Pictured):
    """A graph with values. Arrays that it hands out are read-only: they are its own; ``.copy()`` makes one to write into.

    >>> from graphviz_ad import parse
    >>> point = parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
    >>> point.value, point.gradients
    (-12.0, {'x': -4.0, 'y': -4.0, 'z': 3.0})
    >>> point["q"].value, point["q"].gradient
    (3.0, -4.0)
    """

    __slots__ = ("_cache", "_chosen", "active", "direction", "graph", "inputs", "shapes", "values", "wrt")

    def __init__(self, graph: Graph, bindings: Mapping[str, Any], wrt: tuple[str, ...] | None = None) -> None:
        self.graph = graph
        self.inputs, self.active = bind(graph, bindings)
        if wrt is not None:
            handles = graph.input_handles
            for name in wrt:
                if name not in handles:
                    raise NamingError(f"{name} is not an input", hint=f"the inputs are: {', '.join(graph.inputs) or 'none'}")
                if handles[name] in graph.selectors:
                    raise BindingError(f"{name} chooses entries, by whole numbers: there is no derivative by it")
            self.active = {handles[name] for name in wrt}
        self._chosen = wrt is not None
        self.wrt = tuple(name for name, handle in graph.input_handles.items() if handle in self.active)
        self._cache: dict[str, Any] = {}
        self.direction: dict[str, Any] | None = None  # forward mode: how the inputs move
        self.shapes: tuple[Shape, ...] | None = None  # None: every node is a scalar
        if _is_scalar(graph, self.inputs):
            self.values = tape.evaluate(graph, self.inputs)
        else:
            from . import array_tape

            key = tuple([(value.shape, value.dtype.kind) if hasattr(value, "shape") else () for value in self.inputs.values()])
            shaped = graph._cache.setdefault("shaped", {}).get(key)
            if shaped is not None:
                self.values = array_tape.frozen(array_tape.evaluate_shaped(shaped, self.inputs))
                self.shapes, self.graph = shaped.shapes, shaped
                return
            self.values, shapes = array_tape.evaluate(graph, self.inputs)
            array_tape.frozen(self.values)
            self.shapes = tuple(shapes)
            graph.check_declared(self.shapes)
            self.graph = graph.with_shapes(self.shapes)
            if array_tape.settled(graph, self.values) and len(graph._cache["shaped"]) < _MOST_SHAPED:
                graph._cache["shaped"][key] = self.graph

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles hold: the point with its values, nothing that can be found again."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "_cache"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self._cache = {}
        if self.shapes is not None:
            from .array_tape import frozen  # copies of arrays are born writable

            for table in (self.values, [*self.inputs.values()], [*(self.direction or {}).values()]):
                frozen(table)

    # -- tables ------------------------------------------------------------------------------------------------------

    @property
    def flows(self) -> list[bool]:
        """Per node: whether a derivative flows from it to an input that is differentiated by."""
        return self._table("flows", self._activity)

    def _activity(self) -> list[bool]:
        """As the graph keeps it, for the next point that is differentiated by the same inputs."""
        known = self.graph._cache.setdefault("activity", {})
        key = frozenset(self.active)
        if key not in known:
            if len(known) >= _MOST_SHAPED:
                known.clear()
            known[key] = tape.activity(self.graph, self.active)
        return known[key]

    @property
    def partials(self) -> list[tuple[Any, ...]]:
        """Per node its local derivatives by operand: a float, a :class:`LocalMap` between arrays, None where none flows."""
        if self.shapes is None:
            return self._table("partials", lambda: tape.linearize(self.graph, self.values, self.flows))
        from . import array_tape

        shapes = self.shapes
        return self._table("partials", lambda: array_tape.linearize(self.graph, self.values, shapes, self.flows))

    @property
    def cotangents(self) -> list[Any]:
        """Per node: d(output)/d(node) as it arrives; None where nothing arrives."""
        self._require_scalar()
        if self.shapes is None:
            return self._table("cotangents", lambda: self._pull({self.graph.outputs[-1]: 1.0}))
        return self._sweep[0]

    @property
    def contributions(self) -> list[tuple[Any, ...]]:
        """Per node: upstream × local by operand."""
        cotangents = self.cotangents
        if self.shapes is None:
            return self._table("contributions", lambda: tape.contributions(self.graph, self.partials, cotangents))
        return self._sweep[1]

    @property
    def _sweep(self) -> tuple[list[Any], list[tuple[Any, ...]]]:
        """Cotangents and contributions of a graph with arrays, which one sweep makes."""
        from .array_tape import frozen, pull_back

        def once() -> tuple[list[Any], list[tuple[Any, ...]]]:
            cotangents, contributions = pull_back(self.graph, self.partials, {self.graph.outputs[-1]: 1.0})
            return frozen(cotangents), frozen(contributions)

        return self._table("sweep", once)

    def _pull(self, seeds: dict[int, Any]) -> list[Any]:
        """Cotangents of the inputs from a backward sweep with cotangent seeds."""
        if self.shapes is None:
            return tape.pull_back(self.graph, self.partials, seeds)
        from . import array_tape

        return array_tape.pull_back(self.graph, self.partials, seeds, contributions=False)[0]

    def _push(self, tangents: dict[int, Any]) -> list[Any]:
        """A forward sweep from tangents of the inputs."""
        if self.shapes is None:
            return tape.push_forward(self.graph, self.partials, tangents)
        from . import array_tape

        return array_tape.push_forward(self.graph, self.partials, tangents, self.shapes)

    def shape_of(self, handle: int) -> Shape:
        """The shape of a node."""
        return () if self.shapes is None else self.shapes[handle]

    def _table(self, name: str, make: Any) -> Any:
        if name not in self._cache:
            self._cache[name] = make()
        return self._cache[name]

    def _require_scalar(self) -> None:
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

    # -- results -----------------------------------------------------------------------------------------------------

    @property
    def value(self) -> Any:
        """The output's value; of a graph with several outputs, a dict by name."""
        if len(self.graph.outputs) == 1:
            return _number(self.values[self.graph.outputs[0]])
        return {self.graph.labels[handle]: _number(self.values[handle]) for handle in self.graph.outputs}

    def gradient_of(self, handle: int) -> Any:
        """d(output)/d(node) by handle; 0 where the output does not depend on it, None where no derivative flows."""
        arrived = self.cotangents[handle]
        if arrived is not None:
            return arrived
        return self._nothing(handle) if self.flows[handle] else None

    def _nothing(self, handle: int) -> Any:
        """0 in a node's shape."""
        shape = self.shape_of(handle)
        if not shape:
            return 0.0
        from .array_tape import zeros

        return zeros(shape)

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
        return {name: self.gradient_of(handles[name]) for name in (*self.wrt, *self.passive)}

    @property
    def passive(self) -> tuple[str, ...]:
        """Inputs of whole numbers or truth values, and what only chooses entries: they have no gradient (None)."""
        if self._chosen:
            return ()
        inputs = self.graph.input_handles
        return tuple(name for name, handle in inputs.items() if handle not in self.active and not self.graph._spec(handle).constant)

    def jacobian(self, name: str) -> Any:
        """d(output)/d(input) as an ndarray of shape output.shape + input.shape; several scalar outputs are stacked in front.

        It is found row by row, column by column, or by colours of its sparsity pattern, whichever takes the fewest sweeps;
        :meth:`jacobian_method` says which.

        Raises
        ------
        LimitError
            It would have more entries than ``GRADVIZ_MAX_ENTRIES``.

        >>> from graphviz_ad import parse
        >>> parse("x**2").at(x=[1, 2, 3]).jacobian("x").diagonal()
        array([2., 4., 6.])
        """
        return self._jacobian(name)[0]

    def jacobians(self, name: str) -> Any:
        """The Jacobian by an input; of several outputs that differ in shape one each, by the output's name.

        >>> from graphviz_ad import parse
        >>> sorted(parse("y = 2*x; f = sum(x)").of("y", "f").at(x=[1, 2]).jacobians("x"))
        ['f', 'y']
        """
        if len({self.shape_of(handle) for handle in self.graph.outputs}) < 2:
            return self.jacobian(name)
        bound = self._bound
        return {self.graph.labels[h]: Point(self.graph.of_handle(h), bound, self.wrt).jacobian(name) for h in self.graph.outputs}

    def jacobian_method(self, name: str) -> str:
        """How the Jacobian is found, in words: by rows, by columns, or by colours of its sparsity pattern."""
        return self._jacobian(name)[1]

    def _jacobian(self, name: str) -> tuple[Any, str]:
        import numpy as np

        handle = self._input(name)

        def find() -> tuple[Any, str]:
            outputs = self.graph.outputs
            if self.shapes is None:
                if len(outputs) == 1:
                    slope = self._pull({outputs[0]: 1.0})[handle]
                    return np.array(0.0 if slope is None else slope), "by rows: 1 backward sweep"
                moved = self._push({handle: 1.0})
                return np.array([moved[output] for output in outputs]), "by columns: 1 forward sweep"
            found = [self._jacobian_of(output, handle) for output in outputs]
            if len(found) == 1:
                return found[0]
            if len({array.shape for array, _ in found}) > 1:
                raise ShapeError("the outputs have different shapes", hint="choose one with graph.of(name)")
            return np.stack([array for array, _ in found]), found[0][1]

        result: tuple[Any, str] = self._table(f"jacobian {name}", lambda: _kept(find()))
        return result

    def _jacobian_of(self, output: int, handle: int) -> tuple[Any, str]:
        """The Jacobian of one of several outputs."""
        from .jacobians import jacobian

        return jacobian(self, output, handle)

    def sparse_jacobian(self, name: str) -> Any:
        """The Jacobian as a SciPy sparse matrix, entries of the output by entries of the input; only what is not 0 is stored."""
        from .jacobians import sparse_jacobian

        return sparse_jacobian(self, self._one_output(), self._input(name))

    def _one_output(self) -> int:
        if len(self.graph.outputs) != 1:
            names = ", ".join(self.graph.output_names)
            raise ShapeError(f"the graph has {len(self.graph.outputs)} outputs ({names})", hint="choose one with graph.of(name)")
        return self.graph.outputs[0]

    def pullback(self, seed: Any = 1.0) -> dict[str, Any]:
        """vᵀJ: the gradients for a cotangent ``seed`` of the output, of the output's shape (a number: the same everywhere)."""
        output = self._one_output()
        if self.shapes is None:
            cotangents = self._pull({output: real("seed", seed)})
        else:
            from .array_tape import fitted

            cotangents = self._pull({output: fitted("the seed", measure("seed", seed), self.shapes[output])})
        handles = self.graph.input_handles
        return {name: self._nothing(handles[name]) if cotangents[handles[name]] is None else cotangents[handles[name]] for name in self.wrt}

    def pushforward(self, tangents: Mapping[str, Any] | None = None, /, **named: Any) -> Any:
        """J·v: how the output moves when the inputs move by the given tangents (others stay)."""
        given = {**(tangents or {}), **named}
        if self.shapes is None:
            table = self._push({self._input(name): real(name, value) for name, value in given.items()})
        else:
            from .array_tape import fitted

            moved = {self._input(name): (name, measure(name, value)) for name, value in given.items()}
            table = self._push({h: fitted(f"the tangent of {name}", value, self.shapes[h]) for h, (name, value) in moved.items()})
        if len(self.graph.outputs) == 1:
            return table[self.graph.outputs[0]]
        return {self.graph.labels[handle]: table[handle] for handle in self.graph.outputs}

    def along(self, direction: Mapping[str, Any] | None = None, /, **named: Any) -> Point:
        """The same point in forward mode: pictures and texts show tangents, how each value moves along the direction.

        Inputs that are not named stay; without any name the first input moves by 1.

        >>> from graphviz_ad import parse
        >>> point = parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).along(x=1)
        >>> point.tangent, point.tangent_of(point.graph.handle("q"))
        (-4.0, 1.0)
        """
        from .tangents import read_direction

        moved = Point.__new__(Point)
        for name in Point.__slots__:
            setattr(moved, name, getattr(self, name))
        moved._cache = {key: table for key, table in self._cache.items() if not key.startswith("tangent")}
        moved.direction = read_direction(self, {**(direction or {}), **named})
        return moved

    @property
    def tangents(self) -> list[Any]:
        """Per node: how it moves along the direction (:meth:`along`)."""
        if self.direction is None:
            raise BindingError("there is no direction\nhint: point.along(x=1) gives one")
        handles = self.graph.input_handles
        moved = {handles[name]: value for name, value in self.direction.items()}
        return self._table("tangents", lambda: self._moved(moved))

    def _moved(self, tangents: dict[int, Any]) -> list[Any]:
        """The tangents of all nodes, kept."""
        if self.shapes is None:
            return self._push(tangents)
        from .array_tape import frozen

        return frozen(self._push(tangents))

    @property
    def tangent_shares(self) -> list[tuple[Any, ...]]:
        """Per node: local × tangent by operand; None where nothing flows."""
        from .tangents import shares

        return self._table("tangent shares", lambda: shares(self, self.tangents))

    def tangent_of(self, handle: int) -> Any:
        """How a node moves along the direction; None where no derivative flows."""
        return self.tangents[handle] if self.flows[handle] else None

    @property
    def tangent(self) -> Any:
        """J·v: how the output moves along the direction; of several outputs, by name."""
        if len(self.graph.outputs) == 1:
            return self.tangents[self.graph.outputs[0]]
        return {self.graph.labels[handle]: self.tangents[handle] for handle in self.graph.outputs}

    def gradient_point(self, *names: str) -> Point:
        """The graph of the gradient at the same place: a point to be drawn, checked and differentiated like any other.

        >>> from graphviz_ad import parse
        >>> parse("x*y**2").at(x=2, y=3).gradient_point().value
        {'df_dx': 9.0, 'df_dy': 12.0}
        """
        return self._gradient_point(names or self.wrt)

    def hessian(self, *names: str) -> Any:
        """Second derivatives, from the graph of the gradient, as an ndarray.

        Of scalar inputs the matrix by inputs; of one array input an array of shape x.shape + x.shape; of several inputs
        with arrays among them the matrix by all entries in a row.

        >>> from graphviz_ad import parse
        >>> parse("sum(x**3)").at(x=[1, 2]).hessian("x")
        array([[ 6.,  0.],
               [ 0., 12.]])
        """
        import numpy as np

        chosen = names or self.wrt
        point = self._gradient_point(chosen)
        shapes = [self.shape_of(self.graph.input_handles[name]) for name in chosen]
        sizes = [int(np.prod(shape)) for shape in shapes]
        handles = [point.graph.input_handles[name] for name in chosen]
        if point.shapes is None:  # one forward sweep a column: all gradients move with one input
            moved = [point._push({handle: 1.0}) for handle in handles]
            return np.array([[column[output] for column in moved] for output in point.graph.outputs])
        rows = []
        for output, size in zip(point.graph.outputs, sizes, strict=True):
            parts = [point._jacobian_of(output, handle)[0].reshape(size, other) for handle, other in zip(handles, sizes, strict=True)]
            rows.append(np.hstack(parts))
        whole = np.vstack(rows)
        return whole.reshape(shapes[0] + shapes[0]) if len(chosen) == 1 and shapes[0] else whole

    def hessian_vector_product(self, tangents: Mapping[str, Any] | None = None, /, **named: Any) -> dict[str, Any]:
        """H·v by input, without forming H: how the gradients move when the inputs move by the given tangents.

        >>> from graphviz_ad import parse
        >>> parse("sum(x**3)").at(x=[1, 2]).hessian_vector_product(x=[1, 1])["x"]
        array([ 6., 12.])
        """
        point = self._gradient_point(self.wrt)
        moved = point.pushforward({**(tangents or {}), **named})
        found = moved if isinstance(moved, dict) else {point.graph.output: moved}
        return dict(zip(self.wrt, found.values(), strict=True))

    def _gradient_point(self, names: tuple[str, ...]) -> Point:
        """The graph of the gradient at the same place."""
        self._require_scalar()
        for name in names:
            self._input(name)
        return Point(self.graph.gradient(*names), self._bound, tuple(names))

    @property
    def _bound(self) -> dict[str, Any]:
        """The values of the inputs, as they would be bound again; unbound constants are left out."""
        return {n: self.values[h] for n, h in self.graph.input_handles.items() if not self.graph._spec(h).constant or h in self.active}

    def _input(self, name: str) -> int:
        handle = self.graph.input_handles.get(name)
        if handle is None:
            raise NamingError(f"{name} is not an input", hint=f"the inputs are: {', '.join(self.graph.inputs) or 'none'}")
        if handle not in self.active:
            raise BindingError(f"{name} is not differentiated by; it is a constant here")
        return handle

    def with_respect_to(self, *names: str) -> Point:
        """The same point, differentiated by some inputs only."""
        return Point(self.graph, self._bound, names)

    def __getitem__(self, name: str) -> PointNode:
        return PointNode(self, self.graph.handle(name))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the numbers must know: values that are not finite, slopes hidden behind a branch."""
        from .cautions import cautions

        return self._table("warnings", lambda: cautions(self))

    # -- what hangs on a point ---------------------------------------------------------------------------------------

    def check(
        self,
        *,
        quick: bool = False,
        proof: bool = False,
        curve: bool = False,
        self_test: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Report:
        """Check every gradient against independent references.

        ``quick`` settles in float64 what agrees there to six digits, and takes high precision for the rest only: many times
        faster on large graphs, without the exact values and the digits lost. ``proof`` encloses the derivatives of a graph of
        scalars in balls of Arb (the extra ``arb``): what agrees with them is proven, and the notes say which do. ``curve`` adds
        how the error of a plain difference depends on its step, for the worst entry. ``self_test`` injects known slips into the
        gradient and adds which of them the check (in high precision) catches here (``report.trials``). ``progress`` is called with
        what is done and what there is to do.

        Ctrl-C ends it with the report of what is known by then (``report.interrupted``); the next call checks anew.

        >>> from graphviz_ad import parse
        >>> parse("exp(x)*x").at(x=2).check().verdict
        'pass'

        Raises
        ------
        GradvizError
            Both ``quick`` and ``proof``; or a proof without the extra.
        """
        from ..check.check_point import check_point

        if quick and proof:
            raise GradvizError("a quick check proves nothing\nhint: take quick or proof")
        if quick:
            from ..check.check_point import check_quickly

            kept = "quick report"
            report: Report = self._table(kept, lambda: check_quickly(self))
        elif proof:
            kept = "proof"
            report = self._table(kept, lambda: check_point(self, progress, proof=True))
        else:
            kept = "report"
            report = self._table(kept, lambda: check_point(self, progress))
        if report.interrupted:
            del self._cache[kept]
        report.title = report.title or self.graph.text.strip()[:200]
        if curve and not report.curve and not report.interrupted:
            from ..check.callables.step_curve import curve_of_point

            report.curve = curve_of_point(self, report)
        if self_test and not report.trials and not report.interrupted:
            from ..check.diagnosis.self_test import self_test_point

            self_test_point(self, report, progress)
        return report

    def document(self, *, check: bool = True) -> dict[str, Any]:
        """The point as plain data: the JSON object of schema ``gradviz/1``."""
        from ..scene.document import document

        return document(self, check=check)

    def explain(self, form: str = "text") -> str:
        """The chain rule line by line: formula, substitution, number; of a point with a direction, from the inputs on.

        ``form``: "text", "markdown", "latex" (a document that compiles) or "html" (a page).
        """
        from ..formats.writing import explain

        return explain(self, form).decode("utf-8")

    def save_explanation(self, path: str | PathLike[str]) -> None:
        """Write the derivation alone; txt, md, tex, html or pdf by the suffix.

        Raises
        ------
        GradvizError
            Another suffix.
        EngineError
            A PDF without the extra ``pdf``.
        """
        from ..formats.writing import save_explanation

        save_explanation(self, path)

    def _drawn(self) -> tuple[Graph, Point]:
        return self.graph, self

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={self.values[handle]!r}" for name, handle in self.graph.input_handles.items() if handle in self.active)
        return f"Point({self.graph.output} = {self.value!r} at {given})"


def _is_scalar(graph: Graph, inputs: Mapping[int, Any]) -> bool:
    """Whether the plain tape can run the graph: no array among the inputs, no operation on arrays."""
    if any(value.__class__ is not float for value in inputs.values()) and any(hasattr(value, "shape") for value in inputs.values()):
        return False
    return graph.elementwise


def _kept(found: tuple[Any, str]) -> tuple[Any, str]:
    """A Jacobian that is kept: nobody can write into it."""
    found[0].setflags(write=False)
    return found


def _number(value: Any) -> Any:
    """A truth value at the output counts as 0 or 1."""
    if isinstance(value, (bool, int)):
        return float(value)
    return value.astype(float) if getattr(getattr(value, "dtype", None), "kind", "") == "b" else value
