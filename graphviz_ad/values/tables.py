"""Tables of numbers: .csv (commas, semicolons or tabs) and .txt (blanks or commas)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..errors import FileError
from ..limits import require

if TYPE_CHECKING:
    import numpy as np

_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|infinity|nan)", re.ASCII | re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def read_table(data: bytes, name: str) -> np.ndarray:
    """The numbers of a table: a matrix, or a vector where there is only one row or one column.

    What the file holds is never repeated in a message, as it may be the wrong file.

    Raises
    ------
    FileError
        Not UTF-8, a field that is no number, rows of different lengths, nothing at all.
    """
    import numpy as np

    lines = [
        _Line(number, line)
        for number, line in enumerate(_decoded(data, name).split("\n"), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        raise FileError(f"{name}: there are no numbers in it")
    separator = next((mark for mark in (",", ";", "\t") if mark in lines[0].text), None)
    width = len(_fields(lines[0].text, separator))
    require("GRADVIZ_MAX_ENTRIES", width * len(lines), f"{name}: numbers")
    heading = lines[0].number if len(lines) > 1 else None  # the line that may be one
    entries: list[float] = []
    whole = True
    for number, text in lines:
        fields = _fields(text, separator)
        if len(fields) != width:
            raise FileError(f"{name}, line {number}: {len(fields)} numbers, the first line has {width}")
        for place, field in enumerate(fields, 1):
            if not _NUMBER.fullmatch(field):
                hint = "\nhint: remove the heading" if number == heading else ""
                raise FileError(f"{name}, line {number}, field {place}: not a number{hint}")
            entries.append(float(field))
            whole = whole and _WHOLE.fullmatch(field) is not None
    array = np.array(entries, dtype=np.int64 if whole else np.float64)
    sizes = tuple(size for size in (len(lines), width) if size > 1)  # one row or one column is a vector, one number a scalar
    return array.reshape(sizes)


class _Line(NamedTuple):
    """A line with its number in the file, from one."""

    number: int
    text: str


def _decoded(data: bytes, name: str) -> str:
    """The text of a file in UTF-8."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FileError(f"{name}: this is UTF-16\nhint: save it in UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(f"{name}: this is not UTF-8 text") from None
    if "\0" in text:
        raise FileError(f"{name}: this is not a text file")
    return text


def _fields(line: str, separator: str | None) -> list[str]:
    """The fields of a line; a separator at its end begins no field."""
    if separator is None:
        return line.split()
    fields = [field.strip() for field in line.split(separator)]
    return fields[:-1] if len(fields) > 1 and not fields[-1] else fields
