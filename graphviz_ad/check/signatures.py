"""The parameters of a function as its author named them, also where a library stands between."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any


def parameters(function: Any) -> list[inspect.Parameter] | None:
    """The parameters; None where there is no signature, as of functions in C.

    A module of PyTorch has those of ``forward``; an ``autograd.Function.apply`` those of ``forward`` without the context.

    >>> [p.name for p in parameters(lambda x, W: x)]
    ['x', 'W']
    """
    torch: Any = sys.modules.get("torch")
    skip = 0
    if torch is not None:
        owner: Any = getattr(function, "__self__", None)
        if isinstance(function, torch.nn.Module):
            function = function.forward
        elif inspect.isclass(owner) and issubclass(owner, torch.autograd.Function) and owner is not torch.autograd.Function:
            function = owner.forward  # type: ignore[attr-defined, unused-ignore]
            # with a setup_context of its own, forward takes no context
            skip = int(owner.setup_context is torch.autograd.Function.setup_context)  # type: ignore[attr-defined, unused-ignore]
    try:
        return list(inspect.signature(function).parameters.values())[skip:]
    except (TypeError, ValueError):
        return None


def positional_names(function: Callable[..., Any]) -> list[str]:
    """The names of the parameters that may be given by position."""
    return [p.name for p in parameters(function) or () if p.kind <= p.POSITIONAL_OR_KEYWORD]


def weights(function: Any) -> list[str]:
    """The names of a PyTorch module's parameters; none of anything else."""
    torch: Any = sys.modules.get("torch")
    if torch is None or not isinstance(function, torch.nn.Module):
        return []
    return [name for name, _ in function.named_parameters()]
