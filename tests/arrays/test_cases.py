"""Every public case over vectors and matrices, Jacobians included, and every network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

DATA = Path(__file__).parents[1] / "data"
MATRIX = json.loads((DATA / "matrix.json").read_text(encoding="utf-8"))
NETS = json.loads((DATA / "nets.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", MATRIX, ids=[case["id"] for case in MATRIX])
def test_matrix_case(case: dict[str, Any]) -> None:
    point = gv.parse(case["formula"]).at(case["bindings"])
    expected, tolerance = case["expected"], case["tol"]
    assert np.shape(point.value) == np.shape(expected["value"])
    np.testing.assert_allclose(point.value, expected["value"], rtol=0, atol=tolerance["value"])
    for name, numbers in expected.get("grad", expected.get("jac")).items():
        if numbers is None:
            continue
        found = point.jacobian(name) if "jac" in expected else point.gradients[name]
        assert np.shape(found) == np.shape(numbers)
        np.testing.assert_allclose(found, numbers, rtol=0, atol=tolerance["grad"][name])


@pytest.mark.parametrize("case", NETS, ids=[case["id"] for case in NETS])
def test_network(case: dict[str, Any]) -> None:
    point = gv.parse(case["formula"]).at(case["arrays"])
    np.testing.assert_allclose(point.value, case["expected"]["value"], rtol=1e-10)
    for name, numbers in case["expected"]["grad"].items():
        np.testing.assert_allclose(point.gradients[name], numbers, rtol=1e-10, atol=1e-12)
