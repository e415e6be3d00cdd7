"""What is seen of a callable without a call: its parameters as its author named them, whether it reads them, what it stands for."""

from __future__ import annotations

import dis
import inspect
import sys
from collections.abc import Callable, Mapping
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


def reads_arguments(function: Callable[..., Any]) -> bool:
    """Whether a Python function ever reads its parameters; ``lambda x: 2.0`` does not, so it is a value in disguise.

    >>> reads_arguments(lambda x: 2.0), reads_arguments(lambda x: 2 * x)
    (False, True)
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return True
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    names = set(code.co_varnames[:count])
    for instruction in dis.get_instructions(code):
        used = instruction.argval
        if instruction.opname.startswith(("LOAD", "COPY_FREE")) or "LOAD_FAST" in instruction.opname or "LOAD_DEREF" in instruction.opname:
            mentioned = used if isinstance(used, tuple) else (used,)
            if any(isinstance(name, str) and name in names for name in mentioned) and not instruction.opname.startswith("LOAD_GLOBAL"):
                return True
    return False


def is_both(claim: Any) -> bool:
    """Whether a claim is of both products with the Jacobian: a dictionary of two callables.

    >>> is_both({"vjp": len, "jvp": len}), is_both({"vjp": 1.0, "jvp": 2.0})
    (True, False)
    """
    return isinstance(claim, Mapping) and set(claim) == {"vjp", "jvp"} and all(callable(product) for product in claim.values())
