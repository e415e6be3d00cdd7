"""The record of a function that is written in the language itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Body = Callable[[frozenset[str], Mapping[str, Any]], str | None]


class Composite(NamedTuple):
    """A function written in the language.

    ``operands`` become nodes (``"gamma="`` may be left out), ``parameters`` are static. ``body`` is the definition, or
    makes it from the operands that are given and the static arguments.
    """

    name: str
    operands: tuple[str, ...]
    parameters: tuple[str, ...]
    summary: str
    body: str | Body
    aliases: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """As it is called."""
        return f"{self.name}({', '.join(one.removesuffix('=') for one in (*self.operands, *self.parameters))})"


def written_tuple(numbers: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, numbers))},)"


def composite(name: str, operands: str, parameters: str, summary: str, body: str | Body, aliases: str = "") -> Composite:
    return Composite(name, tuple(operands.split()), tuple(parameters.split()), summary, body, tuple(aliases.split()))
