"""Kinks: declared where slopes part, nowhere else, and the slope chosen there lies between those of the sides."""

from __future__ import annotations

import math

import pytest

from graphviz_ad.primitives.kernels import python as floats
from graphviz_ad.primitives.registry import OPERATIONS
from graphviz_ad.primitives.rules import cut_rules, float_cuts, float_partials
from tests.primitives import truth
from tests.primitives.points import points

#: one point on each kink, in the order of the record's kinks
PLACES: dict[str, tuple[tuple[float, ...], ...]] = {
    "mod": ((6.0, 2.0),),
    "fmod": ((-6.0, 2.0),),
    "hypot": ((0.0, 0.0),),
    "abs": ((0.0,),),
    "sign": ((0.0,),),
    "floor": ((3.0,),),
    "ceil": ((-3.0,),),
    "round": ((2.5,),),
    "trunc": ((-2.0,),),
    "maximum": ((1.5, 1.5),),
    "minimum": ((-1.5, -1.5),),
    "clip": ((-1.0, -1.0, 2.0), (2.0, -1.0, 2.0)),
    "heaviside": ((0.0, 0.5),),
    "less": ((1.5, 1.5),),
    "less_equal": ((1.5, 1.5),),
    "greater": ((1.5, 1.5),),
    "greater_equal": ((1.5, 1.5),),
    "equal": ((1.5, 1.5),),
    "not_equal": ((1.5, 1.5),),
    "atan2": ((0.0, -2.0),),
    "acot": ((0.0,),),
    "relu": ((0.0,),),
    "relu6": ((0.0,), (6.0,)),
    "leaky_relu": ((0.0, 0.01),),
    "elu": ((0.0, 0.7),),
    "selu": ((0.0,),),
    "celu": ((0.0, 0.7),),
    "softsign": ((0.0,),),
    "hardtanh": ((-1.0,), (1.0,)),
    "hardsigmoid": ((-3.0,), (3.0,)),
    "hardswish": ((-3.0,), (3.0,)),
    "softshrink": ((0.5, 0.5), (-0.5, 0.5)),
}
KINKED = tuple((name, index) for name, record in OPERATIONS.items() for index in range(len(record.kinks)))


def test_every_kink_has_a_place() -> None:
    assert {name: len(record.kinks) for name, record in OPERATIONS.items() if record.kinks} == {k: len(v) for k, v in PLACES.items()}


@pytest.mark.parametrize(("name", "index"), KINKED)
def test_the_cut_vanishes_at_the_kink_alone(name: str, index: int) -> None:
    place = PLACES[name][index]
    cut, generic = float_cuts(name)[index], cut_rules(name)[index]
    assert cut(*place, getattr(floats, name)(*place)) == 0
    assert generic(floats, *place, getattr(floats, name)(*place)) == 0
    moved = [one + 0.25 * (k + 1) * (1 if one >= 0 else -1) for k, one in enumerate(place)]
    assert cut(*moved, getattr(floats, name)(*moved)) != 0


@pytest.mark.parametrize(("name", "index"), KINKED)
def test_the_kink_is_of_the_declared_order(name: str, index: int) -> None:
    record, place = OPERATIONS[name], PLACES[name][index]
    kink = record.kinks[index]
    assert kink.jump == (kink.order == 0)
    if kink.order == 0:
        assert any(jumps(name, place, position) for position in range(len(place)))
        return
    parted = False
    for position, rule in enumerate(float_partials(name)):
        assert not jumps(name, place, position)
        if rule is None:
            continue
        left, right = (truth.slope(name, place, position, side) for side in (-1, 1))
        if not truth.mp.isfinite(left + right):
            continue
        chosen = rule(*place, getattr(floats, name)(*place))
        low, high = sorted((truth.as_float(left), truth.as_float(right)))
        assert low - 1e-15 <= chosen <= high + 1e-15, (place, position)
        parted = parted or abs(left - right) > 1e-6
    assert parted == (kink.order == 1)
    if kink.order == 2:
        assert curvature(name, place, 1) != pytest.approx(curvature(name, place, -1), rel=1e-3)


