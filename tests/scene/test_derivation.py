"""The chain rule in words: what is told, and that the LaTeX is whole."""

from __future__ import annotations

import re

import pytest

import graphviz_ad as gv
from graphviz_ad.render.derivation import write
from graphviz_ad.scene.derivation import derive

OPENING = """\
f(x, y, z) = q·z,  q = x + y
at x = −2, y = 5, z = −4

Forward: the values
  q = x + y = −2 + 5 = 3
  f = q·z   = 3·(−4) = −12

Backward: upstream × local derivative, from the output to the inputs
  ∂f/∂f = 1

  f = q·z   with ∂f/∂f = 1
    ∂f/∂q = z = −4
    ∂f/∂z = q = 3

  q = x + y   with ∂f/∂q = −4
    ∂q/∂x = 1   so ∂f/∂x = ∂f/∂q · ∂q/∂x = −4 × 1 = −4
    ∂q/∂y = 1   so ∂f/∂y = ∂f/∂q · ∂q/∂y = −4 × 1 = −4

Gradient
  ∂f/∂x = −4
  ∂f/∂y = −4
  ∂f/∂z = 3
"""


def test_opening_example() -> None:
    assert gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).explain() == OPENING


def test_formula_substitution_number() -> None:
    text = " ".join(gv.parse("q = x/2; f = q**2").at(x=3).explain().split())
    assert "f = q² = 1.50² = 2.25" in text
    assert "∂f/∂q = 2·q = 2·1.50 = 3.00" in text
    assert "∂q/∂x = 1/2 = 0.50 so ∂f/∂x = ∂f/∂q · ∂q/∂x = 3.00 × 0.50 = 1.50" in text


def test_sum_at_a_fork_is_told_once_and_after_its_parts() -> None:
    text = gv.parse("a = x*y; f = a + x").at(x=2, y=3).explain()
    assert text.count("sum over") == 1
    assert "∂f/∂x = 1 + 3 = 4   (sum over 2 uses)" in text
    assert text.index("part of ∂f/∂x") < text.index("(sum over")
    square = gv.parse("x*x").at(x=3).explain()
    assert "∂f/∂x = 3 + 3 = 6   (sum over 2 uses)" in square


def test_numbers_are_never_products_of_rounded_ones() -> None:
    text = gv.parse("a = x*y; f = a*z").at(x=0.114, y=0.114, z=1000).explain()
    assert "≈ 13.00" in text
    assert "f = a·z ≈ 0.01·1000.00 ≈ 13.00" in text  # 0.01·1000 would be 10


def test_kinks_warnings_and_cuts_are_told() -> None:
    assert "Note: kink at relu(x), x = 0: 0 of [0, 1] chosen" in gv.parse("relu(x)").at(x=0).explain()
    long = gv.parse("+".join(["x"] * 3000)).at(x=1).explain()
    assert "200 of 2,999 operations are written out" in long
    assert "∂f/∂x = 1 + 1" in long
    assert " + … = 3000   (sum over 3000 uses)" in long
    assert len(long.splitlines()) < 2000


def test_precision() -> None:
    assert "2.2500" in write(derive(gv.parse("x**2").at(x=1.5), precision=4))


def test_several_outputs_are_refused() -> None:
    with pytest.raises(gv.ShapeError, match="df_dx"):
        gv.parse("x*y").gradient().at(x=1, y=2).explain()


def test_unknown_form_is_refused() -> None:
    with pytest.raises(gv.GradvizError, match="known are text, markdown, latex"):
        gv.parse("x").at(x=1).explain("docx")


SAMPLES = [
    gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4),
    gv.parse("learning_rate_2 = abs(x) + 3e-7*x; f = learning_rate_2**-x + sqrt(x)/2").at(x=2),
    gv.parse("max(relu(x), x) if x < 1 else floor(x)").at(x=0),
    gv.parse("besselj(2, x) + gamma(x) + logaddexp(x, θ)").at(x=1.5, θ=0.25),
    gv.parse("log(x)").at(x=-1),
    gv.parse("a10*b_c + abs(abs(x10)*abs(x11) - α_12)").at({"a10": 1, "b_c": 2, "x10": 0, "x11": 0, "α_12": 0}),
]


def balanced(latex: str) -> bool:
    """Braces, environments, \\left and \\right, and dollars are in pairs, properly nested."""
    stack: list[str] = []
    pairs = {"}": "{", "right": "left"}
    for token in re.findall(r"\\begin\{\w+\*?\}|\\end\{\w+\*?\}|\\left\b|\\right\b|\\[{}$]|[{}]|\$\$|\$|\\\[|\\\]", latex):
        if token.startswith("\\begin"):
            stack.append(token[6:])
        elif token.startswith("\\end"):
            if not stack or stack.pop() != token[4:]:
                return False
        elif token in ("\\left", "{"):
            stack.append(token.lstrip("\\"))
        elif token in ("\\right", "}"):
            if not stack or stack.pop() != pairs[token.lstrip("\\")]:
                return False
        elif token in ("$", "$$"):
            stack.pop() if stack and stack[-1] == token else stack.append(token)
        elif token == "\\[":
            stack.append(token)
        elif token == "\\]" and (not stack or stack.pop() != "\\["):
            return False
    return not stack


