"""Every entry moved in a lane of its own: the output changes as a full evaluation says, for every operation on arrays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.check.quick.arrays import ArrayMover
from graphviz_ad.check.quick.lanes import Lanes
from graphviz_ad.check.quick.stencil import METHOD, places_of
from graphviz_ad.engine.arrays import evaluate_shaped
from graphviz_ad.primitives.arrays import ARRAY_OPERATIONS
from tests.arrays.sweep import USES, Use, values
from tests.arrays.test_random_graphs import write

DATA = Path(__file__).parents[1] / "data"
MATRIX = json.loads((DATA / "matrix.json").read_text(encoding="utf-8"))
NETS = json.loads((DATA / "nets.json").read_text(encoding="utf-8"))


def differs(point: Any, width: int) -> None:
    """Compare the changes of the output, for blocks of lanes ``width`` thick along the first axis, with full evaluations."""
    if point.shapes is None:
        return
    mover = ArrayMover(point)
    if mover.held:
        return
    here = np.asarray(point.values[mover.output], dtype=float)
    for name in point.wrt:
        handle = point.graph.input_handles[name]
        value = np.asarray(point.values[handle], dtype=float)
        if not value.size:
            continue
        step = np.full(value.shape, 2.0**-10)
        blocks = [(start, min(start + width, value.shape[0])) for start in range(0, value.shape[0], width)] if value.ndim else [None]
        for block in blocks:
            cuts = [] if block is None else [block, *((0, size) for size in value.shape[1:])]
            index = tuple(slice(*cut) for cut in cuts)
            lanes = Lanes(value.shape, cuts, 1e8)
            found = mover._run(lanes, mover._cone(handle), handle, places_of(value[index], step[index]))
            assert found.shape == (5, *lanes.widths, *here.shape)
            for lane in np.ndindex(*lanes.widths):
                entry = tuple(cut[0] + one for cut, one in zip(cuts, lane, strict=True))
                for place, factor in enumerate((0, 1, -1, 2, -2)):
                    moved = np.array(value)
                    moved[entry] += factor * step[entry]
                    full = evaluate_shaped(point.graph, {**point.inputs, handle: moved if value.ndim else float(moved)})[mover.output]
                    change = np.asarray(full, dtype=float) - here
                    scale = np.max(np.abs(here), initial=1.0)
                    np.testing.assert_allclose(
                        found[(place, *lane)], change, rtol=1e-9, atol=1e-12 * scale, err_msg=f"{name} {entry} {place}"
                    )


@pytest.mark.parametrize("use", USES, ids=[f"{use.formula} {use.shapes}" for use in USES])
def test_an_operation_moves_as_a_full_evaluation_does(use: Use) -> None:
    differs(gv.parse(use.formula).at(values(use)), 2)


@pytest.mark.parametrize("case", MATRIX, ids=[case["id"] for case in MATRIX])
def test_a_formula_moves_as_a_full_evaluation_does(case: dict[str, Any]) -> None:
    differs(gv.parse(case["formula"]).at(case["bindings"]), 1)


@pytest.mark.parametrize("seed", range(60))
def test_a_random_program_moves_as_a_full_evaluation_does(seed: int) -> None:
    text, inputs = write(seed)
    differs(gv.parse(text).at(inputs), 2)


@pytest.mark.parametrize("case", MATRIX, ids=[case["id"] for case in MATRIX])
def test_no_right_gradient_of_a_public_case_fails_the_quick_check(case: dict[str, Any]) -> None:
    point = gv.parse(case["formula"]).at(case["bindings"])
    full, quick = point.check(), point.check(quick=True)
    assert quick.verdict == full.verdict or (quick.verdict, full.verdict) == ("pass", "pass-at-kink")
    assert {(row.wrt, row.entry) for row in quick.rows} == {(row.wrt, row.entry) for row in full.rows}


@pytest.mark.parametrize("case", NETS, ids=[case["id"] for case in NETS])
def test_a_network_is_settled_in_float64_entry_by_entry(case: dict[str, Any]) -> None:
    point = gv.parse(case["formula"]).at(case["arrays"])
    report = point.check(quick=True)
    doubtful = [row.reason for row in report.rows if row.verdict not in ("pass", "pass-at-kink")]
    assert report.verdict != "fail"
    assert all("float64 keeps no digit" in reason for reason in doubtful)
    assert len(doubtful) <= 1
    assert len(report.rows) == sum(np.size(point.gradients[name]) for name in point.wrt)
    assert np.mean([row.method == METHOD for row in report.rows]) > 0.9


@pytest.mark.parametrize("factor", [-1.0, 0.0, 1 + 1e-4])
@pytest.mark.parametrize("place", [(0, 0), (2, 3), (39, 29)])
def test_one_wrong_entry_among_many_is_not_settled(place: tuple[int, int], factor: float) -> None:
    chance = np.random.default_rng(3)
    point = gv.parse("sum(tanh(W @ x + b)**2)").at(W=chance.normal(size=(40, 30)) / 5, x=chance.normal(size=30), b=chance.normal(size=40))
    mover = ArrayMover(point)
    claim = np.array(point.gradients["W"])
    assert mover.check("W", claim).left == []
    claim[place] *= factor
    assert mover.check("W", claim).left == [place]


def test_a_wrong_rule_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule of the running sum does not run backward; the reference in many digits, asked because float64 disagrees, says so."""
    right = ARRAY_OPERATIONS["cumsum"]
    wrong = right._replace(pullback=lambda k, call, position, upstream, operands, out: k.cumsum(upstream, axis=call.params["axis"]))
    monkeypatch.setitem(ARRAY_OPERATIONS, "cumsum", wrong)
    report = gv.parse("sum(cumsum(x)*x)").at(x=[1.0, 2.0, -0.5]).check(quick=True)
    assert report.verdict == "fail"


