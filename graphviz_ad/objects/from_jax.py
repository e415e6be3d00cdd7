"""The way from JAX to a graph; a module of its own, because its examples want the extra ``jax``."""

from __future__ import annotations

from collections.abc import Callable

from .graph import Graph


def from_jax(function: Callable[..., object], *examples: object) -> Graph:
    """The graph of a JAX function, from example arguments; each may be an array, a number, or a tree of them (a dict of weights).

    Inputs are named as the function's parameters; the leaves of a tree by their way in it (``params["w"]`` is params_w). What
    jax.jit and jax.nn wrap is taken apart. The graph computes in double precision.

    Raises
    ------
    ParseError
        Primitives without a counterpart; all of them are listed. Or a function that JAX cannot trace.
    ShapeError
        Operands do not fit on the example.

    >>> import jax.numpy as jnp
    >>> graph = from_jax(lambda x, w: jnp.sum(jnp.tanh(x @ w)), jnp.ones((2, 3)), jnp.ones(3))
    >>> graph.inputs, round(graph.at(x=[[1, 0, 0], [0, 1, 0]], w=[0, 1, 2]).value, 6)
    (('x', 'w'), 0.761594)
    """
    from ..importers.jax import from_jax as read

    return Graph.lift(read(function, *examples))
