"""The check of graphs with arrays: every public case, kinks and ties, jumps, wrong rules, projections."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.check.check_point import check_point
from graphviz_ad.check.rules_in_many_digits import Slip

DATA = Path(__file__).parents[1] / "data"
CASES = json.loads((DATA / "matrix.json").read_text(encoding="utf-8"))


def check(text: str, **values: Any) -> gv.Report:
    return gv.parse(text).at({name: np.asarray(value, dtype=float) for name, value in values.items()}).check()


def test_no_public_case_fails() -> None:
    verdicts = {}
    for case in CASES:
        values = {name: np.asarray(value, dtype=float) for name, value in case["bindings"].items()}
        verdicts[case["id"]] = gv.parse(case["formula"]).at(values).check().verdict
    assert set(verdicts.values()) <= {"pass", "pass-at-kink"}, {k: v for k, v in verdicts.items() if v not in ("pass", "pass-at-kink")}
    assert all("tie" in name for name, verdict in verdicts.items() if verdict == "pass-at-kink")


@pytest.mark.parametrize(
    ("text", "values", "verdict"),
    [
        ("sum((W@x)**2)", {"W": [[0.1, 0.5], [-0.3, 0.8]], "x": [0.2, 0.4]}, "pass"),
        ("W@x", {"W": [[0.1, 0.5], [-0.3, 0.8]], "x": [0.2, 0.4]}, "pass"),
        ("sum(relu(x))", {"x": [0, 0, 1]}, "pass-at-kink"),
        ("relu(x)", {"x": [0, 2]}, "pass-at-kink"),
        ("max(x)", {"x": [3, 3, 1]}, "pass-at-kink"),
        ("max(x)", {"x": [3, 3, 3]}, "pass-at-kink"),
        ("sum(relu(x) - relu(-x))", {"x": [0, 0]}, "fail"),
        ("sum(floor(x))", {"x": [1, 2.5]}, "inconclusive"),
        ("sum(floor(x))", {"x": [1.5, 2.5]}, "pass"),
        ("norm(x)", {"x": [0, 0]}, "pass-at-kink"),
        ("sum(inv(A))", {"A": [[1, 2], [2, 4]]}, "inconclusive"),
        ("sum(floor(x*10))", {"x": [0.7, 0.12]}, "inconclusive"),
        ("logsumexp(x)", {"x": [1000, 1001, 999]}, "pass"),
        ("sum(abs(x)**3)", {"x": [0, 0, 1]}, "pass"),
        ("sum(abs(x)**1.5)", {"x": [0, 1]}, "pass"),
        ("relu(x)**3", {"x": [0, 1]}, "pass"),
        ("norm(x)**3", {"x": [0, 0]}, "pass"),
        ("sum(1e-30*abs(x))", {"x": [0, 1]}, "pass-at-kink"),
        ("sum(1e-60*relu(x) - 1e-60*relu(-x))", {"x": [0, 1]}, "fail"),
        ("sum(where(x > 0, sqrt(x), 0))", {"x": [-1, 4]}, "pass"),
    ],
)
def test_verdict(text: str, values: dict[str, Any], verdict: str) -> None:
    report = check(text, **values)
    assert report.verdict == verdict, [(row.wrt, row.entry, row.verdict, row.reason) for row in report.rows]


def test_rows_of_a_jacobian_carry_the_whole_index() -> None:
    report = check("W@x", W=[[1, 2], [3, 4], [5, 6]], x=[7, 8])
    assert [row.entry for row in report.rows if row.wrt == "x"] == [(i, j) for j in range(2) for i in range(3)]
    assert len([row for row in report.rows if row.wrt == "W"]) == 3 * 6


def test_many_entries_are_proven_by_a_projection() -> None:
    random = np.random.default_rng(1)
    report = check("sum(tanh(X@W))", X=random.normal(size=(40, 20)), W=random.normal(size=(20, 10)))
    assert report.verdict == "pass"
    assert len(report.rows) == 1000
    assert "projection" in report.rows[0].method


@pytest.mark.parametrize("size", [2, 60])
def test_a_wrong_rule_fails(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Entry by entry, and in a projection of thousands of entries."""
    module = importlib.import_module("graphviz_ad.derive.local_maps")
    right = module.partial_rule

    def wrong(name: str, position: int) -> Any:
        rule = right(name, position)
        return (lambda k, *operands: rule(k, *operands) * (1 + 1e-6)) if name == "tanh" else rule

    monkeypatch.setattr(module, "partial_rule", wrong)
    random = np.random.default_rng(2)
    report = check("sum(tanh(X@W))", X=random.normal(size=(size, size)), W=random.normal(size=(size, 3)))
    assert report.verdict == "fail"


