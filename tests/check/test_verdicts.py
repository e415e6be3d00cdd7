"""The four verdicts where they are hard: kinks, ties, jumps, branches decided by rounding, cancellation, wrong rules."""

from __future__ import annotations

import math

import pytest

import graphviz_ad as gv
from graphviz_ad.errors import CheckFailed
from tests.check.planting import plant


def check(text: str, **values: float) -> gv.Report:
    return gv.parse(text).at(values).check()


@pytest.mark.parametrize(
    ("text", "values", "verdict"),
    [
        ("(x+y)*z", {"x": -2, "y": 5, "z": -4}, "pass"),
        ("relu(x)", {"x": 0}, "pass-at-kink"),
        ("relu(x)", {"x": 1e-8}, "pass"),
        ("abs(x)", {"x": 0}, "pass-at-kink"),
        ("abs(x)", {"x": 1e-300}, "pass"),
        ("abs(x)**2", {"x": 0}, "pass"),
        ("max(x, y)", {"x": 2, "y": 2}, "pass-at-kink"),
        ("max(x, y, z)", {"x": 1, "y": 1, "z": 1}, "pass-at-kink"),
        ("max(x, y)", {"x": 2, "y": 1.9999999999999998}, "pass"),
        ("relu(x) - relu(-x)", {"x": 0}, "fail"),
        ("relu(x)*z", {"x": 0, "z": 0}, "pass"),
        ("floor(x)", {"x": 2}, "inconclusive"),
        ("floor(x)", {"x": 2.5}, "pass"),
        ("floor(x*10)", {"x": 0.7}, "inconclusive"),
        ("where(x > 0, x, 2*x)", {"x": 0}, "pass-at-kink"),
        ("where(x > 0, 1, 2)*y", {"x": 0, "y": 1}, "inconclusive"),
        ("x if x > 1 else x**2", {"x": 1}, "pass-at-kink"),
        ("where(x == 0, 1, exp(x))", {"x": 0}, "fail"),
        ("where(x == 0, 1, sin(x)/x)", {"x": 0}, "pass"),
        ("where(x > 0, sqrt(x), 0)", {"x": -1}, "pass"),
        ("sqrt(x)**2", {"x": 0}, "inconclusive"),
        ("sqrt(x*x)", {"x": 0}, "inconclusive"),
        ("hypot(x, y)", {"x": 0, "y": 0}, "pass-at-kink"),
        ("x**2", {"x": 0}, "pass"),
        ("x**3", {"x": 0}, "pass"),
        ("x**y", {"x": -2, "y": 3}, "inconclusive"),
        ("x**3", {"x": -2}, "pass"),
        ("tanh(x)", {"x": 20}, "pass"),
        ("sin(1e4*x)", {"x": 0.7}, "pass"),
        ("1e10 + x**2", {"x": 0.7}, "pass"),
        ("1e-6*x**2", {"x": 0.5}, "pass"),
        ("log(x)", {"x": 1e-7}, "pass"),
        ("exp(30*x)", {"x": 1}, "pass"),
        ("log(x)", {"x": 0}, "inconclusive"),
        ("log(x)", {"x": -1}, "inconclusive"),
        ("exp(x)", {"x": 1000}, "inconclusive"),
        ("x - x", {"x": 3}, "pass"),
        ("sin(x)**2 + cos(x)**2", {"x": 0.5}, "pass"),
        ("2*x", {"x": 5e-324}, "pass"),
        ("sin(pi/2)", {}, "pass"),
        ("abs(x) + abs(y)", {"x": 0, "y": 0}, "pass-at-kink"),
        ("max(abs(x), abs(y))", {"x": 0, "y": 0}, "pass-at-kink"),
        ("clip(x, 0, 1)", {"x": 1}, "pass-at-kink"),
        ("sign(x)", {"x": 0}, "inconclusive"),
        ("x % 2", {"x": 4}, "inconclusive"),
        ("gelu(x)", {"x": 0}, "pass"),
    ],
)
def test_verdict(text: str, values: dict[str, float], verdict: str) -> None:
    report = check(text, **values)
    assert report.verdict == verdict, [(row.wrt, row.verdict, row.reason) for row in report.rows]


def test_kink_choices_that_do_not_compose_are_named() -> None:
    row = check("relu(x) - relu(-x)", x=0).rows[0]
    assert row.verdict == "fail"
    assert "do not compose" in row.reason
    assert "relu(x)" in row.reason
    assert row.reference == 1.0
    with pytest.raises(CheckFailed, match="do not compose"):
        check("relu(x) - relu(-x)", x=0).raise_if_failed()


