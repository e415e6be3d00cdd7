"""Values for inputs: what is taken, what is refused, and where the caret stands."""

from __future__ import annotations

import math
from typing import Any

import pytest

from graphviz_ad import GradvizError, parse
from graphviz_ad.requests.bindings import read_bindings


def value(text: str) -> Any:
    return read_bindings([f"x={text}"], parse)["x"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3.0), ("-2", -2.0), (".5", 0.5), ("5.", 5.0), ("1e-5", 1e-5), ("+1", 1.0), (" 2 ", 2.0), ("5e-324", 5e-324),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        ("pi/4", math.pi / 4), ("-2*pi", -2 * math.pi), ("sqrt(2)", math.sqrt(2)),
        ("max(1, 2)", 2.0), ("2**0.5", 2**0.5), ("inf", math.inf), ("-inf", -math.inf), ("+inf", math.inf),
        ("[1, 2.5]", [1.0, 2.5]),
        ("[[1,2],[3,4]]", [[1, 2], [3, 4]]), ("[]", []), ("[[],[]]", [[], []]), ("[pi, max(1,2), -1]", [math.pi, 2.0, -1]),
        ("[1,2,]", [1, 2]), ("[ [1] , [2] ]", [[1], [2]]), ("[(1+2)*3]", [9.0]), ("[1, inf]", [1, math.inf]),
    ],
)  # fmt: skip
def test_values(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_nan_and_the_sign_of_zero() -> None:
    assert math.isnan(value("nan"))
    assert math.isnan(value("[1, nan]")[1])
    assert math.copysign(1, value("-0")) == -1
    assert math.copysign(1, value("-0.0")) == -1


@pytest.mark.parametrize(
    ("word", "column", "message"),
    [
        ("x=5m", 4, "write 5\\*m"),
        ("x=1+2j", 6, "complex"),
        ("x=y=1", 4, "second ="),
        ("=1", 1, "no name"),
        ("x+y=1", 2, "not a name"),
        ("x=", 3, "no value"),
        ("x=1e400", 3, "beyond the range"),
        ("x=z+1", 3, "z is not a number"),
        ("x=Infinity", 3, "spelled inf"),
        ("x=[1,2", 3, "not closed"),
        ("x=[1,,2]", 6, "missing"),
        ("x=[1,[2]]", 3, "side by side"),
        ("x=[[1,2],[3]]", 3, "rows of"),
        ("x=[1,a]", 6, "a is not a number"),
        ("x=1;2", 4, "one expression"),
        ("x=∞", 3, "inf"),
        ("x=eval('1')", 3, "no function eval"),
        ("x=" + "[" * 5000 + "1" + "]" * 5000, 35, "nested deeper"),
    ],
)
def test_faults_are_shown_in_the_whole_binding(word: str, column: int, message: str) -> None:
    with pytest.raises(GradvizError, match=message) as caught:
        read_bindings([word], parse)
    assert f"column {column}:" in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x1"], "did you mean x=1"),
        (["x", "y"], "no ="),
        (["x=1", "x=2"], "bound twice"),
        (["(x", "+", "y)"], "quote it"),
        (["@"], "name of a file"),
        (["@missing.json"], "no such file"),
    ],
)
def test_other_faults(words: list[str], message: str) -> None:
    with pytest.raises(GradvizError, match=message):
        read_bindings(words, parse)
