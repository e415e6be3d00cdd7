"""The arguments of a function under test as one vector of real numbers, and back.

Arguments may be numbers, arrays, and tuples, lists and dictionaries of them, nested. Complex numbers count as two reals.
Whatever is no floating-point number (text, flags, integers beside floats, None) is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ...errors import BindingError, ShapeError
from .signatures import positional_names

if TYPE_CHECKING:
    from .vectors import Floats

#: what is wrong with a claim of None
NOTHING = "nothing is claimed: the gradient function returned None (no return?)"


class Leaf(NamedTuple):
    """One array of the arguments: where it stands, and which part of the vector it is."""

    name: str
    path: tuple[Any, ...]
    shape: tuple[int, ...]
    dtype: Any
    start: int
    size: int  # entries, complex ones counted once
    scalar: type | None  # the Python type of a plain number

    @property
    def complex(self) -> bool:
        """Whether each entry is two reals."""
        return np.issubdtype(self.dtype, np.complexfloating)

    @property
    def stop(self) -> int:
        """The end of its part of the vector."""
        return self.start + self.size * (2 if self.complex else 1)


class Layout:
    """How arguments map to a vector.

    ``at`` a tuple gives positional arguments, a dictionary keyword arguments, anything else one argument.

    >>> layout = Layout((2.0, np.ones((2, 2))), lambda x, W: x)
    >>> [leaf.name for leaf in layout.leaves], layout.size
    (['x', 'W'], 5)
    >>> layout.arguments(layout.vector + 1)[0][0]
    3.0
    """

    def __init__(self, at: Any, function: Callable[..., Any] | None = None) -> None:
        self.many = isinstance(at, tuple)
        self.named = isinstance(at, Mapping)
        self.tree: Any = dict(at) if self.named else at if self.many else (at,)
        places = list(_walk(self.tree))
        integral = not any(_kind(value) == "float" for _, value in places)
        names = _names(function, self.tree)
        self.leaves: list[Leaf] = []
        parts: list[Any] = []
        start = 0
        for path, value in places:
            if isinstance(value, np.ma.MaskedArray):
                raise BindingError(
                    f"{_spell(path, names)}: a masked array, whose mask would be lost\nhint: give x.filled(…) or x.compressed()"
                )
            kind = _kind(value)
            if kind == "other" or (kind == "integer" and not integral):
                continue
            array = np.asarray(value)
            dtype = array.dtype if kind == "float" else np.dtype(float)
            scalar = (float if kind == "integer" else type(value)) if isinstance(value, (int, float, complex)) else None
            leaf = Leaf(_spell(path, names), path, array.shape, dtype, start, array.size, scalar)
            self.leaves.append(leaf)
            parts.append(_real(array.astype(dtype)))
            start = leaf.stop
        self.size = start
        self.vector: Floats = np.concatenate(parts) if parts else np.zeros(0)
        if not self.size:
            raise BindingError("there is nothing to differentiate by: no number with a decimal point in the arguments")

    def place(self, index: int) -> tuple[Leaf, tuple[int, ...]]:
        """The leaf of a position in the vector, and the index in it."""
        leaf = next(leaf for leaf in self.leaves if leaf.start <= index < leaf.stop)
        flat = (index - leaf.start) % max(leaf.size, 1)
        return leaf, tuple(int(k) for k in np.unravel_index(flat, leaf.shape)) if leaf.shape else ()

    def arguments(self, vector: Any, promote: bool = False) -> tuple[list[Any], dict[str, Any]]:
        """Fresh positional and keyword arguments of a vector.

        ``promote`` gives single precision as double. ``vector`` may hold any objects, which then come in object arrays.
        """
        values: dict[tuple[Any, ...], Any] = {}
        foreign = vector.dtype == object or np.iscomplexobj(vector)
        for leaf in self.leaves:
            part = vector[leaf.start : leaf.stop]
            if foreign:
                if leaf.complex:
                    part = np.array([a + b * 1j for a, b in zip(part[: leaf.size], part[leaf.size :], strict=True)], dtype=object)
                array = part.reshape(leaf.shape).copy()
                values[leaf.path] = array[()] if leaf.scalar is not None else array
                continue
            if leaf.complex:
                part = part[: leaf.size] + 1j * part[leaf.size :]
            wide = promote or leaf.scalar is not None
            array = part.astype((complex if leaf.complex else float) if wide else leaf.dtype).reshape(leaf.shape)
            values[leaf.path] = leaf.scalar(array[()]) if leaf.scalar is not None else array if leaf.shape else array[()]
            if leaf.scalar is None and not leaf.shape and isinstance(_get(self.tree, leaf.path), np.ndarray):
                values[leaf.path] = array
        tree = _rebuild(self.tree, values)
        return ([], tree) if self.named else (list(tree), {})

    def misfit(self, claim: Any) -> str:
        """Why a claim as a whole cannot be dealt out to the arguments; "" where it can."""
        if claim is None:
            return NOTHING
        if self.named:
            return "" if isinstance(claim, Mapping) else f"the claim is a {type(claim).__name__}, where a dictionary is due"
        if not self.many or len(self.tree) == 1:
            return ""
        if not isinstance(claim, (tuple, list)):
            return f"the claim is a {type(claim).__name__}, where a tuple of {len(self.tree)} is due"
        return "" if len(claim) == len(self.tree) else f"{len(claim)} gradients are claimed for {len(self.tree)} arguments"

    def claimed(self, claim: Any, trailing: tuple[int, ...] = (), imaginary: bool = False) -> list[tuple[Any, str]]:
        """For each leaf its claimed derivative as an array of shape ``trailing + leaf.shape``, or None and what is wrong.

        A claim of None for a leaf is (None, ""): nothing is claimed. None alone, or for every leaf, is a fault: it claims nothing.
        """
        if fault := self.misfit(claim):
            return [(None, fault)] * len(self.leaves)
        if not self.named and not (self.many and isinstance(claim, (tuple, list)) and len(claim) == len(self.tree)):
            claim = (claim,)
        result: list[tuple[Any, str]] = []
        for leaf in self.leaves:
            missing = object()
            value = _get(claim, leaf.path, missing)
            if value is missing:
                result.append((None, f"no gradient is claimed for {leaf.name}"))
            elif value is None:
                result.append((None, ""))
            else:
                result.append(_fit(leaf, value, trailing, imaginary))
        if all(array is None and not fault for array, fault in result):
            return [(None, "nothing is claimed: every gradient is None")] * len(self.leaves)
        return result


def _fit(leaf: Leaf, value: Any, trailing: tuple[int, ...], imaginary: bool) -> tuple[Any, str]:
    wanted = trailing + leaf.shape
    if hasattr(value, "toarray"):  # a sparse matrix of SciPy
        value = value.toarray()
    try:
        array = np.asarray(value)
    except ValueError:
        return None, "the claim is no array: its rows have different lengths"
    if array.dtype == object or not (np.issubdtype(array.dtype, np.number) or array.dtype == bool):
        return None, f"the claim is no array of numbers but of {array.dtype}"
    if array.shape != wanted:
        if array.size == 1 and wanted == ():  # [3.0] for the derivative of a scalar by a scalar
            return array.reshape(()), ""
        return None, f"the claim has shape {array.shape} instead of {wanted}"
    if np.iscomplexobj(array) and not leaf.complex and not imaginary:
        if np.any(array.imag):
            return None, "the claim is complex for a real argument"
        array = array.real
    return array, ""


def flatten_output(value: Any) -> tuple[Any, tuple[int, ...], bool]:
    """What a function returned as a vector of reals, its shape, and whether it is complex. Several arrays are joined."""
    leaves = [_numbers(np.asarray(leaf)) for _, leaf in _walk((value,)) if leaf is not None]
    if not leaves:
        raise ShapeError("the function returned nothing")
    imaginary = any(np.iscomplexobj(leaf) for leaf in leaves)
    shape = leaves[0].shape if len(leaves) == 1 else (sum(leaf.size for leaf in leaves),)
    if any(leaf.dtype == object for leaf in leaves):
        return np.concatenate([leaf.astype(object).ravel() for leaf in leaves]), shape, imaginary
    flat = np.concatenate([leaf.ravel() for leaf in leaves])
    return _real(flat), shape, imaginary


def _numbers(array: Any) -> Any:
    """An array of numbers; of objects only where some are of high precision (max(x, 0) of those is a plain 0 here and there).

    Raises ShapeError for what is no number.
    """
    if array.dtype != object:
        return array
    entries = array.ravel().tolist()
    for entry in entries:
        if not hasattr(entry, "mp_value") and not isinstance(entry, (int, float, complex, np.number)):
            raise ShapeError(f"the function returned {type(entry).__name__}, which is no number")
    if any(hasattr(entry, "mp_value") for entry in entries):
        return array
    return array.astype(complex if any(isinstance(entry, (complex, np.complexfloating)) for entry in entries) else float)


def precision(value: Any) -> float:
    """The rounding of the coarsest floating-point array that a function returned, relative; 2**-52 where there is none."""
    dtypes = [np.asarray(leaf).dtype for _, leaf in _walk((value,)) if leaf is not None]
    return max((float(np.finfo(dtype).eps) for dtype in dtypes if np.issubdtype(dtype, np.inexact)), default=2.0**-52)


def _real(array: Any) -> Any:
    flat = np.asarray(array).ravel()
    if np.iscomplexobj(flat):
        return np.concatenate([flat.real, flat.imag]).astype(float)
    return flat.astype(float)


def _kind(value: Any) -> str:
    """float, integer or other."""
    if isinstance(value, (bool, str, bytes)) or value is None:
        return "other"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, (float, complex)):
        return "float"
    dtype = getattr(value, "dtype", None)
    if isinstance(value, (np.ndarray, np.generic)) and dtype is not None:
        return "float" if np.issubdtype(dtype, np.inexact) else "integer" if np.issubdtype(dtype, np.integer) else "other"
    return "other"


def _plain_list(value: Any) -> bool:
    """Whether a list is an array of numbers written as a list."""
    if not isinstance(value, list) or not value:
        return False
    pending = list(value)
    while pending:
        entry = pending.pop()
        if isinstance(entry, list):
            pending.extend(entry)
        elif isinstance(entry, bool) or not isinstance(entry, (int, float, complex, np.number)):
            return False
    return True


def _walk(tree: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Every leaf with its path, in order; lists of numbers are arrays."""
    found: list[tuple[tuple[Any, ...], Any]] = []
    pending: list[tuple[tuple[Any, ...], Any]] = [((), tree)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, Mapping):
            pending.extend(reversed([((*path, key), entry) for key, entry in value.items()]))
        elif isinstance(value, (tuple, list)) and not (path and _plain_list(value)):
            pending.extend(reversed([((*path, key), entry) for key, entry in enumerate(value)]))
        else:
            found.append((path, np.asarray(value, float) if isinstance(value, list) else value))
    return found


