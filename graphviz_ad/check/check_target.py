"""``module:function`` from a command line: the function, its claimed derivative, the point, and the check of them.

The claim is the one that is named, or the one that stands beside the function under one of the usual names. Objects of
PyTorch and JAX with rules of their own (``autograd.Function``, ``nn.Module``, ``jax.custom_vjp``) are differentiated by their library.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import BindingError, FileError, NamingError
from .check_gradient import check_gradient
from .frameworks.libraries import LIBRARIES, pair
from .frameworks.loading import load_module, load_object, split
from .probing.guard import Guarded, told
from .probing.signatures import is_both, parameters, positional_names, weights
from .results import Note, NoteKind, Report

#: kind of claim -> where it is looked for beside ``f`` when none is named, in this order
CONVENTIONS: dict[str, tuple[str, ...]] = {
    "gradient": ("{}_gradient", "{}_grad", "{}_der", "{}_prime", "d{}", "d_{}", "grad_{}", "gradient_{}"),
    "jacobian": ("{}_jac", "{}_jacobian"),
    "vjp": ("{}_vjp",),
    "jvp": ("{}_jvp",),
    "hessian": ("{}_hess", "{}_hessian"),
    "hvp": ("{}_hvp", "{}_hess_prod"),
}
#: kind of claim -> what it is called
LONG = {
    "gradient": "the gradient", "jacobian": "the Jacobian", "vjp": "the vector-Jacobian product", "jvp": "the Jacobian-vector product",
    "hessian": "the Hessian", "hvp": "the Hessian-vector product",
}  # fmt: skip


class Pair(NamedTuple):
    """A function and its claim. ``claim`` is a callable, values, the name of a library that differentiates, or {"vjp": …, "jvp": …}."""

    function: Callable[..., Any]
    claim: Any
    kind: str
    #: what the two are called
    names: tuple[str, str]


def check_target(
    target: str,
    at: Any = None,
    claim: str | Mapping[str, str] | None = None,
    *,
    kind: str | None = None,
    named: Mapping[str, Any] | None = None,
    **options: Any,
) -> Report:
    """The report of a function found by its name; see :func:`graphviz_ad.check_target`."""
    target_pair = find_pair(target, claim, kind)
    arguments = fit_point(target_pair, read_point(at), dict(named or {}))
    try:
        function, slope, sort = _guarded(target_pair, arguments, kind)
        report = check_gradient(function, slope, arguments, kind=sort, **options)
    except Exception as fault:
        error = told(fault)
        if error is None:
            raise
        raise error from fault
    return report.noting(*_held_fixed(target_pair.function, arguments)).replace(title=_title(target_pair, sort))


def _guarded(target: Pair, arguments: Any, kind: str | None) -> tuple[Any, Any, str]:
    """The function, its claim and the kind of it, ready to be checked: an exception in either remembers who was called with what."""
    function, slope, sort = target.function, target.claim, target.kind
    if isinstance(slope, str):
        if kind is None:
            sort = _kind_of_library(slope, function, arguments)
        function, slope = pair(slope, function, sort)
    if callable(slope):
        slope = _Ordered(Guarded(slope, target.names[1]), target.function, arguments)
    elif is_both(slope):
        slope = {name: _Ordered(Guarded(product, name), target.function, arguments) for name, product in slope.items()}
    return Guarded(function, target.names[0]), slope, sort


def _title(target: Pair, kind: str) -> str:
    """What was checked against what, in words."""
    function, claim = target.names
    if isinstance(target.claim, str):
        return f"{function} against {LONG[kind]} by {target.claim}"
    plain = isinstance(target.claim, Mapping) or kind == "gradient"
    return f"{function} against {claim}" + ("" if plain else f", {LONG[kind]}")


def _held_fixed(function: Any, arguments: Any) -> Iterator[Note]:
    """What does not move in the check."""
    if left := [name for name in weights(function) if not isinstance(arguments, dict) or name not in arguments]:
        text = f"the module's parameters {', '.join(left)} are held fixed; give them by name to check their gradients"
        yield Note(text, NoteKind.HELD)
    if held := _whole_numbers(function, arguments):
        yield Note(f"held fixed, because there is no decimal point in it: {', '.join(held)}", NoteKind.HELD)


# -- the pair ----------------------------------------------------------------------------------------------------------


def find_pair(target: str, claim: str | Mapping[str, str] | None = None, kind: str | None = None) -> Pair:
    """The function of a target and the claim about it."""
    if isinstance(claim, Mapping) and set(claim) != {"vjp", "jvp"}:
        raise BindingError(f"two claims together are vjp and jvp, not {' and '.join(claim)}")
    if isinstance(claim, Mapping) and not set(LIBRARIES).isdisjoint(claim.values()):
        names = set(claim.values())
        if len(names) > 1:
            raise BindingError("a library's product goes with its own other one: --vjp torch --jvp torch")
        claim, kind = names.pop(), "products"
    module, name = split(target)
    found = load_object(module, name)
    if isinstance(found, tuple) and len(found) == 2 and claim is None:
        return Pair(found[0], found[1], kind or "gradient", (f"{name}[0]", f"{name}[1]"))
    function, library = _of_library(found, name)
    if not callable(function):
        raise BindingError(f"{target} is a {type(function).__name__}, which cannot be called")
    if claim in LIBRARIES:
        return Pair(function, claim, kind or "gradient", (name, claim))
    if isinstance(claim, Mapping):
        places = {sort: split(one) if ":" in one else (module, one) for sort, one in claim.items()}
        both = {sort: load_object(*place) for sort, place in places.items()}
        return Pair(function, both, "products", (name, " and ".join(inner for _, inner in places.values())))
    if claim is not None:
        place, inner = split(claim) if ":" in claim else (module, claim)
        return Pair(function, load_object(place, inner), kind or "gradient", (name, inner))
    if library is not None:
        return Pair(function, library, kind or "gradient", (name, library))
    return _beside(function, module, name, kind)


def _beside(function: Any, module: str, name: str, kind: str | None) -> Pair:
    """The claim under a usual name: in the function's own class or module, or as its attribute."""
    if hasattr(function, "gradient") and kind in (None, "gradient"):
        return Pair(function, function.gradient, "gradient", (name, f"{name}.gradient"))
    prefix, _, last = name.rpartition(".")
    home: Any = load_object(module, prefix) if prefix else load_module(module)
    kinds = CONVENTIONS if kind is None else {kind: CONVENTIONS[kind]}
    found = {
        sort: inner for sort, patterns in kinds.items() for inner in [p.format(last) for p in reversed(patterns)] if hasattr(home, inner)
    }
    first = next(iter(found), None)
    if first == "vjp" and "jvp" in found:
        both = {sort: getattr(home, found[sort]) for sort in ("vjp", "jvp")}
        return Pair(function, both, "products", (name, f"{found['vjp']} and {found['jvp']}"))
    if first is not None:
        return Pair(function, getattr(home, found[first]), first, (name, found[first]))
    uses = next((library for library in LIBRARIES if _mentions(function, library)), None)
    if uses is not None:
        raise NamingError(f"{module} has no derivative of {last} under a usual name", hint=f"it uses {uses}: --gradient {uses} checks that")
    tried = ", ".join(pattern.format(last) for patterns in kinds.values() for pattern in patterns)
    raise NamingError(
        f"{module} has no derivative of {last} under a usual name",
        hint=f"name it: --gradient NAME; or --gradient torch, jax or autograd, to check that library's; tried were {tried}",
    )