FLAT = (
    "abs(x)**3", "relu(x)**3", "max(0,x)**3", "where(x>0,x**3,0)", "x*x*abs(x)", "x**2*relu(x)", "abs(x**3)", "relu(x**3)",
    "abs(sin(x))**3", "log(1+abs(x)**3)", "abs(x)**1.1", "abs(x)**1.5", "abs(x)**2.5", "abs(x)**4", "abs(x)**5", "relu(x)**1.5",
    "1e-60*abs(x)**3", "1e60*abs(x)**3", "relu(x)**3 + relu(x)**1.5",
)  # fmt: skip


@pytest.mark.parametrize("text", FLAT)
def test_slopes_that_vanish_at_a_flat_kink_are_zero(text: str) -> None:
    row = check(text, x=0).rows[0]
    assert (row.verdict, row.analytic, row.reference) == ("pass", 0.0, 0.0), row.reason
    assert claimed(text, 1e-30) == "fail"


@pytest.mark.parametrize("size", ["1e-30", "1e-60", "1e-150", "1e60"])
def test_tiny_slopes_at_a_kink_are_no_residue(size: str) -> None:
    """A slope of 1e-60 that stays as the distance shrinks is a slope."""
    row = check(f"{size}*(relu(x) - relu(-x))", x=0).rows[0]
    assert (row.verdict, row.reference) == ("fail", float(size))
    row = check(f"abs(x)**3 + {size}*relu(x) - {size}*relu(-x)", x=0).rows[0]
    assert (row.verdict, row.reference) == ("fail", float(size))
    assert claimed(f"{size}*(relu(x) - relu(-x))", float(size)) == "pass"
    row = check(f"{size}*abs(x)", x=0).rows[0]
    assert (row.verdict, row.interval) == ("pass-at-kink", (-float(size), float(size)))
    assert claimed(f"{size}*abs(x)", -0.9 * float(size)) == "pass-at-kink"
    assert claimed(f"{size}*abs(x)", 1.1 * float(size)) == "fail"


@pytest.mark.parametrize(
    ("text", "verdict", "reference", "said"),
    [
        ("x**1.5", "pass", 0.0, "the slope from the right"),
        ("x**(4/3)", "pass", 0.0, "the slope from the right"),
        ("x**1.5 + 1e-30*x", "pass", 1e-30, "the slope from the right"),
        ("x*sqrt(x)", "inconclusive", 0.0, "the limit from the right is 0.0"),
        ("x**x", "inconclusive", None, "from the right the slope is infinite (-inf)"),
        ("sqrt(x)", "inconclusive", None, "from the right the slope is infinite (+inf)"),
        ("cbrt(x)", "inconclusive", None, "the slope is infinite (+inf), a vertical tangent"),
        ("cbrt(x*x)", "inconclusive", None, "from the left the slope is infinite (-inf), from the right it is infinite (+inf)"),
        ("sqrt(abs(x))", "inconclusive", None, "around it the slope is infinite (+inf) or is infinite (-inf)"),
        ("x*cbrt(x)", "inconclusive", 0.0, "the limit is 0.0"),
        ("(x*x)**0.55", "inconclusive", 0.0, "the limit is 0.0"),
        ("atan2(y, x)", "inconclusive", None, "the slope has no limit: the value jumps"),
    ],
)
def test_a_slope_is_followed_to_its_limit(text: str, verdict: str, reference: float | None, said: str) -> None:
    graph = gv.parse(text)
    row = graph.at(dict.fromkeys(graph.inputs, 0.0)).check().rows[0]
    assert (row.verdict, row.reference) == (verdict, reference), row.reason
    assert said in row.reason


def test_at_the_edge_of_the_domain_a_wrong_slope_does_not_pass() -> None:
    assert claimed("x**1.5 + 1e-30*x", 2e-30) == claimed("x**1.5", 1e-20) == "inconclusive"


def claimed(text: str, gradient: float) -> str:
    """The verdict on somebody's gradient at 0."""
    from graphviz_ad.check.check_point import check_claim

    return check_claim(gv.parse(text).at(x=0), {"x": gradient}).verdict


def test_kink_names_place_and_interval() -> None:
    row = check("relu(w*x)", w=0, x=3).rows[0]
    assert row.interval == (0.0, 3.0)
    assert "v1 = 0" in row.reason


