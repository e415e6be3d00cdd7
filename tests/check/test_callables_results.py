"""What a report of callables is made of: every verdict, method, note and cause has its kind, every row its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.check.causes import CauseKind
from graphviz_ad.check.check_gradient import check_gradient
from graphviz_ad.check.results import MethodKind, NoteKind, Verdict, Where

AT = np.array([0.5, -1.5, 2.0])
CASES: list[tuple[Callable[..., Any], Any, Any, dict[str, Any]]] = [
    (lambda x: np.sum(x**3), lambda x: 3 * x**2, AT, {}),
    (lambda x: np.sum(x**3), lambda x: -3 * x**2, AT, {}),
    (lambda x: np.sum(np.where(x > 0, x**2, np.sin(x))), lambda x: 2 * x, np.abs(AT), {}),
    (lambda x: np.sum(np.abs(x)), np.sign, np.zeros(3), {}),
    (lambda x: float(np.sum(np.tanh(x))), lambda x: 1 - np.tanh(x) ** 2, np.array([18.0, 0.3, -19.0]), {}),
    (lambda x: np.sum(np.sin(x)), np.cos, np.linspace(0.1, 2, 300), {"entries": 50}),
    (lambda x, y: np.sum(x * y), lambda x, y: (y, None), (AT, AT), {}),
    (lambda x: np.sum(x**2), 2 * AT, AT, {}),
    (lambda x: np.sum(x**2), lambda x: np.multiply(x, 2, out=x), AT, {}),
    (lambda x: np.log(x), lambda x: 1 / x, -1.0, {}),
    (lambda x: np.sum(x**2), lambda x: np.ones((2, 3)), AT, {}),
    (np.sin, lambda x: np.diag(np.cos(x)), AT, {"kind": "jacobian"}),
    (np.sin, lambda x, v: np.cos(x) * v, AT, {"kind": "vjp"}),
    (np.sin, lambda x, u: np.sin(x) * u, AT, {"kind": "jvp"}),
    (np.sin, {"vjp": lambda x, v: np.cos(x) * v, "jvp": lambda x, u: np.sin(x) * u}, AT, {}),
    (lambda x: float(np.sum(x**3)), lambda x: np.diag(5 * x), AT, {"kind": "hessian"}),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_everything_has_its_kind(case: int) -> None:
    f, claim, at, options = CASES[case]
    report = check_gradient(f, claim, at, **options)
    assert report.rows
    for row in report.rows:
        assert isinstance(row.verdict, Verdict)
        assert row.method.kind is not MethodKind.NONE
        assert ("at another point" in row.reason) <= (row.where is Where.ELSEWHERE)
    assert [note for note in report.notes if note.kind is NoteKind.OTHER] == []
    assert [cause for cause in report.causes if cause.kind is CauseKind.OTHER] == []


def test_rows_tell_whose_point_they_are_of() -> None:
    report = check_gradient(*CASES[2][:3])
    assert (report.verdict, {row.where for row in report.rows}) == ("fail", {Where.HERE, Where.ELSEWHERE})
    assert {row.verdict for row in report.rows if row.where is Where.HERE} == {Verdict.PASS}


def test_a_cause_tells_its_kind_and_whose_gradient_it_is_in() -> None:
    (cause,) = check_gradient(*CASES[1][:3]).causes
    assert (cause, cause.kind, cause.wrt) == ("x: the sign is wrong", CauseKind.SIGN, "x")
    both = check_gradient(np.sin, {"vjp": lambda x, v: -np.cos(x) * v, "jvp": lambda x, u: np.cos(x) * u}, AT)
    assert (CauseKind.SIGN, "vjp: x") in {(cause.kind, cause.wrt) for cause in both.causes}
    assert {row.wrt for row in both.rows} >= {"vjp: x"}


def test_an_error_inside_this_package_is_placed_in_the_callers_file() -> None:
    from graphviz_ad.check.probing.guard import location

    with pytest.raises(gv.GradvizError) as caught:
        gv.parse("1 +")
    assert "test_callables_results.py" in str(location(caught.value))
