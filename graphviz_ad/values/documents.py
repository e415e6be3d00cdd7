"""Values from JSON: a number, a nested list of numbers, or an object of those by name."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from ..errors import FileError
from ..limits import limit

if TYPE_CHECKING:
    import numpy as np

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[][{}]")
_NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class _Fault(Exception):
    """A fault found while reading; becomes a FileError with the file's name."""


def read_json(data: bytes, name: str) -> Any:
    """The document, checked to be numbers, lists of equal lengths and objects of them.

    Raises
    ------
    FileError
        Not JSON, nested too deeply, a key twice, something else than numbers.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(f"{name}: this is not UTF-8 text") from None
    depth = deepest = 0
    for bracket in _BRACKET.finditer(_TEXT.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > limit("GRADVIZ_MAX_NESTING") + 1:
        raise FileError(f"{name}: {deepest:,} levels of brackets are more than the limit of {limit('GRADVIZ_MAX_NESTING')}")
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_constant, parse_float=_decimal, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise FileError(f"{name}, line {error.lineno}, column {error.colno}: this is not JSON ({error.msg.lower()})") from None
    except _Fault as fault:
        raise FileError(f"{name}: {fault}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Fault("a key stands twice in one object")
        found[key] = value
    return found


def _constant(text: str) -> NoReturn:
    raise _Fault(f'{text} is not JSON; write "{text}" in quotes')


def _decimal(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _Fault("a number is beyond the range of float64 (about 1.8e308)")
    return value


def _whole(text: str) -> float | int:
    return int(text) if len(text) <= 18 else _decimal(text)


def to_value(document: object, name: str, what: str) -> float | np.ndarray:
    """A number or an ndarray from one value of a document. No recursion: a stack of lists of one level at a time.

    Raises
    ------
    FileError
        Ragged lists, or something that is no number.
    """
    if isinstance(document, dict):
        raise FileError(f"{name}: {what} is an object, not numbers")
    if not isinstance(document, list):
        return _entry(document, name, what)
    import numpy as np

    shape: list[int] = []
    level: list[Any] = [document]
    while level and all(isinstance(entry, list) for entry in level):
        lengths = {len(entry) for entry in level}
        if len(lengths) > 1:
            raise FileError(f"{name}: {what} has lists of different lengths ({', '.join(str(n) for n in sorted(lengths)[:4])})")
        shape.append(lengths.pop())
        level = [inner for entry in level for inner in entry]
    numbers = [_entry(entry, name, what) for entry in level]
    kind = np.int64 if numbers and all(isinstance(entry, int) for entry in numbers) else np.float64
    return np.array(numbers, dtype=kind).reshape(shape)


def _entry(entry: object, name: str, what: str) -> float | int:
    if isinstance(entry, bool) or not isinstance(entry, (int, float, str)):
        found = (
            "a truth value"
            if isinstance(entry, bool)
            else "a list beside numbers"
            if isinstance(entry, list)
            else "something that is no number"
        )
        raise FileError(f"{name}: {what} holds {found}")
    if isinstance(entry, str):
        if entry not in _NON_FINITE:
            raise FileError(f"{name}: {what} holds a text, not a number")
        return _NON_FINITE[entry]
    return entry
