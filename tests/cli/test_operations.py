"""The book of operations: every entry described, every curve drawn, kinks where the tables say."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest

from graphviz_ad import GradvizError, parse
from graphviz_ad.operations import JACOBIAN, all_names, curve, describe, listing
from graphviz_ad.primitives.registry import OPERATIONS
from graphviz_ad.render.chart import Chart, render_chart
from graphviz_ad.render.terminal import plot, window


def test_every_operation_is_listed_once_and_found_under_every_spelling() -> None:
    listed = listing()
    assert len({operation.name for operation in listed}) == len(listed)
    for operation in listed:
        for spelling in (operation.name, *operation.aliases):
            assert describe(spelling) == operation
            assert spelling in all_names()


@pytest.mark.parametrize("name", OPERATIONS)
def test_described_derivatives_are_what_is_computed(name: str) -> None:
    """The formula that people read is parsed and compared with the local derivative at a point inside the domain."""
    operation = describe(name)
    operands = [operand for operand, _ in operation.derivatives]
    at = dict(zip(operands, (0.375, 0.625, 0.75), strict=False))
    at.update({"n": 2.0, "c": 1.0} if operands[0] in ("n", "c") else {})
    at.update({"x": 1.375} if name in ("acosh", "asec", "acsc", "acoth") else {})
    point = parse(f"out = {name}({', '.join(operands)})").at(at)
    for operand, formula in operation.derivatives:
        if formula in (None, "unknown"):
            continue
        text = parse(formula)
        given = {**at, "out": point.value}
        claimed = text.at({key: given[key] for key in text.inputs}).value
        assert claimed == pytest.approx(point.gradients[operand] or 0.0, rel=1e-9, abs=1e-12), (operand, formula)


@pytest.mark.parametrize("name", OPERATIONS)
def test_curves(name: str) -> None:
    found = curve(name)
    if OPERATIONS[name].boolean:
        assert found is None
        return
    assert found is not None
    assert len(found.xs) == len(found.values) == len(found.slopes)
    assert sum(map(math.isfinite, found.values)) > len(found.xs) / 4
    chart = render_chart(Chart(name, "<&>", *found[2:6], found.operand, found.jumps), theme="dark", palette="colorblind")
    root = ET.fromstring(chart)
    paths = [element.get("d", "") for element in root.iter("{http://www.w3.org/2000/svg}path")]
    assert all(path.startswith("M") for path in paths if path)
    lines = plot(found.xs, found.values, 20, 6, window(found.values), found.jumps)
    assert {len(line) for line in lines} == {20}
    assert any(sign != "\u2800" for line in lines for sign in line)


@pytest.mark.parametrize(
    ("name", "kinks", "jumps"),
    [
        ("relu", (0.0,), ()),
        ("abs", (0.0,), ()),
        ("relu6", (0.0,), ()),
        ("hardtanh", (-1.0, 1.0), ()),
        ("maximum", (2.0,), ()),
        ("softshrink", (-0.5, 0.5), ()),
        ("floor", tuple(map(float, range(-4, 5))), tuple(map(float, range(-4, 5)))),
        ("sign", (0.0,), (0.0,)),
        ("tanh", (), ()),
    ],
)
def test_kinks_stand_where_they_are(name: str, kinks: tuple[float, ...], jumps: tuple[float, ...]) -> None:
    found = curve(name)
    assert found is not None
    assert (found.kinks, found.jumps) == (kinks, jumps)


def test_operations_on_arrays() -> None:
    assert describe("matmul").derivatives == (("a", JACOBIAN), ("b", JACOBIAN))
    assert describe("argmax").derivatives == (("x", None),)
    assert curve("softmax") is None
    with pytest.raises(GradvizError, match="did you mean softmax"):
        describe("sofmax")


def test_charts_escape_what_they_are_given_and_refuse_unknown_themes() -> None:
    chart = Chart('</svg><script>"', "&", [0.0, 1.0], [0.0, 1.0], [1.0, 1.0], [0.0])
    assert "<script" not in render_chart(chart)
    ET.fromstring(render_chart(chart))
    assert render_chart(chart) == render_chart(chart)
    with pytest.raises(GradvizError):
        render_chart(chart, theme="pink")


def test_every_name_that_authors_may_write_is_described() -> None:
    listed = {operation.name for operation in listing()}
    assert {"vander", "interp", "cov", "softmax", "part", "tanh"} <= listed
    assert "offset_trace" not in listed
    for name in all_names():
        assert describe(name).name in listed
