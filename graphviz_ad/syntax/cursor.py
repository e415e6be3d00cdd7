"""The parser's place among the tokens, and what it says where a token cannot stand."""

from __future__ import annotations

from ..errors import ParseError
from .grammar import EXPRESSION_KEYWORDS, HINTS, KEYWORDS
from .tokens import Token


class Waiting:
    """An operator or bracket that waits on the stack for its right end."""

    __slots__ = ("code", "links", "operation", "precedence", "start")

    links: list[str]  # of a chain of comparisons: its operations

    def __init__(self, code: str, precedence: int, start: int, operation: str = "") -> None:
        self.code, self.precedence, self.start, self.operation = code, precedence, start, operation


class Bracket(Waiting):
    """An open bracket: "(", "call", "[" or "index". It binds nothing; what stands in it is written out before it closes."""

    __slots__ = ("count", "keywords", "name", "opened", "opener", "parts", "positional", "values")

    name: str  # of a call: the function's
    keywords: list[str]  # of a call: the names of its named arguments
    positional: int  # of a call with named arguments: how many stand before them
    parts: list[str]  # of an index, one per axis: its colons and ellipses, with an x for each operand
    values: int  # of an index: the operands in its parts

    def __init__(self, code: str, start: int, opener: str, opened: int) -> None:
        self.code, self.precedence, self.start = code, 0, start
        self.opener, self.opened = opener, opened  # the bracket itself; a call starts with its name
        self.count = 0  # entries that a comma or the bracket's end has closed


class Cursor:
    """A place in a text's tokens."""

    def __init__(self, text: str, tokens: list[Token], source: str) -> None:
        self.text, self.tokens, self.source = text, tokens, source
        self.at = 0
        self.token = tokens[0]

    def skip_newlines(self) -> None:
        """Go on to what is no end of a line."""
        while self.token.kind == "newline":
            self.advance()

    def advance(self) -> Token:
        """Go one token on; the token there."""
        self.at += 1
        token = self.token = self.tokens[self.at]
        return token

    def peek(self, ahead: int = 1) -> Token:
        """A token further on; the last one behind the end."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else self.tokens[-1]

    def error(self, message: str, start: int, end: int | None = None, hint: str = "") -> ParseError:
        """The error at a place in the text."""
        return ParseError(message, self.text, start, end, hint, self.source)

    def column(self, position: int) -> int:
        """The column of a place in the text, from one."""
        return position - self.text.rfind("\n", 0, position)

    def check_name(self, token: Token) -> str:
        """The name that a token is, unless names like it are reserved."""
        name = token.text
        if name in KEYWORDS:
            raise self.error(f"{name} is a reserved word", token.start, token.end, keyword_hint(name))
        if name.startswith("__"):
            raise self.error(f"{name} is not a name of the language", token.start, token.end, "names do not begin with two underscores")
        return name

    def unclosed(self, bracket: Bracket) -> ParseError:
        """The error for a bracket without its partner."""
        closer = ")" if bracket.opener == "(" else "]"
        return self.error(f"this {bracket.opener} is not closed", bracket.opened, bracket.opened + 1, f"add a {closer}")

    def missing_operand(self, innermost: Waiting | None) -> ParseError:
        """The error for a token that stands where an operand is expected; ``innermost`` waits for it."""
        token = self.token
        if token.kind == "name" or (token.kind == "operator" and token.text == "="):
            return self.unexpected()
        if token.kind in ("end", "newline"):
            if isinstance(innermost, Bracket):
                return self.unclosed(innermost)
            return self.error(
                "the expression stops where a number, a name or ( is expected",
                token.start,
                hint="finish it, or remove the operator before it",
            )
        hint = HINTS.get(token.text, "")
        if token.text == "**" and innermost is not None and innermost.code == "call":
            hint = "arguments are written one by one"
        return self.error(f"a number, a name or ( is expected before {token.text}", token.start, token.end, hint)

    def unexpected(self) -> ParseError:
        """The error for a token that cannot stand where an operator is expected."""
        token = self.token
        word = token.text
        if token.kind == "name" and word in KEYWORDS and word not in EXPRESSION_KEYWORDS:
            if word == "for" and self.at:
                start = self.tokens[self.at - 1].start
                return self.error("a generator is not part of the language", start, token.end, keyword_hint(word))
            return self.error(f"{word} is a reserved word and not part of an expression", token.start, token.end, keyword_hint(word))
        if token.kind in ("name", "number", "string"):
            before = self.tokens[self.at - 1] if self.at else None
            if before is not None and before.text == "print":
                return self.error("print is not part of the language", before.start, before.end, "the value is always printed")
            if before is not None and before.kind == "name" and before.text in KEYWORDS:
                return self.error(f"{before.text} is a reserved word", before.start, before.end, keyword_hint(before.text))
            left = before.text if before is not None and before.kind in ("name", "number") else ""
            hint = f"write {left}*{word}" if left and token.kind != "string" else "write an operator between them"
            return self.error("an operator is missing", token.start, token.end, hint)
        return self.error(f"{word} cannot stand here", token.start, token.end, HINTS.get(word, ""))


def keyword_hint(word: str) -> str:
    """What to write in place of a reserved word."""
    return {
        "lambda": "define a function: s(t) = 1/(1 + exp(-t)); or write lambda_ for the letter",
        "import": "this is a language of formulas; nothing is imported",
        "if": "write a if condition else b",
        "in": "write == or where(…)",
        "is": "write ==",
        "for": "write the terms out, or use sum(…) on an array",
    }.get(word, f"choose another name, for example {word}_")
