"""Points where one-sided difference quotients approach their limit slowly: |x|**1.2 at 0 has the slope 0, sqrt(|x|) has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.check.slopes.slow_limits import INFINITE, NUMBER, UNKNOWN, approach


def _doubles(x: Any) -> Any:
    x = np.asarray(x)
    if x.dtype != float:
        raise TypeError("only doubles are taken here")
    return x


def _check(f: Callable[[Any], Any], claim: float, at: float = 0.0) -> gv.Report:
    return gv.check_gradient(lambda x: float(f(_doubles(x))), np.float64(claim), at, points=0)


@pytest.mark.parametrize("offset", [0.0, 7.0])
@pytest.mark.parametrize("power", [1.8, 1.7, 1.6, 1.5, 1.3, 1.2, 1.1])
def test_a_power_above_one_has_slope_zero(power: float, offset: float) -> None:
    def f(x: Any) -> Any:
        return offset + np.abs(x) ** power

    assert _check(f, 0.0).verdict == "pass"
    assert _check(f, 2.0).verdict == "fail"
    assert _check(f, 0.01).verdict in ("fail", "inconclusive")


def test_a_claim_that_quotients_at_the_smallest_steps_still_show_does_not_fail() -> None:
    assert _check(lambda x: np.abs(x) ** 1.1, 0.01).verdict == "inconclusive"


@pytest.mark.parametrize("power", [1.5, 1.1])
def test_the_slope_of_the_rest_counts(power: float) -> None:
    def f(x: Any) -> Any:
        return 3 * np.sin(x) + np.abs(x) ** power

    assert _check(f, 3.0).verdict == "pass"
    assert _check(f, 4.0).verdict == "fail"
    assert _check(f, 0.0).verdict == "fail"


@pytest.mark.parametrize("f", [
    lambda x: np.sqrt(np.abs(x)), np.cbrt, lambda x: np.sign(x) * np.sqrt(np.abs(x)), lambda x: np.abs(x) ** 0.95,
    lambda x: x * np.log(np.abs(x)) if x else 0.0,
])  # fmt: skip
@pytest.mark.parametrize("claim", [0.0, 1.0, -40.0])
def test_an_infinite_slope_never_passes(f: Any, claim: float) -> None:
    assert _check(f, claim).verdict in ("fail", "inconclusive")
    assert "grow without bound" in _check(f, 0.0).rows[0].reason


@pytest.mark.parametrize("f", [
    lambda x: x * np.sin(1 / x) if x else 0.0, lambda x: np.abs(x) * (2 + np.sin(np.log(np.abs(x)))) if x else 0.0,
])  # fmt: skip
def test_quotients_without_a_limit_never_pass(f: Any) -> None:
    for claim in (0.0, 0.5):
        assert _check(f, claim).verdict == "inconclusive"


@pytest.mark.parametrize("f", [np.abs, lambda x: np.abs(x) + x * x, lambda x: np.abs(x) + np.abs(x) ** 1.5])
def test_a_kink_stays_a_kink(f: Any) -> None:
    for claim in (-1.0, 0.0, 0.5, 1.0):
        report = _check(f, claim)
        assert report.verdict == "pass-at-kink"
        assert "slopes -1 from the left, 1 from the right" in report.rows[0].reason
    assert _check(f, 1.01).verdict == "fail"


def test_a_kink_with_one_slow_side() -> None:
    def f(x: Any) -> Any:
        return np.where(x > 0, np.abs(x) ** 1.5, 2 * x)

    assert "slopes 2 from the left, 0 from the right" in _check(f, 1.0).rows[0].reason
    assert _check(f, 1.0).verdict == "pass-at-kink"
    assert _check(f, 2.1).verdict == "fail"


@pytest.mark.parametrize("eps", [1e-12, 1e-20])
def test_a_corner_rounded_off_on_a_small_scale_is_no_kink(eps: float) -> None:
    assert _check(lambda x: np.sqrt(x * x + eps), 0.0).verdict == "pass"
    assert _check(lambda x: np.sqrt(x * x + eps), 0.5).verdict == "fail"


@pytest.mark.parametrize("power", [1.5, 1.1])
def test_at_the_edge_of_the_domain_the_one_slope_there_is_counts(power: float) -> None:
    assert _check(lambda x: x**power, 0.0).verdict == "pass"
    assert _check(lambda x: 2 * x + x**power, 2.0).verdict == "pass"
    assert _check(lambda x: 2 * x + x**power, 2.1).verdict == "inconclusive"
    report = _check(np.sqrt, 0.0)
    assert report.verdict == "inconclusive"
    assert "edge of the domain" in report.rows[0].reason


@pytest.mark.parametrize("f", [lambda x: np.sum(_doubles(x) ** 1.5), lambda x: np.sum(x**1.5)])
def test_a_zero_entry_at_the_edge_of_the_domain_passes(f: Any) -> None:
    at = np.array([0.0, 1.0, 2.0])
    assert gv.check_gradient(f, lambda x: 1.5 * np.sqrt(x), at).verdict == "pass"
    assert gv.check_gradient(f, lambda x: 1.5 * np.sqrt(x) + np.array([0.1, 0.0, 0.0]), at).verdict in ("fail", "inconclusive")


def test_what_falls_too_slowly_is_undecided() -> None:
    report = _check(lambda x: np.abs(x) ** 1.00001, 0.0)
    assert report.verdict == "inconclusive"
    assert "too slowly" in report.rows[0].reason


@pytest.mark.parametrize(
    "f", [lambda x: x / np.log(np.abs(x / 100)) if x else 0.0, lambda x: np.abs(x) / np.log(np.abs(x / 100)) if x else 0.0]
)
def test_a_slope_that_is_approached_like_a_logarithm_is_not_told(f: Any) -> None:
    for claim in (0.0, -0.0123):
        report = _check(f, claim)
        assert report.verdict == "inconclusive"
        assert "approach slowly is" not in report.rows[0].reason


def test_logarithms_are_not_extrapolated() -> None:
    steps = 2.0 ** -np.arange(4, 58, 3)
    quotients = -1 / np.log(steps / 100)
    assert approach(list(quotients), [1e-16] * len(steps)).kind == UNKNOWN
    assert approach(list(np.log(steps)), [1e-16] * len(steps)).kind == INFINITE
    found = approach(list(2 + 3 * steps**0.3 - steps), [1e-16] * len(steps))
    assert found.kind == NUMBER
    assert abs(found.value - 2) <= found.error <= 1e-7


def test_a_function_that_takes_high_precision_only_at_the_point_is_no_error() -> None:
    def f(x: Any) -> Any:
        return 0.0 if x == 0 else float(_doubles(x) * np.sin(1 / x))

    assert gv.check_gradient(f, np.float64(0.5), 0.0).verdict == "inconclusive"


def test_changes_that_fall_by_differing_parts_are_noise() -> None:
    def quotients(*changes: float) -> list[float]:
        return [1.0, *(1.0 + np.cumsum(changes))]

    assert approach(quotients(1.0, 0.5, 0.25, 0.125, 0.0625), [1e-9] * 6).slow
    assert not approach(quotients(1.0, 0.9, 0.3, 0.28, 0.1), [1e-9] * 6).slow


@pytest.mark.parametrize("f", [lambda x: np.float32(np.abs(x)), lambda x: (1e10 + np.abs(x)) - 1e10])
def test_a_claim_outside_slopes_that_are_hardly_known_is_undecided(f: Any) -> None:
    assert _check(f, 0.5).verdict == "pass-at-kink"
    assert _check(f, 2.0).verdict in ("fail", "inconclusive")
