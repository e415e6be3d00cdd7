"""Functions of PyTorch, JAX and HIPS autograd as pairs of NumPy callables; each library is imported only when its pair is asked for.

What is checked is the library's reverse mode through the user's code: a custom ``torch.autograd.Function`` or ``jax.custom_vjp``
with a wrong backward shows, because differences see only the forward pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..errors import BindingError

Pair = tuple[Callable[..., Any], Callable[..., Any]]

#: what may stand for a gradient: the library that differentiates
LIBRARIES = ("torch", "jax", "autograd")


def pair(library: str, function: Callable[..., Any]) -> Pair:
    """A NumPy function and its gradient by a library's reverse mode; arguments are arrays, positional or named.

    Raises BindingError for an unknown library, and ImportError where the library is not installed.
    """
    if library == "torch":
        return torch_pair(function)
    if library == "jax":
        return jax_pair(function)
    if library == "autograd":
        return autograd_pair(function)
    raise BindingError(f"gradient={library!r} is neither a callable, nor values, nor one of {', '.join(LIBRARIES)}")


def torch_pair(function: Callable[..., Any]) -> Pair:
    """For a torch function, ``torch.autograd.Function.apply`` or ``nn.Module`` with a scalar output.

    The parameters of a module count as fixed; give them as arguments through ``torch.func.functional_call`` to check them.
    """
    import torch

    def tensor(value: Any, track: bool) -> Any:
        if isinstance(value, (np.ndarray, np.generic, float, complex)):
            return torch.tensor(np.asarray(value), requires_grad=track and np.asarray(value).dtype.kind in "fc")
        if isinstance(value, dict):
            return {key: tensor(entry, track) for key, entry in value.items()}
        if isinstance(value, (tuple, list)):
            return type(value)(tensor(entry, track) for entry in value)
        return value

    def f(*positional: Any, **named: Any) -> Any:
        with torch.no_grad():
            return _numpy(function(*tensor(list(positional), False), **tensor(named, False)))

    def gradient(*positional: Any, **named: Any) -> Any:
        arguments, keywords = tensor(list(positional), True), tensor(named, True)
        result = function(*arguments, **keywords)
        result.backward()

        def slope(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: slope(entry) for key, entry in value.items()}
            if isinstance(value, (tuple, list)):
                return tuple(slope(entry) for entry in value)
            if not isinstance(value, torch.Tensor) or not value.requires_grad:
                return None
            return np.zeros(tuple(value.shape)) if value.grad is None else value.grad.detach().numpy()

        return slope(keywords) if named else _bare(slope(arguments))

    f.__wrapped__ = function  # type: ignore[attr-defined]  # so that the names of its parameters are seen
    return f, gradient


def jax_pair(function: Callable[..., Any]) -> Pair:
    """For a JAX function with a scalar output, in 64 bits, whatever the global setting."""
    import jax

    # Name of the context manager: jax.enable_x64 from 0.8, in jax.experimental before.
    wide = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64  # type: ignore[attr-defined, unused-ignore]

    def f(*positional: Any, **named: Any) -> Any:
        with wide(True):
            return _numpy(function(*map(_jax_array, positional), **{k: _jax_array(v) for k, v in named.items()}))

    def gradient(*positional: Any, **named: Any) -> Any:
        with wide(True):
            if named:
                slopes = jax.grad(lambda tree: function(**tree))({k: _jax_array(v) for k, v in named.items()})
            else:
                slopes = _bare(jax.grad(function, argnums=tuple(range(len(positional))))(*map(_jax_array, positional)))
            return jax.tree_util.tree_map(np.asarray, slopes)

    f.__wrapped__ = function  # type: ignore[attr-defined]
    return f, gradient


def _jax_array(value: Any) -> Any:
    import jax

    return jax.tree_util.tree_map(jax.numpy.asarray, value)


def autograd_pair(function: Callable[..., Any]) -> Pair:
    """For a function written with HIPS autograd's NumPy."""
    from autograd import grad  # type: ignore[import-not-found,unused-ignore]

    def gradient(*positional: Any, **named: Any) -> Any:
        if named:
            names = list(named)
            slopes = grad(lambda *values: function(**dict(zip(names, values, strict=True))), tuple(range(len(names))))(*named.values())
            return dict(zip(names, slopes, strict=True))
        return _bare(grad(function, tuple(range(len(positional))))(*positional))

    return function, gradient


def _bare(slopes: Any) -> Any:
    """The gradient of one argument without its tuple."""
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def _numpy(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_numpy(entry) for entry in value]
    return value.detach().numpy() if hasattr(value, "detach") else np.asarray(value)
