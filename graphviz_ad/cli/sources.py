"""Where an expression comes from: the argument itself, standard input (``-``) or a file (``@name``)."""

from __future__ import annotations

import os
import sys

from ..errors import FileError
from ..limits import limit
from ..values.regular import read_bytes
from .arguments import UsageError

SUFFIXES = (".gv", ".txt")


def read_expression(word: str) -> tuple[str, str]:
    """The text and the name by which errors call it.

    Raises
    ------
    FileError
        The file is not called .gv, cannot be read, or is no text in UTF-8.
    UsageError
        ``@`` without a name.
    """
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
