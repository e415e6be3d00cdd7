"""What is asked of a graph at a point: values, gradients, Jacobians, Hessians, products with them, forward mode, warnings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from ..engine.bindings import measure, real
from ..engine.evaluation import output_value
from ..errors import BindingError, ShapeError
from .tables import Tables

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    from ..primitives.types import Numbers


class Point(Tables):
    """A graph with values, and every derivative of it. People meet the subclass :class:`graphviz_ad.Point`."""

    __slots__ = ()

    @cached_property
    def value(self) -> Any:
        """The output's value; of a graph with several outputs, a dict by name."""
        return output_value(self.graph, self.values)

    def jacobian(self, name: str) -> NDArray[np.float64]:
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

    def jacobians(self, name: str) -> NDArray[np.float64] | dict[str, NDArray[np.float64]]:
        """The Jacobian by an input; of several outputs that differ in shape one each, by the output's name.

        >>> from graphviz_ad import parse
        >>> sorted(parse("y = 2*x; f = sum(x)").of("y", "f").at(x=[1, 2]).jacobians("x"))
        ['f', 'y']
        """
        if len({self.shape_of(handle) for handle in self.graph.outputs}) < 2:
            return self.jacobian(name)
        bound = self.bound
        return {self.graph.labels[h]: type(self)(self.graph.of_handle(h), bound, self.wrt).jacobian(name) for h in self.graph.outputs}

    def jacobian_method(self, name: str) -> str:
        """How the Jacobian is found, in words: by rows, by columns, or by colours of its sparsity pattern."""
        return self._jacobian(name)[1]

    def _jacobian(self, name: str) -> tuple[NDArray[np.float64], str]:
        """The Jacobian by an input and how it was found; kept, so that nobody can write into it."""
        handle = self.active_input(name)
        if name not in self._jacobians:
            self._jacobians[name] = self._find_jacobian(handle)
            self._jacobians[name][0].setflags(write=False)
        return self._jacobians[name]

    @cached_property
    def _jacobians(self) -> dict[str, tuple[NDArray[np.float64], str]]:
        return {}

    def _find_jacobian(self, handle: int) -> tuple[NDArray[np.float64], str]:
        import numpy as np

        outputs = self.graph.outputs
        if self.shapes is None:
            if len(outputs) == 1:
                slope = self.pull({outputs[0]: 1.0})[handle]
                return np.array(0.0 if slope is None else slope), "by rows: 1 backward sweep"
            moved = self.push({handle: 1.0})
            return np.array([moved[output] for output in outputs]), "by columns: 1 forward sweep"
        parts = [self._jacobian_of(output, handle) for output in outputs]
        if len(parts) == 1:
            return parts[0]
        if len({array.shape for array, _ in parts}) > 1:
            raise ShapeError("the outputs have different shapes", hint="choose one with graph.of(name)")
        return np.stack([array for array, _ in parts]), parts[0][1]

    def _jacobian_of(self, output: int, handle: int) -> tuple[NDArray[np.float64], str]:
        """The Jacobian of one of several outputs."""
        from .jacobians import jacobian

        return jacobian(self, output, handle)

    def sparse_jacobian(self, name: str) -> csr_array:
        """The Jacobian as a SciPy sparse matrix, entries of the output by entries of the input; only what is not 0 is stored."""
        from .jacobians import sparse_jacobian

        return sparse_jacobian(self, self._one_output(), self.active_input(name))

    def _one_output(self) -> int:
        if len(self.graph.outputs) != 1:
            names = ", ".join(self.graph.output_names)
            raise ShapeError(f"the graph has {len(self.graph.outputs)} outputs ({names})", hint="choose one with graph.of(name)")
        return self.graph.outputs[0]

    def pullback(self, seed: ArrayLike = 1.0) -> dict[str, Any]:
        """vᵀJ: the gradients for a cotangent ``seed`` of the output, of the output's shape (a number: the same everywhere)."""
        output = self._one_output()
        if self.shapes is None:
            cotangents = self.pull({output: real("seed", seed)})
        else:
            from ..engine.arrays import fitted

            cotangents = self.pull({output: fitted("the seed", measure("seed", seed), self.shapes[output])})
        handles = self.graph.input_handles
        return {name: self.nothing(handles[name]) if cotangents[handles[name]] is None else cotangents[handles[name]] for name in self.wrt}

    def pushforward(self, tangents: Mapping[str, ArrayLike] | None = None, /, **named: ArrayLike) -> Any:
        """J·v: how the output moves when the inputs move by the given tangents (others stay)."""
        given = {**(tangents or {}), **named}
        if self.shapes is None:
            table = self.push({self.active_input(name): real(name, value) for name, value in given.items()})
        else:
            from ..engine.arrays import fitted

            moved = {self.active_input(name): (name, measure(name, value)) for name, value in given.items()}
            table = self.push({h: fitted(f"the tangent of {name}", value, self.shapes[h]) for h, (name, value) in moved.items()})
        if len(self.graph.outputs) == 1:
            return table[self.graph.outputs[0]]
        return {self.graph.labels[handle]: table[handle] for handle in self.graph.outputs}

    def along(self, direction: Mapping[str, ArrayLike] | None = None, /, **named: ArrayLike) -> Self:
        """The same point in forward mode: pictures and texts show tangents, how each value moves along the direction.

        Inputs that are not named stay; without any name the first input moves by 1.

        >>> from graphviz_ad import parse
        >>> point = parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).along(x=1)
        >>> point.tangent, point.tangent_of(point.graph.handle("q"))
        (-4.0, 1.0)
        """
        from .tangents import read_direction

        moved = type(self).__new__(type(self))
        for name in Tables.FIELDS:
            setattr(moved, name, getattr(self, name))
        moved._made = dict(self._made)
        vars(moved).update({name: table for name, table in vars(self).items() if name not in ("tangents", "tangent_shares")})
        moved.direction = read_direction(self, {**(direction or {}), **named})
        return moved

    @cached_property
    def tangents(self) -> list[Any]:
        """Per node: how it moves along the direction (:meth:`along`)."""
        if self.direction is None:
            raise BindingError("there is no direction\nhint: point.along(x=1) gives one")
        handles = self.graph.input_handles
        moved = self.push({handles[name]: value for name, value in self.direction.items()})
        if self.shapes is None:
            return moved
        from ..engine.arrays import frozen

        return frozen(moved)

    @cached_property
    def tangent_shares(self) -> list[tuple[Any, ...]]:
        """Per node: local × tangent by operand; None where nothing flows."""
        from .tangents import shares

        return shares(self, self.tangents)

    def tangent_of(self, handle: int) -> Numbers | None:
        """How a node moves along the direction; None where no derivative flows."""
        return self.tangents[handle] if self.flows[handle] else None

    @property
    def tangent(self) -> Any:
        """J·v: how the output moves along the direction; of several outputs, by name."""
        if len(self.graph.outputs) == 1:
            return self.tangents[self.graph.outputs[0]]
        return {self.graph.labels[handle]: self.tangents[handle] for handle in self.graph.outputs}

    def gradient_point(self, *names: str) -> Self:
        """The graph of the gradient at the same place: a point to be drawn, checked and differentiated like any other.

        >>> from graphviz_ad import parse
        >>> parse("x*y**2").at(x=2, y=3).gradient_point().value
        {'df_dx': 9.0, 'df_dy': 12.0}
        """
        return self._gradient_point(names or self.wrt)

    def hessian(self, *names: str) -> NDArray[np.float64]:
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
            moved = [point.push({handle: 1.0}) for handle in handles]
            return np.array([[column[output] for column in moved] for output in point.graph.outputs])
        rows = []
        for output, size in zip(point.graph.outputs, sizes, strict=True):
            parts = [point._jacobian_of(output, handle)[0].reshape(size, other) for handle, other in zip(handles, sizes, strict=True)]
            rows.append(np.hstack(parts))
        whole = np.vstack(rows)
        return whole.reshape(shapes[0] + shapes[0]) if len(chosen) == 1 and shapes[0] else whole

    def hessian_vector_product(self, tangents: Mapping[str, ArrayLike] | None = None, /, **named: ArrayLike) -> dict[str, Any]:
        """H·v by input, without forming H: how the gradients move when the inputs move by the given tangents.

        >>> from graphviz_ad import parse
        >>> parse("sum(x**3)").at(x=[1, 2]).hessian_vector_product(x=[1, 1])["x"]
        array([ 6., 12.])
        """
        point = self._gradient_point(self.wrt)
        moved = point.pushforward({**(tangents or {}), **named})
        found = moved if isinstance(moved, dict) else {point.graph.output: moved}
        return dict(zip(self.wrt, found.values(), strict=True))

    def _gradient_point(self, names: tuple[str, ...]) -> Self:
        """The graph of the gradient at the same place."""
        self.require_scalar()
        for name in names:
            self.active_input(name)
        from .gradient import gradient

        return type(self)(gradient(self.graph, names), self.bound, names)

    def with_respect_to(self, *names: str) -> Self:
        """The same point, differentiated by some inputs only."""
        return type(self)(self.graph, self.bound, names)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the numbers must know: values that are not finite, slopes hidden behind a branch."""
        from .cautions import cautions

        return self.once(cautions)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={self.values[handle]!r}" for name, handle in self.graph.input_handles.items() if handle in self.active)
        return f"Point({self.graph.output} = {self.value!r} at {given})"
