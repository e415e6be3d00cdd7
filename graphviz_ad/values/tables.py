"""Tables of numbers: .csv (commas, semicolons or tabs) and .txt (blanks or commas)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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

    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FileError(f"{name}: this is UTF-16\nhint: save it in UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(f"{name}: this is not UTF-8 text") from None
    if "\0" in text:
        raise FileError(f"{name}: this is not a text file")
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise FileError(f"{name}: there are no numbers in it")
    separator = next((mark for mark in (",", ";", "\t") if mark in lines[0][1]), None)
    width = _count(lines[0][1], separator)
    require("GRADVIZ_MAX_ENTRIES", width * len(lines), f"{name}: numbers")
    rows: list[float] = []
    whole = True
    for number, line in lines:
        fields = [field.strip() for field in (line.split(separator) if separator else line.split())]
        if len(fields) > 1 and not fields[-1] and separator:
            fields.pop()  # a separator at the end of the line
        if len(fields) != width:
            raise FileError(f"{name}, line {number}: {len(fields)} numbers, the first line has {width}")
        for place, field in enumerate(fields, 1):
            if not _NUMBER.fullmatch(field):
                hint = "\nhint: remove the heading" if number == lines[0][0] and len(lines) > 1 else ""
                raise FileError(f"{name}, line {number}, field {place}: not a number{hint}")
            rows.append(float(field))
            whole = whole and _WHOLE.fullmatch(field) is not None
    array = np.array(rows, dtype=np.int64 if whole else np.float64).reshape(len(lines), width)
    return (
        array[0]
        if len(lines) == 1 and width > 1
        else array[:, 0]
        if width == 1 and len(lines) > 1
        else array.reshape(())
        if width == 1
        else array
    )


def _count(line: str, separator: str | None) -> int:
    fields = line.split(separator) if separator else line.split()
    return len(fields) - (len(fields) > 1 and separator is not None and not fields[-1].strip())
