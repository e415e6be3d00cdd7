"""Which inputs have a gradient: real numbers, not truth values and not what an array library holds as whole numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.cli.main import main

REAL = [-2, 2.5, [1, 2], (1, 2), np.float32(2), np.array(2.0), np.array([1.0, 2.0])]
PASSIVE = [
    True, np.True_, np.array(True), [True, False], np.array([True, False]),
    np.int64(3), np.uint8(3), np.array(3), np.array([1, 2]),
]  # fmt: skip


@pytest.mark.parametrize("value", REAL, ids=repr)
def test_real_numbers_have_a_gradient(value: Any) -> None:
    point = gv.parse("sum(x*y)").at(x=value, y=2)
    assert point.wrt == ("x", "y")
    assert np.all(point.gradients["x"] == 2)


@pytest.mark.parametrize("value", PASSIVE, ids=repr)
def test_truth_values_and_whole_numbers_have_none(value: Any) -> None:
    point = gv.parse("sum(x*y)").at(x=value, y=2)
    assert point.wrt == ("y",)
    assert point.gradients == {"x": None, "y": np.sum(value)}
    assert point.check().verdict == "pass"
    with pytest.raises(gv.BindingError, match="x is not differentiated by"):
        point.jacobian("x")


def test_tensors_of_other_libraries_follow_their_kind() -> None:
    torch = pytest.importorskip("torch")
    assert gv.parse("sum(x)").at(x=torch.tensor([1, 2])).gradients == {"x": None}
    assert gv.parse("x*2").at(x=torch.tensor(3)).gradients == {"x": None}
    assert gv.parse("x*2").at(x=torch.tensor(3.0)).gradients == {"x": 2.0}


def test_the_command_line_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["x*y*z", "x=True", "y=2", "z=-3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gradients"] == {"x": None, "y": -3.0, "z": 2.0}
    assert main(["sum(x*y)", "x=[True,False]", "y=2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["gradients"] == {"x": None, "y": 1.0}
