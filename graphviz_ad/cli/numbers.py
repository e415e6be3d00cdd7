"""How numbers and arrays are written in the terminal."""

from __future__ import annotations

import math
from typing import Any

#: entries of an array that are written out before it is cut
MOST_ENTRIES = 12


def write_number(value: float | None, digits: int = 17) -> str:
    """A number: exact with 17 digits (the shortest text that reads back the same), rounded with fewer.

    >>> write_number(-4.0), write_number(1/3, 6), write_number(1/3), write_number(None), write_number(float("nan"))
    ('-4', '0.333333', '0.3333333333333333', '–', 'nan')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    number = float(value)
    if math.isfinite(number) and number == int(number) and abs(number) < 10 ** min(digits, 16):
        # a negative zero is told apart where numbers are exact, and only confuses where they are rounded
        return "-0" if number == 0 and math.copysign(1, number) < 0 and digits >= 17 else str(int(number))
    return repr(number) if digits >= 17 else f"{number:.{digits}g}"


def write_value(value: Any, digits: int = 17, most: int = MOST_ENTRIES) -> str:
    """A number, or an array with its shape; long arrays are cut.

    >>> write_value(2.5)
    '2.5'
    >>> import numpy
    >>> write_value(numpy.eye(2)), write_value(numpy.zeros(20))
    ('[[1, 0], [0, 1]]', '[0, 0, 0, 0, 0, 0, … 0]  (20,)')
    """
    shape = getattr(value, "shape", ())
    if shape == ():
        return write_number(value.item() if hasattr(value, "item") else value, digits)
    size = math.prod(shape)
    if size > most:
        flat = value.reshape(-1)
        head = ", ".join(write_number(entry, digits) for entry in flat[: most // 2].tolist())
        return f"[{head}, … {write_number(flat[-1].item(), digits)}]  {write_shape(shape)}"
    if size == 0:
        return f"[]  {write_shape(shape)}"
    texts = [write_number(entry, digits) for entry in value.reshape(-1).tolist()]
    for side in reversed(shape):  # join the last axis first
        texts = [f"[{', '.join(texts[begin : begin + side])}]" for begin in range(0, len(texts), side)]
    return texts[0]


def write_shape(shape: tuple[int, ...]) -> str:
    """A shape as Python writes it.

    >>> write_shape((3,)), write_shape((2, 3))
    ('(3,)', '(2, 3)')
    """
    return f"({', '.join(str(side) for side in shape)}{',' * (len(shape) == 1)})"
