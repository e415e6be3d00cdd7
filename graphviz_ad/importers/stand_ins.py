"""Stand-ins for arrays: they have an example's numbers, and note in a trace everything that is done with them."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np  # noqa: TID253 - it is NumPy's functions that are traced here

if TYPE_CHECKING:
    from types import EllipsisType
    from typing import NoReturn, SupportsIndex, TypeAlias

    from numpy.typing import DTypeLike

    #: the example's numbers behind a stand-in
    Value: TypeAlias = float | np.ndarray
    #: what an operation is applied to: a stand-in, or a number or an array that the program brings along
    Operand: TypeAlias = "Traced | float | np.ndarray"
    #: what stands between brackets, along one axis and along several
    Part: TypeAlias = "SupportsIndex | slice | EllipsisType | Sequence[int] | np.ndarray | Traced | None"
    Index: TypeAlias = "Part | tuple[Part, ...]"

#: reductions of binary ufuncs
_REDUCED = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min"}
#: operations that give NumPy's view of the same memory
VIEWS = frozenset("reshape ravel transpose swapaxes moveaxis squeeze expand_dims broadcast_to diagonal flip".split())
_METHODS = frozenset(
    "sum mean max min prod dot ravel transpose std var cumsum cumprod clip squeeze argmax argmin repeat trace diagonal swapaxes take"
    " round".split()
)


#: an array is taken apart into at most so many entries
_MOST_ENTRIES = 1000


class Stop(BaseException):
    """Tracing cannot go on: the function asked for a number. Not an Exception, so that no `except Exception` of the user eats it."""


class Recorder(Protocol):
    """What stand-ins tell of what is done with them."""

    def call(
        self, name: str, arguments: Sequence[object], options: Mapping[str, object], run: Callable[[Any], object] | None = None
    ) -> Traced:
        """An operation by NumPy's name."""

    def index(self, array: Traced, index: Index) -> Traced:
        """Entries of an array."""

    def replaced(self, array: Traced, index: Index, value: Operand) -> Traced | None:
        """The array with other entries at an index; None where that has no counterpart."""

    def lifted(self, value: object) -> object:
        """An array of stand-ins as one value."""

    def unsupported(self, what: str, run: Callable[[Any], Any], arguments: Sequence[object]) -> Any:
        """A call that has no counterpart; the run goes on with the example's numbers."""

    def note(self, what: str, hint: str) -> None:
        """Something that has no counterpart."""

    def stop(self, what: str, hint: str) -> Stop:
        """Something without which the run cannot go on: the exception that ends it."""


