"""What a text is parsed to: statements, each a postfix program for a stack machine."""

from __future__ import annotations

from typing import NamedTuple

# What an instruction does; the payload's meaning is given behind each.
NUMBER = "number"  # the literal's text
NAME = "name"  # the name
STRING = "string"  # the quoted text
WORD = "word"  # True, False or None
APPLY = "apply"  # the operation's canonical name; pops `arity` operands
COMPARE = "compare"  # a tuple of comparison operations, one fewer than operands
CALL = "call"  # (function name, names of the trailing keyword arguments)
LIST = "list"
TUPLE = "tuple"
INDEX = "index"  # one entry per axis: "item", "...", or "a:b:c" with the parts present; operands: the array, then the parts
ATTRIBUTE = "attribute"  # the attribute's name


class Instruction(NamedTuple):
    """One step of a postfix program: pops ``arity`` values, pushes one.

    ``start`` and ``end`` locate it in the text; ``mark`` is where its operator or bracket stands, for carets.
    """

    code: str
    payload: object
    arity: int
    start: int
    end: int
    mark: int


class Statement(NamedTuple):
    """``kind`` is "value" (``name`` may be None) or "function"; ``start`` and ``end`` span the whole statement."""

    kind: str
    name: str | None
    parameters: tuple[str, ...]
    code: list[Instruction]
    start: int
    end: int


class Program(NamedTuple):
    """A parsed text."""

    text: str
    statements: list[Statement]
    source: str
