"""Checks of anybody's gradient: the public adversarial cases, the nineteen hard cases, kinks, edges, noise, structures."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

DATA = Path(__file__).parents[1] / "data"
CASES = json.loads((DATA / "adversarial.json").read_text("utf-8"))
_spec = importlib.util.spec_from_file_location("adversarial", DATA / "adversarial.py")
assert _spec is not None
assert _spec.loader is not None
adversarial = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(adversarial)

RIGHT = {"wrong": {"fail"}, "correct": {"pass", "pass-at-kink"}, "non-differentiable here": {"pass-at-kink", "inconclusive"}}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_adversarial_case(case: dict[str, Any]) -> None:
    f, gradient = adversarial.PAIRS[case["id"]]
    at = tuple(np.array(value, float) if isinstance(value, list) else value for value in case["args"].values())
    report = gv.check_gradient(f, gradient, at)
    allowed = RIGHT[case["verdict"]] | ({"inconclusive"} if "inconclusive" in case.get("note", "") else set())
    assert report.verdict in allowed, report.rows


def test_every_adversarial_case_has_its_functions() -> None:
    assert len(CASES) == 58
    assert {case["id"] for case in CASES} == set(adversarial.PAIRS)


# -- the cases on which other checkers go wrong ------------------------------------------------------------------------


def _one_wrong(x: Any, factor: float) -> Any:
    slope = np.cos(x)
    slope[500] *= factor
    return slope


MANY = np.random.default_rng(0).normal(size=1000)
HARD = {
    "tiny, twice too large": ("fail", lambda x: 1e-6 * np.sum(x**2), lambda x: 4e-6 * x, [0.3, -0.7]),
    "off by 0.0005": ("fail", lambda x: np.sum(np.sin(x)), lambda x: 1.0005 * np.cos(x), [0.3, 0.7]),
    "1 of 1000 off by a tenth": ("fail", lambda x: np.sum(np.sin(x)), lambda x: _one_wrong(x, 1.1), MANY),
    "1 of 1000 zero": ("fail", lambda x: np.sum(np.sin(x)), lambda x: _one_wrong(x, 0.0), MANY),
    "relu at 0": ("pass-at-kink", lambda x: np.sum(np.maximum(x, 0)), lambda x: (x > 0) * 1.0, [0.0, 1.0]),
    "relu at 1e-8": ("pass", lambda x: np.sum(np.maximum(x, 0)), lambda x: (x > 0) * 1.0, [1e-8]),
    "tie of max": ("pass-at-kink", np.max, lambda x: np.eye(len(x))[np.argmax(x)], [3.0, 3.0]),
    "1e10 + x²": ("pass", lambda x: 1e10 + np.sum(x**2), lambda x: 2 * x, [0.7]),
    "sin(1e4 x)": ("pass", lambda x: np.sum(np.sin(1e4 * x)), lambda x: 1e4 * np.cos(1e4 * x), [0.7]),
    "leaky, wrong below 0": ("fail", lambda x: np.sum(np.where(x > 0, x, 0.01 * x)), lambda x: np.where(x > 0, 1, 0.1), [0.5, 1.5]),
    "leaky slope dropped": ("fail", lambda x: np.sum(np.where(x > 0, x, 1e-6 * x)), lambda x: np.where(x > 0, 1.0, 0.0), [-0.5, -1.5]),
    "log at 1e-7": ("pass", lambda x: np.sum(np.log(x)), lambda x: 1 / x, [1e-7]),
    "x³ with 3x": ("fail", lambda x: np.sum(x**3), lambda x: 3 * x, [0.0, 1.0]),
    "sqrt with 0": ("fail", lambda x: np.sum(np.sqrt(x)), lambda x: 0 * x, [0.0, 1.0]),
    "exp(30x)": ("pass", lambda x: np.sum(np.exp(30 * x)), lambda x: 30 * np.exp(30 * x), [1.0]),
    "straight through round": ("fail", lambda x: np.sum(np.round(x)), np.ones_like, [0.3, 1.7]),
}


@pytest.mark.parametrize("name", HARD)
def test_hard_case(name: str) -> None:
    verdict, f, gradient, at = HARD[name]
    assert gv.check_gradient(f, gradient, np.array(at)).verdict == verdict


def test_randomness_drawn_anew_is_named() -> None:
    rng = np.random.default_rng(1)
    report = gv.check_gradient(lambda x: np.sum(x**2 * (rng.random(x.shape) < 0.5)), lambda x: 2 * x, np.arange(1.0, 20.0))
    assert report.verdict == "inconclusive"
    assert "not deterministic" in report.rows[0].reason


# -- kinks and edges ---------------------------------------------------------------------------------------------------


def test_entries_of_a_tie_are_judged_together() -> None:
    tie = np.ones(3)
    assert gv.check_gradient(np.max, lambda x: np.ones(3), tie).verdict == "fail"
    assert gv.check_gradient(np.max, lambda x: np.full(3, 1 / 3), tie).verdict == "pass-at-kink"
    assert gv.check_gradient(np.min, lambda x: np.full(3, 1 / 3), tie).verdict == "pass-at-kink"


def test_a_value_outside_the_slopes_fails() -> None:
    report = gv.check_gradient(abs, 1.5, 0.0)
    assert report.verdict == "fail"
    assert report.rows[0].interval == (-1.0, 1.0)
    assert gv.check_gradient(abs, -1.0, 0.0).verdict == "pass-at-kink"


def test_choices_that_do_not_compose_fail() -> None:
    assert gv.check_gradient(lambda x: np.maximum(x, 0) - np.maximum(-x, 0), 0.0, 0.0).verdict == "fail"


@pytest.mark.parametrize(
    ("f", "at", "word"),
    [(np.floor, 2.0, "jumps"), (lambda x: np.sqrt(np.abs(x)), 0.0, "no limit"), (np.sqrt, 0.0, "edge of the domain")],
)
def test_what_cannot_be_decided_says_why(f: Any, at: float, word: str) -> None:
    report = gv.check_gradient(f, 0.0, at)
    assert report.verdict == "inconclusive"
    assert word in report.rows[0].reason


def test_noise_is_named_where_the_function_runs_in_float64_only() -> None:
    report = gv.check_gradient(lambda x: 1e13 + math.sin(x), math.cos(0.7), 0.7)
    assert report.verdict == "inconclusive"
    assert "noise" in report.rows[0].reason


def test_a_far_function_is_decided_where_it_runs_in_high_precision() -> None:
    assert gv.check_gradient(lambda x: 1e13 + np.sin(x), np.cos(0.7), 0.7).verdict == "pass"
    assert gv.check_gradient(lambda x: 1e13 + np.sin(x), np.cos(0.7) * 1.1, 0.7).verdict == "fail"


def test_digits_that_a_saturated_unit_loses_are_no_fault() -> None:
    """1 - tanh² keeps four digits where tanh is 1 - 1e-12, and the same four at neighbouring points."""

    def f(w: Any, x: Any) -> Any:
        return np.sum(np.tanh(x @ w) ** 2)

    def gradient(w: Any, x: Any) -> Any:
        t = np.tanh(x @ w)
        return x.T @ (2 * t * (1 - t**2)), np.outer(2 * t * (1 - t**2), w)

    for size in (3.0, 5.0, 7.0):
        at = np.array([1.0, 1.3]) * size, np.array([[1.1, 0.9], [0.2, 0.1], [1.0, 1.2]])
        assert gv.check_gradient(f, gradient, at).verdict in {"pass", "inconclusive"}


# -- the contract ------------------------------------------------------------------------------------------------------


def test_arguments_as_tuple_dictionary_and_nested() -> None:
    assert gv.check_gradient(lambda x, y: x * y, lambda x, y: (y, x), (1.5, 2.0)).verdict == "pass"
    assert gv.check_gradient(lambda x, y: x * y, lambda x, y: {"x": y, "y": x}, {"x": 1.5, "y": 2.0}).verdict == "pass"
    at = {"p": {"W": np.array([[1.0, 2.0], [3.0, 4.5]]), "b": [0.3, 0.7]}, "s": 2.5, "mode": "sum"}

    def f(p: Any, s: float, mode: str) -> Any:
        return np.sum(p["W"] @ np.asarray(p["b"])) * s

    def gradient(p: Any, s: float, mode: str) -> Any:
        b = np.asarray(p["b"])
        return {"p": {"W": np.tile(b, (2, 1)) * s, "b": p["W"].sum(0) * s}, "s": (p["W"] @ b).sum()}

    report = gv.check_gradient(f, gradient, at)
    assert report.verdict == "pass"
    assert {row.wrt for row in report.rows} == {"p['W']", "p['b']", "s"}


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ([1.0, 2.0, 3.0], "shape (3,) instead of (2,)"),
        ([math.nan, 2.0], "not finite"),
        ([math.inf, 2.0], "not finite"),
        ([[1.0], [2.0]], "shape (2, 1)"),
        (["a", "b"], "no array of numbers"),
        ([1 + 2j, 2.0], "complex"),
    ],
)
def test_a_malformed_claim_fails(claim: Any, word: str) -> None:
    report = gv.check_gradient(lambda x: np.sum(x**2), claim, np.array([0.5, 1.0]))
    assert report.verdict == "fail"
    assert any(word in row.reason for row in report.rows)


def test_a_claim_of_the_wrong_length_or_without_a_name_fails() -> None:
    assert gv.check_gradient(lambda x, y: x * y, lambda x, y: (y,), (1.5, 2.0)).verdict == "fail"
    assert gv.check_gradient(lambda x, y: x * y, lambda x, y: {"x": y}, {"x": 1.5, "y": 2.0}).verdict == "fail"


def test_plain_values_are_judged_at_their_point_only() -> None:
    report = gv.check_gradient(lambda x: x**2, 3.0, 1.5)
    assert report.verdict == "pass"
    assert any("only the given point" in note for note in report.notes)


def test_a_function_that_changes_its_argument_is_noted() -> None:
    def f(x: Any) -> Any:
        x *= 2
        return np.sum(x)

    report = gv.check_gradient(f, lambda x: np.full_like(x, 2), np.array([1.5, 2.0]))
    assert report.verdict == "pass"
    assert any("in place" in note for note in report.notes)


def test_single_precision_and_complex_numbers() -> None:
    single = np.array([1.3, 0.7], np.float32)
    assert gv.check_gradient(lambda x: np.sum(x**2), lambda x: 2 * x, single).verdict == "pass"
    assert gv.check_gradient(lambda x: np.sum(x**2), lambda x: 2.01 * x, single).verdict == "fail"
    assert gv.check_gradient(lambda x: np.sum(x**2, dtype=np.float32), lambda x: 2 * x, single).verdict == "pass"
    assert gv.check_gradient(lambda z: z**3, lambda z: 3 * z**2, 1 + 2j).verdict == "pass"
    assert gv.check_gradient(lambda z: z**3, lambda z: 3 * z, 1 + 2j).verdict == "fail"
    assert gv.check_gradient(lambda z: abs(z) ** 2, lambda z: 2 * z, 1 + 2j).verdict == "pass"
    assert gv.check_gradient(lambda z: abs(z) ** 2, lambda z: 2 * z.conjugate(), 1 + 2j).verdict == "fail"
    conjugate = gv.check_gradient(lambda z: abs(z) ** 2, lambda z: 2 * z.conjugate(), 1 + 2j, convention="conjugate")
    assert conjugate.verdict == "pass"


def test_jacobian() -> None:
    at = np.array([0.3, 2.0])

    def f(x: Any) -> Any:
        return np.array([x[0] * x[1], np.sin(x[0])])

    assert gv.check_gradient(f, lambda x: np.array([[x[1], x[0]], [np.cos(x[0]), 0.0]]), at, kind="jacobian").verdict == "pass"
    report = gv.check_gradient(f, lambda x: np.array([[x[1], x[0]], [np.cos(x[0]), 0.1]]), at, kind="jacobian")
    assert next(row.entry for row in report.rows if row.verdict == "fail") == (1, 1)
    with pytest.raises(gv.ShapeError, match="jacobian"):
        gv.check_gradient(f, lambda x: x, at)


def test_nonsense_is_refused_with_a_message() -> None:
    with pytest.raises(gv.BindingError, match="kind"):
        gv.check_gradient(abs, 1.0, 1.0, kind="slope")
    with pytest.raises(gv.BindingError, match="torch, jax, autograd"):
        gv.check_gradient(abs, "text", 1.0)
    with pytest.raises(gv.BindingError, match="nothing to differentiate"):
        gv.check_gradient(abs, 1.0, "text")


def test_the_budget_ends_in_inconclusive() -> None:
    report = gv.check_gradient(lambda x: np.sum(x**2), lambda x: 2 * x, np.ones(100), max_evaluations=20)
    assert report.verdict == "inconclusive"


def test_a_graph_or_an_expression_is_the_function() -> None:
    assert gv.check_gradient("x*exp(-y) + 1e12", lambda x, y: (np.exp(-y), -x * np.exp(-y)), (0.7, 0.3)).verdict == "pass"
    graph = gv.parse("q = x + y; f = q*z")
    assert gv.check_gradient(graph, {"x": -4.0, "y": -4.0, "z": 3.0}, {"x": -2.0, "y": 5.0, "z": -4.0}).verdict == "pass"
    assert gv.check_gradient(graph, {"x": -4.0, "y": -4.0, "z": 3.1}, {"x": -2.0, "y": 5.0, "z": -4.0}).verdict == "fail"


# -- large inputs ------------------------------------------------------------------------------------------------------


def test_projections_find_one_wrong_entry_of_many() -> None:
    x = np.random.default_rng(3).normal(size=30_000)

    def slip(x: Any) -> Any:
        slope = np.cos(x)
        slope[17_001] *= 1.01
        return slope

    right = gv.check_gradient(lambda x: np.sum(np.sin(x)), np.cos, x, points=1)
    assert right.verdict == "pass"
    assert right.evaluations < 1000
    assert "projections" in right.power
    wrong = gv.check_gradient(lambda x: np.sum(np.sin(x)), slip, x, points=1)
    assert wrong.verdict == "fail"
    assert {row.entry for row in wrong.rows if row.verdict == "fail"} == {(17_001,)}


@pytest.mark.parametrize(
    ("f", "gradient", "at", "word"),
    [
        (lambda x: np.sum(x**2), lambda x: 2 * x, np.zeros(3), "x is zero"),
        (lambda x: np.sum(x**2), lambda x: 2 * x, np.full(3, 0.7), "all entries of x are equal"),
        (lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, -1.0]), "±1"),
        (lambda x: np.sum(x**3), lambda x: 3 * x**2, np.eye(2), "identity"),
        (lambda x: np.sum(x**3), lambda x: 3 * x**2, np.array([[0.3, 2.0], [2.0, 0.7]]), "symmetric"),
        (lambda x: np.sum(x**3), lambda x: 3 * x**2, np.array([[0.3], [2.0]]), "size 1"),
        (lambda x, y: x * y, lambda x, y: (y, x), (0.7, 0.7), "are equal"),
        (lambda x: np.sum(np.minimum(x, 1.0)), lambda x: (x < 1) * 1.0, np.array([2.0, 3.5]), "nothing moves with x"),
    ],
)  # fmt: skip
def test_degenerate_points_are_named(f: Any, gradient: Any, at: Any, word: str) -> None:
    report = gv.check_gradient(f, gradient, at)
    assert report.verdict == "pass"
    assert any(note.startswith("degenerate point") and word in note for note in report.notes), report.notes


def test_power_is_stated() -> None:
    report = gv.check_gradient(lambda x: np.sum(np.sin(x)), np.cos, np.array([0.3, 0.7, 1.1]))
    assert "would have been seen" in report.power


def test_an_interruption_gives_the_partial_report() -> None:
    calls = [0]

    def f(x: Any) -> Any:
        calls[0] += 1
        if calls[0] == 30:
            raise KeyboardInterrupt
        return np.sum(np.sin(x))

    report = gv.check_gradient(f, np.cos, np.linspace(0.1, 1, 20))
    assert report.verdict == "inconclusive"
    assert any("interrupted" in note for note in report.notes)
    assert len(report.rows) == 20
    calls[0] = -17  # after the given point, at another one
    report = gv.check_gradient(f, np.cos, np.linspace(0.1, 1, 20))
    assert report.verdict == "pass"
    assert any("interrupted before all points" in note for note in report.notes)


def test_a_pool_of_processes_gives_the_same_report() -> None:
    from concurrent.futures import ProcessPoolExecutor

    from scipy.optimize import rosen, rosen_der

    with ProcessPoolExecutor(2) as pool:
        report = gv.check_gradient(rosen, rosen_der, np.array([0.3, -0.7, 1.2]), executor=pool)
    assert report.verdict == "pass"


def test_why_high_precision_does_not_decide_is_told() -> None:
    """A function that takes floats only, at a corner that no difference settles."""

    def f(x: float) -> float:
        return abs(float(x)) ** 1.0001

    report = gv.check_gradient(f, lambda x: 0.3, 0.0, points=0)
    assert report.verdict == "inconclusive"
    assert any("does not run in high precision" in note or "another value" in note for note in report.notes)


@pytest.mark.parametrize("options", [{"tolerance": float("nan")}, {"tolerance": -1.0}, {"points": -1}, {"points": 1.5}, {"seed": -1}])
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(gv.GradvizError, match=next(iter(options))):
        gv.check_gradient(lambda x: x * x, lambda x: 3 * x, 1.5, **options)


def test_an_empty_array_among_others_is_no_matter() -> None:
    at = (np.zeros(0), np.array([1.0, 2.0]))
    assert gv.check_gradient(lambda a, b: np.sum(a) + np.sum(b**2), lambda a, b: (np.ones_like(a), 2 * b), at).verdict == "pass"
    assert gv.check_gradient(lambda a, b: np.sum(a) + np.sum(b**2), lambda a, b: (np.ones_like(a), b), at).verdict == "fail"


def test_a_claimed_zero_beside_a_huge_term_does_not_pass() -> None:
    """The value does not move to the last bit; high precision knows that the slope is 2."""
    report = gv.check_gradient(lambda x: np.sum(x**2), lambda x: 2 * x * np.array([1, 0]), np.array([1e14, 1.0]))
    assert report.verdict != "pass"
