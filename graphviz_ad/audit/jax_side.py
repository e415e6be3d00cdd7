"""JAX's answer: 64 bits, reverse mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .walk import Counterpart, Table, against_zero, run, spelled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from jax import Array

    from ..objects.graph import Graph
    from ..objects.point import Point

_SAME = (
    "reciprocal", "square", "sqrt", "cbrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "hypot", "abs", "sign",
    "floor", "ceil", "round", "trunc", "maximum", "minimum", "fmod", "mod", "power", "heaviside", "clip", "sin", "cos", "tan", "sinc",
    "sinh", "cosh", "tanh", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "logical_and", "logical_or",
    "logical_not", "deg2rad", "rad2deg", "matmul", "dot", "outer", "inner", "kron", "prod", "sum", "mean", "max", "min", "median",
)  # fmt: skip
_RENAMED = {
    "sub": "subtract", "mul": "multiply", "div": "divide", "neg": "negative", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "atan2": "arctan2", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "add": "add",
}  # fmt: skip
_NN = {
    "relu": "relu", "relu6": "relu6", "leaky_relu": "leaky_relu", "elu": "elu", "selu": "selu", "celu": "celu", "silu": "silu",
    "mish": "mish", "softsign": "soft_sign", "hardsigmoid": "hard_sigmoid", "hardswish": "hard_swish", "sigmoid": "sigmoid",
    "logsigmoid": "log_sigmoid", "softplus": "softplus",
}  # fmt: skip
_SPECIAL = {"erf": "erf", "erfc": "erfc", "erfinv": "erfinv", "lgamma": "gammaln", "digamma": "digamma", "xlogy": "xlogy", "logit": "logit"}


def version() -> str:
    """The version that answers."""
    import jax

    return str(jax.__version__)


def answers(point: Point) -> Iterator[tuple[str, dict[str, Any]]]:
    """(spelling, gradient by input) for the plain spelling, then for others of the same operations."""
    import jax
    import numpy as np

    wide: Any = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64  # type: ignore[attr-defined, unused-ignore]
    graph = point.graph
    with wide(True):
        for table in _tables(jax, graph):
            fixed = {h: jax.numpy.asarray(value, dtype=float) for h, value in point.inputs.items()}

            def f(moving: dict[str, Array], table: Table = table, fixed: dict[int, Array] = fixed) -> Array:
                inputs = {**fixed, **{graph.input_handles[name]: value for name, value in moving.items()}}
                return run(graph, inputs, table, lambda value: jax.numpy.asarray(value, dtype=float))

            slopes = jax.grad(f)({name: fixed[graph.input_handles[name]] for name in point.wrt})
            yield spelled(graph, table), {name: np.asarray(slope) for name, slope in slopes.items()}


def _tables(jax: ModuleType, graph: Graph) -> Iterator[Table]:
    jnp = jax.numpy
    table = {name: Counterpart(f"jnp.{name}", getattr(jnp, name)) for name in _SAME}
    table |= {name: Counterpart(f"jnp.{theirs}", getattr(jnp, theirs)) for name, theirs in _RENAMED.items()}
    table |= {name: Counterpart(f"jax.nn.{theirs}", getattr(jax.nn, theirs)) for name, theirs in _NN.items()}
    table |= {name: Counterpart(f"jax.scipy.special.{theirs}", getattr(jax.scipy.special, theirs)) for name, theirs in _SPECIAL.items()}
    table |= {
        "hardtanh": Counterpart("jax.nn.hard_tanh", lambda x, *_: jax.nn.hard_tanh(x)),
        "gelu": Counterpart("jax.nn.gelu", lambda x: jax.nn.gelu(x, approximate=False)),
        "where": Counterpart("jnp.where", lambda c, a, b: jnp.where(c != 0, a, b)),
        "sort": Counterpart("jnp.sort", lambda x, axis=-1, **_: jnp.sort(x, axis=axis)),
        "norm": Counterpart("jnp.linalg.norm", jnp.linalg.norm),
        "stack": Counterpart("jnp.stack", lambda *xs, axis=0: jnp.stack(xs, axis)),
        "transpose": Counterpart("x.T", lambda x, **_: x.T),
        "inv": Counterpart("jnp.linalg.inv", jnp.linalg.inv),
        "det": Counterpart("jnp.linalg.det", jnp.linalg.det),
        "logdet": Counterpart("jnp.linalg.slogdet", lambda x: jnp.linalg.slogdet(x)[1]),
        "stop_gradient": Counterpart("jax.lax.stop_gradient", jax.lax.stop_gradient),
        "index": Counterpart("x[…]", _indexed),
    }
    yield table
    if against_zero(graph):
        yield {**table, "maximum": Counterpart("jax.nn.relu", lambda a, b: jax.nn.relu(_moving(jax, a, b)))}
        yield {**table, "maximum": Counterpart("jnp.clip(min=0)", lambda a, b: jnp.clip(_moving(jax, a, b), 0))}


def _moving(jax: ModuleType, a: Array, b: Array) -> Array:
    """The operand of a maximum that is no constant."""
    return a if isinstance(a, jax.core.Tracer) else b


def _indexed(x: Array, pattern: Sequence[tuple[Any, ...]]) -> Array:
    if any(kind != "at" for kind, *_ in pattern):
        from .walk import NoCounterpart

        raise NoCounterpart("index with slices")
    return x[tuple(place for _, place in pattern)]
