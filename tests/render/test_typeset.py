"""The typesetter: what it sets, how large, and what it leaves to others."""

from __future__ import annotations

import math
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphviz_ad.render.mathset.formula import Setter, TooLarge, Unsupported
from graphviz_ad.render.mathset.glyphs import Box, glyph, guess_width, letter
from graphviz_ad.render.mathset.pen import to_svg
from graphviz_ad.render.mathset.symbols import CHARACTERS, FENCES, ITALIC, SYMBOLS
from graphviz_ad.render.mathset.typeset import shorten, spelled, typeset

OURS = [
    "f(x, y, z) = (x + y) z",
    r"\frac{\partial q}{\partial x}",
    r"\sigma(a) = \frac{1}{1 + e^{-a}}",
    r"L = \left(y - \tanh\left(W_{2} x_{12}^{2}\right)\right)^{2}",
    r"\sqrt{x^{2} + y^{2}} \cdot \sqrt[3]{\frac{x}{y}}",
    r"\left|x\right| \le \lfloor y \rfloor \times \max(0, -x)",
    r"\begin{bmatrix} 0.10 & 0.50 \\ -0.30 & 0.80 \end{bmatrix}",
    r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\operatorname{softplus}\left(\beta\right) \mathbf{q}^{\top} \mathrm{ab}_{1} \overline{x} \left\|W\right\|",
    r"x' + \delta_{ii'} \odot \mathit{learning\_rate}, \ldots",
    r"\left\lfloor\frac{x}{y}\right\rfloor",
]


@pytest.mark.parametrize("latex", OURS)
def test_what_our_printer_writes_needs_nobody_else(latex: str) -> None:
    box = Setter(latex, 12).formula()
    assert box.width > 5
    assert 5 < box.total < 80
    assert box.marks


def test_tables_name_only_glyphs_that_exist() -> None:
    characters = (
        [c for c, _ in CHARACTERS.values()] + [c for c, _ in SYMBOLS.values()] + list(ITALIC.values()) + [c for c in FENCES.values() if c]
    )
    missing = {c for c in characters if c != " " and glyph(f"m{ord(c):x}") is None}
    assert not missing


def test_a_fraction_stands_around_the_axis() -> None:
    box = Setter(r"\frac{a}{b}", 10).formula()
    (bar,) = [mark for mark in box.marks if mark[0] == "r"]
    assert bar[2] + float(bar[4]) / 2 == pytest.approx(-2.58)
    letters = sorted(mark[2] for mark in box.marks if mark[0] == "g")
    assert letters[0] < bar[2] < letters[1]


def test_scripts_are_smaller_and_above_and_below() -> None:
    marks = {mark[4]: mark for mark in Setter("x_1^2", 10).formula().marks}
    base, low, high = marks["m1d465"], marks["m31"], marks["m32"]
    assert base[3] == 10
    assert low[3] == high[3] == 7
    assert high[2] < base[2] < low[2]
    assert low[1] == pytest.approx(high[1], abs=0.3)


def test_delimiters_grow_with_what_they_hold() -> None:
    heights = [
        Setter(rf"\left({inside}\right)", 10).formula().total for inside in ("x", r"\frac{x}{y}", r"\frac{\frac{x}{y}}{\frac{x}{y}}")
    ]
    assert heights[0] < 11
    assert heights[0] < heights[1] < heights[2]


def test_spaces_follow_the_classes() -> None:
    def width(latex: str) -> float:
        return Setter(latex, 18).formula().width

    assert width("x+y") == pytest.approx(width("x") + width("+") + width("y") + 8)  # a binary sign: 4 mu on both sides
    assert width("x=y") == pytest.approx(width("x") + width("=") + width("y") + 10)  # a relation: 5 mu
    assert width("(-x)") == pytest.approx(width("(") + width("-") + width("x") + width(")"))  # a sign: none
    assert width(r"\sin x") == pytest.approx(width(r"\sin") + width("x") + 3)
    assert width(r"\sin\left(x\right)") == pytest.approx(width(r"\sin") + width("(x)"))
    assert width("x^{a+b}") == pytest.approx(width("x^{ab}") + 0.7 * width("+"))  # none in scripts


