"""Conventions at kinks: live answers of the installed libraries, the record, and the checker's word on each."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.audit import recorded
from graphviz_ad.audit.conventions import SIDES, judge
from graphviz_ad.cli.main import main

ROOT = Path(__file__).parents[2]


def answers(found: Any, framework: str) -> dict[str, tuple[Any, str]]:
    return {a.spelling: (a.gradients, a.validity) for a in found.answers if a.framework == framework}


@pytest.mark.needs_torch
def test_pytorch_is_asked() -> None:
    found = gv.conventions("max(x, 0)", x=0)
    torch = answers(found, "PyTorch")
    assert torch["torch.maximum"] == ({"x": 0.5}, "valid")
    assert torch["torch.relu"] == ({"x": 0.0}, "valid")
    assert "torch.clamp(min=0)" in torch
    assert {a.source for a in found.answers if a.framework == "PyTorch"} == {"live"}
    ties = answers(gv.conventions("max(v)", v=[3.0, 3.0]), "PyTorch")
    assert ties["torch.amax"] == ({"v": [0.5, 0.5]}, "valid")
    assert ties["torch.max(dim)"] in (({"v": [1.0, 0.0]}, "valid"), ({"v": [0.0, 1.0]}, "valid"))


@pytest.mark.needs_jax
def test_jax_is_asked() -> None:
    jax = answers(gv.conventions("max(x, 0)", x=0), "JAX")
    assert jax["jnp.maximum"] == ({"x": 0.5}, "valid")
    assert jax["jax.nn.relu"] == ({"x": 0.0}, "valid")
    assert answers(gv.conventions("abs(x)", x=0), "JAX") == {"jnp.abs": ({"x": 1.0}, "valid")}


@pytest.mark.needs_jax
@pytest.mark.needs_torch
@pytest.mark.parametrize(
    ("text", "at"),
    [("sin(x)*exp(y)/(1+x*x)", {"x": 0.7, "y": -0.3}), ("sum(tanh(W@v)**2) + max(v)", {"W": [[0.1, 0.5], [-0.3, 0.8]], "v": [0.2, 0.4]}),
     ("softmax(v)[0]", {"v": [0.3, -0.2, 1.0]}), ("log(x if x > 0 else 1) + clip(x, -1, 3)", {"x": 2.0})],
)  # fmt: skip
def test_away_from_kinks_all_agree(text: str, at: dict[str, Any]) -> None:
    found = gv.conventions(text, at)
    told = {a.framework: a.validity for a in found.answers if a.gradients is not None}
    assert {"PyTorch", "JAX", "gradviz"} <= set(told), [a for a in found.answers if a.gradients is None]
    assert set(told.values()) == {"the derivative"}


@pytest.mark.needs_casadi
def test_casadi_is_asked() -> None:
    assert answers(gv.conventions("max(x, 0)", x=0), "CasADi") == {"casadi.fmax": ({"x": 0.5}, "valid")}
    away = gv.conventions("sqrt(x*y) + max(x, y)**2 - abs(x)", x=2, y=3)
    assert [a.validity for a in away.answers if a.framework == "CasADi"] == ["the derivative"]


def test_the_lecture_and_sympy_at_ties() -> None:
    found = gv.conventions("max(x, y)", x=1, y=1)
    assert answers(found, "the lecture") == {"1(x >= y), 1(y >= x)": ({"x": 1.0, "y": 1.0}, "not valid")}
    assert answers(found, "SymPy") == {"Max": ({"x": 0.5, "y": 0.5}, "valid")}
    three = answers(gv.conventions("max(x, y, z)", x=1, y=1, z=1), "SymPy")
    assert three == {"Max": ({"x": 0.5, "y": 0.5, "z": 0.5}, "not valid")}


def test_what_has_no_counterpart_is_named() -> None:
    found = gv.conventions("besselj(1, x) + abs(x)", x=0.5)
    reasons = {a.framework: a.reason for a in found.answers if a.gradients is None}
    assert reasons["SymPy"] == "there is no counterpart of besselj"
    assert reasons["the lecture"].startswith("there is no counterpart of")


def test_membership_is_the_checkers() -> None:
    tie = gv.parse("max(x, y, z)").at(x=1, y=1, z=1)
    assert judge(tie, {"x": 0.2, "y": 0.3, "z": 0.5})[0] == "valid"
    assert judge(tie, {"x": 1.0, "y": 1.0, "z": 1.0})[0] == "not valid"
    assert judge(tie, {"x": 0.2, "y": 0.3, "z": 0.6})[0] == "not valid"
    assert judge(tie, {"x": math.nan, "y": 0.0, "z": 0.0})[0] == "not finite"
    smooth = gv.parse("relu(x) - relu(-x)").at(x=0)
    assert judge(smooth, {"x": 1.0})[0] == "the derivative"
    assert judge(smooth, {"x": 0.0})[0] == "not valid"
    assert judge(gv.parse("x**2").at(x=3), {"x": 6.0})[0] == "the derivative"
    assert judge(gv.parse("x**2").at(x=3), {"x": 6.0001})[0] == "not valid"
    corner = gv.parse("abs(x)").at(x=0)
    assert [judge(corner, {"x": slope})[0] for slope in (-1.0, 0.3, 1.5)] == ["valid", "valid", "not valid"]
    norm = gv.parse("norm(v)").at(v=[0.0, 0.0])
    assert judge(norm, {"v": [0.0, 0.0]})[0] == "valid"
    assert judge(norm, {"v": [1.0, 1.0]})[0] in ("not valid", "undecided")


def test_recorded_answers_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec

    def without(name: str, *more: Any) -> Any:
        return None if name in ("torch", "jax", "casadi") else there(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    found = gv.conventions("max(a, b)", a=1, b=1)  # the names do not matter
    recorded_ones = [a for a in found.answers if a.source == "recorded"]
    assert {a.framework for a in recorded_ones} == {"PyTorch", "JAX", "CasADi"}
    assert all(a.gradients == {"a": 0.5, "b": 0.5} and a.version for a in recorded_ones)
    unknown = gv.conventions("max(a, 2*b)", a=2, b=1)
    assert {a.reason for a in unknown.answers if a.source == "recorded"} == {
        "it is not installed here, and no answer to this question is on record"
    }


def test_every_question_has_its_answers_on_record() -> None:
    asked = {expression for expression, _ in recorded.QUESTIONS}
    for framework in SIDES:
        assert {r["expression"] for r in recorded.records() if r["framework"] == framework} == asked


@pytest.mark.needs_torch
@pytest.mark.needs_jax
def test_the_record_is_what_these_versions_say() -> None:
    """A version that differs from the recorded one may answer differently: then the record wants to be made anew."""
    for expression, at in recorded.QUESTIONS:
        for answer in gv.conventions(expression, at).data()["answers"]:
            on_record = [r for r in recorded.records() if (r["expression"], r["framework"]) == (expression, answer["framework"])]
            same = [r for r in on_record if (r["version"], r["spelling"]) == (answer["version"], answer["spelling"])]
            if same:
                assert same[0]["gradients"] == answer["gradients"], (expression, answer["framework"])


def test_the_page_of_the_documentation_is_made_from_the_record() -> None:
    spec = importlib.util.spec_from_file_location("record_conventions", ROOT / "tools" / "record_conventions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "conventions.md").read_text("utf-8") == module.page(recorded.records())


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conventions", "max(x, y)", "x=1", "y=1"]) == 0
    out = capsys.readouterr().out
    assert "1(x >= y), 1(y >= x)" in out
    assert "not valid" in out
    assert main(["conventions", "max(x, y)", "x=1", "y=1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "gradviz-conventions/1"
    assert document["answers"][-1] == {
        "framework": "gradviz", "version": gv.__version__, "spelling": "", "gradients": {"x": 0.5, "y": 0.5}, "validity": "valid",
        "reason": "kink at maximum(x, y) (x = y): slopes 0 … 1", "source": "live",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [(["[x, x]", "x=1"], 2, "one number"), (["max(x, y)", "x=1"], 2, "y"), (["max(x, 0)", "x=0", "-o", "f.html"], 2, "--json")],
)  # fmt: skip
def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str], argv: list[str], code: int, told: str) -> None:
    assert main(["conventions", *argv]) == code
    assert told in capsys.readouterr().err