def _mentions(function: Any, library: str) -> bool:
    """Whether the module of a function has imported a library by name."""
    known = getattr(inspect.unwrap(function), "__globals__", {})
    return any(getattr(value, "__name__", "").partition(".")[0] == library for value in list(known.values()) if inspect.ismodule(value))


def _of_library(value: Any, name: str) -> tuple[Any, str | None]:
    """An object that a library differentiates, made callable, and that library; a class of modules becomes a module."""
    torch: Any = sys.modules.get("torch")
    jax: Any = sys.modules.get("jax")
    if torch is not None:
        if isinstance(value, type) and issubclass(value, torch.autograd.Function):
            return getattr(value, "apply"), "torch"  # noqa: B009 - the checker of types knows no class of that module
        if isinstance(value, type) and issubclass(value, torch.nn.Module):
            try:
                value = value()
            except TypeError as error:
                raise BindingError(f"{name}() cannot be made: {error}\nhint: name an instance: layer = {name}(…) in the module") from None
        if isinstance(value, torch.nn.Module):
            return value, "torch"
    if jax is not None and isinstance(value, (jax.custom_vjp, jax.custom_jvp)):
        return value, "jax"
    return value, None


def _kind_of_library(library: str, function: Any, arguments: Any) -> str:
    """gradient where the function returns one number, else jacobian."""
    import numpy as np

    value = Guarded(pair(library, function)[0], getattr(function, "__name__", type(function).__name__))
    result = value(**arguments) if isinstance(arguments, dict) else value(*arguments)
    return "gradient" if np.size(result) == 1 and np.shape(result) == () else "jacobian"


# -- the point ---------------------------------------------------------------------------------------------------------


def read_point(at: Any) -> Any:
    """A point from a file: .npz and .json give named arguments (an array in .json one), .npy, .csv and .txt one argument."""
    if not isinstance(at, (str, Path)):
        return at
    from ..values.files import read

    path = Path(at)
    if path.suffix not in (".npz", ".npy", ".json", ".csv", ".txt"):
        raise FileError(f"{path}: a point is read from .npz, .npy, .json, .csv or .txt")
    return read(path, as_saved=True)


