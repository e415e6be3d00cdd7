"""Forward mode, second derivatives and the gradient's own graph from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphviz_ad.cli.main import main

XYZ = ["(x+y)*z", "x=-2", "y=5", "z=-4"]


def test_forward_mode_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*XYZ, "--mode", "forward", "--direction", "x=1,y=1/2", "--no-draw"]) == 0
    out = capsys.readouterr().out
    assert "df = -6\n" in out
    assert "    ∂v1/∂y    1          1  1 × 0.5 = 0.5\n  v1        x + y        3  1.5\n" in out
    assert out.index("∂v1/∂x") < out.index("∂f/∂v1")


def test_directions_of_arrays_hold_commas(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["sum((W@x)**2)", "W=[[1,2],[3,4]]", "x=[1,2]", "--mode=forward", "--json"]
    assert main([*command, "--direction", "W=[[0,0],[0,1]],x=[1,0]"]) == 0
    together = json.loads(capsys.readouterr().out)
    assert main([*command, "--direction", "W=[[0,0],[0,1]]", "--direction", "x=[1,0]"]) == 0
    assert json.loads(capsys.readouterr().out) == together
    assert together["direction"] == {"W": [[0, 0], [0, 1]], "x": [1, 0]}
    assert together["tangent"] == 120.0  # 2·(5, 11)·(1, 3 + 2)


def test_explain_reads_the_other_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *XYZ, "--mode", "forward"]) == 0
    out = capsys.readouterr().out
    assert "along dx = 1, dy = 0, dz = 0" in out
    assert "Backward" not in out


def test_the_hessian_as_a_table_and_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["x**2*y", "x=2", "y=3", "--second", "--no-draw"]) == 0
    assert "  ∂²f  x  y\n  x    6  4\n  y    4  0\n" in capsys.readouterr().out
    assert main(["x**2*y", "x=2", "y=3", "--second", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hessian"] == {"wrt": ["x", "y"], "matrix": [[6.0, 4.0], [4.0, 0.0]]}
    assert main(["x**2*y", "x=2", "y=3", "--wrt", "x", "--second", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hessian"] == {"wrt": ["x"], "matrix": [[6.0]]}


def test_the_gradient_is_drawn_as_a_graph(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["x*y**2", "x=2", "y=3", "--gradient-graph"]) == 0
    out = capsys.readouterr().out
    assert "df_dx = v1\n      = 9\ndf_dy = x*v2\n      = 12\n" in out
    assert "check: pass" in out
    assert (tmp_path / "gradviz.svg").exists()
    assert main(["x*y**2", "--gradient-graph", "--wrt", "y", "--no-draw"]) == 0
    assert "df_dy = x*v2" in capsys.readouterr().out
    assert main(["check", "x*y**2", "x=2", "y=3", "--gradient-graph"]) == 0


@pytest.mark.parametrize(("words", "said"), [
    (["x*y", "--mode", "forward"], "needs values"),
    (["x*y", "x=1", "y=2", "--direction", "x=1"], "add --mode forward"),
    (["x*y", "x=1", "y=2", "--mode", "forward", "--direction", "w=1"], "w is not an input"),
    (["x*y", "x=1", "y=2", "--mode", "forward", "--direction", "x"], "there is no = in it"),
    (["x*y", "x=1", "y=2", "--mode", "forward", "--direction", "x=1,x=2"], "bound twice"),
    (["x*y", "x=1", "y=2", "--mode", "forward", "--direction", "x=[1,2]"], "x"),
    (["x*y", "x=1", "y=2", "--mode", "sideways"], "reverse, forward"),
    (["x*y", "x=1", "y=2", "--gradient-graph", "--second"], "a graph of its own"),
    (["x*y", "x=[1,2]", "y=2", "--second", "--no-draw"], "scalar"),
    (["x*y", "x=[1,2]", "y=2", "--gradient-graph"], "scalar"),
])  # fmt: skip
def test_what_does_not_go_together(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert out == ""


def test_an_operation_without_operands_is_a_line_of_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sum(zeros(3) + x)", "x=1", "--no-draw"]) == 0
    assert "  v1        zeros(3)           [0, 0, 0]  –\n" in capsys.readouterr().out
