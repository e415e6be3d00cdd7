"""Texts to programs: statements, one a line, each with the postfix code of its expression.

A statement becomes a list of instructions for a stack machine. The same small form serves the author's text, the
derivative rules of the operations, and the printing of formulas.
"""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ParseError
from ..limits import require
from .expression import ExpressionReader
from .program import Instruction, Program, Statement
from .tokens import tokenize


def _never(word: str) -> bool:
    """Where no function is known by name."""
    return False


def parse_program(text: str, source: str = "expression", is_function: Callable[[str], bool] = _never) -> Program:
    """Parse a whole text; ``is_function`` knows the functions that a hint may name.

    >>> program = parse_program("q = x + y; q*z")
    >>> [(s.name, len(s.code)) for s in program.statements]
    [('q', 3), (None, 3)]

    Raises
    ------
    ParseError
        With line, column, caret and hint.
    LimitError
        The text is longer than ``GRADVIZ_MAX_TEXT`` characters.
    """
    require("GRADVIZ_MAX_TEXT", len(text), "the expression's length in characters")
    reader = _Reader(text, tokenize(text, source), source, is_function)
    statements = []
    while True:
        reader.skip_newlines()
        if reader.token.kind == "end":
            break
        statements.append(reader.statement())
    if not statements:
        raise ParseError("there is no expression", hint='for example: gradviz "(x+y)*z" x=-2 y=5 z=-4', source=source)
    return Program(text, statements, source)


def parse_expression(text: str, source: str = "expression") -> list[Instruction]:
    """Parse one expression without statements around it; the postfix code."""
    reader = ExpressionReader(text, tokenize(text, source), source, _never)
    code = reader.expression()
    if reader.token.kind != "end":
        raise reader.unexpected()
    return code


class _Reader(ExpressionReader):
    """Reads statements."""

    def statement(self) -> Statement:
        start = self.token.start
        name: str | None = None
        parameters: tuple[str, ...] = ()
        kind = "value"
        if self.token.kind == "name":
            if self.peek().text == "=" and self.peek().kind == "operator":
                name = self.check_name(self.token)
                self.advance()
                self.advance()
            else:
                head = self.function_head()
                if head is not None:
                    kind, (name, parameters) = "function", head
        if self.token.kind in ("newline", "end") and name is not None:
            raise self.error(f"the value of {name} is missing", self.token.start, hint=f"write {name} = expression")
        code = self.expression()
        return Statement(kind, name, parameters, code, start, code[-1].end)

    def function_head(self) -> tuple[str, tuple[str, ...]] | None:
        """Recognise ``name(a, b) =`` and step over it; otherwise stay in place."""
        if self.peek().text != "(":
            return None
        index, parameters = self.at + 2, []
        while True:
            token = self.tokens[index] if index < len(self.tokens) else self.tokens[-1]
            if token.kind != "name":
                return None
            parameters.append(token)
            separator = self.tokens[index + 1]
            index += 2
            if separator.text == ")":
                break
            if separator.text != ",":
                return None
        if self.tokens[index].text != "=" or self.tokens[index].kind != "operator":
            return None
        name = self.check_name(self.token)
        seen: list[str] = []
        for token in parameters:
            if self.check_name(token) in seen:
                raise self.error(f"{name} has two parameters named {token.text}", token.start, token.end)
            seen.append(token.text)
        self.at = index
        self.advance()
        return name, tuple(seen)