def test_a_tie_is_judged_in_the_hull_and_not_axis_by_axis() -> None:
    """(1, 1, 1) lies between the slopes on every axis, and is no subgradient of max."""
    from graphviz_ad.check.judging.around_kinks import inside

    corners = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert inside([1 / 3, 1 / 3, 1 / 3], corners)
    assert inside([0.25, 0.25, 0.5], corners)
    assert not inside([1.0, 1.0, 1.0], corners)
    assert not inside([1.0, 1.0], [[1, 0], [0, 1]])


def test_rounding_that_decides_a_branch_is_said() -> None:
    report = check("floor(0.7*10)*x", x=2)
    assert report.verdict == "inconclusive"
    assert "branch decided by rounding" in report.rows[0].reason
    assert report.rows[0].reference == 6.0


def test_limits_stand_in_the_report_where_reverse_mode_gives_nan() -> None:
    row = check("cos(5*sqrt(x**2 + y**2))", x=0, y=0).rows[0]
    assert math.isnan(row.analytic or 0.0)
    assert row.reference == 0.0
    row = check("sqrt(x)**2", x=0).rows[0]
    assert row.reference == 1.0
    assert "right" in row.reason


def test_digits_lost() -> None:
    report = check("(1 - cos(x))/x**2", x=1e-4)
    assert report.value is not None
    assert 6 < report.value.digits_lost < 9
    assert report.value.exact.startswith("0.499999999583333333472222")
    lost = check("1e16 + x - 1e16", x=0.5)
    assert lost.value is not None
    assert lost.value.verdict == "inconclusive"
    assert "0.5" in lost.value.reason


def test_float_estimates_stand_beside() -> None:
    row = check("exp(x)", x=1).rows[0]
    assert row.finite_difference == pytest.approx(math.e, rel=1e-9)
    assert row.complex_step == pytest.approx(math.e, rel=1e-15)
    assert check("relu(x)", x=0).rows[0].complex_step is None


@pytest.mark.parametrize("factor", [1.001, 1.000001, -1.0, 2.0])
@pytest.mark.parametrize("terms", [1, 3000])
def test_a_wrong_rule_fails_and_is_named(monkeypatch: pytest.MonkeyPatch, factor: float, terms: int) -> None:
    """Also where the check runs on a random projection instead of entry by entry."""
    plant(monkeypatch, "sin", factor)
    text = "sin(x0)*y + " + " + ".join(f"x{k}*y" for k in range(1, terms + 1))
    values = {f"x{k}": 0.1 + k / 1000 for k in range(terms + 1)}
    report = gv.parse(text).at(values, y=0.3).check()
    assert report.verdict == "fail"
    row = next(row for row in report.rows if row.verdict == "fail")
    assert "rule of sin" in row.reason


def test_several_outputs_are_checked_one_by_one() -> None:
    report = gv.parse("x**2*y").gradient("x", "y").at(x=2, y=3).check()
    assert [(row.wrt, row.reason) for row in report.rows] == [("x", "of df_dx"), ("y", "of df_dx"), ("x", "of df_dy"), ("y", "of df_dy")]
    assert report.verdict == "pass"


def test_a_report_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="four verdicts"):
        bool(check("x", x=1))


def test_data_of_a_report() -> None:
    data = check("(x+y)*z", x=-2, y=5, z=-4).data()
    assert data["rows_total"] == 3
    assert data["rows"][0] | {"method": "", "bound": 0, "finite_difference": 0} == {
        "wrt": "x", "index": [], "analytic": -4.0, "reference": -4.0, "error": 0.0, "bound": 0, "method": "", "verdict": "pass",
        "reason": "", "exact": "-4.0", "digits_lost": 0.0, "interval": None, "finite_difference": 0, "complex_step": -4.0,
        "where": "here",
    }  # fmt: skip


def test_the_check_is_linear_in_size() -> None:
    """Operations of the reference, counted, not timed: ten times the graph, about ten times the work."""
    from graphviz_ad.check.scalars.check import ScalarCheck
    from graphviz_ad.check.scalars.claim import ScalarClaim

    counts = []
    for terms in (2_000, 20_000):
        text = "\n".join(["y0 = x"] + [f"y{k} = sin(y{k - 1}) + x" for k in range(1, terms)])
        job = ScalarCheck(ScalarClaim(gv.parse(text).at(x=0.5)))
        assert job.report().verdict == "pass"
        counts.append(job.reference.operations)
    assert counts[1] / counts[0] < 12
