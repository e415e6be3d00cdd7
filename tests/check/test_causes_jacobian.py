"""Causes of wrong Jacobians: slips between outputs, slips in every row, and slips in some rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

A = np.random.default_rng(2).normal(size=(4, 4))
AT = np.array([0.7, -1.3, 0.4, 2.1])


def f(x: Any) -> Any:
    return A @ np.sin(x)


def jacobian(x: Any) -> Any:
    return A * np.cos(x)


def _row(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def wrong(x: Any) -> Any:
        result = jacobian(x)
        result[2] = change(result[2])
        return result

    return wrong


SLIPS: dict[str, Callable[[Any], Any]] = {
    "x: the sign is wrong": lambda x: -jacobian(x),
    "x: the Jacobian is transposed": lambda x: jacobian(x).T,
    "x: a constant factor 2 is missing": lambda x: jacobian(x) / 2,
    "x: its rows are off by one output": lambda x: np.roll(jacobian(x), 1, axis=0),
    "x: its rows are reversed": lambda x: jacobian(x)[::-1],
    "x: its rows are permuted": lambda x: jacobian(x)[[1, 0, 3, 2]],
    "x: its entries are permuted": lambda x: jacobian(x)[:, [1, 0, 3, 2]],
    "x: it is off by one index": lambda x: np.roll(jacobian(x), 1, axis=1),
    "x: it is reversed": lambda x: jacobian(x)[:, ::-1],
    "x: a factor cos(x) of the chain rule is missing": lambda x: A + 0 * x,
    "x: only its diagonal is claimed": lambda x: np.diag(np.diag(jacobian(x))),
    "x: the rows of output [2] are zero": _row(lambda row: 0 * row),
    "x: in the rows of output [2] the sign is wrong": _row(lambda row: -row),
    "x: in the rows of output [2] a constant factor 1/3 is missing": _row(lambda row: 3 * row),
    "x: 3 of its entries are zero": lambda x: np.where(np.eye(4, k=1) > 0, 0.0, jacobian(x)),
}


@pytest.mark.parametrize("told", SLIPS)
def test_a_slip_is_named(told: str) -> None:
    report = gv.check_gradient(f, SLIPS[told], AT, kind="jacobian")
    assert report.verdict == "fail"
    assert len(report.causes) == 1
    assert report.causes[0].startswith(told)


def test_plain_values_are_diagnosed_too() -> None:
    assert gv.check_gradient(f, jacobian(AT).T, AT, kind="jacobian").causes == ("x: the Jacobian is transposed",)


def test_rows_of_an_output_with_axes() -> None:
    def g(x: Any) -> Any:
        return np.outer(np.sin(x[:3]), np.exp(x[1:]))

    def slope(x: Any) -> Any:
        result = np.zeros((3, 3, 4))
        for i in range(3):
            for j in range(3):
                result[i, j, i] += np.cos(x[i]) * np.exp(x[j + 1])
                result[i, j, j + 1] += np.sin(x[i]) * np.exp(x[j + 1])
        return result

    assert gv.check_gradient(g, slope, AT, kind="jacobian").verdict == "pass"
    swapped = gv.check_gradient(g, lambda x: np.swapaxes(slope(x), 0, 1), AT, kind="jacobian")
    assert swapped.causes == ("x: axes 0 and 1 of the output are exchanged",)
    rolled = gv.check_gradient(g, lambda x: np.roll(slope(x), 1, axis=1), AT, kind="jacobian")
    assert rolled.causes == ("x: its rows are off by one output along axis 1 of the output",)


def test_the_jacobian_of_a_softmax_without_its_sum() -> None:
    def softmax(x: Any) -> Any:
        return np.exp(x) / np.sum(np.exp(x))

    report = gv.check_gradient(softmax, lambda x: np.diag(softmax(x)), AT, kind="jacobian")
    assert "denominator of the softmax is treated as a constant" in report.causes[0]


def test_arguments_are_told_apart() -> None:
    def g(x: Any, y: Any) -> Any:
        return A @ x + y * y

    def slope(x: Any, y: Any) -> Any:
        return A + 0 * x, np.diag(-2 * y)

    assert gv.check_gradient(g, slope, (AT, AT[::-1] + 3), kind="jacobian").causes == ("y: the sign is wrong",)
    exchanged = gv.check_gradient(lambda x, y: A @ x + y * y, lambda x, y: (np.diag(2 * y), A + 0 * x), (AT, AT[::-1] + 3), kind="jacobian")
    assert exchanged.causes[0] == "the gradients of x and y are exchanged"


def test_no_cause_without_proof() -> None:
    report = gv.check_gradient(f, lambda x: jacobian(x) + np.sin(np.outer(x, x)) ** 3, AT, kind="jacobian")
    assert report.verdict == "fail"
    assert report.causes == ()