@pytest.mark.parametrize("point", SAMPLES)
def test_latex_is_a_whole_document(point: gv.Point) -> None:
    latex = point.explain("latex")
    assert balanced(latex), latex
    assert latex.startswith("\\documentclass")
    assert latex.endswith("\\end{document}\n")
    body = latex.partition("\\begin{document}")[2]
    assert not re.search(r"(?<!\\)[#%]", body)
    assert "\n\n\\end{a" not in latex, "an empty line inside a display is an error"
    for rows in re.findall(r"\\begin\{align\*\}\n(.*?)\\end\{align\*\}", latex, re.DOTALL):
        assert all(row.count("&") in (1, 3) or "cases" in row for row in rows.split("\\\\\n")), rows
    outside = re.sub(r"\$[^$]*\$|\\\[.*?\\\]|\\begin\{align\*\}.*?\\end\{align\*\}", "", body, flags=re.DOTALL)
    outside = re.sub(r"\\ensuremath\{(\{\}|[^{}])*\}", "", outside)
    assert "_" not in outside.replace("\\_", "")
    assert not re.search(r"[^\x00-\x7f]", body), "pdflatex knows ASCII"


@pytest.mark.parametrize("point", SAMPLES)
def test_markdown_is_whole(point: gv.Point) -> None:
    markdown = point.explain("markdown")
    assert balanced(markdown), markdown
    assert markdown.count("$$") % 2 == 0


def test_balance_is_seen() -> None:
    assert not balanced(r"\left( x")
    assert not balanced(r"\begin{a} } \end{a}")
    assert not balanced("$x")


def test_rounded_numbers_are_told_as_such() -> None:
    point = gv.parse("q = x*x; q + q*q").at(x=-0.1)
    text = re.sub(" +", " ", point.explain())
    assert "q = x·x = (−0.10)·(−0.10) = 0.01" in text
    assert "f = q + v₁ = 0.01 + 0.000100 ≈ 0.01" in text
    assert "∂f/∂x ≈ −0.10 + (−0.10) ≈ −0.20" in text
    assert text.rstrip().endswith("∂f/∂x = −0.20400000000000001")
    assert r"\approx -0.20" in point.explain("latex")
    assert "≈" not in gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).explain()
    third = gv.parse("x*3").at(x=1 / 3).explain()  # a whole number, but not three times what is shown
    assert "at x ≈ 0.33" in third
    assert "0.33·3 ≈ 1.00" in third


def test_rounded_numbers_are_told_as_such_in_forward_mode() -> None:
    moved = gv.parse("s = tanh(x)*y; f = s/3").at(x=0.3, y=0.123).along(x=1 / 3)
    text = moved.explain()
    assert "at x = 0.30, y ≈ 0.12" in text
    assert "along dx ≈ 0.33, dy = 0.00" in text
    assert "v₁ = tanh(x) = tanh(0.30) ≈ 0.29" in text
    assert "dv₁ = (1 − tanh(x)²)·dx ≈ 0.92·0.33 ≈ 0.31" in text
    assert "s = v₁·y ≈ 0.29·0.12 ≈ 0.04" in text
    assert text.rstrip().endswith(f"df = {moved.tangents[moved.graph.handle('f')]!r}"), "a result has all its digits"
    latex = moved.explain("latex")
    assert r"\mathrm{d}x \approx 0.33" in latex
    assert r"\approx 0.92 \cdot 0.33 \approx 0.31" in latex
    assert "≈ 0.92·0.33 ≈ 0.31" in moved.explain("html")
    assert "≈" not in gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).along(x=1).explain()


def test_rounded_matrices_are_told_as_such() -> None:
    point = gv.parse("v1 = W@x; f = sum(v1)").at(W=[[0.123, 2], [0.25, 4]], x=[1 / 3, 1])
    text, latex = point.explain(), point.explain("latex")
    assert "so ∂f/∂W = ∂f/∂v₁·xᵀ ≈ [[0.33, 1.00], [0.33, 1.00]]" in text
    assert "  ∂f/∂W ≈ [[0.33, 1.00], [0.33, 1.00]]" in text
    assert r"\frac{\partial f}{\partial W} &\approx \begin{bmatrix} 0.33" in latex
    assert r"{x}^{\top} \approx" in latex or r"x^{\top} \approx" in latex
    assert "∂v₁_i/∂W_i'j' = δ_ii' x_j'" in text, "names as in all other formulas"
    whole = gv.parse("f = sum(W@x)").at(W=[[1, 2], [3, 4]], x=[1, 2]).explain()
    assert "≈" not in whole
