"""PyTorch: plain functions, ``torch.autograd.Function`` and ``nn.Module``."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it
import torch  # noqa: TID253 - only checks of PyTorch's gradients load this module

from .adapters import Adapter, mapped


class TorchAdapter(Adapter):
    """A module is copied into double precision. Arguments named as its parameters take their place, so that the gradients
    by them are checked, too (``{"input": x, "weight": W}``); parameters that are not given stay as they are.
    """

    name = "torch"

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.module = copy.deepcopy(function).double() if isinstance(function, torch.nn.Module) else None
        if self.module is not None:
            self.function = self.module.forward  # whose parameters have names

    def call(self, *positional: Any, **named: Any) -> Any:
        """The function on tensors."""
        if self.module is None:
            return self.function(*positional, **named)
        known = {name for name, _ in self.module.named_parameters()}
        weights = {name: value for name, value in named.items() if name in known}
        rest = {name: value for name, value in named.items() if name not in known}
        return torch.func.functional_call(self.module, weights, positional, rest)

    def value(self, *positional: Any, **named: Any) -> Any:
        with torch.no_grad():
            return mapped(self.call(*mapped(positional, _plain), **mapped(named, _plain)), _array)

    def pullback(self, positional: tuple[Any, ...], named: dict[str, Any], seeds: Callable[[tuple[int, ...]], list[Any]]) -> list[Any]:
        tracked: list[Any] = []

        def track(value: Any) -> Any:
            tensor = _plain(value)
            if isinstance(tensor, torch.Tensor) and (tensor.is_floating_point() or tensor.is_complex()):
                tracked.append(tensor.requires_grad_())
            return tensor

        arguments, keywords = mapped(positional, track), mapped(named, track)
        result = self.call(*arguments, **keywords)
        trees = []
        for seed in seeds(tuple(result.shape)):
            slopes: Any = [None] * len(tracked)
            if result.requires_grad:
                upstream = torch.as_tensor(seed, dtype=result.dtype)
                slopes = torch.autograd.grad(result, tracked, upstream, retain_graph=True, allow_unused=True)
            found = {
                id(tensor): np.zeros(tuple(tensor.shape)) if slope is None else slope.detach().numpy()
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
        values = mapped(tuple(named.values()) if named else positional[:-1], _plain)
        mates = tuple(along[name] for name in names) if named else along if isinstance(along, tuple) else (along,)
        tangents = tuple(_plain(mate).to(value.dtype) for mate, value in zip(mates, values, strict=True))

        def run(*every: Any) -> Any:
            return self.call(**dict(zip(names, every, strict=True))) if named else self.call(*every)

        return _array(torch.func.jvp(run, values, tangents)[1])

    def hessian(self, x: Any) -> Any:
        """The Hessian of a scalar function of one array."""
        functional: Any = torch.autograd.functional
        return functional.hessian(self.call, _plain(x)).numpy()

    def hvp(self, x: Any, u: Any) -> Any:
        """The Hessian of a scalar function of one array times u."""
        functional: Any = torch.autograd.functional
        return functional.hvp(self.call, _plain(x), _plain(u))[1].numpy()


def _plain(value: Any) -> Any:
    """A tensor of its own for numbers; anything else as it is."""
    return torch.tensor(np.asarray(value)) if isinstance(value, (np.ndarray, np.generic, float, complex)) else value


def _array(value: Any) -> Any:
    return value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
