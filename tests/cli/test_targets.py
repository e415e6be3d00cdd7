"""``gradviz check module:function`` as people and hooks use it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graphviz_ad.cli.main import main
from graphviz_ad.cli.progress import Bar
from graphviz_ad.requests.sources import is_target

from .materials import ROOT

LAYER = """
import time
import numpy as np

print("importing")

def loss(x, W):
    print("calling")
    return np.sum(np.tanh(x @ W))

def loss_grad(x, W):
    s = 1 - np.tanh(x @ W) ** 2
    return s @ W.T, x.T @ s

def mean(x):
    return np.mean(x**2)

def mean_grad(x):
    return 2 * x

def step(x):
    return np.floor(x)

def step_grad(x):
    return 0.0 * x

def faulty(x):
    return {}[x.shape]

faulty_grad = faulty

def wait(x):
    time.sleep(0.005)
    return np.sum(np.sin(x))

def wait_grad(x):
    return np.cos(x)
"""


@pytest.fixture
def gradviz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Any]]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "layer.py").write_text(LAYER, "utf-8")
    before, path = set(sys.modules), list(sys.path)

    def call(*argv: str) -> tuple[int, str, str]:
        code = main(["check", *argv])
        return (code, *capsys.readouterr())

    yield call
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
    sys.path[:] = path


@pytest.mark.parametrize("word", ["layer:loss", "a.b.c:d", "src/x y/layer.py:Layer.loss", "C:\\work\\layer.py:f", "été:übung"])
def test_what_is_a_target(word: str) -> None:
    assert is_target(word)


@pytest.mark.parametrize(
    "word", ["x*y", "x[1:2]", "f = x; g = f", "x", "-x", "a:b:c", "x[a:b]", "layer:", ":f", "f:g+1", "1:2", "-", "@f.gv"]
)
def test_what_is_an_expression(word: str) -> None:
    assert not is_target(word)


def test_a_right_gradient(gradviz: Callable[..., Any], tmp_path: Path) -> None:
    np.savez(tmp_path / "at.npz", x=np.arange(6.0).reshape(2, 3) / 7, W=np.ones((3, 2)) / 3)
    code, out, err = gradviz("layer.py:loss", "--at", "at.npz")
    assert code == 0
    assert "loss against loss_grad" in out
    assert "check: pass" in out
    assert "power: an error of" in out
    assert ("importing" in err, "calling" in err) == (True, True)  # what the module prints is no result
    assert "importing" not in out


def test_a_wrong_gradient_is_told_with_its_cause(gradviz: Callable[..., Any]) -> None:
    code, out, _ = gradviz("layer:mean", "x=[0.5,-1.5,2.5]")
    assert code == 1
    assert "wrong: x (3 of 3 entries)" in out
    assert "likely cause: x: a factor 1/3 is missing" in out


def test_inconclusive_is_three(gradviz: Callable[..., Any]) -> None:
    code, out, _ = gradviz("layer:step", "--at", "2.0", "--jacobian", "step_grad")
    assert code == 3
    assert "jumps" in out


def test_the_users_exception_has_file_and_line_and_no_traceback(gradviz: Callable[..., Any]) -> None:
    code, out, err = gradviz("layer:faulty", "--at", "[0.5,1.5]")
    assert (code, out) == (2, "")
    assert "faulty raised KeyError: (2,)" in err
    assert "layer.py, line 28, in faulty\n    return {}[x.shape]" in err
    assert "Traceback" not in err


def test_json_is_strict_and_alone(gradviz: Callable[..., Any]) -> None:
    code, out, _ = gradviz("layer:mean", "x=[0.5,-1.5,2.5]", "--json")
    document = json.loads(out, parse_constant=lambda constant: pytest.fail(f"{constant} in JSON"))
    assert code == 1
    assert (document["schema"], document["verdict"], document["title"]) == ("gradviz-check/1", "fail", "mean against mean_grad")
    assert document["rows"][0]["wrt"] == "x"
    assert document["rows_total"] == len(document["rows"])
    assert len(document["curve"]) > 20


def test_reports_in_files(gradviz: Callable[..., Any], tmp_path: Path) -> None:
    code, out, _ = gradviz("layer:mean", "x=[0.5,-1.5,2.5]", "-o", "r.html", "-o", "r.md", "-o", "r.json")
    assert code == 1
    assert out.endswith("report: r.html, r.md, r.json\n")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "Likely cause" in page
    assert "truncation" in page or "does not fall as" in page
    assert "## Gradient check: fail" in (tmp_path / "r.md").read_text("utf-8")
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["verdict"] == "fail"


def test_markdown_on_standard_output(gradviz: Callable[..., Any]) -> None:
    code, out, _ = gradviz("layer:mean", "x=[0.5,-1.5,2.5]", "-o", "-")
    assert code == 1
    assert out.startswith("## Gradient check: fail")


def test_the_self_test_is_told(gradviz: Callable[..., Any]) -> None:
    code, out, _ = gradviz("layer:mean", "x=[0.5,-1.5]", "--gradient", "numpy:asarray", "--self-test")  # the mean of two: x itself
    assert code == 0
    assert "self-test: 11 of 11 injected slips are caught here" in out
    assert "no change  transposed" in out


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["x*y", "x=1", "y=2", "--points", "3"], "--points is for a function"),
        (["x*y", "x=1", "y=2", "-o", "r.svg"], "a report is written as .html, .md or .json"),
        (["layer:mean", "x=[1.5]", "--wrt", "x"], "--wrt is for expressions"),
        (["layer:mean", "x=[1.5]", "--vjp", "a", "--hvp", "b"], "one claim at a time"),
        (["layer:mean", "x=[1.5]", "--seed", "-3"], "--seed is a whole number"),
        (["layer:mean", "y=[1.5]"], "mean has no argument y"),
        (["layer:mean"], "no point to check at"),
        (["layer:mean", "x=[1.5]", "--json", "-o", "-"], "one thing only"),
    ],
)
def test_what_makes_no_sense_is_refused(gradviz: Callable[..., Any], argv: list[str], told: str) -> None:
    code, out, err = gradviz(*argv)
    assert (code, out) == (2, "")
    assert told in err


def test_expressions_are_checked_as_before_and_have_reports(gradviz: Callable[..., Any], tmp_path: Path) -> None:
    code, out, _ = gradviz("x*y", "x=1", "y=2", "-o", "r.html")
    assert code == 0
    assert "check: pass" in out
    assert "<h1>x*y</h1>" in (tmp_path / "r.html").read_text("utf-8")


def test_the_plain_form_points_to_check(gradviz: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layer:mean", "x=1"]) == 2
    err = capsys.readouterr().err
    assert "line 1, column 6" in err
    assert "gradviz check layer:mean" in err


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_control_c_gives_the_partial_report(tmp_path: Path) -> None:
    (tmp_path / "layer.py").write_text(LAYER, "utf-8")
    np.save(tmp_path / "at.npy", np.linspace(0.1, 2, 2000))
    process = subprocess.Popen(
        [sys.executable, "-m", "graphviz_ad", "check", "layer:wait", "--at", "at.npy", "--json"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - background jobs of a shell have it ignored
    )  # fmt: skip
    time.sleep(4)  # 8 000 evaluations of 5 ms: it is in the middle of them
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    document = json.loads(out)
    assert process.returncode == 130
    assert (document["verdict"], document["interrupted"]) == ("inconclusive", True)
    assert "interrupted; the report is of what was known by then" in err


def test_the_bar_writes_on_a_terminal_only(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    bar = Bar("checking")
    bar._began -= 60
    bar._last -= 60
    bar(10, 100)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    bar = Bar("checking")
    bar(10, 100)  # too early
    assert capsys.readouterr().err == ""
    bar._began -= 60
    bar._last -= 60
    bar(25, 100)
    bar.clear()
    shown = capsys.readouterr().err
    assert "25 %  25 of 100" in shown
    assert shown.endswith("\r\x1b[K")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_control_c_gives_the_partial_report_of_an_expression(tmp_path: Path) -> None:
    np.save(tmp_path / "W.npy", np.random.default_rng(0).normal(size=(40, 40)))
    process = subprocess.Popen(
        [sys.executable, "-m", "graphviz_ad", "check", "sum(tanh(W @ W @ W))", "W=@W.npy", "--json"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), "GRADVIZ_CHECK_OPERATIONS": "10000000000"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - background jobs of a shell have it ignored
    )  # fmt: skip
    time.sleep(6)  # 3 200 evaluations of a third of a second
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    check = json.loads(out)["check"]
    assert process.returncode == 130
    assert (check["verdict"], check["interrupted"]) == ("inconclusive", True)
    assert "interrupted; the report is of what was known by then" in err


def test_a_bar_for_expressions(gradviz: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from graphviz_ad.cli import progress

    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    code, out, err = gradviz("x*y*z", "x=1", "y=2", "z=3")
    assert (code, "checking" in err) == (0, False)  # no terminal
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    code, out, err = gradviz("x*y*z", "x=1", "y=2", "z=3")
    assert code == 0
    assert "2 of 3" in err
    assert err.endswith("\r\x1b[K")  # gone when done
    assert "checking" not in out


def test_the_self_test_of_an_expression(gradviz: Callable[..., Any]) -> None:
    code, out, _ = gradviz("(x+y)*z", "x=-2", "y=5", "z=-4", "--self-test")
    assert code == 0
    assert "self-test: 24 of 24 injected slips are caught here" in out
    assert "caught     sign, by x, y, z" in out
    code, out, _ = gradviz("(x+y)*z", "x=-2", "y=5", "z=-4", "--self-test", "--json")
    assert len(json.loads(out)["check"]["trials"]) == 30


@pytest.mark.needs_arb
def test_a_proof_of_an_expression(gradviz: Callable[..., Any]) -> None:
    code, out, err = gradviz("exp(x)*sin(y)", "x=1", "y=2", "--proof")
    assert code == 0
    assert "by a ball of Arb that encloses it" in out
    assert "2 of 2 derivatives are proven" in err
    code, out, err = gradviz("exp(x)*sin(y)", "x=1", "y=2", "--proof", "--json")
    check = json.loads(out)["check"]
    assert [row["method"] for row in check["rows"]] == ["a ball of Arb that encloses it"] * 2
    code, _, err = gradviz("x*y", "x=1", "y=2", "--proof", "--quick")
    assert code == 2
    assert "take quick or proof" in err


def test_a_quick_check_of_an_expression(gradviz: Callable[..., Any]) -> None:
    code, out, _ = gradviz("sum(tanh(W@x))", "W=[[0.5,-1],[2,0.25]]", "x=[0.1,0.3]", "--quick", "--json")
    check = json.loads(out)["check"]
    assert code == 0
    assert {row["method"] for row in check["rows"]} == {"differences in float64"}
    assert "1e-06 of any of the 6 entries" in check["power"]
    code, _, err = gradviz("layer:mean", "x=[0.5,-1.5]", "--quick")
    assert code == 2
    assert "--quick is for expressions" in err
