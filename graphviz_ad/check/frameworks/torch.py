"""PyTorch: plain functions, ``torch.autograd.Function`` and ``nn.Module``, on whatever device they live."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it
import torch  # noqa: TID253 - only checks of PyTorch's gradients load this module

from ..probing.signatures import parameters
from .adapter import Adapter, mapped

_CPU = torch.device("cpu")
#: kinds of devices that know no double precision; what lives there is checked in a copy on the CPU
_SINGLE_ONLY = ("mps",)


class TorchAdapter(Adapter):
    """A module is copied into double precision. Arguments named as its parameters take their place, so that the gradients
    by them are checked, too (``{"input": x, "weight": W}``); parameters that are not given stay as they are.

    Arrays become tensors on ``device``; by default where the module's parameters are, or the tensors and modules that the
    function refers to.
    """

    name = "torch"

    def __init__(self, function: Callable[..., Any], device: torch.device | None = None) -> None:
        super().__init__(function)
        self.module = _double(function) if isinstance(function, torch.nn.Module) else None
        if self.module is not None:
            self.function = self.module.forward  # whose parameters have names
        self.device = _home(self.module if self.module is not None else function, device)

    def tensor(self, value: Any) -> Any:
        """A tensor of its own for numbers, in the precision of a module's copy; anything else as it is."""
        made = to_tensor(value, self.device)
        if self.module is not None and isinstance(made, torch.Tensor) and made.dtype in (torch.float32, torch.float16):
            return made.double()
        return made

    def call(self, *positional: Any, **named: Any) -> Any:
        """The function on tensors; what is complex in its result as pairs of reals, along a last axis."""
        if self.module is None:
            return mapped(self.function(*positional, **named), _paired)
        known = {name for name, _ in self.module.named_parameters()}
        weights = {name: value for name, value in named.items() if name in known}
        rest = {name: value for name, value in named.items() if name not in known}
        return mapped(torch.func.functional_call(self.module, weights, positional, rest), _paired)

    def value(self, *positional: Any, **named: Any) -> Any:
        with torch.no_grad():
            return mapped(self.call(*mapped(positional, self.tensor), **mapped(named, self.tensor)), to_array)

    def pullback(self, positional: tuple[Any, ...], named: dict[str, Any], seeds: Callable[[tuple[int, ...]], list[Any]]) -> list[Any]:
        tracked: list[Any] = []

        def track(value: Any) -> Any:
            tensor = self.tensor(value)
            if isinstance(tensor, torch.Tensor) and (tensor.is_floating_point() or tensor.is_complex()):
                tracked.append(tensor.requires_grad_())
            return tensor

        arguments, keywords = mapped(positional, track), mapped(named, track)
        result = self.call(*arguments, **keywords)
        trees = []
        for seed in seeds(tuple(result.shape)):
            slopes: Any = [None] * len(tracked)
            if result.requires_grad:
                upstream = torch.as_tensor(seed, dtype=result.dtype, device=result.device)
                slopes = torch.autograd.grad(result, tracked, upstream, retain_graph=True, allow_unused=True)
            found = {
                id(tensor): np.zeros(tuple(tensor.shape)) if slope is None else to_array(slope)
                for tensor, slope in zip(tracked, slopes, strict=True)
            }
            trees.append(mapped(keywords if named else arguments, lambda leaf, found=found: found.get(id(leaf))))  # type: ignore[misc]
        return trees

    def other(self, kind: str) -> Callable[..., Any]:
        known: dict[str, Callable[..., Any]] = {"jvp": self.jvp, "hessian": self.hessian, "hvp": self.hvp}
        return known[kind] if kind in known else super().other(kind)

    def jvp(self, *positional: Any, **named: Any) -> Any:
        """Forward mode; the direction is the last argument (the first where the others have names)."""
        names = list(named)
        along = positional[0] if named else positional[-1]
        values = mapped(tuple(named.values()) if named else positional[:-1], self.tensor)
        mates = tuple(along[name] for name in names) if named else along if isinstance(along, tuple) else (along,)
        tangents = tuple(self.tensor(mate).to(value.dtype) for mate, value in zip(mates, values, strict=True))

        def run(*every: Any) -> Any:
            return self.call(**dict(zip(names, every, strict=True))) if named else self.call(*every)

        return to_array(torch.func.jvp(run, values, tangents)[1])

    def hessian(self, x: Any) -> Any:
        """The Hessian of a scalar function of one array."""
        functional: Any = torch.autograd.functional
        return to_array(functional.hessian(self.call, self.tensor(x)))

    def hvp(self, x: Any, u: Any) -> Any:
        """The Hessian of a scalar function of one array times u."""
        functional: Any = torch.autograd.functional
        return to_array(functional.hvp(self.call, self.tensor(x), self.tensor(u))[1])


