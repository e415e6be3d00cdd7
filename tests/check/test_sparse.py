"""Sparse Jacobians: their pattern is detected from the function, whatever the claim says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csc_matrix, csr_array

import graphviz_ad as gv
from graphviz_ad.check.slopes.sparsity_pattern import colour, outward

N = 2000
X = np.random.default_rng(2).normal(size=N)


def band(x: Any) -> Any:
    """Each output reads three neighbours, and the last one the first entry besides."""
    padded = np.concatenate([[0.0], x, [0.0]])
    values = np.sin(padded[:-2]) + padded[1:-1] ** 2 * padded[2:]
    values[-1] += 1e-3 * x[0]
    return values


def band_jacobian(x: Any) -> Any:
    n = len(x)
    padded = np.concatenate([x, [0.0]])
    jacobian = np.diag(2 * x * padded[1:]) + np.diag(x[:-1] ** 2, 1) + np.diag(np.cos(x[:-1]), -1)
    jacobian[n - 1, 0] = 1e-3
    return jacobian


def check(f: Any, jacobian: Any, x: Any = X, **options: Any) -> tuple[gv.Report, dict[tuple[int, ...], str]]:
    """The report, and what did not pass."""
    report = gv.check_gradient(f, jacobian, x, kind="jacobian", **{"points": 0, **options})
    return report, {row.entry: row.verdict for row in report.rows if row.verdict != "pass"}


def pattern_note(report: gv.Report) -> str:
    return next(note for note in report.notes if note.startswith("the pattern of the Jacobian was detected from the function"))


@pytest.mark.parametrize("form", [np.asarray, csr_array, csc_matrix])
def test_a_sparse_jacobian_takes_few_evaluations(form: Any) -> None:
    report, open_ = check(band, lambda x: form(band_jacobian(x)), X[:80])
    assert (report.verdict, open_, len(report.rows)) == ("pass", {}, 80 * 80)
    assert report.evaluations < 120, "instead of 160: entries that share no output move together"


def test_a_large_one_takes_few_evaluations_and_says_what_was_detected() -> None:
    report, _ = check(band, lambda x: csr_array(band_jacobian(x)), points=4)
    assert report.verdict == "pass"
    assert report.evaluations < N / 2
    assert 3 * N - 3 <= len(report.rows) <= 3.1 * N, "one row for each entry that there is"
    note = pattern_note(report)
    assert "of 2,000 × 2,000 entries" in note
    assert "groups of entries move together" in note
    assert note.endswith("are zero in the claim, which has 0 others")


@pytest.mark.parametrize("n", [80, N])
def test_an_entry_outside_the_claimed_pattern_is_found(n: int) -> None:
    """SciPy's own check colours by the claimed pattern, assigns what it measures to it, and certifies this one."""

    def forgotten(x: Any) -> Any:
        jacobian = band_jacobian(x)
        jacobian[n - 1, 0] = 0.0
        return csr_array(jacobian)

    report, open_ = check(band, forgotten, X[:n])
    assert open_ == {(n - 1, 0): "fail"}
    assert report.evaluations < (3 * n if n == 80 else N), "what is suspected is measured closely"


@pytest.mark.parametrize("n", [80, N])
def test_a_wrong_entry_inside_the_pattern_is_found(n: int) -> None:
    def wrong(x: Any) -> Any:
        jacobian = band_jacobian(x)
        jacobian[40, 41] *= 1.0001
        return csr_array(jacobian)

    assert check(band, wrong, X[:n])[1] == {(40, 41): "fail"}


def test_an_entry_that_only_the_claim_has_is_found() -> None:
    def more(x: Any) -> Any:
        jacobian = band_jacobian(x)
        jacobian[100, 900] = 1e-3
        return csr_array(jacobian)

    report, open_ = check(band, more)
    assert open_ == {(100, 900): "fail"}
    assert pattern_note(report).endswith("which has 1 others")


