"""The quick check of a point: the verdicts of the full one, float64 where that settles, and every cone of a graph."""

from __future__ import annotations

import importlib
import random
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.check.cones import Cones
from graphviz_ad.check.quick import METHOD
from graphviz_ad.derive import tape
from graphviz_ad.primitives.kernels import python as kernels

TEXTS = [
    ("sin(x)*exp(-y) + x*y - y", {"x": 0.7, "y": -1.3}), ("x + x - (y - x) + y", {"x": 0.7, "y": 2.0}),
    ("max(x, y)*x", {"x": 0.7, "y": -1.3}),
    ("x - y - (x - (y + x*y))", {"x": 1.5, "y": 0.2}), ("a = x + y; b = a - x; a*b + a", {"x": 0.3, "y": 0.9}), ("x", {"x": 2.0}),
    ("(x + y) * (x + y) + (x + y)", {"x": 0.3, "y": 0.9}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values"), TEXTS)
def test_a_cone_changes_the_output_as_a_full_evaluation_does(text: str, values: dict[str, float]) -> None:
    graph = gv.parse(text)
    point = graph.at(values)
    cones = Cones(graph, point.values, {op: getattr(kernels, op) for op in set(graph.ops) if op not in ("input", "constant")})
    for name, handle in graph.input_handles.items():
        for moved in (values[name] + 0.25, values[name] - 3.0):
            full = tape.evaluate(graph, {**point.inputs, handle: moved})[graph.outputs[-1]]
            (change,) = cones.changes(handle, [moved])
            assert point.value + change == pytest.approx(full, rel=1e-13, abs=1e-13)
    assert cones.work == list(point.values), "everything is put back"


@pytest.mark.parametrize(("text", "values"), TEXTS)
def test_the_quick_check_passes_where_the_full_one_does(text: str, values: dict[str, float]) -> None:
    quick = gv.parse(text).at(values).check(quick=True)
    assert quick.verdict == "pass"
    assert [row.wrt for row in quick.rows] == list(values)
    assert {row.method for row in quick.rows} == {METHOD}


def test_what_float64_does_not_settle_is_settled_in_many_digits() -> None:
    report = gv.parse("max(x, 0) + (1e9 + y)*(1e9 - y)").at(x=0.0, y=1.5).check(quick=True)
    assert [row.verdict for row in report.rows] == ["pass-at-kink", "pass"]
    assert all(row.method != METHOD for row in report.rows)
    assert gv.parse("relu(x) - relu(-x)").at(x=0.0).check(quick=True).verdict == "fail"


@pytest.mark.parametrize("factor", [-1.0, 1.001, 1 + 1e-5])
def test_a_wrong_rule_fails_the_quick_check(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    right = tape.float_partials

    def wrong(name: str) -> Any:
        return tuple((lambda *a, one=one: one(*a) * factor) for one in right(name)) if name == "sin" else right(name)

    monkeypatch.setattr(tape, "float_partials", wrong)
    rule = importlib.import_module("graphviz_ad.check.claim").partial_rule
    monkeypatch.setattr(
        importlib.import_module("graphviz_ad.check.claim"), "partial_rule",
        lambda name, position: (lambda *a: rule(name, position)(*a) * factor) if name == "sin" else rule(name, position),
    )  # fmt: skip
    chance = random.Random(1)
    text = "+".join(f"sin(x{k})*exp(x{k})" for k in range(6))
    report = gv.parse(text).at({f"x{k}": chance.uniform(-1, 1) for k in range(6)}).check(quick=True)
    assert report.verdict == "fail"
    assert "rule of sin" in next(row.reason for row in report.rows if row.verdict == "fail")
