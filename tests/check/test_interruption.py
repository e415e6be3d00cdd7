"""Progress, Ctrl-C and the self-test of checks of graphs: what a long check tells on its way, and what is left of one that is cut short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.check.check_point import check_point
from graphviz_ad.check.rules_in_many_digits import Slip

SCALARS = "x0*x1 + sin(x2)*x3 + exp(x4)"
VALUES = {f"x{k}": 0.5 + k / 4 for k in range(5)}
ARRAYS, ARRAY_VALUES = "tanh(W @ x)", {"W": [[0.2, -0.4], [0.5, 0.3]], "x": [1.5, -0.5]}


def stop_at(call: int) -> Callable[[int, int], None]:
    """A progress that is Ctrl-C at its so-manieth call."""
    calls = 0

    def progress(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize(("text", "values", "total"), [(SCALARS, VALUES, 5), (ARRAYS, ARRAY_VALUES, 6)])
def test_progress_counts_the_entries(text: str, values: dict[str, float], total: int) -> None:
    told: list[tuple[int, int]] = []
    assert gv.parse(text).at(values).check(progress=lambda *pair: told.append(pair)).verdict == "pass"
    assert told == [(k, total) for k in range(total)]


def test_progress_of_a_projection_counts_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADVIZ_CHECK_OPERATIONS", "30")
    told: list[tuple[int, int]] = []
    assert gv.parse(f"sum({ARRAYS})").at(ARRAY_VALUES).check(progress=lambda *pair: told.append(pair)).verdict == "pass"
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1] == 5 + 2 * 3  # five nodes at the point, three of them on both sides of it


@pytest.mark.parametrize(("text", "values", "known"), [(SCALARS, VALUES, 2), (ARRAYS, ARRAY_VALUES, 4)])
def test_what_was_known_is_reported(text: str, values: dict[str, float], known: int) -> None:
    point = gv.parse(text).at(values)
    report = point.check(progress=stop_at(3), curve=True, self_test=True)
    assert (report.verdict, report.interrupted) == ("inconclusive", True)
    assert [row.verdict for row in report.rows].count("pass") == known
    assert {row.reason for row in report.rows if row.verdict != "pass"} == {"interrupted"}
    again = point.check()
    assert (again.verdict, again.interrupted, len(again.rows)) == ("pass", False, len(report.rows))


def test_before_anything_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADVIZ_CHECK_OPERATIONS", "30")
    report = gv.parse(f"sum({ARRAYS})").at(ARRAY_VALUES).check(progress=stop_at(2))
    assert (report.verdict, report.interrupted) == ("inconclusive", True)
    assert {row.reason for row in report.rows} == {"interrupted before anything was known"}


def test_a_fault_that_more_digits_have_not_borne_out_is_none() -> None:
    point = gv.parse(SCALARS).at(VALUES)
    doubled = Slip("x0", lambda claim: 2 * claim)
    assert check_point(point, slip=doubled).verdict == "fail"
    report = check_point(point, stop_at(8), doubled)  # five entries, and the third of the second run
    assert (report.verdict, report.interrupted) == ("inconclusive", True)
    assert "interrupted before more digits bore this out" in report.rows[0].reason


def test_outputs_that_were_not_reached() -> None:
    report = gv.parse("x**2*y**2").gradient("x", "y").at(x=1, y=2).check(progress=stop_at(2))
    assert report.interrupted
    assert [(row.wrt, row.verdict) for row in report.rows] == [
        ("x", "pass"), ("y", "inconclusive"), ("x", "inconclusive"), ("y", "inconclusive"),
    ]  # fmt: skip


# -- the self-test -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values", "places"),
    [
        ("(x+y)*z", {"x": -2, "y": 5, "z": -4}, {"x", "y", "z"}),
        ("sum(tanh(W @ x))", ARRAY_VALUES, {"W", "x"}),
        (ARRAYS, ARRAY_VALUES, {"W", "x"}),
        ("sum(tanh(x)*b)", {"x": [1.0, -2.0], "b": 2.0}, {"x", "b"}),
    ],
)
def test_slips_in_the_own_gradients_are_caught(text: str, values: dict[str, Any], places: set[str]) -> None:
    report = gv.parse(text).at(values).check(self_test=True)
    assert report.verdict == "pass"
    assert {trial.place for trial in report.trials} == places
    assert [trial for trial in report.trials if trial.changed and not trial.caught] == []
    assert {"sign", "factor 2", "detached", "one entry off by 1 %"} <= {trial.slip for trial in report.trials if trial.caught}
    assert "not finite" not in {trial.slip for trial in report.trials}


def test_slips_in_several_outputs() -> None:
    report = gv.parse("x**2*y**2").gradient("x", "y").at(x=1, y=2).check(self_test=True)
    assert {trial.place for trial in report.trials} == {f"{name} of {output}" for name in "xy" for output in ("df_dx", "df_dy")}
    assert [trial for trial in report.trials if trial.changed and not trial.caught] == []


def test_a_slip_that_changes_nothing_is_marked() -> None:
    report = gv.parse("x**2 + y").at(x=0, y=1).check(self_test=True)
    changed = {trial.slip: trial.changed for trial in report.trials if trial.place == "x"}
    assert not any(changed.values())


def test_at_a_kink_slips_within_the_subdifferential_are_missed() -> None:
    report = gv.parse("relu(x)").at(x=0).check(self_test=True)
    assert report.verdict == "pass-at-kink"
    assert not any(trial.caught for trial in report.trials)


def test_of_many_inputs_some_are_tried_and_that_is_told() -> None:
    report = gv.parse(" + ".join(f"sin(x{k})" for k in range(30))).at({f"x{k}": 0.1 * k for k in range(30)}).check(self_test=True)
    assert len({trial.place for trial in report.trials}) == 10
    assert "10 of 30 inputs" in report.notes[-1]


def test_an_interrupted_self_test_keeps_its_trials() -> None:
    report = gv.parse("(x+y)*z").at(x=-2, y=5, z=-4).check(self_test=True, progress=stop_at(3 + 12))
    assert report.interrupted
    assert 0 < len(report.trials) < 24
    assert {row.verdict for row in report.rows} == {"pass"}


def test_no_self_test_of_a_wrong_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    from graphviz_ad.primitives.arrays import ARRAY_OPERATIONS

    record = ARRAY_OPERATIONS["cumsum"]
    right = record.pullback
    assert right is not None
    monkeypatch.setitem(ARRAY_OPERATIONS, "cumsum", record._replace(pullback=lambda *a: 2 * right(*a)))
    report = gv.parse("sum(cumsum(x)**2)").at(x=np.array([1.0, 2.0])).check(self_test=True)
    assert (report.verdict, report.trials) == ("fail", ())
    assert "no self-test" in report.notes[-1]


def test_the_neighbours_of_a_point_are_counted() -> None:
    told: list[tuple[int, int]] = []
    gv.check_gradient(np.sum, np.ones_like, np.array([0.5, 1.5]), progress=lambda *pair: told.append(pair))
    assert told[-4:] == [(k, 4) for k in range(1, 5)]