class Traced:
    """A stand-in for an array: it has the example's value and notes what is done with it."""

    __slots__ = ("__weakref__", "_handle", "_index", "_trace", "_value", "_views", "_whole")
    __array_priority__ = 1000.0
    __hash__ = None  # type: ignore[assignment]

    if TYPE_CHECKING:  # made below the class, one like another

        def __add__(self, other: Operand) -> Traced: ...
        def __radd__(self, other: Operand) -> Traced: ...
        def __sub__(self, other: Operand) -> Traced: ...
        def __rsub__(self, other: Operand) -> Traced: ...
        def __mul__(self, other: Operand) -> Traced: ...
        def __rmul__(self, other: Operand) -> Traced: ...
        def __truediv__(self, other: Operand) -> Traced: ...
        def __rtruediv__(self, other: Operand) -> Traced: ...

    def __init__(self, trace: Recorder, handle: int, value: Value) -> None:
        self._trace, self._handle, self._value = trace, handle, value
        self._whole: Any = None  # of what shares memory with another array: that array, and which part of it this is
        self._index: Index = None
        self._views: list[weakref.ref[Traced]] = []  # what shares this array's memory

    def _sharing(self, part: Traced, index: Index = None) -> Traced:
        """A part or another form of this array: in NumPy both would change together."""
        part._whole, part._index = self, index
        self._views.append(weakref.ref(part))
        return part

    def _become(self, other: Traced) -> bool:
        """Take another node's place under the same name: an assignment into the array. Refused where parts of it are in use."""
        if any(view() is not None for view in self._views) or (self._whole is not None and not self._write_through(other)):
            self._trace.note(
                "an assignment into an array that shares its memory with another one in use", "take a copy first: x = x.copy()"
            )
            return False
        self._handle, self._value = other._handle, other._value
        return True

    # -- what does not depend on values ------------------------------------------------------------------------------

    def _write_through(self, other: Traced) -> bool:
        """Change the array that this is a part of as well; whether that can be."""
        whole = self._whole
        if self._index is None or any(view() is not None and view() is not self for view in whole._views):
            return False
        found = self._trace.replaced(whole, self._index, other)
        if found is None:
            return True  # the reason has been noted
        whole._views = []
        done: bool = whole._become(found)
        whole._views = [weakref.ref(self)]
        return done

    @property
    def shape(self) -> tuple[int, ...]:
        return np.shape(self._value)

    @property
    def ndim(self) -> int:
        return np.ndim(self._value)

    @property
    def size(self) -> int:
        return int(np.size(self._value))

    @property
    def dtype(self) -> np.dtype:
        return np.asarray(self._value).dtype

    @property
    def T(self) -> Traced:
        return self._trace.call("transpose", (self,), {})

    @property
    def real(self) -> Traced:
        return self

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a scalar")
        return self.shape[0]

    def __iter__(self) -> Iterator[Traced]:
        return (self[position] for position in range(len(self)))

    # -- operations --------------------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: object, **options: Any) -> Traced:
        name = ufunc.__name__
        if method == "reduce" and name in _REDUCED:
            options.setdefault("axis", 0)
            return self._trace.call(_REDUCED[name], inputs, options)
        if method == "outer" and name == "multiply":
            return self._trace.call("outer", inputs, options)
        if method != "__call__" or any(isinstance(one, Traced) for one in options.get("out") or ()):
            return self._trace.unsupported(
                f"np.{name}.{method}" if method != "__call__" else f"np.{name}(…, out=…)",
                lambda plain: getattr(ufunc, method)(*plain),
                inputs,
            )
        if ufunc is np.square:
            return self._trace.call("square", inputs, options)
        return self._trace.call(name, inputs, options, lambda plain: ufunc(*plain))

    def __array_function__(
        self, function: Callable[..., object], types: Sequence[type], arguments: Sequence[object], options: Mapping[str, object]
    ) -> Traced:
        return self._trace.call(function.__name__, arguments, options, lambda plain: function(*plain, **values(options)))

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        """An array of stand-ins, one an entry, so that np.array([x[0], 2.0]) works; as an array of floats it cannot be had."""
        if (dtype is not None and np.dtype(dtype) != object) or self.size > _MOST_ENTRIES:
            raise self._trace.stop("np.asarray turns the argument into numbers", "leave the conversion out, or use np.stack")
        entries = np.empty(self.shape, dtype=object)
        for place in np.ndindex(*self.shape):
            entries[place] = self[place] if place else self
        return entries

    def reshape(self, *shape: int | Sequence[int], **_: object) -> Traced:
        return self._trace.call("reshape", (self, shape[0] if len(shape) == 1 else shape), {})

    def flatten(self) -> Traced:
        found: Traced = self._trace.call("ravel", (self,), {})
        return found.copy()

    def copy(self, *_: object) -> Traced:
        return Traced(self._trace, self._handle, self._value)

    def astype(self, kind: DTypeLike, **_: object) -> Traced:
        if np.dtype(kind).kind == "f":
            return self.copy()
        return self._trace.unsupported(f"astype({kind})", lambda plain: np.asarray(plain[0]).astype(kind), (self,))

    def __getattr__(self, name: str) -> Any:
        if name in _METHODS:
            return lambda *arguments, **options: self._trace.call(name, (self, *arguments), options)
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"an array has no attribute {name}")
        found = getattr(np.asarray(self._value), name)
        if callable(found):
            return lambda *arguments, **options: self._trace.unsupported(
                f".{name}(…)", lambda plain: getattr(np.array(plain[0]), name)(*plain[1:], **values(options)), (self, *arguments)
            )
        return self._trace.unsupported(f".{name}", lambda plain: getattr(np.asarray(plain[0]), name), (self,))

    def __getitem__(self, index: Index) -> Traced:
        found = self._trace.index(self, index)
        parts = index if isinstance(index, tuple) else (index,)
        part = all(one is None or one is Ellipsis or isinstance(one, (int, np.integer, slice)) for one in parts)
        return self._sharing(found, index) if found.ndim and part else found  # a number is no view, nor is a choice by arrays

    def __setitem__(self, index: Index, value: Operand) -> None:
        if isinstance(value, Traced) and value._whole is self and _same_index(value._index, index):
            return  # x[1:] *= 2 has changed x already
        found = self._trace.replaced(self, index, value)
        if found is not None:
            self._become(found)

    def __neg__(self) -> Traced:
        return self._trace.call("neg", (self,), {})

    def __pos__(self) -> Traced:
        return self

    def __abs__(self) -> Traced:
        return self._trace.call("abs", (self,), {})

    def __invert__(self) -> Traced:
        return self._trace.call("logical_not", (self,), {})

    # -- what does depend on values ----------------------------------------------------------------------------------

    def __bool__(self) -> bool:
        raise self._trace.stop("a branch depends on a value", "write np.where(condition, a, b); for max(a, b) np.maximum(a, b)")

    def __float__(self) -> float:
        raise self._trace.stop("a number is asked for", "use NumPy's function instead of math's, and no float(…)")

    def __int__(self) -> int:
        raise self._trace.stop("a whole number is asked for", "what depends on values cannot be an index or a count")

    def __index__(self) -> int:
        raise self._trace.stop("a whole number is asked for", "what depends on values cannot be an index or a count")

    def item(self, *_: object) -> NoReturn:
        raise self._trace.stop("a number is asked for by item()", "go on with the array")

    def __repr__(self) -> str:
        return f"Traced(shape {self.shape})"


