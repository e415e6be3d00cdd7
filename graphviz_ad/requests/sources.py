"""Where an expression comes from: the argument itself, standard input (``-``) or a file (``@name``)."""

from __future__ import annotations

import os
import re
import sys

from ..errors import FileError, ParseError
from ..limits import limit
from ..values.regular import read_bytes
from .arguments import UsageError

SUFFIXES = (".gv", ".txt")
#: No expression of the language has a colon outside of brackets, so nothing is both.
_TARGET = re.compile(r"(?:[^\W\d]\w*(?:\.[^\W\d]\w*)*|.+\.py):[^\W\d]\w*(?:\.[^\W\d]\w*)*", re.DOTALL)


def is_target(word: str) -> bool:
    """Whether the word after ``check`` names a function: ``module:function`` or ``file.py:function``, and nothing else.

    >>> is_target("layer:loss"), is_target("src/layer.py:Layer.loss"), is_target("x[1:2]"), is_target("x*y")
    (True, True, False, False)
    """
    return _TARGET.fullmatch(word) is not None


def read_expression(word: str) -> tuple[str, str]:
    """The text and the name by which errors call it.

    Raises
    ------
    FileError
        The file is not called .gv, cannot be read, or is no text in UTF-8.
    UsageError
        ``@`` without a name.
    ParseError
        It names a function.
    """
    if is_target(word):
        hint = f"if it names a function, gradviz check {word} --at FILE checks its gradient"
        raise ParseError(": cannot stand here", word, word.rindex(":"), None, hint)
    most = 4 * limit("GRADVIZ_MAX_TEXT")  # bytes; the language counts characters itself
    if word == "-":
        if sys.stdin is None:
            raise FileError("standard input is closed")
        return _decode(sys.stdin.buffer.read(most + 1), "standard input"), "standard input"
    if word.startswith("@"):
        name = word[1:]
        if not name:
            raise UsageError("@ needs the name of a file: gradviz @file.gv")
        _require_suffix(name)
        return _decode(read_bytes(name, most), name), name
    return word, "expression"


def _require_suffix(name: str) -> None:
    """Refuse files that are not meant to be expressions: an error shows the faulty line, and theirs is nobody's business.

    Links count by what they point to.
    """
    for path in (name, os.path.realpath(name)):
        if not path.lower().endswith(SUFFIXES):
            raise FileError(f"{name}: expressions are read from {' and '.join(SUFFIXES)} files\nhint: gradviz - reads standard input")


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{name}: byte {error.start} is not UTF-8 text\nhint: save it in UTF-8") from None
