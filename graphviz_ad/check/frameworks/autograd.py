"""HIPS autograd: functions written with its NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from .adapter import Adapter, mapped


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