class _Takes(NamedTuple):
    """What a function takes: the names of its parameters that have a place, of all but those that catch the rest, of those without a
    default, of a module's own parameters; and whether it takes any further arguments by place and by name.
    """

    placed: list[str]
    known: list[str]
    required: list[str]
    own: list[str]
    any_place: bool
    any_name: bool


def _takes(function: Any, listed: list[inspect.Parameter]) -> _Takes:
    single = [p for p in listed if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    kinds = {p.kind for p in listed}
    return _Takes(
        [p.name for p in single if p.kind <= p.POSITIONAL_OR_KEYWORD],
        [p.name for p in single],
        [p.name for p in single if p.default is p.empty],
        weights(function),
        inspect.Parameter.VAR_POSITIONAL in kinds,
        inspect.Parameter.VAR_KEYWORD in kinds,
    )


def fit_point(target: Pair, at: Any, named: dict[str, Any]) -> Any:
    """The arguments as a tuple in the order of the function's parameters where they have an order, else by name.

    Raises BindingError where names and parameters do not fit.
    """
    placed, named = _dealt(at, named)
    listed = parameters(target.function)
    if listed is None:
        return _some(placed, target) if placed or not named else named
    takes = _takes(target.function, listed)
    _require_known(target, takes, placed, named)
    if not placed and not named:
        return _some((), target, takes.placed)
    _require_all(target, takes, placed, named)
    rest = takes.placed[len(placed) : len(placed) + len(named)]
    if set(rest) == set(named):
        return (*placed, *(named[name] for name in rest))
    return {**dict(zip(takes.placed, placed)), **named} if placed else named


def _dealt(at: Any, named: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What of a point goes by place and what by name."""
    if not isinstance(at, dict):
        return () if at is None else at if isinstance(at, tuple) else (at,), named
    if set(at) == {f"arr_{k}" for k in range(len(at))}:  # numpy.savez without names
        return tuple(at[f"arr_{k}"] for k in range(len(at))), named
    if twice := sorted(set(at) & set(named)):
        raise BindingError(f"{twice[0]} is given twice: by --at and by name")
    return (), {**at, **named}


def _require_known(target: Pair, takes: _Takes, placed: tuple[Any, ...], named: dict[str, Any]) -> None:
    """That the function has these arguments."""
    names = (*takes.known, *takes.own)
    if strange := [name for name in named if name not in names and not takes.any_name]:
        raise BindingError(f"{target.names[0]} has no argument {strange[0]}\nhint: it takes {', '.join(names) or 'none'}")
    if len(placed) > len(takes.placed) and not takes.any_place:
        raise BindingError(f"{target.names[0]} takes {len(takes.placed)} arguments, the point has {len(placed)}")


def _require_all(target: Pair, takes: _Takes, placed: tuple[Any, ...], named: dict[str, Any]) -> None:
    """That every argument that has no default is given, and none twice."""
    filled = takes.placed[: len(placed)]
    if both := [name for name in filled if name in named]:
        raise BindingError(f"{both[0]} is given twice: by --at and by name")
    if missing := [name for name in takes.required if name not in filled and name not in named]:
        wanted = ", ".join(missing)
        raise BindingError(f"the point has no value for {wanted}\nhint: {target.names[0]} takes {', '.join(takes.known)}")


def _whole_numbers(function: Any, arguments: Any) -> list[str]:
    """The arguments of whole numbers, which are no variables where others have decimal points."""
    import numpy as np

    names = [*positional_names(function), *(f"x{k}" for k in range(len(arguments)))]
    listed = list(arguments.items()) if isinstance(arguments, dict) else list(zip(names, arguments))
    kinds = {name: np.asarray(value).dtype.kind for name, value in listed}
    return [name for name, kind in kinds.items() if kind in "iu"] if any(kind in "fc" for kind in kinds.values()) else []


def _some(given: tuple[Any, ...], target: Pair, names: list[str] | None = None) -> tuple[Any, ...]:
    if not given:
        takes = f"{target.names[0]} takes {', '.join(names)}" if names else "for example --at point.npy"
        raise BindingError(f"there is no point to check at: --at FILE, or NAME=VALUE\nhint: {takes}")
    return given


class _Ordered:
    """A claim whose dictionary (by argument) is put in the order of the arguments."""

    def __init__(self, claim: Guarded, function: Any, arguments: Any) -> None:
        self.claim, self.__wrapped__ = claim, claim
        self.known = positional_names(function)
        self.names = self.known[: len(arguments)] if isinstance(arguments, tuple) else []

    @property
    def __code__(self) -> Any:
        return self.claim.__code__

    def __call__(self, *positional: Any, **named: Any) -> Any:
        claim = self.claim(*positional, **named)
        if self.names and isinstance(claim, dict) and claim and set(claim) <= set(self.known):
            return tuple(claim.get(name) for name in self.names)
        return claim
