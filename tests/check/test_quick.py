"""The quick check of a point: the verdicts of the full one, float64 where that settles, and every cone of a graph."""

from __future__ import annotations

import random

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.check.quick.arrays import ArrayMover
from graphviz_ad.check.quick.families import families_of
from graphviz_ad.check.quick.stencil import METHOD
from graphviz_ad.check.references.cones import Cones
from graphviz_ad.derive import tape
from graphviz_ad.engine import scalars
from graphviz_ad.primitives.kernels import python as kernels
from tests.check.planting import plant

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
            full = scalars.evaluate(graph, {**point.inputs, handle: moved})[graph.outputs[-1]]
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
    plant(monkeypatch, "sin", factor)
    chance = random.Random(1)
    text = "+".join(f"sin(x{k})*exp(x{k})" for k in range(6))
    report = gv.parse(text).at({f"x{k}": chance.uniform(-1, 1) for k in range(6)}).check(quick=True)
    assert report.verdict == "fail"
    assert "rule of sin" in next(row.reason for row in report.rows if row.verdict == "fail")


def test_a_flat_stretch_of_float64_is_no_evidence_of_a_zero_slope(monkeypatch: pytest.MonkeyPatch) -> None:
    """tanh(40 + x) is 1 in float64 all around: a claimed 0 is not shown by differences there, one behind a relu is."""
    right = tape.float_linearization
    monkeypatch.setattr(tape, "float_linearization", lambda name, active: (lambda *a: (0.0,)) if name == "tanh" else right(name, active))
    report = gv.parse("tanh(40 + x) + 3*relu(y)").at(x=0.5, y=-1.0).check(quick=True)
    assert [row.method == METHOD for row in report.rows] == [False, True]
    assert [row.analytic for row in report.rows] == [0.0, 0.0]


@pytest.mark.parametrize("text", ["where(x > 1, x*y, y*x)", "max(x, 1)*0 + x*y"])
def test_a_branch_that_changes_within_the_step_is_settled_in_many_digits(text: str) -> None:
    """Both branches have the same slope: a difference across the switch would agree, but it is no evidence."""
    point = gv.parse(text).at(x=1 + 1e-9, y=2.0)
    rows = {row.wrt: row.method == METHOD for row in point.check(quick=True).rows}
    assert rows == {"x": False, "y": True}


def test_truth_values_and_unused_inputs_have_their_place() -> None:
    report = gv.parse("a = x > 2; b = y*3; b + where(a, z, -z)").at(x=1.0, y=2.0, z=4.0).check(quick=True)
    assert report.verdict == "pass"
    assert [row.analytic for row in report.rows] == [0.0, 3.0, -1.0]
    report = gv.parse("y*3 + 0*x").at(x=1.0, y=2.0).check(quick=True)
    assert [row.method for row in report.rows] == [METHOD, METHOD]


def test_cones_too_large_to_be_moved_one_by_one_go_to_the_check_by_projection() -> None:
    """Every input of a product chain moves the rest of it: one by one the cost is quadratic."""
    n = 3000
    graph = gv.parse("*".join(f"x{k}" for k in range(n)))
    point = graph.at({f"x{k}": 1.0 + (k % 3 - 1) * 1e-3 for k in range(n)})
    assert not families_of(graph, list(graph.input_handles.values())).complete
    report = point.check(quick=True)
    assert report.verdict == "pass"
    assert all(row.method != METHOD for row in report.rows)


def test_inputs_with_cones_of_one_kind_are_one_family() -> None:
    graph = gv.parse(" + ".join(f"sin(x{k})*x{k}" for k in range(40)) + " + exp(y)")
    families = families_of(graph, list(graph.input_handles.values()))
    assert sorted(len(family.members) for family in families.found) == [1, 40]
    assert families_of(graph, list(graph.input_handles.values())) is families, "kept for the next point"


@pytest.mark.parametrize(
    ("text", "values", "op", "factor"),
    [
        ("2*x + sqrt(1e32 + 1e16*x)", {"x": 1.0}, "sqrt", 0.0),  # one path rounds its part away, another moves
        ("2*x + 1e20*tanh(1e-20*x + 10)", {"x": 1.0}, "tanh", 0.0),
        ("x + 1e-3*sin(2*pi*256*x)", {"x": 1.0}, "sin", 0.0),  # a period of 2**-8
    ],
)
def test_agreement_by_rounding_or_by_a_period_is_none(
    monkeypatch: pytest.MonkeyPatch, text: str, values: dict[str, float], op: str, factor: float
) -> None:
    plant(monkeypatch, op, factor)
    assert gv.parse(text).at(values).check(quick=True).verdict == "fail"
    arrays = gv.parse(f"sum({text})").at({name: [value, 2 * value] for name, value in values.items()})
    assert ArrayMover(arrays).check("x", np.array([2.0, 2.0]) if op != "sin" else np.ones(2)).settled == {}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3*x + 1e20*cos((1 + x) - 1)", {"x": 1e-20}),
        ("(a - 1e6)**2 + (b - 2e-6)**2 + (a*b - 2)**2", {"a": 1e6, "b": 2e-6}),
    ],
)
def test_what_float64_cannot_see_is_left_to_many_digits(text: str, values: dict[str, float]) -> None:
    point = gv.parse(text).at(values)
    assert point.check(quick=True).verdict == point.check().verdict == "inconclusive"
    assert ArrayMover(gv.parse("prod(x)").at(x=[1e-200, 1e-200, 1e300])).check("x", np.zeros(3)).settled.keys() <= {(2,)}


def test_a_layer_beyond_the_operations_whose_value_is_not_finite_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many digits are too many here, and float64 has nothing to difference: neither sends it to the other for ever."""
    monkeypatch.setenv("GRADVIZ_CHECK_OPERATIONS", "0")
    point = gv.parse("sum(x*y)").at(x=[1.0, np.inf], y=[1.0, 2.0])
    for quick in (False, True):
        report = point.check(quick=quick)
        assert report.verdict == "inconclusive"
        assert "high-precision operations are needed" in report.rows[0].reason
