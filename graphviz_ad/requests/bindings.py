"""What the command line says about inputs: ``name=value``, ``name=@file``, ``@file``.

A value is a constant expression of the language, a list of those in brackets, or nan, inf, -inf; True and False alone are truth
values, by which there is no gradient. Errors show the whole
argument with a caret under the fault.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import BindingError, LocatedError, NamingError, ParseError
from ..limits import limit
from ..values.files import load, load_all
from .arguments import UsageError

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NON_FINITE = {"nan": math.nan, "+nan": math.nan, "-nan": math.nan, "inf": math.inf, "+inf": math.inf, "-inf": -math.inf}
_TRUTH = {"True": True, "False": False}
_BREAK = re.compile(r"[][(),]")
_ASSIGNMENT = re.compile(r"(?<![=<>!])=(?!=)|[;\n]")
_EXACT = 2**53


def read_bindings(words: Sequence[str], parse: Callable[[str], Any]) -> dict[str, Any]:
    """Values by name from the words after the expression; ``parse`` makes a graph of a text.

    Raises
    ------
    UsageError
        A word that is no binding.
    LocatedError
        A name that is none, a value that is no constant expression.
    BindingError
        A name bound twice, lists of different lengths.
    FileError
        A file that cannot be used.
    """
    found: dict[str, Any] = {}
    for word in words:
        if word.startswith("@"):
            if len(word) == 1:
                raise UsageError("@ needs the name of a file: @values.json, @values.npz")
            new = load_all(word[1:])
        else:
            name = _name(word)
            new = {name: _value(word, len(word) - len(word.partition("=")[2]), name, parse)}
        for name, value in new.items():
            if name in found:
                raise BindingError(f"{name} is bound twice\nhint: give each input one value")
            found[name] = value
    return found


def read_direction(words: Sequence[str], parse: Callable[[str], Any]) -> dict[str, Any]:
    """Tangents by name from ``x=1,y=0``: values as everywhere, with commas between them; the option may be repeated.

    Raises
    ------
    UsageError, LocatedError, BindingError, FileError
        As for :func:`read_bindings`.
    """
    return read_bindings([piece for word in words for piece in _pieces(word)], parse)


def _pieces(word: str) -> list[str]:
    """The text between commas that stand in no bracket.

    >>> _pieces("x=1,W=[[1,2],[3,4]],t=max(1,2)")
    ['x=1', 'W=[[1,2],[3,4]]', 't=max(1,2)']
    """
    pieces, start, depth = [], 0, 0
    for sign in _BREAK.finditer(word):
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(sign[0], 0)
        if sign[0] == "," and depth == 0:
            pieces.append(word[start : sign.start()])
            start = sign.end()
    return [*pieces, word[start:]]


def _name(word: str) -> str:
    """The name before the ``=``."""
    name, equals, value = word.partition("=")
    stripped = name.strip()
    if not equals:
        digits = re.fullmatch(r"([^\W\d]\w*?)(\d[\d.]*)", word)
        split = f"\nhint: did you mean {digits[1]}={digits[2]}?" if digits else "\nhint: values are given as name=value, such as x=3"
        if re.fullmatch(r"--\w[\w-]*", word):
            split = "\nhint: after -- nothing is an option any more; options stand before it"
        elif re.search(r"[-+*/() ]", word.strip()):
            split = "\nhint: the expression is one argument: quote it"
        elif os.path.lexists(word):
            split = "\nhint: there is a file of that name; did the shell put names of files in place of a *? quote the expression"
        raise UsageError(f"{_short(word)!r} is no value for an input: there is no = in it{split}")
    if not stripped:
        raise ParseError("there is no name before the =", _shown(word), 0, 1, "write name=value", "value")
    if not stripped.isidentifier():
        at = next((place for place, sign in enumerate(name) if not (sign.isalnum() or sign == "_" or sign.isspace())), 0)
        raise ParseError(
            f"{_short(stripped)!r} is not a name", _shown(word), at, at + 1, "values are given to single names: name=value", "value"
        )
    if not value.strip():
        raise ParseError(f"{_short(stripped)} is given no value", word, len(word), None, f"write {_short(stripped)}=2", "value")
    return stripped


def _value(word: str, start: int, name: str, parse: Callable[[str], Any]) -> Any:
    text = word[start:]
    stripped = text.strip()
    if stripped.startswith("@"):
        return load(stripped[1:], name)
    if stripped.startswith("[") and (listed := _list(word, start + len(text) - len(text.lstrip()), name, parse)) is not None:
        return listed
    return _scalar(word, start, len(word), name, parse)


def _scalar(word: str, start: int, stop: int, name: str, parse: Callable[[str], Any]) -> float:
    """The value of the constant expression in ``word[start:stop]``."""
    text = word[start:stop].strip()
    if _NUMBER.fullmatch(text):
        value = float(text)
        if math.isfinite(value):
            return int(value) if abs(value) < _EXACT and text.lstrip("+-").isdigit() and text != "-0" else value
    if text in _NON_FINITE:
        return _NON_FINITE[text]
    if text in _TRUTH:
        return _TRUTH[text]
    offset = start + word[start:stop].find(text) if text else start
    assignment = _ASSIGNMENT.search(text)
    if assignment is not None:
        what = "a value is one expression" if assignment[0] != "=" else "a second = in one binding"
        raise ParseError(what, word, offset + assignment.start(), None, "give each input its own name=value", f"value of {name}")
    try:
        graph = parse(text)
        if graph.inputs:
            first = graph.spans[graph.input_handles[graph.inputs[0]]]
            where = (first[0].start, first[0].end) if first else (0, len(text))
            hint = "a value is a number or a constant expression such as pi/4" + (
                "; infinity is spelled inf" if _like_infinity(text) else ""
            )
            raise NamingError(f"{_short(graph.inputs[0])} is not a number", text, where[0], where[1], hint)
        value = graph.at().value
    except LocatedError as error:
        if error.start is None:
            raise type(error)(error.message, word, offset, None, error.hint, f"value of {name}") from None
        end = None if error.end is None else error.end + offset
        raise type(error)(error.message, word, error.start + offset, end, error.hint, f"value of {name}") from None
    return value


def _list(word: str, start: int, name: str, parse: Callable[[str], Any]) -> list[Any] | None:
    """The nested list that begins at ``start``, or None where the bracket is the beginning of a longer expression.

    No recursion: ``open_lists`` holds the lists that are not closed yet.
    """
    outer: list[Any] = []
    open_lists = [outer]
    starts = [start]
    begin, parentheses, brackets, fresh = start + 1, 0, 0, True
    stop = len(word.rstrip())
    for sign in _BREAK.finditer(word, start + 1):
        mark, at = sign[0], sign.start()
        if not open_lists:
            return None
        if mark == "(" or (mark == "[" and (word[begin:at].strip() or not fresh)):
            parentheses, brackets = parentheses + (mark == "("), brackets + (mark == "[")
        elif mark == ")" or (mark == "]" and brackets):
            parentheses, brackets = parentheses - (mark == ")"), brackets - (mark == "]")
        elif parentheses > 0 or brackets > 0:
            continue
        elif mark == "[":
            if len(open_lists) >= limit("GRADVIZ_MAX_NESTING"):
                raise ParseError(f"brackets nested deeper than {limit('GRADVIZ_MAX_NESTING')}", word, at, None, "", f"value of {name}")
            inner: list[Any] = []
            open_lists[-1].append(inner)
            open_lists.append(inner)
            starts.append(at)
            begin, fresh = at + 1, True
        else:
            written = word[begin:at].strip()
            if written and not fresh:
                raise ParseError(
                    "a comma is missing", word, begin + len(word[begin:at]) - len(word[begin:at].lstrip()), None, "", f"value of {name}"
                )
            if written:
                open_lists[-1].append(_scalar(word, begin, at, name, parse))
            elif mark == "," and fresh:
                raise ParseError("a number is missing", word, at, None, "", f"value of {name}")
            begin, fresh = at + 1, mark == ","
            if mark == "]":
                open_lists.pop()
                starts.pop()
                if not open_lists and at + 1 != stop:
                    return None
    if open_lists:
        raise ParseError("this [ is not closed", word, starts[-1], None, "add a ]; a list with spaces wants quotes", f"value of {name}")
    _check_even(outer, word, start, name)
    return outer


def _check_even(outer: list[Any], word: str, start: int, name: str) -> None:
    """Raise unless the lists of each level are equally long and hold either lists or numbers."""
    level: list[Any] = outer
    while level:
        lists = [entry for entry in level if isinstance(entry, list)]
        if not lists:
            return
        lengths = sorted({len(entry) for entry in lists})
        if len(lists) != len(level) or len(lengths) > 1:
            what = "numbers and lists stand side by side" if len(lists) != len(level) else f"rows of {lengths[0]} and {lengths[-1]} entries"
            raise ParseError(f"{what}: every row needs the same length", word, start, len(word), "", f"value of {name}")
        level = [inner for entry in lists for inner in entry]


def _like_infinity(text: str) -> bool:
    return text.lower().lstrip("+-") in ("infinity", "infty")


def _shown(word: str) -> str:
    return word or " "


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