@pytest.mark.parametrize("n", [8, 100, N])
@pytest.mark.parametrize(
    ("terms", "wrong"),
    [
        ({5: 1.0, 6: -1.0}, {5: "fail", 6: "fail"}),  # which cancel if both move by as much
        ({5: 1e-9}, {5: "fail"}),  # hidden beside the slope by another entry that moves together with it
    ],
)
def test_a_pattern_that_is_larger_than_claimed(n: int, terms: dict[int, float], wrong: dict[int, str]) -> None:
    """A pattern that is taken from the claim lets all of these pass: the values of one point are no function to look at elsewhere."""

    def f(x: Any) -> Any:
        y = x**2
        for entry, factor in terms.items():
            y[3] += factor * x[entry]
        return y

    x = 1.3 + np.arange(n) / n
    assert check(f, np.diag(2 * x), x)[1] == {(3, entry): verdict for entry, verdict in wrong.items()}
    assert check(f, csr_array(np.diag(2 * x)), x)[1] == {(3, entry): verdict for entry, verdict in wrong.items()}


def test_a_term_that_rounding_hides_is_not_passed_over() -> None:
    def f(x: Any) -> Any:
        y = x**2
        y[3] += 1e-18 * x[1500]
        return y

    assert (3, 1500) in check(f, lambda x: np.diag(2 * x), 1 + np.abs(X))[1]


def test_a_claim_that_gives_the_sum_of_two_entries_to_one_fails() -> None:
    x = 1.3 + np.arange(100) / 100

    def f(x: Any) -> Any:
        y = np.array(x)
        y[3] = x[3] + x[50]
        return y

    claim = np.eye(100)
    claim[3, 3] = 2.0
    assert check(f, claim, x)[1] == {(3, 3): "fail", (3, 50): "fail"}


@pytest.mark.parametrize("raises", [False, True])
def test_a_function_with_a_domain(raises: bool) -> None:
    def f(x: Any) -> Any:
        if raises and np.any(x <= 0):
            raise ValueError("outside")
        return np.log(x) * np.roll(x, 1)

    def jacobian(x: Any) -> Any:
        found = np.diag(np.roll(x, 1) / x)
        found[np.arange(N), (np.arange(N) - 1) % N] += np.log(x)
        return found

    report, open_ = check(f, jacobian, np.abs(X) + 0.5)
    assert (report.verdict, open_) == ("pass", {})
    assert report.evaluations < N / 2


def test_a_kink_in_a_sparse_jacobian_is_one() -> None:
    x = X.copy()
    x[5] = 0.0
    report, open_ = check(lambda x: np.maximum(x, 0) * 2.0, lambda x: np.diag(2.0 * (x > 0)), x)
    assert open_ == {(5, 5): "pass-at-kink"}
    assert report.evaluations < N / 2


def test_what_is_not_sparse_is_looked_at_by_projections() -> None:
    full = np.random.default_rng(3).normal(size=(80, 80)) / 10
    report, _ = check(lambda x: np.sin(full @ x), lambda x: np.cos(full @ x)[:, None] * full, X[:80], entries=500)
    assert report.verdict == "pass"
    assert not any("pattern" in note for note in report.notes)
    assert any("projections" in note for note in report.notes)
    # the claim alone is sparse
    report, _ = check(lambda x: np.sin(full @ x), lambda x: np.diag(np.diag(full) * np.cos(full @ x)), X[:80], entries=500)
    assert report.verdict == "fail"


def test_entries_of_a_group_move_away_from_zero_by_amounts_of_their_own() -> None:
    """Plain sizes would let two entries stand for each other where a pattern does not keep them apart."""
    vector = np.array([1.3, -1.1, 0.0, 1.2])
    examiner = SimpleNamespace(vector=vector, chance=np.random.default_rng(0))
    parts = outward(examiner, np.arange(4))  # type: ignore[arg-type]
    assert np.array_equal(np.sign(parts), [1, -1, 1, 1])
    assert len(set(np.abs(parts))) == 4
    assert np.all((np.abs(parts) >= 0.5) & (np.abs(parts) <= 1.5))


def test_columns_of_a_group_share_no_row() -> None:
    pattern = np.random.default_rng(0).random((40, 60)) < 0.05
    groups = colour(pattern)
    assert sorted(k for group in groups for k in group) == list(range(60))
    assert all(np.max(np.sum(pattern[:, group], axis=1)) <= 1 for group in groups)
    assert len(groups) < 12