def _operator(name: str, swapped: bool = False) -> Callable[[Traced, Operand], Traced]:
    def apply(self: Traced, other: object) -> Traced:
        if name == "matmul" and isinstance(other, np.ndarray) and other.dtype == object:
            other = self._trace.lifted(other)
        return self._trace.call(name, (other, self) if swapped else (self, other), {})

    return apply


for _name, _op in (
    ("add", "add"), ("sub", "sub"), ("mul", "mul"), ("truediv", "div"), ("pow", "power"), ("mod", "mod"), ("matmul", "matmul"),
):  # fmt: skip
    setattr(Traced, f"__{_name}__", _operator(_op))
    setattr(Traced, f"__r{_name}__", _operator(_op, swapped=True))


def _same_index(one: Index, two: Index) -> bool:
    return one is not None and repr(one) == repr(two)


def _in_place(name: str) -> Callable[[Traced, Operand], Traced]:
    compute = _operator(name)

    def apply(self: Traced, other: Operand) -> Traced:
        found = compute(self, other)
        if not self.shape or not isinstance(found, Traced):
            return found  # a number is replaced, an array changed
        if found.shape != self.shape:
            raise self._trace.stop(f"an array of shape {self.shape} cannot take the result of shape {found.shape}", "write x = x + y")
        self._become(found)
        return self

    return apply


for _name, _op in (("add", "add"), ("sub", "sub"), ("mul", "mul"), ("truediv", "div"), ("pow", "power"), ("mod", "mod")):
    setattr(Traced, f"__i{_name}__", _in_place(_op))
for _name, _op in (("lt", "less"), ("le", "less_equal"), ("gt", "greater"), ("ge", "greater_equal"), ("eq", "equal"), ("ne", "not_equal")):
    setattr(Traced, f"__{_name}__", _operator(_op))
for _name, _op in (("and", "logical_and"), ("or", "logical_or")):
    setattr(Traced, f"__{_name}__", _operator(_op))
    setattr(Traced, f"__r{_name}__", _operator(_op, swapped=True))


def values(value: object) -> Any:
    """Arguments with the example's numbers in place of the stand-ins."""
    if isinstance(value, Traced):
        return value._value
    if isinstance(value, (tuple, list)):
        return type(value)(values(one) for one in value)
    if isinstance(value, dict):
        return {key: values(one) for key, one in value.items()}
    return value
