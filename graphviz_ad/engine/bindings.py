"""What the user says about inputs, turned into one value an input."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import BindingError, NamingError
from ..limits import require

if TYPE_CHECKING:
    from ..graph.structure import Graph
    from ..primitives.types import Numbers


def bind(graph: Graph, bindings: Mapping[str, Any]) -> tuple[dict[int, Any], set[int]]:
    """Values by handle for all inputs, and the handles whose gradient is asked for: all but the unbound constants, and what only
    chooses entries.

    Raises
    ------
    NamingError
        A name that is no input, or an input that has no value.
    BindingError
        Something that is no real number.
    """
    inputs = graph.input_handles
    unknown = [str(name) for name in bindings if name not in inputs]
    values: dict[int, Any] = {}
    active: set[int] = set()
    missing: list[str] = []
    for name, handle in inputs.items():
        spec = graph.input_spec(handle)
        if name in bindings:
            if name in graph.called:
                raise NamingError(f"{name} is called as a function, so it cannot be bound", hint="rename the variable or the function")
            values[handle] = found = measure(name, bindings[name])
            if bindings[name].__class__ in (float, int) or differentiable(bindings[name], found):
                active.add(handle)
        elif spec.default is not None:
            values[handle] = float(spec.default) if isinstance(spec.default, int) else spec.default
            if not spec.constant and differentiable(spec.default, spec.default):
                active.add(handle)
        else:
            missing.append(name)
    if missing:
        raise _unbound(graph, missing, unknown)
    if unknown:
        raise _not_an_input(graph, unknown[0])
    return values, active - graph.selectors


def measure(name: str, value: object) -> Numbers:
    """A value as a float, or as an array of float64 (of truth values where those are given).

    Raises
    ------
    BindingError
        It is no real number and no rectangular array of them.

    >>> measure("x", [[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]])
    """
    if isinstance(value, (list, tuple)) or (hasattr(value, "__array__") and getattr(value, "shape", None) != ()):
        return _array(name, value)
    return real(name, value)


def differentiable(given: object, value: object) -> bool:
    """Whether a gradient by the value makes sense: not for truth values, nor for what an array library holds as integers.

    An integer of Python's, alone or in a list, is a real number written short: x=-2. ``given`` is what the user gave, ``value`` what
    :func:`measure` made of it.

    >>> differentiable(3, 3.0), differentiable(True, 1.0)
    (True, False)
    """
    if isinstance(given, bool) or getattr(getattr(value, "dtype", None), "kind", "f") == "b":
        return False
    kind = getattr(getattr(given, "dtype", None), "kind", None)
    if kind is None and hasattr(given, "__array__"):  # a tensor of a library with kinds of its own
        import numpy as np

        kind = np.asarray(given).dtype.kind
    return kind is None or kind not in "iub"


def _array(name: str, value: object) -> Numbers:
    import numpy as np

    depth, first = 0, value
    while isinstance(first, (list, tuple)) and first:
        depth, first = depth + 1, first[0]
        require("GRADVIZ_MAX_NESTING", depth, f"{name}: dimensions of a list")
    if isinstance(value, np.ma.MaskedArray):
        raise BindingError(f"{name}: a masked array, whose mask would be lost\nhint: give {name}.filled(…) or {name}.compressed()")
    try:
        # first without a wish to copy: tensors whose __array__ knows none would complain
        found = np.asarray(value).copy() if hasattr(value, "__array__") else np.array(value)
    except ValueError:
        raise BindingError(f"{name}: the rows have different lengths; an array is rectangular") from None
    require("GRADVIZ_MAX_ENTRIES", found.size, f"{name}: entries of an array")
    if found.dtype.kind == "c":
        raise BindingError(f"{name}: complex numbers; values are real")
    if found.dtype.kind not in "biuf":
        entries = [real(name, entry) for entry in found.ravel().tolist()]
        found = np.array(entries, dtype=float).reshape(found.shape)
    elif found.dtype.kind != "b":
        found = found.astype(np.float64, copy=False)
    if found.ndim == 0:
        return float(found)
    found.flags.writeable = False
    return found


def real(name: str, value: object) -> float:
    """One scalar value as a float.

    >>> real("x", 3)
    3.0
    """
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (bool, numbers.Real)):
        try:
            return float(value)
        except OverflowError:
            raise BindingError(f"{name}: this integer is beyond the range of float64 (about 1.8e308)") from None
    if isinstance(value, (str, bytes)):
        raise BindingError(f"{name}: {value!r} is a text, not a number")
    if isinstance(value, numbers.Complex):
        raise BindingError(f"{name}: {value!r} is complex; values are real")
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return real(name, value.item())
    if isinstance(value, (list, tuple)):
        raise BindingError(f"{name}: a list stands where a number is expected; an array is rectangular")
    raise BindingError(f"{name}: {type(value).__name__} is not a number")


def _unbound(graph: Graph, missing: list[str], unknown: list[str]) -> NamingError:
    """The error for inputs without a value; look-alike letters are made visible."""
    from ..syntax.tokens import describe

    first = missing[0]
    span = graph.spans[graph.input_handles[first]]
    start, end = (span[0].start, span[0].end) if span else (None, None)
    several = len(missing) > 1
    what = f"{', '.join(missing[:8])}{' …' * (len(missing) > 8)} {'have' if several else 'has'} no value"
    foreign = [describe(c) for name in missing[:8] for c in name if not c.isascii()]
    if foreign:
        what += f" (the letter is {', '.join(foreign[:4])})"
    hint = "give " + " ".join(f"{name}=…" for name in missing[:8])
    if first in graph.called or _is_function(first):
        hint += f"; or did you mean to call it: {first}(…)?"
    if unknown:
        hint += f"; {', '.join(unknown[:8])} {'are' if len(unknown) > 1 else 'is'} given but not used"
    return NamingError(what, graph.text, start, end, hint, graph.source)


def _is_function(name: str) -> bool:
    from ..primitives.registry import resolve

    return resolve(name) is not None


def _not_an_input(graph: Graph, name: str) -> NamingError:
    import difflib

    if name in graph.called:
        return NamingError(f"{name} is called as a function, so it cannot be bound", hint="rename the variable or the function")
    if name in graph.labels and graph.ops[graph.handle(name)] != "input":
        return NamingError(f"{name} is computed by the expression, so it cannot be bound", hint="remove its statement to make it an input")
    near = difflib.get_close_matches(name, list(graph.inputs)[:2000], n=1)
    known = ", ".join(graph.inputs[:12]) or "none"
    return NamingError(f"{name} is not used by the expression", hint=f"did you mean {near[0]}?" if near else f"its inputs are: {known}")
