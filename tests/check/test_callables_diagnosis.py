"""Causes of wrong gradients: named, and only when the repaired gradient passes."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

RNG = np.random.default_rng(5)
X = RNG.normal(size=(3, 3))
V = np.array([0.7, -1.3, 0.4, 2.1])


def loss(x: Any) -> Any:
    return np.sum(np.exp(x) + x**2)


def slope(x: Any) -> Any:
    return np.exp(x) + 2 * x


SLIPS: dict[str, tuple[Callable[..., Any], Callable[..., Any], Any]] = {
    "sign": (loss, lambda x: -slope(x), V),
    "factor 2 ": (loss, lambda x: slope(x) / 2, V),
    "factor 1/4": (lambda x: np.mean(np.exp(x)), np.exp, V),
    "transposed": (loss, lambda x: slope(x).T, X),
    "memory order": (loss, lambda x: slope(x).ravel(order="F").reshape(x.shape), X[:2]),
    "off by one": (loss, lambda x: np.roll(slope(x), -1), V),
    "reversed": (loss, lambda x: slope(x)[::-1], V),
    "detached": (loss, lambda x: 0 * x, V),
    "entries are zero": (loss, lambda x: np.append(slope(x)[:-1], 0.0), V),
    "below 0": (lambda x: np.sum(np.where(x > 0, x, 0.01 * x)), lambda x: np.where(x > 0, 1.0, 1.0 + 0 * x), np.abs(V)),
    "2·x is missing": (loss, np.exp, V),
    "epsilon": (lambda x: np.sum(np.sqrt(x**2 + 1e-4)), np.sign, V / 10),
    "factor cos(x)": (lambda x: np.sum(np.exp(np.sin(x))), lambda x: np.exp(np.sin(x)), V),
    "does not depend": (lambda x: 3.0 + 0 * np.sum(x), np.ones_like, V),
}


@pytest.mark.parametrize("word", SLIPS)
def test_cause(word: str) -> None:
    f, gradient, at = SLIPS[word]
    report = gv.check_gradient(f, gradient, at)
    assert report.verdict == "fail"
    assert report.causes, report.rows
    assert word.strip() in report.causes[0]
    with pytest.raises(gv.CheckFailed, match="likely cause"):
        report.raise_if_failed()


def test_causes_across_arguments() -> None:
    report = gv.check_gradient(lambda x, y: np.sum(x**2 * y), lambda x, y: (x**2, 2 * x * y), (V, V[::-1] + 3))
    assert "x and y are exchanged" in report.causes[0]
    x, b = RNG.normal(size=(3, 3)), RNG.normal(size=3)
    wrong = gv.check_gradient(lambda x, b: np.sum(np.exp(x + b)), lambda x, b: (np.exp(x + b), np.exp(x + b).sum(1)), (x, b))
    assert wrong.causes == ("b: it is summed over axis 1 instead of 0",)
    unsummed = gv.check_gradient(lambda x, b: np.sum(x * b), lambda x, b: (np.broadcast_to(b, x.shape), x), (x, b))
    assert unsummed.causes == ("b: the sum over axis 0 that broadcasting added is missing",)


def test_no_cause_without_proof() -> None:
    # off by something that no repair gives, here other entries too: silence, not a guess
    for slip in (lambda x: np.sin(3 * x) ** 3 * np.arange(1, 5), lambda x: np.sin(3 * x) * np.roll(x, 1), lambda x: 0 * x + np.sum(x**3)):
        report = gv.check_gradient(loss, lambda x, slip=slip: slope(x) + slip(x), V)
        assert report.verdict == "fail"
        assert report.causes == ()
    assert gv.check_gradient(loss, slope(V) + np.sin(3 * V) ** 3, V).causes == ()  # plain values: no other point proves it


@pytest.mark.parametrize("claim", [np.exp, lambda x: np.exp(x) + np.sin(3 * x) ** 3, lambda x: slope(x) * np.cos(x) ** 3])
def test_what_is_missing_of_each_entry_alone_is_told(claim: Any) -> None:
    def f(x: Any) -> Any:  # the other way of the fork joins the entries
        return loss(x) + np.sum(x) ** 3

    report = gv.check_gradient(f, lambda x: claim(x) + 3 * np.sum(x) ** 2, V)
    assert report.verdict == "fail"
    assert "one way of a fork" in report.causes[0]


# -- the corpus --------------------------------------------------------------------------------------------------------

DATA = Path(__file__).parents[1] / "data"


def _corpus() -> Any:
    spec = importlib.util.spec_from_file_location("slips", DATA / "slips.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CORPUS = _corpus()


@pytest.mark.parametrize("record", list(CORPUS.corpus(len(CORPUS.MAKERS), seed=1)), ids=lambda record: record[0])
def test_slip_of_the_corpus(record: Any) -> None:
    """One of each kind; all of them are in benchmarks/checker_causes.py."""
    cause, f, gradient, at = record
    report = gv.check_gradient(f, gradient, at)
    assert report.verdict == "fail"
    assert any(word in report.causes[0] for word in CORPUS.WORDS[cause]), report.causes


def test_a_gradient_that_changes_at_one_call_in_five_is_told() -> None:
    calls = [0]

    def gradient(x: Any) -> Any:
        calls[0] += 1
        return slope(x) * (2 if calls[0] % 5 else 3)

    assert "not deterministic" in gv.check_gradient(loss, gradient, V, points=0).causes[0]


def test_a_right_gradient_with_bad_habits_passes_and_is_told() -> None:
    def in_place(x: Any) -> Any:
        x *= 2
        return x

    report = gv.check_gradient(lambda x: np.sum(x**2), in_place, V)
    assert report.verdict == "pass"
    assert any("changes its arguments in place" in note for note in report.notes)


@pytest.mark.parametrize("claim", [lambda a, b: (b,), lambda a, b: (b, a, 1.0), lambda a, b: np.array([b, a])])
def test_a_claim_for_another_number_of_arguments_has_no_cause(claim: Any) -> None:
    report = gv.check_gradient(lambda a, b: a * b, claim, (2.0, 3.0))
    assert report.verdict == "fail"
    assert all("claim" in row.reason for row in report.rows)
    assert not report.causes


@pytest.mark.parametrize("shape", [(1, 3), (3, 1)])
def test_a_row_for_a_column_is_no_transpose(shape: tuple[int, int]) -> None:
    at = np.array([0.3, -0.7, 1.2]).reshape(shape)
    report = gv.check_gradient(lambda x: np.sum(x**3), lambda x: 3 * x.T**2, at)
    assert report.verdict == "fail"
    assert report.causes == ("x: it has the right entries in another shape",)


@pytest.mark.parametrize("claim", [lambda x: 0 * x, np.sign, np.ones_like])
def test_claims_that_are_the_same_everywhere_are_no_cache(claim: Any) -> None:
    at = np.array([0.4, -0.6, 2.0])
    for f in (lambda x: np.sum(x / (np.sqrt(x**2) + 1e-8)), lambda x: np.sum(x * np.abs(x)) / 2, lambda x: np.sum(x**2) / 2):
        for point in (at, np.array([1.0, 1.0, 1.0]), np.array([1.0, -1.0, 1.0])):
            report = gv.check_gradient(f, claim, point)
            assert not any("cache" in cause for cause in report.causes)
