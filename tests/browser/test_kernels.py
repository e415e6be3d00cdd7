"""JavaScript against Python: kernels and slopes within a few units in the last place, numbers written and read alike."""

from __future__ import annotations

import json
import math
import random
import struct
from collections.abc import Callable
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.page import page_html
from graphviz_ad.primitives.kernels import javascript
from graphviz_ad.primitives.kernels import python as floats
from graphviz_ad.primitives.registry import OPERATIONS
from graphviz_ad.primitives.rules import float_partials
from graphviz_ad.scene.numbers import Figures
from tests.primitives.points import QUOTIENTS

pytestmark = pytest.mark.needs_browser

SUPPORTED = tuple(op for op in OPERATIONS if javascript.has_kernel(op))
SPECIAL = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    1e-10,
    -1e-10,
    1e10,
    -800.0,
    800.0,
    6.0,
    1 / 3,
    math.inf,
    -math.inf,
    math.nan,
)
#: kernels of their own here, or of libraries that differ by more than 4; slopes that cancel within the domain are compared by size
LOOSE = {"erfc": 8, "gelu": 8, "cbrt": 4}


def ordinal(number: float) -> int:
    """Doubles in order, so that the difference counts units in the last place."""
    bits = struct.unpack("<q", struct.pack("<d", number))[0]
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def distance(one: float, other: float) -> float:
    if math.isnan(one) or math.isnan(other):
        return 0 if math.isnan(one) and math.isnan(other) else math.inf
    return abs(ordinal(one) - ordinal(other))


def spelled(number: float) -> str:
    """A number as JavaScript reads it."""
    return repr(number).replace("inf", "Infinity").replace("nan", "NaN")


def run(page: Any, program: str, cases: dict[str, list[list[float]]]) -> dict[str, list[list[str | None]]]:
    """Values and slopes of every case as exact texts; numbers that JSON lacks travel as texts."""
    told = json.dumps({op: [[spelled(x) for x in row] for row in rows] for op, rows in cases.items()})
    return page.evaluate(  # type: ignore[no-any-return]
        f"""() => {{ const T = {program}, C = {told}, out = {{}};
        const text = (x) => (x === null ? null : Object.is(Number(x), -0) ? "-0" : String(Number(x)));
        for (const op in C) out[op] = C[op].map((row) => {{
          const a = row.map(Number), v = T[op][0](...a);
          return [v, ...T[op][1].map((slope) => slope && slope(...a, v))].map(text);
        }});
        return out; }}"""
    )


def test_kernels_and_slopes_agree_with_python(opened: Callable[..., Any]) -> None:
    assert len(SUPPORTED) > 85
    dice = random.Random(5)
    cases: dict[str, list[list[float]]] = {}
    for op in SUPPORTED:
        count = len(OPERATIONS[op].names)
        cases[op] = [[x] * count for x in SPECIAL] + [list(one) for one in QUOTIENTS if op == "div"]
        for _ in range(150):
            cases[op].append(
                [dice.choice([dice.gauss(0, 1), dice.gauss(0, 5), dice.uniform(0, 1), dice.choice(SPECIAL[:-3])]) for _ in range(count)]
            )
    page = opened("<!DOCTYPE html><title>kernels</title>")
    found = run(page, javascript.program(SUPPORTED), cases)
    faults = []
    for op in SUPPORTED:
        kernel, slopes = getattr(floats, op), float_partials(op)
        for row, texts in zip(cases[op], found[op], strict=True):
            value = float(kernel(*row))
            if op == "celu" and row[1] <= 0:
                continue  # outside of its domain
            if distance(value, float(texts[0] or "nan")) > LOOSE.get(op, 4):
                faults.append(f"{op}{row}: {value!r}, page {texts[0]}")
            for position, (slope, text) in enumerate(zip(slopes, texts[1:], strict=True)):
                assert (slope is None) == (text is None)
                if slope is None or text is None:
                    continue
                wanted, got = float(slope(*row, value)), float(text)
                # the page's slope starts from the page's value: what its last digits do to the slope is not the slope's fault
                near = 0.0 if op == "div" else 1e-15
                if not (distance(wanted, got) <= 12 or math.isclose(wanted, got, rel_tol=1e-12, abs_tol=near)):
                    faults.append(f"slope {position} of {op}{row}: {wanted!r}, page {text}")
    assert not faults, "\n".join(faults[:20])


def test_numbers_are_written_as_in_pictures(opened: Callable[..., Any]) -> None:
    dice = random.Random(6)
    numbers = (
        list(SPECIAL)
        + [10.0**k for k in range(-12, 16)]
        + [-(2.0**-k) for k in range(1, 20)]
        + [0.125, 0.375, 112500.0, 113500.0, 9999.995, 9999.994]
    )
    numbers += [0.00999999, 0.01, 0.0001, 0.00009999, 1e9, 999999999.0, 123456789012.0, 5e-324, 1.7e308]
    numbers += [dice.gauss(0, 1) * 10.0 ** dice.randint(-9, 12) for _ in range(600)] + [dice.randint(-4000, 4000) / 8 for _ in range(300)]
    page = opened(page_html(gv.parse("x*y").at(x=1, y=2).graph, gv.parse("x*y").at(x=1, y=2)))
    for decimals, integers in ((2, False), (2, True), (4, False), (0, False)):
        told = json.dumps([spelled(x) for x in numbers])
        shown = page.evaluate(f"({told}).map((t) => gradviz.show(Number(t), {decimals}, {str(integers).lower()}))")
        wrong = [
            (x, text, Figures(integers, decimals).text(x))
            for x, text in zip(numbers, shown, strict=True)
            if text != Figures(integers, decimals).text(x)
        ]
        assert not wrong, wrong[:10]


@pytest.mark.parametrize(
    ("text", "value"),
    [("-2", -2), ("−2", -2), ("1/3", 1 / 3), ("pi/4", math.pi / 4), ("2π", 2 * math.pi), ("2π**2", 2 * math.pi**2), ("3(4)", 12),
     ("(2)3", math.nan), ("2*pi", 2 * math.pi), ("1e-3", 1e-3), (".5", 0.5),
     ("1,5", 1.5), ("-2**2", -4), ("(1+2)*3", 9), ("sqrt(2)/2", math.sqrt(2) / 2), ("2^-1", 0.5), ("exp(1)", math.e), ("", math.nan),
     ("x", math.nan), ("1 2", math.nan), ("alert(1)", math.nan), ("constructor", math.nan), ("1/0", math.inf), ("((((1))))", 1),
     ("(1", math.nan)],
)  # fmt: skip
def test_typed_numbers_are_read(text: str, value: float, opened: Callable[..., Any]) -> None:
    page = opened(page_html(gv.parse("x").at(x=1).graph, gv.parse("x").at(x=1)))
    got = page.evaluate("(text) => String(gradviz.read(text))", text).replace("Infinity", "inf")
    assert math.isclose(float(got), value, rel_tol=1e-15) or (math.isnan(value) and got == "NaN")