class Bridge:
    """A function of tensors as one of arrays: the arguments go to a device, the result comes back."""

    def __init__(self, function: Callable[..., Any], device: torch.device) -> None:
        self.__wrapped__, self.device = function, device
        if (found := parameters(function)) is not None:
            self.__signature__ = inspect.Signature(found)

    @property
    def __code__(self) -> Any:  # whether a claim reads its arguments is seen in its code
        return self.__wrapped__.__code__

    def __call__(self, *positional: Any, **named: Any) -> Any:
        def inward(value: Any) -> Any:
            return to_tensor(value, self.device)

        return mapped(self.__wrapped__(*mapped(positional, inward), **mapped(named, inward)), to_array)


def _paired(value: Any) -> Any:
    """A complex tensor as pairs of reals: reverse mode gives of those all derivatives, also where the function is not holomorphic."""
    return torch.view_as_real(value.resolve_conj()) if isinstance(value, torch.Tensor) and value.is_complex() else value


def home_of(tree: Any) -> torch.device | None:
    """The device of the tensors in a tree of arguments, of several the one that is no CPU; None where there is no tensor."""
    found: list[torch.device] = []
    mapped(tree, lambda leaf: found.append(leaf.device) if isinstance(leaf, torch.Tensor) else None)
    return _chosen(found) if found else None


def to_tensor(value: Any, device: torch.device) -> Any:
    """A tensor of its own for numbers; anything else as it is."""
    return torch.tensor(np.asarray(value), device=device) if isinstance(value, (np.ndarray, np.generic, float, complex)) else value


def to_array(value: Any) -> Any:
    """A tensor's numbers, from any device; sixteen bits of bfloat16, which NumPy lacks, as 32."""
    if not isinstance(value, torch.Tensor):
        return value if value is None else np.asarray(value)
    value = value.detach().cpu().resolve_conj().resolve_neg()
    return (value.float() if value.dtype == torch.bfloat16 else value).numpy()


def detached(tree: Any) -> Any:
    """A tree of arguments with arrays for tensors."""
    if isinstance(tree, dict):
        return {key: detached(entry) for key, entry in tree.items()}
    if isinstance(tree, (tuple, list)):
        parts = [detached(entry) for entry in tree]
        return parts if isinstance(tree, list) else type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return to_array(tree).copy() if isinstance(tree, torch.Tensor) else tree


def _double(module: torch.nn.Module) -> torch.nn.Module:
    copied = copy.deepcopy(module)
    if _home(copied, None).type in _SINGLE_ONLY:
        copied = copied.cpu()
    return copied.double()


def _home(function: Any, device: torch.device | None) -> torch.device:
    """Where the arguments of a function belong: a module's own device, else the given one, else that of what the function refers to."""
    if isinstance(function, torch.nn.Module):
        own = [one.device for one in (*function.parameters(), *function.buffers())]
        return _chosen(own) if own else device or _CPU
    return device if device is not None else _chosen([one for value in _referred(function) for one in _devices(value)])


def _chosen(devices: list[torch.device]) -> torch.device:
    return next((one for one in devices if one.type != "cpu"), _CPU)


def _devices(value: Any) -> Iterator[torch.device]:
    if isinstance(value, torch.Tensor):
        yield value.device
    elif isinstance(value, torch.nn.Module):
        yield from (one.device for one in (*value.parameters(), *value.buffers()))


def _referred(function: Any) -> Iterator[Any]:
    """The objects outside of a function that its code names, and the one that it is a method of."""
    yield getattr(function, "__self__", None)
    try:
        outside = inspect.getclosurevars(inspect.unwrap(function))
    except (TypeError, ValueError):  # it is no Python function, or a cell of it is still empty
        return
    yield from (*outside.nonlocals.values(), *outside.globals.values())
