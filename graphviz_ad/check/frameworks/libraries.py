"""Functions of PyTorch, JAX and HIPS autograd as pairs of NumPy callables; each library is imported only when its pair is asked for.

What is checked is the library's differentiation through the user's code: a custom ``torch.autograd.Function`` or ``jax.custom_vjp``
with a wrong backward shows, because differences see only the forward pass.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ...errors import BindingError
from ..probing.signatures import is_both
from .adapter import Pair

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
        from .autograd import AutogradAdapter

        return AutogradAdapter(function).pair(kind)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        raise BindingError(f"{library} is not installed here\nhint: python -m pip install {library}") from None


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
