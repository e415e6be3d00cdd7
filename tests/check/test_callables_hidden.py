"""Slopes that rounding hides: right claims pass on evidence from other values of the entry, wrong ones never do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

HOLDS = "it holds for other values of the entry"


def _double(x: Any) -> float:
    if isinstance(x, complex) or type(x).__name__ == "Number":
        raise TypeError("only doubles are taken here")
    return float(x)


def _saturated(x: Any) -> float:
    return math.tanh(_double(x))


def _saturated_slope(x: Any) -> float:
    return 4 * math.exp(-2 * abs(x)) / (1 + math.exp(-2 * abs(x))) ** 2


def _far_from_its_pole(c: Any) -> float:
    return 1 / math.sqrt(1 - 2e-15 / _double(c) ** 2)


def _far_from_its_pole_slope(c: Any) -> float:
    return -2e-15 / c**3 / math.sqrt(1 - 2e-15 / c**2) ** 3


def _optimum(x: Any) -> float:
    return 2 + (_double(x) - 1) ** 2


CASES: list[tuple[Callable[[Any], float], Callable[[Any], float], float]] = [
    (_saturated, _saturated_slope, 18.0),
    (_far_from_its_pole, _far_from_its_pole_slope, 1.0),
    (_optimum, lambda x: 2 * (x - 1), 1 + 2.0**-38),
]


@pytest.mark.parametrize(("f", "slope", "at"), CASES)
def test_a_right_claim_below_rounding_passes(f: Any, slope: Any, at: float) -> None:
    report = gv.check_gradient(f, slope, at)
    assert report.verdict == "pass"
    assert HOLDS in report.rows[0].reason or f is _optimum


@pytest.mark.parametrize("slip", [2.0, 1.001, -1.0, 0.0])
@pytest.mark.parametrize(("f", "slope", "at"), CASES)
def test_a_wrong_claim_below_rounding_never_passes(f: Any, slope: Any, at: float, slip: float) -> None:
    for points in (0, 4):
        report = gv.check_gradient(f, lambda x: slip * slope(x), at, points=points)
        assert report.verdict in ("fail", "inconclusive")
        if f is not _optimum:  # steps of its own size show the slope of a parabola
            assert "is claimed and the slope is" in report.rows[0].reason


def test_plain_values_below_rounding_are_undecided() -> None:
    report = gv.check_gradient(_saturated, _saturated_slope(18.0), 18.0)
    assert report.verdict == "inconclusive"


def test_a_gradient_that_refuses_other_points_is_undecided() -> None:
    def slope(x: Any) -> float:
        if abs(x) < 17:
            raise ValueError("out of its range")
        return _saturated_slope(x)

    assert gv.check_gradient(_saturated, slope, 18.0).verdict == "inconclusive"


def test_a_slope_that_matters_must_show_here() -> None:
    def f(x: Any) -> float:  # nine decimals
        return round(1 + 1e-5 * _double(x) ** 2, 9)

    def slope(x: Any) -> float:
        return (1.0002 if abs(x) < 10 else 1.0) * 2e-5 * x

    report = gv.check_gradient(f, slope, 1.3, points=0)
    assert report.verdict == "inconclusive"
    assert "known to" in report.rows[0].reason


@pytest.mark.parametrize("at", [1e-5, -3e-7])
def test_larger_steps_than_the_entry_show_the_slope_of_a_smooth_function(at: float) -> None:
    def f(x: Any) -> float:
        return 0.7 * math.cos(_double(x))

    assert gv.check_gradient(f, lambda x: -0.7 * math.sin(x), at).verdict == "pass"
    assert gv.check_gradient(f, -0.7 * math.sin(at), at).verdict == "pass"
    for slip in (1.001, 0.5, 0.0):
        assert gv.check_gradient(f, lambda x, slip=slip: -slip * 0.7 * math.sin(x), at, points=0).verdict in ("fail", "inconclusive")


def test_larger_steps_do_not_count_against_a_claim() -> None:
    claim = _far_from_its_pole_slope(1.0)  # steps of hundreds pass over the pole: what they show is no slope here
    assert gv.check_gradient(_far_from_its_pole, claim, 1.0).verdict == "inconclusive"


def test_a_constant_that_rounds_differently_everywhere_has_slope_zero() -> None:
    def f(x: Any) -> float:
        return math.sin(_double(x)) ** 2 + math.cos(_double(x)) ** 2

    assert gv.check_gradient(f, lambda x: 0.0, 0.8).verdict == "pass"


@pytest.mark.parametrize("x", [-738.5431891559539, -740.0, -744.0])
def test_denormal_values_have_the_rounding_of_denormal_numbers(x: float) -> None:
    assert gv.check_gradient(lambda x: math.exp(_double(x)), math.exp, x).verdict in ("pass", "inconclusive")


def test_a_tiny_entry_has_steps_of_its_own_size() -> None:
    assert gv.check_gradient(lambda x: math.log(_double(x)), lambda x: 1 / x, 0.7e-300).verdict == "pass"


def test_reasons_tell_slopes_of_the_entry() -> None:
    report = gv.check_gradient(_saturated, 2.5e-15, 18.0)
    assert "the claim is 2.5e-15" in report.rows[0].reason


def _without_high_precision(x: Any) -> Any:
    if x.dtype == object:
        raise TypeError("doubles and complex numbers only")
    return x


@pytest.mark.parametrize("size", [1e-7, 2e-8])
def test_a_complex_step_shows_a_hidden_slope_that_zero_is_claimed_for(size: float) -> None:
    def f(x: Any) -> Any:
        x = _without_high_precision(x)
        return 1e6 * x[0] ** 2 + size * x[1] ** 2

    at = np.array([3.0, 1.0])
    right, wrong = np.array([6e6, 2 * size]), np.array([6e6, 0.0])
    assert gv.check_gradient(f, right, at).verdict == "pass"
    report = gv.check_gradient(f, wrong, at)
    assert report.verdict == "fail"
    assert (report.rows[1].method, report.rows[1].reference) == ("complex step", pytest.approx(2 * size))


def test_a_complex_step_does_not_count_against_what_it_cannot_see() -> None:
    def f(x: Any) -> Any:
        x = _without_high_precision(x)
        return 1e8 * x[0] ** 2 + 1e-6 * np.vdot(x[1:], np.array([1.0, 2.0]))  # vdot conjugates: the sign of its slope is turned

    at, slope = np.array([3.0, 1.0, 2.0]), np.array([6e8, 1e-6, 2e-6])
    assert gv.check_gradient(f, slope, at, points=0).verdict == "inconclusive"


def test_a_zero_that_rounding_of_the_value_explains_is_undecided() -> None:
    def f(x: Any) -> Any:
        x = _without_high_precision(x)
        return 1e6 * x[0] ** 2 + 1e-9 * x[1] ** 2

    report = gv.check_gradient(f, np.array([6e6, 0.0]), np.array([3.0, 1.0]))
    assert report.verdict == "inconclusive"
    assert "a complex step gives 2e-09" in report.rows[1].reason


def test_only_so_many_hidden_entries_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    at = np.array([50.0, *np.linspace(-60.0, 0.0, 9)])

    def f(x: Any) -> float:
        return float(np.log(np.sum(np.exp(np.asarray(x, float)))))

    def slope(x: Any) -> Any:
        return np.exp(x) / np.sum(np.exp(x))

    assert gv.check_gradient(f, slope, at).verdict == "pass"
    monkeypatch.setattr("graphviz_ad.check.slopes.continuation.ENTRIES", 4)
    report = gv.check_gradient(f, slope, at)
    assert sum(HOLDS in row.reason for row in report.rows) == 4
    assert report.verdict == "inconclusive"


@pytest.mark.parametrize(("f", "claim", "at", "step"), [
    (_saturated, _saturated_slope(18.0), 18.0, "give the gradient as a function"),
    (_saturated, lambda x: _saturated_slope(x) if x > 17 else math.nan, 18.0, "high precision or complex ones"),
    (lambda x: math.floor(_double(x)), 0.0, 2.0, "choose a point beside this one"),
    (lambda x: math.sqrt(_double(x)), 0.0, 0.0, "choose a point inside the domain"),
])  # fmt: skip
def test_what_is_undecided_tells_the_next_step(f: Any, claim: Any, at: float, step: str) -> None:
    report = gv.check_gradient(f, claim, at, points=0)
    assert report.verdict == "inconclusive"
    assert step in report.rows[0].reason


def test_a_spent_budget_tells_the_next_step() -> None:
    report = gv.check_gradient(_saturated, lambda x: 2.0, 0.3, max_evaluations=5)
    assert "raise max_evaluations" in report.rows[0].reason