def _rebuild(tree: Any, values: Mapping[tuple[Any, ...], Any]) -> Any:
    # containers are nested as deep as a person writes them, so recursion is safe here
    def build(value: Any, path: tuple[Any, ...]) -> Any:
        if path in values:
            return values[path]
        if isinstance(value, Mapping):
            return {key: build(entry, (*path, key)) for key, entry in value.items()}
        if isinstance(value, (tuple, list)):
            parts = [build(entry, (*path, key)) for key, entry in enumerate(value)]
            if isinstance(value, list):
                return parts
            return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
        return value.copy() if isinstance(value, np.ndarray) else value

    return build(tree, ())


def _get(tree: Any, path: tuple[Any, ...], default: Any = None) -> Any:
    """What stands at a path; None where None stands for a whole branch of it."""
    for key in path:
        if tree is None:
            return None
        try:
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            return default
    return tree


def _names(function: Callable[..., Any] | None, tree: Any) -> list[str]:
    if isinstance(tree, dict):
        return []
    found = positional_names(function) if function else []
    return [*found, *(f"x{k}" for k in range(len(found), len(tree)))]


def _spell(path: tuple[Any, ...], names: list[str]) -> str:
    first = names[path[0]] if names else str(path[0])
    return first + "".join(f"[{key!r}]" for key in path[1:])
