"""Derivations as pages: every formula is there, readable by a machine, nothing of a user's becomes markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

import graphviz_ad as gv
from graphviz_ad.render.derivation_page import lines, to_html, to_svg
from graphviz_ad.scene.derivation import derive
from graphviz_ad.scene.model import Label

XYZ = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
FORK = gv.parse("f = x*x + exp(x)").at(x=1)


@pytest.mark.parametrize("point", [XYZ, FORK, XYZ.along(x=1)], ids=["xyz", "fork", "forward"])
def test_lines_say_what_the_text_says(point: gv.Point) -> None:
    """Each number and formula of the derivation as text stands in the page too, in order."""
    told = " ".join(line.label.text for line in lines(derive(point)))
    for chunk in re.findall(r"= (\S+)$", point.explain(), flags=re.MULTILINE):
        assert f"= {chunk}" in told
    assert lines(derive(point))[-1].label.text.split(" = ")[1] == point.explain().rstrip().rsplit("= ", 1)[1]


def test_the_page_is_one_file_that_says_its_formulas() -> None:
    html = to_html(derive(XYZ))
    assert "∂q/∂x = 1   so ∂f/∂x = ∂f/∂q · ∂q/∂x = −4 × 1 = −4" in html
    assert html.count("<h2>") == 3
    assert not re.search(r"(?:src|href)=\"(?!#)", html)
    assert "<script" not in html
    assert "prefers-color-scheme:dark" in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_the_drawing_is_whole() -> None:
    drawn = ET.fromstring(to_svg(derive(FORK)))
    width, height = (float(drawn.get(side, "").removesuffix("pt")) for side in ("width", "height"))
    assert width > 400
    assert height > 300


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "]]>", '" onload="', "&amp;", "\\input{x}"])
def test_text_stays_text(text: str) -> None:
    derivation = derive(XYZ)._replace(title=Label(text), notes=(text,))
    assert "<script" not in to_html(derivation)
    assert ' onload="' not in to_html(derivation)
    ET.fromstring(to_svg(derivation))


def test_the_page_tells_rounded_numbers_as_such() -> None:
    html = gv.parse("q = x*x; q + q*q").at(x=-0.1).explain("html")
    assert "v₁ = q·q = 0.01·0.01 = 0.000100" in html
    assert "f = q + v₁ = 0.01 + 0.000100 ≈ 0.01" in html
    assert "−0.10 + (−0.10) ≈ −0.20" in html
    assert "≈" not in gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).explain("html")
