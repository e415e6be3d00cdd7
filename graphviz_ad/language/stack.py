"""What lies on the stack of the machine that makes a graph of a program, the frames it runs in, and what calls need of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..graph.parts import Literal, Span

if TYPE_CHECKING:
    from typing import Protocol

    from ..errors import ParseError
    from ..graph.builder import Builder
    from ..syntax.program import Instruction, Program, Statement

    # a class of a protocol takes longer to make than all that the machine does with a small text: it is for type checkers alone
    class Machine(Protocol):
        """The machine as the vocabulary sees it: where nodes are made, and how a value on the stack becomes one."""

        builder: Builder
        program: Program
        functions: dict[str, Statement]

        def handle(self, value: object, step: Instruction | Span, frame: Frame) -> int: ...

        def at(self, where: Instruction | Span, message: str, hint: str = "") -> ParseError: ...

        def enter_definition(
            self, name: str, text: str, label: str, known: Mapping[str, object], operands: dict[str, int], span: Span, frame: Frame
        ) -> Frame | int: ...


class Text(str):
    """A quoted text on the machine's stack."""


class Word(NamedTuple):
    """True, False or None on the machine's stack."""

    value: bool | None


class Several(tuple[object, ...]):
    """A tuple on the machine's stack, such as a shape or a list of arrays."""


class Quantity(NamedTuple):
    """A number on the machine's stack: it becomes a node only where a value is wanted, not as an axis or a shape."""

    literal: Literal
    span: Span | None = None


class Listing(NamedTuple):
    """A list on the machine's stack; as a value its entries are stacked."""

    entries: tuple[object, ...]
    span: Span


class Frame:
    """One expression being run: its code, where it is, its values, its parameters, its group."""

    __slots__ = ("at", "builtin", "code", "group", "locals", "memo", "rank", "stack")

    def __init__(
        self, code: Sequence[Instruction], group: int, parameters: Mapping[str, object], rank: int, builtin: Span | None = None
    ) -> None:
        self.code, self.at, self.group, self.locals = code, 0, group, parameters
        self.stack: list[object] = []
        self.memo: object = None
        self.rank = rank  # functions defined before this one may be called, itself and later ones not
        self.builtin = builtin  # of a definition of our own: where it is called; the author's functions mean nothing in it

    def take(self, count: int) -> list[object]:
        """The topmost values, off the stack."""
        stack = self.stack
        first = len(stack) - count
        values = stack[first:]
        del stack[first:]
        return values
