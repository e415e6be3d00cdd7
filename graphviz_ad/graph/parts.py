"""The parts of a graph: places in the author's text, numbers as written, what is known of an input, calls of named functions."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Where a node stands in the author's text: offsets, and ``mark``, where its operator is."""

    start: int
    end: int
    mark: int


class Literal(NamedTuple):
    """A number as the author wrote it. Integers are exact at any precision, decimals are the double ``value``.

    ``implied`` marks a default argument that the author did not write.
    """

    text: str
    value: float
    implied: bool = False

    @property
    def integer(self) -> bool:
        """Whether the literal is an exact integer."""
        return self.text.lstrip("-").isdigit()


class Input(NamedTuple):
    """What is known of an input: its default, whether it is one of the constants pi, e, inf, and whether nothing uses it."""

    default: object = None
    constant: bool = False
    unused: bool = False


class Group(NamedTuple):
    """One call of a named function: its nodes are drawn as a cluster.

    ``label`` is the definition's text, ``parent`` the enclosing group or -1, ``arguments`` the handles handed in,
    ``output`` the handle that comes back, ``call`` where the call stands; ``builtin``: the definition is ours.
    """

    name: str
    label: str
    parameters: tuple[str, ...]
    arguments: tuple[int, ...]
    output: int
    parent: int
    call: Span | None
    builtin: bool = False