def test_entries_at_kinks_go_to_the_reference_and_no_others() -> None:
    """A zero in front of a relu, a tie of a maximum, and a zero that only rounding would show."""
    report = gv.parse("sum(relu(x)) + max(y) + sum(z)").at(x=[1.0, 0.0, -2.0], y=[3.0, 1.0, 3.0], z=[1.0, 2.0]).check(quick=True)
    methods = {(row.wrt, row.entry): row.method == METHOD for row in report.rows}
    assert [key for key, quick in methods.items() if not quick] == [("x", (1,)), ("y", (0,)), ("y", (2,))]
    assert report.verdict == "pass-at-kink"


def test_large_graphs_are_settled_in_float64_where_many_digits_would_take_too_long() -> None:
    """A layer with a third of a million weights, every one of them moved: in 120 digits this is out of reach."""
    chance = np.random.default_rng(1)
    rows, columns = 600, 560
    point = gv.parse("sum(tanh(W @ x)**2)").at(W=chance.normal(size=(rows, columns)) / 24, x=chance.normal(size=columns))
    report = point.check()
    assert report.verdict == "pass"
    assert len(report.rows) == rows * columns + columns
    assert {row.method for row in report.rows} == {METHOD}


def test_what_cannot_be_moved_one_by_one_is_projected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADVIZ_CHECK_ENTRIES", "1000000")
    chance = np.random.default_rng(2)
    point = gv.parse("sum(logsumexp(V @ tanh(W @ x), axis=0)) + sum(x)").at(
        V=chance.normal(size=(300, 200)) / 9, W=chance.normal(size=(200, 100)) / 9, x=chance.normal(size=(100, 2))
    )
    report = point.check(quick=True)
    assert report.verdict == "pass"
    assert any(row.wrt.startswith("projection") for row in report.rows)
    assert any("random projections" in note for note in report.notes)
    assert len([row for row in report.rows if row.wrt == "x"]) == 200, "the small input is moved entry by entry"


def test_jacobians_and_scalars_among_arrays() -> None:
    point = gv.parse("exp(-t)*x + cumsum(x)*x[0]").at(t=0.5, x=[1.0, -3.0, 0.5])
    report = point.check(quick=True)
    assert report.verdict == "pass"
    assert {row.method for row in report.rows} == {METHOD}
    assert [row.entry for row in report.rows if row.wrt == "t"] == [(0,), (1,), (2,)]
    assert len([row for row in report.rows if row.wrt == "x"]) == 9


@pytest.mark.parametrize("wrong", [False, True])
def test_a_jacobian_of_too_many_entries_is_weighted(monkeypatch: pytest.MonkeyPatch, wrong: bool) -> None:
    """More entries than there may be rows: the output's entries with random weights, each entry of the input still by itself."""
    monkeypatch.setenv("GRADVIZ_CHECK_ROWS", "1000")
    chance = np.random.default_rng(4)
    point = gv.parse("tanh(W @ x)*2").at(W=chance.normal(size=(20, 10)) / 5, x=chance.normal(size=10))
    assert {row.entry for row in point.check(quick=True).rows if row.wrt == "x"} == {(k,) for k in range(10)}
    assert point.check(quick=True).verdict == "pass"
    weights = chance.normal(size=20)
    claim = np.array(point.pullback(weights)["W"])
    claim[3, 4] *= -1.0 if wrong else 1.0
    assert ArrayMover(point, weights).check("W", claim).left == ([(3, 4)] if wrong else [])
