"""The parser's place among the tokens, and what it says where a token cannot stand."""

from __future__ import annotations

from ..errors import ParseError
from .grammar import EXPRESSION_KEYWORDS, HINTS, KEYWORDS
from .tokens import Token


class Entry:
    """An operator or bracket that waits on the stack for its right end."""

    __slots__ = ("code", "keywords", "name", "parts", "payload", "precedence", "start", "width", "count", "values", "positional")

    def __init__(self, code: str, precedence: int, payload: object, start: int, width: int) -> None:
        self.code, self.precedence, self.payload, self.start, self.width = code, precedence, payload, start, width
        self.count = 0  # arguments closed so far
        self.values = 0  # index parts on the stack; of a call, where its parenthesis is
        self.positional = 0  # arguments before the first named one
        self.parts: list[str] = []
        self.keywords: list[str] = []
        self.name = ""


BRACKETS = ("(", "call", "[", "index")


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

    def advance(self) -> None:
        """Go one token on."""
        self.at += 1
        self.token = self.tokens[self.at]

    def peek(self, ahead: int = 1) -> Token:
        """A token further on; the last one behind the end."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else self.tokens[-1]

    def error(self, message: str, start: int, end: int | None = None, hint: str = "") -> ParseError:
        """The error at a place in the text."""
        return ParseError(message, self.text, start, end, hint, self.source)

    def unclosed(self, entry: Entry) -> ParseError:
        """The error for a bracket without its partner."""
        bracket = "[" if entry.code in ("[", "index") else "("
        start = entry.values if entry.code == "call" else entry.start
        return self.error(f"this {bracket} is not closed", start, start + 1, f"add a {')' if bracket == '(' else ']'}")

    def missing_operand(self, stack: list[Entry]) -> ParseError:
        """The error for a token that stands where an operand is expected."""
        token = self.token
        if token.kind == "name" or (token.kind == "operator" and token.text == "="):
            return self.unexpected()
        brackets = [entry for entry in stack if entry.code in BRACKETS]
        if token.kind in ("end", "newline"):
            if brackets and not (stack and stack[-1].code not in BRACKETS):
                return self.unclosed(brackets[-1])
            return self.error(
                "the expression stops where a number, a name or ( is expected",
                token.start,
                hint="finish it, or remove the operator before it",
            )
        hint = HINTS.get(token.text, "")
        if token.text == "**" and stack and stack[-1].code == "call":
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
