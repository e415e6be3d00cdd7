"""Functions of PyTorch, JAX and HIPS autograd as pairs of NumPy callables; each library is imported only when its pair is asked for.

What is checked is the library's differentiation through the user's code: a custom ``torch.autograd.Function`` or ``jax.custom_vjp``
with a wrong backward shows, because differences see only the forward pass.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ...errors import BindingError
from ..probing.signatures import parameters

Pair = tuple[Callable[..., Any], Any]

#: what may stand for a gradient: the library that differentiates
LIBRARIES = ("torch", "jax", "autograd")


def pair(library: str, function: Callable[..., Any], kind: str = "gradient", device: Any = None) -> Pair:
    """A NumPy function and its derivative of that kind by a library; arguments are arrays, positional or named.

    ``device``: where PyTorch's tensors go, if not where the function's own are.

    gradient, jacobian and vjp are reverse mode, jvp is forward mode, products are both, hessian and hvp are reverse mode twice
    (autograd: the first three).

    Raises BindingError for an unknown library or kind, and where the library is not installed.
    """
    if library not in LIBRARIES:
        raise BindingError(f"gradient={library!r} is neither a callable, nor values, nor one of {', '.join(LIBRARIES)}")
    try:
        if library == "torch":
            from .torch import TorchAdapter

            return TorchAdapter(function, device).pair(kind)
        if library == "jax":
            from .jax import JaxAdapter

            return JaxAdapter(function).pair(kind)
        return AutogradAdapter(function).pair(kind)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        raise BindingError(f"{library} is not installed here\nhint: python -m pip install {library}") from None


def is_both(claim: Any) -> bool:
    """Whether a claim is of both products with the Jacobian: a dictionary of two callables.

    >>> is_both({"vjp": np.dot, "jvp": np.dot}), is_both({"vjp": 1.0, "jvp": 2.0})
    (True, False)
    """
    return isinstance(claim, Mapping) and set(claim) == {"vjp", "jvp"} and all(callable(product) for product in claim.values())


def without_tensors(f: Any, gradient: Any, at: Any) -> tuple[Any, Any, Any, Any]:
    """The function, its claim and the point over arrays where the point holds tensors of PyTorch, and the tensors' device (else None).

    A callable then still gets tensors, on that device.
    """
    if "torch" not in sys.modules:  # so nobody has made a tensor
        return f, gradient, at, None
    from .torch import Bridge, detached, home_of

    home = home_of(at)
    if home is None:
        return f, gradient, at, None
    if gradient != "torch" and callable(f):
        f = Bridge(f, home)
    if is_both(gradient):
        return f, {name: Bridge(product, home) for name, product in gradient.items()}, detached(at), home
    return f, Bridge(gradient, home) if callable(gradient) else detached(gradient), detached(at), home


class Adapter:
    """What is common to the libraries: everything of reverse mode follows from the pullback."""

    name = ""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def value(self, *positional: Any, **named: Any) -> Any:
        """The function on arrays."""
        raise NotImplementedError

    def pullback(self, positional: tuple[Any, ...], named: dict[str, Any], seeds: Callable[[tuple[int, ...]], list[Any]]) -> list[Any]:
        """For each seed (made for the shape of the output) its product with the Jacobian, as a tree like the arguments."""
        raise NotImplementedError

    def other(self, kind: str) -> Callable[..., Any]:
        """Forward mode and second derivatives."""
        raise BindingError(f"kind={kind!r} is not known for gradient={self.name!r}")

    def pair(self, kind: str) -> Pair:
        """The function and its derivative of that kind."""
        value = _Value(self)
        if kind == "products":
            return value, {"vjp": self.vjp, "jvp": self.other("jvp")}
        return value, {"gradient": self.gradient, "jacobian": self.jacobian, "vjp": self.vjp}.get(kind) or self.other(kind)

    def gradient(self, *positional: Any, **named: Any) -> Any:
        """The gradient of a scalar function."""
        return bare(self.pullback(positional, named, lambda shape: [np.ones(shape)])[0])

    def vjp(self, *positional: Any, **named: Any) -> Any:
        """The product of a vector, the last argument (the first where the others have names), with the Jacobian."""
        vector, rest = (positional[0], ()) if named else (positional[-1], positional[:-1])
        return bare(self.pullback(rest, named, lambda shape: [np.reshape(vector, shape)])[0])

    def jacobian(self, *positional: Any, **named: Any) -> Any:
        """The Jacobian, output + argument, row by row."""
        shapes: list[tuple[int, ...]] = []

        def units(shape: tuple[int, ...]) -> list[Any]:
            shapes.append(shape)
            return [unit.reshape(shape) for unit in np.eye(int(np.prod(shape)))]

        rows = self.pullback(positional, named, units)
        return bare(_stack(rows, shapes[0]))


class _Value:
    """The function of an adapter, with the parameters of the user's."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter, self.__wrapped__ = adapter, adapter.function
        if (found := parameters(adapter.function)) is not None:
            self.__signature__ = inspect.Signature(found)

    def __call__(self, *positional: Any, **named: Any) -> Any:
        return self.adapter.value(*positional, **named)


class AutogradAdapter(Adapter):
    """A function written with HIPS autograd's NumPy; what is complex in its result comes as pairs of reals, along a last axis."""

    name = "autograd"

    def value(self, *positional: Any, **named: Any) -> Any:
        import autograd.numpy as anp  # type: ignore[import-not-found,unused-ignore]

        value = self.function(*positional, **named)
        return anp.stack([anp.real(value), anp.imag(value)], axis=-1) if anp.iscomplexobj(value) else value

    def pullback(self, positional: tuple[Any, ...], named: dict[str, Any], seeds: Callable[[tuple[int, ...]], list[Any]]) -> list[Any]:
        from autograd import make_vjp  # type: ignore[import-not-found,unused-ignore]

        values = (*positional, *named.values())
        trees = []

        def run(*every: Any) -> Any:
            return self.value(*every[: len(positional)], **dict(zip(named, every[len(positional) :], strict=True)))

        pulls, result = zip(*(make_vjp(run, k)(*values) for k in range(len(values))), strict=True)
        for seed in seeds(np.shape(result[0])):
            # of real by complex numbers autograd gives ∂/∂a − i ∂/∂b
            slopes = [mapped(pull(seed if np.shape(seed) else float(seed)), np.conj) for pull in pulls]
            trees.append(dict(zip(named, slopes, strict=True)) if named else tuple(slopes))
        return trees


def bare(slopes: Any) -> Any:
    """The gradient of one argument without its tuple."""
    return slopes[0] if isinstance(slopes, (tuple, list)) and len(slopes) == 1 else slopes


def mapped(tree: Any, change: Callable[[Any], Any]) -> Any:
    """A tree of arguments with every leaf changed; lists become tuples."""
    if isinstance(tree, dict):
        return {key: mapped(entry, change) for key, entry in tree.items()}
    if isinstance(tree, (tuple, list)):
        return tuple(mapped(entry, change) for entry in tree)
    return change(tree)


def _stack(rows: list[Any], shape: tuple[int, ...]) -> Any:
    """Rows of a Jacobian, trees of arrays, as one tree of arrays output + argument."""
    first = rows[0]
    if isinstance(first, dict):
        return {key: _stack([row[key] for row in rows], shape) for key in first}
    if isinstance(first, tuple):
        return tuple(_stack([row[k] for row in rows], shape) for k in range(len(first)))
    return None if first is None else np.stack([np.asarray(row) for row in rows]).reshape(shape + np.shape(first))
