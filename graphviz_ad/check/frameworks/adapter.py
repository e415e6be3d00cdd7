"""What adapters of all libraries have in common: a function and its derivative as NumPy callables, from the library's pullback."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ...errors import BindingError
from ..probing.signatures import parameters

Pair = tuple[Callable[..., Any], Any]


class Adapter:
    """What is common to the libraries: everything of reverse mode follows from the pullback."""

    name = ""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def value(self, *positional: Any, **named: Any) -> Any:
        """The function on arrays."""
        raise NotImplementedError

    def pullback(self, positional: tuple[Any, ...], named: dict[str, Any], seeds: Callable[[tuple[int, ...]], list[Any]]) -> list[Any]:
        """For each seed (made for the shape of the output) its product with the Jacobian, as a tree like the arguments."""
        raise NotImplementedError

    def other(self, kind: str) -> Callable[..., Any]:
        """Forward mode and second derivatives."""
        raise BindingError(f"kind={kind!r} is not known for gradient={self.name!r}")

    def pair(self, kind: str) -> Pair:
        """The function and its derivative of that kind."""
        value = _Value(self)
        if kind == "products":
            return value, {"vjp": self.vjp, "jvp": self.other("jvp")}
        return value, {"gradient": self.gradient, "jacobian": self.jacobian, "vjp": self.vjp}.get(kind) or self.other(kind)

    def gradient(self, *positional: Any, **named: Any) -> Any:
        """The gradient of a scalar function."""
        return bare(self.pullback(positional, named, lambda shape: [np.ones(shape)])[0])

    def vjp(self, *positional: Any, **named: Any) -> Any:
        """The product of a vector, the last argument (the first where the others have names), with the Jacobian."""
        vector, rest = (positional[0], ()) if named else (positional[-1], positional[:-1])
        return bare(self.pullback(rest, named, lambda shape: [np.reshape(vector, shape)])[0])

    def jacobian(self, *positional: Any, **named: Any) -> Any:
        """The Jacobian, output + argument, row by row."""
        shapes: list[tuple[int, ...]] = []

        def units(shape: tuple[int, ...]) -> list[Any]:
            shapes.append(shape)
            return [unit.reshape(shape) for unit in np.eye(int(np.prod(shape)))]

        rows = self.pullback(positional, named, units)
        return bare(_stack(rows, shapes[0]))


class _Value:
    """The function of an adapter, with the parameters of the user's."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter, self.__wrapped__ = adapter, adapter.function
        if (found := parameters(adapter.function)) is not None:
            self.__signature__ = inspect.Signature(found)

    def __call__(self, *positional: Any, **named: Any) -> Any:
        return self.adapter.value(*positional, **named)


def bare(slopes: Any) -> Any:
    """The gradient of one argument without its tuple."""
    return slopes[0] if isinstance(slopes, (tuple, list)) and len(slopes) == 1 else slopes


def mapped(tree: Any, change: Callable[[Any], Any]) -> Any:
    """A tree of arguments with every leaf changed; lists become tuples."""
    if isinstance(tree, dict):
        return {key: mapped(entry, change) for key, entry in tree.items()}
    if isinstance(tree, (tuple, list)):
        return tuple(mapped(entry, change) for entry in tree)
    return change(tree)


def _stack(rows: list[Any], shape: tuple[int, ...]) -> Any:
    """Rows of a Jacobian, trees of arrays, as one tree of arrays output + argument."""
    first = rows[0]
    if isinstance(first, dict):
        return {key: _stack([row[key] for row in rows], shape) for key in first}
    if isinstance(first, tuple):
        return tuple(_stack([row[k] for row in rows], shape) for k in range(len(first)))
    return None if first is None else np.stack([np.asarray(row) for row in rows]).reshape(shape + np.shape(first))
