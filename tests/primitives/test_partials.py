"""Local derivatives: every rule against difference quotients of the definition, and the proof that the test can fail."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from graphviz_ad.primitives.kernels import mpmath as precise
from graphviz_ad.primitives.kernels import numpy as arrays
from graphviz_ad.primitives.kernels import python as floats
from graphviz_ad.primitives.registry import OPERATIONS
from graphviz_ad.primitives.rules import float_cuts, float_partials, partial_rule
from tests.primitives import truth
from tests.primitives.points import RULES, points

HALF_ULP = 2.0**-53
#: how many half units in the last place, times the condition, a rule may be off
USUAL = 4.0
LARGER = {"beta": 32.0, "spherical_jn": 8.0}  # what SciPy's values are off, see test_kernels.py

Rule = Callable[..., Any]


@cache
def smooth_points(name: str, position: int) -> tuple[tuple[tuple[float, ...], float, Any, float], ...]:
    """Points off every kink with a finite value and slope: operands, value, true slope, allowed error."""
    found = []
    for point in points(name):
        out = getattr(floats, name)(*point)
        if not math.isfinite(out) or infinite_slope(name, point):
            continue
        if any(cut(*point, out) == 0 for cut in float_cuts(name)) and not sides_agree(name, point, position):
            continue
        true = truth.slope(name, point, position)
        if not truth.mp.isfinite(true):
            continue  # the domain ends here
        bound = LARGER.get(name, USUAL) * HALF_ULP * (abs(truth.as_float(true)) + truth.spread(name, point, position)) + 1e-320
        if name == "power" and abs(point[1]) < 0.5 and point[0] != 0:
            # y - 1 is rounded, which the power magnifies by the logarithm of the base
            bound += HALF_ULP * abs(math.log(abs(point[0])) * truth.as_float(true))
        if 0.0 in point:
            bound += 1e-60  # the difference quotient of a higher power at 0
        found.append((point, out, true, bound))
    return tuple(found)


def sides_agree(name: str, point: tuple[float, ...], position: int) -> bool:
    """Whether a kink is none for this operand: heaviside(0, h0) is smooth in h0."""
    left, right = (truth.slope(name, point, position, side) for side in (-1, 1))
    return bool(truth.mp.isfinite(left + right) and abs(left) < 1e20 and abs(left - right) <= 1e-20 * (1 + abs(left)))


def infinite_slope(name: str, point: tuple[float, ...]) -> bool:
    return name == "cbrt" and point == (0.0,)


def violations(name: str, position: int, rule: Rule) -> list[str]:
    """Where a rule on floats is further from the truth than rounding allows."""
    found = []
    for point, out, true, bound in smooth_points(name, position):
        result = rule(*point, out)
        expected = truth.as_float(true)
        if math.isinf(expected):
            if result != expected:
                found.append(f"{point}: {result} instead of {expected}")
        elif not math.isfinite(result) or abs(truth.as_float(truth.mp.mpf(result) - true)) > bound:
            found.append(f"{point}: {result!r} instead of {expected!r}, allowed {bound:.2g}")
    return found


def float_rule(name: str, position: int) -> Rule:
    rule = float_partials(name)[position]
    assert rule is not None
    return rule


@pytest.mark.parametrize(("name", "position"), RULES)
def test_rule_agrees_with_differences(name: str, position: int) -> None:
    assert len(smooth_points(name, position)) >= 3
    assert violations(name, position, float_rule(name, position)) == []


@pytest.mark.parametrize(("name", "position"), RULES)
def test_a_rule_wrong_by_a_thousandth_is_seen(name: str, position: int) -> None:
    right = float_rule(name, position)
    vanishing = OPERATIONS[name].partials[position] == "0"

    def wrong(*operands: float) -> float:
        return right(*operands) + 0.001 if vanishing else right(*operands) * 1.001

    assert violations(name, position, wrong)


@pytest.mark.parametrize(("name", "position"), RULES)
def test_rule_is_right_to_many_digits(name: str, position: int) -> None:
    """In high precision, where nothing cancels, a rule agrees with the differences to all their digits."""
    rule = partial_rule(name, position)
    assert rule is not None
    k = precise.Arithmetic(truth.mp)
    for point, _, true, _ in smooth_points(name, position):
        with truth.mp.workdps(90):
            operands = [truth.mp.mpf(one) for one in point]
            out = getattr(precise, name)(truth.mp, *operands)
            error = abs(rule(k, *operands, out) - true)
            nothing = truth.mp.mpf(10) ** (-60 if 0.0 in point else -300)
            assert error <= abs(true) * truth.mp.mpf(10) ** -22 + nothing, point


@pytest.mark.parametrize(("name", "position"), RULES)
def test_generic_and_float_rules_agree(name: str, position: int) -> None:
    """The same text over NumPy arrays, over the Python kernels and compiled for floats gives the same numbers."""
    rule = partial_rule(name, position)
    assert rule is not None
    chosen = smooth_points(name, position)
    columns = [np.array(column) for column in zip(*(point for point, _, _, _ in chosen), strict=True)]
    outs = np.array([out for _, out, _, _ in chosen])
    with np.errstate(all="ignore"):
        together = np.broadcast_to(np.asarray(rule(arrays, *columns, outs), dtype=float), outs.shape)
    for (point, out, true, bound), by_array in zip(chosen, together, strict=True):
        by_float = float_rule(name, position)(*point, out)
        assert float(rule(floats, *point, out)) == pytest.approx(by_float, rel=1e-15), point
        # the value that went in is the Python kernel's, so NumPy's own rounding may add to it
        assert math.isinf(truth.as_float(true)) or abs(by_array - by_float) <= 2 * bound + 1e-14 * abs(by_float), point


# ------------------------------------------------------------------------------------------------- chosen special points


@pytest.mark.parametrize(
    ("name", "position", "point", "expected"),
    [
        ("power", 0, (0.0, 2.0), 0.0),
        ("power", 0, (0.0, 1.0), 1.0),
        ("power", 0, (0.0, 0.0), 0.0),
        ("power", 0, (-2.0, 3.0), 12.0),
        ("power", 1, (0.0, 2.0), 0.0),
        ("power", 1, (-2.0, 3.0), math.nan),
        ("sqrt", 0, (0.0,), math.inf),
        ("cbrt", 0, (0.0,), math.inf),
        ("asin", 0, (1.0,), math.inf),
        ("acosh", 0, (1.0,), math.inf),
        ("sinc", 0, (0.0,), 0.0),
        ("lambertw", 0, (0.0,), 1.0),
        ("j1", 0, (0.0,), 0.5),
        ("i1", 0, (0.0,), 0.5),
        ("xlogy", 1, (0.0, 0.0), 0.0),
        ("where", 1, (1.0, 5.0, 6.0), 1.0),
        ("where", 2, (1.0, 5.0, 6.0), 0.0),
        ("maximum", 0, (math.nan, 1.0), math.nan),
        ("maximum", 1, (math.nan, 1.0), math.nan),
        ("minimum", 0, (1.0, math.nan), math.nan),
        ("maximum", 0, (math.inf, math.inf), 0.5),
        ("clip", 0, (math.nan, 0.0, 1.0), math.nan),
        ("sigmoid", 0, (800.0,), 0.0),
        ("sigmoid", 0, (40.0,), 4.248354255291589e-18),
        ("tanh", 0, (20.0,), 1.6993417021166355e-17),
        ("expm1", 0, (-40.0,), 4.248354255291589e-18),
        ("elu", 0, (800.0, 1.0), 1.0),
    ],
)
def test_special_points(name: str, position: int, point: tuple[float, ...], expected: float) -> None:
    out = getattr(floats, name)(*point)
    assert float_rule(name, position)(*point, out) == pytest.approx(expected, rel=1e-15, abs=0.0, nan_ok=True)


@pytest.mark.parametrize(("name", "position"), RULES)
def test_slopes_are_finite_at_800(name: str, position: int) -> None:
    """Where the true slope is a float, so is the rule's; a slope that underflows is 0 and not NaN."""
    for point, out, true, _ in smooth_points(name, position):
        if 800.0 in map(abs, point) and math.isfinite(truth.as_float(true)):
            assert math.isfinite(float_rule(name, position)(*point, out)), point