def jumps(name: str, place: tuple[float, ...], position: int) -> bool:
    """Whether the value differs by more than the step can explain, when one operand moves off the place."""

    def near(step: float) -> float:
        moved = tuple(truth.mp.mpf(one) + step if k == position else truth.mp.mpf(one) for k, one in enumerate(place))
        value = getattr(truth.DEFINITIONS, name)(*moved) if OPERATIONS[name].boolean else truth.evaluate(name, moved)
        return float(value)

    values = [value for value in (near(-1e-9), near(0.0), near(1e-9)) if math.isfinite(value)]
    return max(values) - min(values) > 1e-3


def curvature(name: str, place: tuple[float, ...], side: int) -> float:
    """The second derivative by the first operand, from one side."""
    step = side * 1e-12
    there = truth.slope(name, (place[0] + step, *place[1:]), 0)
    return truth.as_float((there - truth.slope(name, place, 0, side)) / step)


@pytest.mark.parametrize("name", [name for name, record in OPERATIONS.items() if not record.boolean])
def test_no_kink_is_undeclared(name: str) -> None:
    """Off every cut, the slopes of both sides agree."""
    record = OPERATIONS[name]
    tried = 0
    chosen = [point for point in points(name) if math.isfinite(getattr(floats, name)(*point))]
    if record.category == "special":
        chosen = chosen[:: max(1, len(chosen) // 4)]  # analytic, and slow in many digits
    for point in chosen:
        if any(cut(*point, getattr(floats, name)(*point)) == 0 for cut in float_cuts(name)) or (name, point) == ("cbrt", (0.0,)):
            continue
        for position, rule in enumerate(record.partials):
            if rule is None:
                continue
            left, right = (truth.slope(name, point, position, side) for side in (-1, 1))
            if truth.mp.isfinite(left) and truth.mp.isfinite(right):
                # the quotients themselves are off by the step times the curvature
                assert abs(left - right) <= 1e-15 * (abs(left) + abs(right)) + 1e-35, (point, position)
                tried += 1
    assert tried >= 3


@pytest.mark.parametrize(
    ("name", "point", "expected"),
    [
        ("abs", (0.0,), (0.0,)),
        ("relu", (0.0,), (0.0,)),
        ("maximum", (2.0, 2.0), (0.5, 0.5)),
        ("minimum", (2.0, 2.0), (0.5, 0.5)),
        ("leaky_relu", (0.0, 0.01), (0.01, 0.0)),
        ("elu", (0.0, 0.7), (0.7, 0.0)),
        ("hardtanh", (1.0,), (0.0,)),
        ("relu6", (6.0,), (0.0,)),
        ("hardsigmoid", (-3.0,), (0.0,)),
        ("hardswish", (-3.0,), (0.0,)),
        ("hardswish", (3.0,), (1.0,)),
        ("softshrink", (0.5, 0.5), (0.0, 0.0)),
        ("clip", (-1.0, -1.0, 2.0), (0.5, 0.5, 0.0)),
        ("clip", (2.0, -1.0, 2.0), (0.5, 0.0, 0.5)),
        ("hypot", (0.0, 0.0), (0.0, 0.0)),
        ("floor", (3.0,), (0.0,)),
        ("sign", (0.0,), (0.0,)),
        ("heaviside", (0.0, 0.5), (0.0, 1.0)),
    ],
)
def test_the_chosen_slopes(name: str, point: tuple[float, ...], expected: tuple[float, ...]) -> None:
    """These are promises to users: changing one is a change of behaviour."""
    out = getattr(floats, name)(*point)
    assert tuple(rule(*point, out) for rule in float_partials(name) if rule is not None) == expected
