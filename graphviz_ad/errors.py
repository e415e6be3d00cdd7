"""Every error of the package: one base class, each also the natural built-in exception.

A message says what is wrong, where, and what to do next. Errors that come from text carry the text and
a position, and show the line with a caret under the fault.
"""

from __future__ import annotations


class GradvizError(Exception):
    """Base of every error that graphviz_ad raises on purpose."""


class LocatedError(GradvizError, ValueError):
    """An error at a place in the author's text.

    ``start`` and ``end`` are 0-based character offsets into ``text``; ``line`` and ``column`` are 1-based.
    ``hint`` is the next step.
    """

    def __init__(
        self, message: str, text: str = "", start: int | None = None, end: int | None = None, hint: str = "", source: str = ""
    ) -> None:
        self.message, self.text, self.start, self.hint, self.source = message, text, start, hint, source
        self.end = end if end is not None else (None if start is None else start + 1)
        self.line = self.column = None
        if start is not None:
            self.line = text.count("\n", 0, start) + 1
            self.column = start - (text.rfind("\n", 0, start) + 1) + 1
        super().__init__(self._render())

    def _render(self) -> str:
        parts = [self.message]
        if self.start is not None and self.line is not None and self.column is not None:
            parts = [f"{self.source or 'expression'}, line {self.line}, column {self.column}: {self.message}"]
            parts.extend(_excerpt(self.text, self.start, self.end))
        if self.hint:
            parts.append(f"hint: {self.hint}")
        return "\n".join(parts)


class ArgumentError(GradvizError, TypeError):
    """An argument is not of a kind that the function takes; the hint says what does take it."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message, self.hint = message, hint
        super().__init__(f"{message}\nhint: {hint}" if hint else message)


class ParseError(LocatedError):
    """The text is not an expression of the language."""


class NamingError(LocatedError, LookupError):
    """A name is unknown, unbound, bound twice, or bound although it may not be."""


class ShapeError(LocatedError):
    """Operands whose shapes do not fit, or a scalar asked of an array."""


class BindingError(GradvizError, ValueError):
    """A value given for an input cannot be used."""


class FileError(GradvizError, ValueError, OSError):
    """A file cannot be read or written."""


class LimitError(GradvizError, ValueError):
    """A named resource limit is exceeded; the message says how to raise it."""


class DerivativeError(GradvizError, ArithmeticError):
    """A derivative was asked that does not exist in the form asked for."""


class EngineError(GradvizError, RuntimeError):
    """No drawing engine could be run, or it failed."""


class CallError(GradvizError, RuntimeError):
    """The user's own code, which was to be checked, raised an exception; the message has its file and line."""


class CheckFailed(GradvizError, AssertionError):
    """Raised by ``Report.raise_if_failed``."""


_WIDTH = 76


def _excerpt(text: str, start: int, end: int | None) -> list[str]:
    """The faulty line, cut to a readable window, and the caret line under it."""
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    stop = len(text) if stop < 0 else stop
    left = max(begin, start - _WIDTH // 2)
    right = min(stop, left + _WIDTH)
    width = max(1, min((end or start + 1), right) - start)
    shown = "".join(c if c.isprintable() else "\N{SYMBOL FOR SUBSTITUTE FORM TWO}" for c in text[left:right])
    before, after = ("…" if left > begin else ""), ("…" if right < stop else "")
    return [f"  {before}{shown}{after}", f"  {' ' * (len(before) + start - left)}{'^' * width}"]
