"""Every array operation over shapes: forward equals reverse, both agree with differences in many digits, both kinds of run agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mpmath.ctx_mp import MPContext

import graphviz_ad as gv
from graphviz_ad import Point
from graphviz_ad.derive import array_tape
from graphviz_ad.engine import arrays
from graphviz_ad.primitives.arrays import ARRAY_OPERATIONS
from graphviz_ad.primitives.composites import COMPOSITES
from graphviz_ad.primitives.kernels.arrays import PreciseArrays
from tests.arrays.sweep import USES, Use, values

DIGITS, STEP = 60, 10.0**-20


def at(use: Use) -> Point:
    return gv.parse(use.formula).at(values(use))


def exact(point: Point, k: Any, inputs: dict[int, Any]) -> Any:
    """The output in many digits."""
    found, _ = arrays.evaluate(point.graph, inputs, k, lambda literal: k._mp.mpf(int(literal.text) if literal.integer else literal.value))
    return np.asarray(found[point.graph.outputs[0]], dtype=object)


@pytest.mark.parametrize("use", USES, ids=[f"{use.formula} {list(use.shapes.values())}" for use in USES])
def test_rules(use: Use) -> None:
    point = at(use)
    chance = np.random.default_rng(7)
    seed = chance.normal(size=np.shape(point.value))
    names = [name for name in point.wrt if name != "labels"]
    tangents = {name: chance.normal(size=use.shapes[name]) for name in names}
    back = point.pullback(seed)
    for name in names:
        assert np.shape(back[name]) == use.shapes[name]
    moved = point.pushforward(tangents)
    assert np.shape(moved) == np.shape(point.value)
    # the adjoint identity: <seed, J t> = <J' seed, t>
    ahead, behind = np.sum(seed * moved), sum(np.sum(back[name] * tangents[name]) for name in names)
    size = 1 + abs(ahead) + sum(np.sum(np.abs(back[name] * tangents[name])) for name in names)
    assert abs(ahead - behind) <= 1e-12 * size
    if "stop_gradient" in use.formula:
        return
    # the derivative along the tangents, by differences in many digits
    mp: Any = MPContext()
    mp.dps = DIGITS
    k = PreciseArrays(mp)
    inputs, above, below = {}, {}, {}
    for name, handle in point.graph.input_handles.items():
        value = point.values[handle]
        base = k.array(value) if np.ndim(value) else mp.mpf(value)
        step = k.array(np.asarray(tangents[name])) * mp.mpf(STEP) if name in tangents else 0
        inputs[handle] = base
        above[handle], below[handle] = (base + step, base - step) if name in tangents else (base, base)
        for side in (above, below):
            side[handle] = (
                side[handle] if np.ndim(value) else mp.mpf(side[handle].item() if isinstance(side[handle], np.ndarray) else side[handle])
            )
    value = exact(point, k, inputs)
    assert value.shape == np.shape(point.value)
    np.testing.assert_allclose(np.asarray(point.value, dtype=float), value.astype(float), rtol=1e-12, atol=1e-13)
    slope = (exact(point, k, above) - exact(point, k, below)) / (2 * mp.mpf(STEP))
    np.testing.assert_allclose(np.asarray(moved), np.asarray(slope).astype(float), rtol=1e-9, atol=1e-10)
    # the rules themselves in many digits: what a check compares with its differences
    shapes = list(point.shapes or [()] * len(point.graph))
    found, _ = arrays.evaluate(point.graph, inputs, k, lambda literal: mp.mpf(int(literal.text) if literal.integer else literal.value))
    table = array_tape.linearize(point.graph, found, shapes, point.flows, k)
    precise_seed = k.array(seed) if np.ndim(seed) else mp.mpf(float(seed))
    cotangents, _ = array_tape.pull_back(point.graph, table, {point.graph.outputs[0]: precise_seed})
    total = mp.mpf(0)
    for name in names:
        one = cotangents[point.graph.input_handles[name]]
        if one is not None:
            total += np.sum(np.asarray(one, dtype=object) * k.array(np.asarray(tangents[name])))
    expected = np.sum(np.asarray(precise_seed, dtype=object) * slope)
    assert abs(total - expected) <= mp.mpf(10) ** -25 * size


def test_every_operation_is_swept() -> None:
    written = " ".join(use.formula for use in USES) + " @ .T["
    graphs = [gv.parse(use.formula) for use in USES]
    used = {op for graph in graphs for op in graph.ops} | {group.name for graph in graphs for group in graph.groups}
    inner = {"argsort", "argmax", "argmin", "scatter", "distinct"}
    assert used | inner >= {*ARRAY_OPERATIONS, *COMPOSITES} - {"avg_pool1d"}, written


# ------------------------------------------------------------------------------------------------- the sweep can fail

WITH_RULES = [name for name, record in ARRAY_OPERATIONS.items() if record.pullback is not None]


def uses_of(name: str) -> list[Use]:
    return [use for use in USES if name in gv.parse(use.formula).ops and 0 not in {n for shape in use.shapes.values() for n in shape}]


def sweep_all(uses: list[Use]) -> None:
    for use in uses:
        test_rules(use)


@pytest.mark.parametrize("name", [name for name in WITH_RULES if name not in ("scatter", "distinct")])
def test_a_wrong_pullback_breaks_the_adjoint_identity(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    record = ARRAY_OPERATIONS[name]
    rule: Any = record.pullback
    monkeypatch.setitem(ARRAY_OPERATIONS, name, record._replace(pullback=lambda *arguments: rule(*arguments) * 1.000001))
    with pytest.raises(AssertionError):
        sweep_all(uses_of(name)[:8])


@pytest.mark.parametrize("name", ["matmul", "inv", "prod", "cumsum", "norm", "quantile", "eigvalsh"])
def test_two_wrong_rules_that_agree_are_seen_by_the_differences(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    record = ARRAY_OPERATIONS[name]
    pull: Any = record.pullback
    push: Any = record.pushforward
    wrong = record._replace(pullback=lambda *a: pull(*a) * 1.000001, pushforward=lambda *a: push(*a) * 1.000001)
    monkeypatch.setitem(ARRAY_OPERATIONS, name, wrong)
    with pytest.raises(AssertionError):
        sweep_all(uses_of(name)[:3])