def test_kinks_out_of_all_proportion_name_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the digits to look at a kink, float64 settles the other entries, and the answer says which limit to raise."""
    monkeypatch.setenv("GRADVIZ_CHECK_OPERATIONS", "10")
    report = check("sum(relu(X@X))", X=np.diag([0.0, *range(1, 20)]))
    assert report.verdict == "inconclusive"
    doubtful = [row for row in report.rows if row.verdict == "inconclusive"]
    assert 0 < len(doubtful) < len(report.rows)
    assert "GRADVIZ_CHECK_OPERATIONS" in doubtful[0].reason


@pytest.mark.parametrize(
    ("text", "values", "node"),
    [
        ("stop_gradient(x)*x", {"x": 3}, "v1"),
        ("g(x) = detach(x)*x; f = g(x)", {"x": 3}, "v1"),
        ("sum(stop_gradient(x**2)*x)", {"x": [1, -2]}, "v2"),
        ("sum(stop_gradient(relu(x))*relu(x))", {"x": [0, 2]}, "v2"),
        ("sum(stop_gradient(softmax(x))*x)", {"x": [1, 2]}, "v7"),
    ],
)
def test_what_the_author_holds_is_held(text: str, values: dict[str, Any], node: str) -> None:
    report = check(text, **values)
    assert report.verdict == "pass", [(row.entry, row.reason) for row in report.rows]
    assert report.notes == (f"stop_gradient at {node} is held fixed",)


def test_a_projection_holds_what_the_author_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADVIZ_CHECK_OPERATIONS", "40")
    report = check("sum(stop_gradient(x)*x)", x=[1, 2, 3])
    assert {row.verdict for row in report.rows} == {"pass"}
    assert "projection" in report.rows[0].method


def test_a_shift_of_our_own_is_not_held_but_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    """A softmax whose shift does not cancel is wrong, and the check sees it."""
    assert check("softmax(x)", x=[1, 2]).notes == ()
    composites = importlib.import_module("graphviz_ad.primitives.composites")
    wrong = composites.COMPOSITES["softmax"]._replace(body="exp(x - 2*stop_gradient(max(x)))/sum(exp(x - max(x)))")
    monkeypatch.setitem(composites.COMPOSITES, "softmax", wrong)
    assert check("softmax(x*1)", x=[1, 2]).verdict == "fail"


@pytest.mark.parametrize("quick", [False, True])
def test_an_output_that_changes_its_shape_is_inconclusive(quick: bool) -> None:
    """At x = 1 it depends on the last bit how many entries are chosen."""
    report = gv.parse("x[x > 1]").at(x=[1.0, 2.0, 3.0]).check(quick=quick)
    assert report.verdict == "inconclusive"
    assert "changes its shape" in next(row.reason for row in report.rows if row.verdict == "inconclusive")


def test_a_slope_below_the_others_by_many_orders_is_no_zero() -> None:
    """dy of c*(x/y) is -1e-160, which float64 loses by underflow: that is said, and 0 does not pass."""
    rows = {row.wrt: row for row in check("sum(c*(x/y))", c=[1e200], x=[1.0], y=[1e180]).rows}
    assert rows["c"].verdict == rows["x"].verdict == "pass"
    assert rows["y"].verdict == "inconclusive"
    assert float(rows["y"].exact) == pytest.approx(-1e-160)


def test_a_third_power_at_zero_passes() -> None:
    """All that a difference sees there is its own truncation."""
    assert check("sum(x**3) + sum(x**5)", x=[0.0, 2.0]).verdict == "pass"


def test_statements_that_the_output_does_not_need_are_no_matter() -> None:
    assert check("spare = hypot(x, 3); sum(x)", x=[1.0, 2.0]).verdict == "pass"


def test_many_kinks_are_settled_beside_them_where_one_side_is_all_of_theirs() -> None:
    """More zeros in front of a relu than can be explored cell by cell: one direction leads into the branch that all took."""
    x = np.linspace(-1, 1, 101)
    x[20:60] = 0.0
    report = check("sum(relu(x)*x) + sum(3*relu(2*x))", x=x)
    assert report.verdict == "pass-at-kink"
    kinked = [row.entry[0] for row in report.rows if row.verdict == "pass-at-kink"]
    assert kinked == list(range(20, 60))
    assert "beside the kinks" in report.rows[30].method


def test_many_kinks_whose_choices_do_not_compose_stay_undecided() -> None:
    """relu(x) - relu(-x) is x: no side of the point has the slope 0 that the choices at 0 give."""
    assert check("sum(relu(x) - relu(-x))", x=np.zeros(60)).verdict != "pass-at-kink"
    assert check("sum(abs(x))", x=np.zeros(60)).verdict == "inconclusive"


def test_a_network_fresh_from_its_start_is_settled() -> None:
    """The lecture's spiral: the first point of each arm is 0, the biases are 0, so every hidden neuron stands at its kink there."""
    chance = np.random.default_rng(0)
    X = chance.normal(size=(30, 2))
    X[[0, 10]] = 0.0
    report = check(
        "H = relu(X@W + b); mean(logsumexp(H@V + c, axis=1) - pick(H@V + c, y)) + 0.0005*(sum(W*W) + sum(V*V))",
        X=X, y=np.arange(30) // 10, b=np.zeros(40), c=np.zeros(3),
        W=0.01 * chance.normal(size=(2, 40)), V=0.01 * chance.normal(size=(40, 3)),
    )  # fmt: skip
    assert report.verdict == "pass-at-kink"
    assert all(row.verdict == "pass-at-kink" for row in report.rows if row.wrt == "b")


