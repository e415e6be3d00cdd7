"""JAX: functions, ``jax.custom_vjp`` and ``jax.custom_jvp``, in 64 bits whatever the global setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax  # noqa: TID253 - only checks of JAX's gradients load this module
import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from .adapter import Adapter

# Name of the context manager: jax.enable_x64 from 0.8, in jax.experimental before.
_wide: Any = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64  # type: ignore[attr-defined, unused-ignore]


class JaxAdapter(Adapter):
    """A function of JAX arrays; what is complex in its result comes as pairs of reals, along a last axis."""

    name = "jax"

    def value(self, *positional: Any, **named: Any) -> Any:
        with _wide(True):
            tree, run = self._run(positional, named)
            return jax.tree_util.tree_map(np.asarray, run(tree))

    def pullback(self, positional: tuple[Any, ...], named: dict[str, Any], seeds: Callable[[tuple[int, ...]], list[Any]]) -> list[Any]:
        with _wide(True):
            tree, run = self._run(positional, named)
            result, pull = jax.vjp(run, tree)
            found = [pull(jax.numpy.asarray(seed, dtype=result.dtype))[0] for seed in seeds(np.shape(result))]
            # of real by complex numbers JAX gives ∂/∂a − i ∂/∂b
            return [jax.tree_util.tree_map(lambda slope: np.conj(np.asarray(slope)), slopes) for slopes in found]

    def _run(self, positional: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, Callable[[Any], Any]]:
        def run(tree: Any) -> Any:
            return jax.tree_util.tree_map(_paired, self.function(**tree) if named else self.function(*tree))

        return _arrays(named or positional), run

    def other(self, kind: str) -> Callable[..., Any]:
        known: dict[str, Callable[..., Any]] = {"jvp": self.jvp, "hessian": self.hessian, "hvp": self.hvp}
        return known[kind] if kind in known else super().other(kind)

    def jvp(self, *positional: Any, **named: Any) -> Any:
        """Forward mode; the direction is the last argument (the first where the others have names)."""
        with _wide(True):
            along = positional[0] if named else positional[-1]
            tree, run = self._run(() if named else positional[:-1], named)
            mates = along if named or isinstance(along, tuple) else (along,)
            return np.asarray(jax.jvp(run, (tree,), (_arrays(mates),))[1])

    def hessian(self, x: Any) -> Any:
        """The Hessian of a scalar function of one array, by reverse mode twice."""
        with _wide(True):
            return np.asarray(jax.jacrev(jax.grad(self.function))(_arrays(x)))

    def hvp(self, x: Any, u: Any) -> Any:
        """The Hessian of a scalar function of one array times u."""
        with _wide(True):
            _, pull = jax.vjp(jax.grad(self.function), _arrays(x))
            return np.asarray(pull(_arrays(u))[0])


def _paired(value: Any) -> Any:
    """A complex array as pairs of reals: reverse mode gives of those all derivatives, also where the function is not holomorphic."""
    value = jax.numpy.asarray(value)
    return jax.numpy.stack([value.real, value.imag], axis=-1) if jax.numpy.iscomplexobj(value) else value


def _arrays(tree: Any) -> Any:
    return jax.tree_util.tree_map(jax.numpy.asarray, tree)
