"""What operations compute with, in types: values of any arithmetic, and the namespaces that their functions come from.

For annotations: a program that runs needs nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Protocol, Self, TypeAlias, TypeVar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .call import Call, Shape

    #: an array of float64, truth values or whole numbers, or of objects: numbers of mpmath, expressions of SymPy
    Array: TypeAlias = NDArray[Any]
    #: a plain number (a float; mpmath's and SymPy's have no types that a checker sees), or an array of numbers
    Numbers: TypeAlias = float | Array


class Value(Protocol):
    """A number of some arithmetic, or an array of them: a float, NumPy's array, an mpf, a formula of SymPy, a node under construction.

    The signs here are those that a rule may write; whatever else it does is a function of the arithmetic, :class:`Kernels`.
    """

    def __add__(self, other: Any, /) -> Self: ...

    def __radd__(self, other: Any, /) -> Self: ...

    def __sub__(self, other: Any, /) -> Self: ...

    def __rsub__(self, other: Any, /) -> Self: ...

    def __mul__(self, other: Any, /) -> Self: ...

    def __rmul__(self, other: Any, /) -> Self: ...

    def __neg__(self) -> Self: ...


#: the values of the arithmetic that a rule is run over
V = TypeVar("V", bound=Value)
V_co = TypeVar("V_co", bound=Value, covariant=True)


class Kernels(Protocol[V_co]):
    """An arithmetic: every operation of the vocabulary as a function on its values, ``k.exp(x)``, ``k.sum(x, axis=0)``."""

    def __getattr__(self, op: str, /) -> Callable[..., V_co]: ...


class ArrayKernels(Protocol):
    """The arithmetics of :mod:`~graphviz_ad.primitives.kernels.arrays`: every operation, and helpers on arrays of one kind of number."""

    @property
    def inf(self) -> Any: ...

    def __getattr__(self, name: str, /) -> Any: ...


class Rule(Protocol):
    """A pushforward or a pullback; ``moved`` is the operand's tangent, or what comes from upstream."""

    def __call__(self, k: Kernels[V], call: Call, position: int, moved: V, operands: tuple[V, ...], out: V, /) -> V: ...


#: ``shape(call)``; :class:`~graphviz_ad.primitives.array_record.Misfit` where operands do not fit
ShapeRule: TypeAlias = "Callable[[Call], Shape]"

#: ``value(k, call, *operands)``, over NumPy's arrays of floats or objects; None where a matrix has no result
ValueRule: TypeAlias = "Callable[Concatenate[ArrayKernels, Call, ...], Numbers | None]"