def test_a_wrong_rule_does_not_pass_beside_its_kinks(monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("graphviz_ad.derive.local_maps")
    right = module.partial_rule
    wrong = lambda name, position: (lambda k, *a: right(name, position)(k, *a) * 1.001) if name == "sin" else right(name, position)  # noqa: E731
    monkeypatch.setattr(module, "partial_rule", wrong)
    assert check("sum(sin(x)) + sum(relu(y))", x=np.linspace(0.1, 1, 50), y=np.zeros(50)).verdict not in ("pass", "pass-at-kink")


@pytest.mark.parametrize("large", [1e16, 1e30, 1e70])
@pytest.mark.parametrize("factor", [-1.0, 0.0, 1.1])
def test_a_small_entry_beside_a_large_one_is_checked(large: float, factor: float) -> None:
    """Each entry is measured by what is added up in it, not by what is in its neighbours."""
    point = gv.parse("sum(x**2)").at(x=[large, 1.0])
    rows = {row.entry: row for row in point.check().rows}
    assert (rows[1,].verdict, rows[1,].reference) == ("pass", 2.0)

    def change(gradient: Any) -> Any:
        changed = np.array(gradient)
        changed[1] = changed[1] * factor
        return changed

    assert check_point(point, slip=Slip("x", change)).verdict == "fail"


def test_digits_lost_beside_a_large_entry_are_told() -> None:
    """float64 makes 3 of the slope 2: 1 + x is 1."""
    report = check("sum(3*x + 1e20*cos((1 + x) - 1) + x**2)", x=[1e-20, 1e50])
    assert report.rows[0].verdict == "inconclusive"
    assert "float64 keeps no digit" in report.rows[0].reason


def test_a_projection_looks_at_an_input_as_a_whole_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cost stays linear in the entries: the largest of thousands is not looked for again by every one of them."""
    sizes = importlib.import_module("graphviz_ad.check.arrays.claim").Sizes
    asked: list[int] = []
    whole = sizes.whole
    monkeypatch.setattr(sizes, "whole", lambda self, handle: asked.append(handle) or whole(self, handle))
    assert check("sum(tanh(x))", x=np.linspace(0.1, 1, 600)).verdict == "pass"
    assert len(asked) == 1