@pytest.mark.parametrize("latex", [r"\hat{x}", r"\underline{y}", r"\binom{n}{k}"])
def test_the_rest_goes_to_ziamath(latex: str) -> None:
    with pytest.raises(Unsupported):
        Setter(latex, 12).formula()
    box = typeset(latex, 12)
    assert {mark[0] for mark in box.marks} <= {"p", "r"}
    assert box.width > 4
    assert box.height > 4


@pytest.mark.parametrize("latex", ["{", r"\frac", r"\left(", r"x^", "x^2^3", r"\begin{bmatrix}", "&", r"\frac{"])
def test_what_is_no_formula_becomes_its_text(latex: str) -> None:
    assert typeset(latex, 12, "the text") == spelled("the text", 12)


@pytest.mark.parametrize("latex", ["}", r"\end", r"\nosuchcommand{<script>}", "\\"])
def test_what_ziamath_makes_of_nonsense_is_outlines(latex: str) -> None:
    assert {mark[0] for mark in typeset(latex, 12, "the text").marks} <= {"p", "r"}
    root = ET.fromstring(to_svg(latex, 12))
    assert not [element for element in root.iter() if element.tag.endswith("script")]


@pytest.mark.parametrize("latex", ["x" * 10_000, "{" * 1_000 + "x" + "}" * 1_000, r"\left(" * 500 + "x" + r"\right)" * 500])
def test_what_is_too_large_becomes_short_text(latex: str) -> None:
    with pytest.raises(TooLarge):
        Setter(latex, 12).formula()
    assert typeset(latex, 12, "much") == spelled("much", 12)
    assert typeset(latex, 12).width < 1_500


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from([*"xy12+-=()[]{}^_,/|' &", "\\frac", "\\sqrt", "\\left", "\\right", "\\alpha", "\\sin", "\\\\", "学"]), max_size=12
    )
)
def test_any_tokens_end_in_a_box_or_a_refusal(tokens: list[str]) -> None:
    try:
        box = Setter(" ".join(tokens), 10).formula()
    except Unsupported:
        return
    assert all(math.isfinite(n) for n in (box.width, box.height, box.depth))


def test_numbers_are_tabular_and_metrics_those_of_helvetica() -> None:
    assert letter("0000", 10).width == letter("1891", 10).width == pytest.approx(22.24)
    assert letter("Value", 10).width == pytest.approx(25.57)  # 667 + 556 + 222 + 556 + 556 thousandths


def test_text_without_outlines_keeps_its_place() -> None:
    box = letter("a学b", 10)
    assert [mark[0] for mark in box.marks] == ["g", "t", "g"]
    assert box.marks[2][1] == pytest.approx(5.56 + 10)
    assert guess_width("e\u0301") == pytest.approx(0.6)


def test_long_text_is_cut_in_the_middle() -> None:
    assert len(shorten("abc" * 1000)) == 120
    assert shorten("short") == "short"


def test_a_formula_alone_is_a_document() -> None:
    root = ET.fromstring(to_svg(r"\frac{1}{x}", 14, "#123456", "1/x"))
    assert root.get("aria-label") == "1/x"
    assert 10 < float(root.get("width", "0")) < 30


def test_usual_formulas_do_not_import_ziamath() -> None:
    code = (
        "import sys; from graphviz_ad.render.mathset.typeset import typeset\n"
        f"for latex in {OURS!r}: typeset(latex, 12)\n"
        "assert not {'ziamath', 'xml', 'numpy', 'sympy', 'dataclasses'} & set(sys.modules), sorted(sys.modules)\n"
        r"typeset(r'\hat{x}', 12)" + "\nassert 'ziamath' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_empty_boxes_have_no_size() -> None:
    assert typeset("", 12) == Box(0.0, 0.0, 0.0)
