"""The command as people and programs use it: every option, every verb, every exit code, both streams."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import graphviz_ad
from graphviz_ad.cli.main import main
from graphviz_ad.requests.arguments import FORWARDED, OPTIONS, VERBS

from .materials import ROOT, run

XYZ = ["(x+y)*z", "x=-2", "y=5", "z=-4"]


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def gradviz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """The command, in this process and in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*argv: str) -> Answer:
        code = main(argv)
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return call


def strict(text: str) -> Any:
    return json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} in JSON"))


# -- the plain form --------------------------------------------------------------------------------------------------


def test_the_opening_example(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    answer = gradviz(*XYZ)
    assert answer.code == 0
    assert answer.err == ""
    assert "= -12" in answer.out
    for line in ("  x         -2         -4", "  y          5         -4", "  z         -4          3"):
        assert line in answer.out
    assert "(-4) × 1 = -4" in answer.out
    assert "check: pass" in answer.out
    assert (tmp_path / "gradviz.svg").read_text(encoding="utf-8").startswith("<svg")
    assert [path.name for path in tmp_path.iterdir()] == ["gradviz.svg"]
    assert all(len(line) <= 80 for line in answer.out.splitlines())
    assert "\x1b" not in answer.out


def test_json_has_the_documented_keys(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    answer = gradviz(*XYZ, "--json")
    document = strict(answer.out)
    assert (answer.code, answer.err) == (0, "")
    assert list(tmp_path.iterdir()) == []
    assert document["schema"] == "gradviz/1"
    assert document["value"] == -12.0
    assert document["gradients"] == {"x": -4.0, "y": -4.0, "z": 3.0}
    assert document["check"]["verdict"] == "pass"
    keys = {"schema", "expression", "output", "value", "shape", "inputs", "gradients", "jacobians", "nodes", "edges", "check", "warnings"}
    assert keys <= set(document)


def test_json_stays_strict_where_numbers_are_not_finite(gradviz: Callable[..., Answer]) -> None:
    answer = gradviz("log(x)", "x=0", "--json")
    assert answer.code == 0
    assert strict(answer.out)["value"] == "-Infinity"
    assert "not finite" in answer.err


def test_nothing_bound_gives_formulas(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    answer = gradviz("(x+y)*z")
    assert answer.code == 0
    assert "x + y" in answer.out
    assert "x=… y=… z=…" in answer.out
    assert (tmp_path / "gradviz.svg").exists()
    assert strict(gradviz("(x+y)*z", "--json").out)["value"] is None


def test_partly_bound_names_what_is_missing(gradviz: Callable[..., Answer]) -> None:
    answer = gradviz("(x+y)*z", "x=1")
    assert answer.code == 2
    assert "y, z" in answer.err
    assert answer.out == ""


def test_defaults_are_enough(gradviz: Callable[..., Answer]) -> None:
    assert strict(gradviz("x = 3; x**2", "--json").out)["gradients"] == {"x": 6.0}
    assert strict(gradviz("x = 3; x**2", "x=4", "--json").out)["gradients"] == {"x": 8.0}
    assert strict(gradviz("sin(pi/2)", "--json").out)["value"] == 1.0


def test_of_and_wrt(gradviz: Callable[..., Answer]) -> None:
    document = strict(gradviz("q = x + y; f = q*z", *XYZ[1:], "--of", "q", "--wrt", "y", "--json").out)
    assert document["output"] == "q"
    assert document["gradients"] == {"y": 1.0}
    answer = gradviz(*XYZ, "--wrt", "x,w")
    assert answer.code == 2
    assert "w is not an input" in answer.err
    answer = gradviz(*XYZ, "--of", "qq")
    assert answer.code == 2
    assert gradviz(*XYZ, "--wrt", "x,").code == 2


def test_the_expression_from_standard_input_and_from_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    outcome = run(["-", "x=3", "--json"], folder, stdin=b"q = x*x\nf = q + 1\n")
    assert strict(outcome.out)["gradients"] == {"x": 6.0}
    (folder / "f.gv").write_text("q = x*x\nf = q + 1\n", encoding="utf-8")
    (folder / "values.json").write_text('{"x": 3}', encoding="utf-8")
    outcome = run(["@f.gv", "@values.json", "--json"], folder)
    assert strict(outcome.out)["gradients"] == {"x": 6.0}
    (folder / "bad.gv").write_text("x +\n* y", encoding="utf-8")
    outcome = run(["@bad.gv"], folder)
    assert outcome.code == 2
    assert "bad.gv, line" in outcome.err
    (folder / "latin.gv").write_bytes(b"x + \xe4")
    assert "not UTF-8" in run(["@latin.gv"], folder).err
    assert "no such file" in run(["@missing.gv"], folder).err
    assert run(["-"], folder).code == 2  # nothing comes in
    (folder / "secret").write_text("swordfish:0", encoding="utf-8")
    (folder / "link.gv").symlink_to(folder / "secret")
    for name in ("secret", "link.gv", "/dev/stdin", "/dev/zero", "."):
        outcome = run([f"@{name}"], folder, stdin=b"swordfish")
        assert outcome.code == 2
        assert ".gv" in outcome.err
        assert "swordfish" not in outcome.err


def test_a_value_from_a_file(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("3", encoding="utf-8")
    assert strict(gradviz("x**2", "x=@x.json", "--json").out)["gradients"] == {"x": 6.0}


def test_expressions_that_look_like_something_else(gradviz: Callable[..., Answer]) -> None:
    assert strict(gradviz("-x", "x=2", "--json").out)["value"] == -2.0
    assert strict(gradviz("-o*y", "o=2", "y=3", "--json").out)["value"] == -6.0
    assert strict(gradviz("f=x*y", "x=2", "y=3", "--json").out)["output"] == "f"
    assert strict(gradviz("--json", "--", "check", "check=2").out)["value"] == 2.0
    assert strict(gradviz("--json", "--", "--x", "x=2").out)["value"] == 2.0


def test_arrays_are_shown_with_their_shapes(gradviz: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    from graphviz_ad.cli.derivatives import chain_rule

    point = graphviz_ad.parse("sum(max(0, W@x)) + 0*sum(A)").at(W=[[1, -2], [3, 4]], x=[1, 2], A=[[1.0] * 5] * 5)
    text = chain_rule(point)
    assert "[[0, 0], [1, 2]]" in text  # the contribution to W
    assert "Kronecker (2, 2, 2)" in text
    assert "∂v" in text
    assert all(len(line) <= 80 for line in text.splitlines())


# -- pictures --------------------------------------------------------------------------------------------------------


def test_the_default_picture_replaces_only_its_own(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    picture = tmp_path / "gradviz.svg"
    assert gradviz(*XYZ).code == 0
    first = picture.read_bytes()
    assert gradviz("x*x", "x=1").code == 0
    assert picture.read_bytes() != first
    picture.write_text("<svg>mine</svg>", encoding="utf-8")
    answer = gradviz(*XYZ)
    assert answer.code == 2
    assert "-o" in answer.err
    assert picture.read_text(encoding="utf-8") == "<svg>mine</svg>"
    assert gradviz(*XYZ, "--no-draw").code == 0
    assert gradviz(*XYZ, "--json").code == 0
    assert gradviz(*XYZ, "-o", "gradviz.svg").code == 0
    assert picture.read_bytes() == first


def test_the_default_practice_page_replaces_only_its_own(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    page = tmp_path / "practice.html"
    words = ("practice", "x*y", "x=1", "y=2")
    assert gradviz(*words).code == 0
    first = page.read_bytes()
    assert gradviz(*words, "--seed", "2").code == 0
    assert page.read_bytes() != first
    foreign = '<!DOCTYPE html><title><meta name="generator" content="gradviz (graphviz_ad)"></title>mine'
    page.write_text(foreign, encoding="utf-8")
    answer = gradviz(*words)
    assert answer.code == 2
    assert "-o practice.html overwrites it" in answer.err
    assert answer.out == ""
    assert page.read_text(encoding="utf-8") == foreign
    assert gradviz(*words, "-o", "practice.html").code == 0
    assert page.read_bytes() == first


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_the_default_picture_follows_no_link(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "gradviz.svg").symlink_to(tmp_path / "elsewhere")
    assert gradviz(*XYZ).code == 2
    assert not (tmp_path / "elsewhere").exists()


def test_several_outputs_by_suffix(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    answer = gradviz(
        *XYZ, "-o", "f.svg", "-o", "f.png", "-o", "f.dot", "-o", "f.html", "-o", "f.json", "-o", "f.tex", "-o", "f.md", "-o", "f.txt"
    )
    assert answer.code == 0, answer.err
    assert not (tmp_path / "gradviz.svg").exists()
    assert (tmp_path / "f.svg").read_bytes().startswith(b"<svg")
    assert (tmp_path / "f.png").read_bytes().startswith(b"\x89PNG")
    assert "<html" in (tmp_path / "f.html").read_text(encoding="utf-8")
    assert "digraph" in (tmp_path / "f.dot").read_text(encoding="utf-8")
    assert (tmp_path / "f.json").read_text(encoding="utf-8") == gradviz(*XYZ, "--json").out


def test_a_picture_on_standard_output(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    outcome = run([*XYZ, "-o", "-"], folder)
    assert outcome.code == 0
    assert outcome.out.startswith("<svg")
    assert outcome.out.rstrip().endswith("</svg>")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("where", [["--no-draw"], ["--json"], ["--json", "-o", "t.svg"], ["-o", "t.svg"], ["-o", "-"], []])
@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--focus", "q"], "no node is named q"),
        (["--expand", "q"], "no function and no node is named q"),
        (["--radius", "2"], "name the focus, too"),
        (["--focus", "unused"], "f does not depend on it"),
    ],
)
def test_what_to_draw_is_looked_at_before_any_output(
    gradviz: Callable[..., Answer], tmp_path: Path, argv: list[str], told: str, where: list[str]
) -> None:
    for values in (["x=1", "y=2"], []):
        answer = gradviz("unused = x + y; f = x*y", *values, *argv, *where)
        assert answer.code == 2
        assert answer.out == ""
        assert told in answer.err
        assert list(tmp_path.iterdir()) == []
    assert gradviz("unused = x + y; f = x*y", "x=1", "y=2", "--focus", "f", "--radius", "1", *where).code == 0


@pytest.mark.parametrize(
    "argv",
    [
        ["-o", "-", "--json"],
        ["-o", "-", "-o", "-"],
        ["-o", "f.svg", "--no-draw"],
        ["-o", "f.bmp"],
        ["-o", "plain"],
        ["-o", "missing/f.svg"],
        ["-o", "."],
        ["--style", "round"],
        ["--precision", "x"],
        ["--colour"],
    ],
)
def test_refused_outputs(gradviz: Callable[..., Answer], tmp_path: Path, argv: list[str]) -> None:
    answer = gradviz(*XYZ, *argv)
    assert answer.code == 2, answer
    assert answer.err.startswith("gradviz: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "argv",
    [
        ["--title", "a title of mine"],
        ["--style", "card"],
        ["--theme", "dark"],
        ["--palette", "colorblind"],
        ["--precision", "5"],
        ["--math", "unicode"],
    ],
)
def test_every_option_of_the_drawing_changes_it(gradviz: Callable[..., Answer], tmp_path: Path, argv: list[str]) -> None:
    assert gradviz("exp(x)*y", "x=0.3", "y=2", "-o", "a.svg").code == 0
    answer = gradviz("exp(x)*y", "x=0.3", "y=2", "-o", "b.svg", *argv)
    assert answer.code == 0, answer.err
    assert (tmp_path / "a.svg").read_bytes() != (tmp_path / "b.svg").read_bytes()


def test_depth_closes_functions(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    sigmoid = ["s(t) = 1/(1+exp(-t)); s(w*x)", "w=2", "x=-1"]
    assert gradviz(*sigmoid, "-o", "open.svg").code == 0
    assert gradviz(*sigmoid, "-o", "closed.svg", "--depth", "0").code == 0
    assert (tmp_path / "closed.svg").stat().st_size < (tmp_path / "open.svg").stat().st_size


# -- exit codes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ([*XYZ, "--no-draw"], 0),
        (["max(x, y)", "x=1", "y=1", "--no-draw"], 0),
        (["relu(x) - relu(-x)", "x=0", "--no-draw"], 1),
        (["relu(x) - relu(-x)", "x=0", "--json"], 1),
        (["log(x)", "x=0", "--no-draw"], 0),
        (["sqrt(x)**2", "x=0", "--no-draw"], 0),
        (["check", *XYZ], 0),
        (["check", "max(x, y)", "x=1", "y=1"], 0),
        (["check", "relu(x) - relu(-x)", "x=0"], 1),
        (["check", "sqrt(x)**2", "x=0"], 3),
        (["check", "log(x)", "x=0"], 3),
        (["check", "log(x)", "x=0", "--json"], 3),
        (["check", "x*y"], 2),
        (["x +", "x=1"], 2),
        (["x", "y=1", "x"], 2),
        (["x", "x=@missing.npy"], 2),
        (["serve", "--port", "0"], 2),
        (["serve", "--host", "192.0.2.1"], 2),
        (["practice", "x*y", "x=1", "y=2", "-o", "p.svg"], 2),
        (["practice", "x*y", "x=1", "y=2", "--seed", "7", "-o", "p.html", "--answers", "k.html"], 0),
        ([], 2),
        (["check"], 2),
        (["ops", "tanhh"], 2),
        (["completion", "tcsh"], 2),
        (["--help"], 0),
        (["--version", "--json"], 0),
    ],
)
def test_exit_codes(gradviz: Callable[..., Answer], argv: list[str], code: int) -> None:
    answer = gradviz(*argv)
    assert answer.code == code, answer
    assert bool(answer.out) == (code != 2)
    assert "Traceback" not in answer.err


def test_no_drawing_engine(gradviz: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    def save(self: Any, path: str, **options: Any) -> None:
        raise graphviz_ad.EngineError("there is no engine")

    monkeypatch.setattr(graphviz_ad.Point, "save", save)
    answer = gradviz(*XYZ)
    assert answer.code == 4
    assert "= -12" in answer.out  # the numbers are there all the same


def test_a_limit_is_an_evaluation_that_could_not_be_done(gradviz: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADVIZ_MAX_TEXT", "10")
    answer = gradviz("x+x+x+x+x+x", "x=1")
    assert answer.code in (2, 3)
    assert "GRADVIZ_MAX_TEXT" in answer.err


def test_ctrl_c_and_a_closed_pipe(gradviz: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(graphviz_ad.Point, "check", interrupt)
    answer = gradviz(*XYZ)
    assert answer.code == 130
    assert answer.err == "gradviz: interrupted\n"


def test_a_fault_of_ours_is_called_so(gradviz: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(self: Any) -> None:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr(graphviz_ad.Point, "check", break_down)
    answer = gradviz(*XYZ)
    assert answer.code == 3
    assert "fault of gradviz" in answer.err
    monkeypatch.setenv("GRADVIZ_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        gradviz(*XYZ)


@pytest.mark.skipif(os.name == "nt", reason="pipes close differently there")
def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "graphviz_ad", "ops", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 141
    assert errors == b""


@pytest.mark.skipif(os.name == "nt", reason="closed and full streams are made with a POSIX shell")
@pytest.mark.parametrize(
    ("redirection", "codes"),
    [
        ("<&-", {0}),
        (">&-", {0}),
        ("2>&-", {0}),
        ("<&- >&- 2>&-", {0}),
        (">/dev/full", {2}),
        ("--json >/dev/full", {2}),
        ("-o - >/dev/full", {2}),
        ("--wrong 2>/dev/full", {2}),
    ],
)
def test_closed_and_full_streams(tmp_path: Path, redirection: str, codes: set[int]) -> None:
    if "/dev/full" in redirection and not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m graphviz_ad "x*x" x=2 {redirection}', sys.executable],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode in codes, (done.stdout, done.stderr)
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="arguments are text there")
def test_arguments_that_are_no_text(tmp_path: Path) -> None:
    for argv in ([b"x\xff", b"x=1"], [b"x", b"x=\xff"], [b"x", b"x=@\xff.npy"], [b"x", b"x=1", b"--title", b"\xff"]):
        done = subprocess.run(
            [sys.executable, "-m", "graphviz_ad", *argv],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        assert done.returncode in (0, 2)
        assert b"Traceback" not in done.stderr
        assert b"internal fault" not in done.stderr


# -- the verbs -------------------------------------------------------------------------------------------------------


def test_check_shows_numbers_references_and_methods(gradviz: Callable[..., Answer]) -> None:
    answer = gradviz("check", "sqrt(x*x + y*y)", "x=3", "y=4")
    assert "∂/∂x" in answer.out
    assert "0.6" in answer.out
    assert "digits" in answer.out
    assert strict(gradviz("check", *XYZ, "--json").out)["check"]["verdict"] == "pass"


@pytest.mark.parametrize(("form", "sign"), [("text", "∂"), ("markdown", "**Forward"), ("latex", "\\")])
def test_explain_in_three_forms(gradviz: Callable[..., Answer], form: str, sign: str) -> None:
    answer = gradviz("explain", *XYZ, "--form", form)
    assert answer.code == 0, answer.err
    assert sign in answer.out
    assert "4" in answer.out


def test_explain_to_files(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    assert gradviz("explain", *XYZ, "-o", "f.md", "-o", "f.tex").code == 0
    assert (tmp_path / "f.tex").read_text(encoding="utf-8") != (tmp_path / "f.md").read_text(encoding="utf-8")
    assert gradviz("explain", *XYZ, "-o", "f.svg").code == 2


def test_ops_lists_everything(gradviz: Callable[..., Answer]) -> None:
    from graphviz_ad.operations import listing

    answer = gradviz("ops")
    shown = {line.split()[0] for line in answer.out.splitlines() if line.startswith("  ") and line.split()}
    assert {operation.name for operation in listing()} <= shown
    document = strict(gradviz("ops", "--json").out)
    assert len(document["operations"]) == len(listing())


def test_ops_explains_one(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    answer = gradviz("ops", "arcsin")
    assert "asin(x)" in answer.out
    assert "-1 <= x and x <= 1" in answer.out
    assert re.search("[\u2801-\u28ff]", answer.out)
    assert "x = 0" in gradviz("ops", "relu").out
    assert gradviz("ops", "relu", "-o", "relu.svg", "--theme", "dark").code == 0
    chart = (tmp_path / "relu.svg").read_text(encoding="utf-8")
    assert chart.count("<circle") == 3  # two curves and the legend
    assert "did you mean tanh" in gradviz("ops", "tanhh").err
    assert gradviz("ops", "less", "-o", "less.svg").code == 2
    assert gradviz("ops", "tanh", "-o", "tanh.png").code == 2
    assert gradviz("ops", "-o", "all.svg").code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_option_and_verb(gradviz: Callable[..., Answer], shell: str) -> None:
    import shutil

    script = gradviz("completion", shell).out
    for option in OPTIONS:
        assert (f"-l {option.name[2:]}" if shell == "fish" else option.name) in script
    for verb in VERBS:
        assert verb in script
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=script.encode(), check=False).returncode == 0


def test_help_tells_every_option_and_fits_the_terminal(gradviz: Callable[..., Answer]) -> None:
    for verb in ["", *VERBS]:
        answer = gradviz(*([verb] if verb else []), "--help")
        assert answer.code == 0
        for option in OPTIONS if verb not in FORWARDED else ():
            told = re.search(rf"{option.name}(?![-\w])", answer.out) is not None
            assert told == (verb in option.verbs), (verb, option.name)
        assert all(len(line) <= 80 for line in answer.out.splitlines())


def test_the_examples_of_the_help_run(gradviz: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shlex

    (tmp_path / "model.gv").write_text("x*y", encoding="utf-8")
    (tmp_path / "values.json").write_text('{"x": 1, "y": 2}', encoding="utf-8")
    text = "def loss(x):\n    return (x**2).sum()\n\n\ndef loss_grad(x):\n    return 2 * x\n\n\nslope = loss_grad\n"
    (tmp_path / "layer.py").write_text(text, encoding="utf-8")
    np.savez(tmp_path / "point.npz", x=[0.5, -1.5])
    np.save(tmp_path / "w.npy", [[0.5, 2.0], [1.0, -1.0]])
    np.save(tmp_path / "x.npy", [0.5, -1.5])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "layer", None)  # so that what is imported here is forgotten afterwards
    del sys.modules["layer"]
    seen = 0
    for verb in ["", "check", "explain", "ops", "conventions"]:
        for line in gradviz(*([verb] if verb else []), "--help").out.splitlines():
            if line.startswith("  gradviz ") and "…" not in line:
                argv = shlex.split(re.split(r"\s{2,}", line.strip())[0])[1:]
                if "--proof" in argv and importlib.util.find_spec("flint") is None:
                    continue
                assert gradviz(*argv).code == 0, line
                seen += 1
    assert seen >= 10


# -- start-up --------------------------------------------------------------------------------------------------------


def test_version_is_exact_and_loads_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    outcome = run(["--version"], folder)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"gradviz {graphviz_ad.__version__}\n", "")


@pytest.mark.parametrize(
    ("argv", "absent"),
    [
        (["--version"], {"json", "numpy", "sympy", "mpmath", "graphviz_ad.graph", "graphviz_ad.language"}),
        (["--help"], {"numpy", "sympy", "mpmath", "scipy", "graphviz_ad.graph", "graphviz_ad.language"}),
        ([*XYZ, "-o", "f.svg"], {"numpy", "sympy", "scipy", "ziamath", "rich", "dataclasses", "click"}),
        ([*XYZ, "--json"], {"numpy", "sympy", "scipy", "ziamath", "rich", "dataclasses", "click", "graphviz_ad.render"}),
        (["ops", "tanh"], {"numpy", "sympy", "scipy", "ziamath", "rich", "dataclasses", "click"}),
    ],
)
def test_what_a_command_loads(tmp_path: Path, argv: list[str], absent: set[str]) -> None:
    code = "import sys; from graphviz_ad.cli.main import main; main(sys.argv[1:]); sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True
    )
    assert not absent & set(done.stderr.decode().split())


# -- terminals -------------------------------------------------------------------------------------------------------


def test_colour_only_on_a_terminal_that_wants_it(gradviz: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m" in gradviz(*XYZ, "--no-draw").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in gradviz(*XYZ, "--no-draw").out
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in gradviz(*XYZ, "--no-draw").out


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_terminals_of_few_letters(tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    for argv in ([*XYZ, "--no-draw"], ["ops", "tanh"], ["--help"], ["check", *XYZ]):
        outcome = run(argv, folder, PYTHONIOENCODING=encoding)
        assert outcome.code == 0, outcome.err
        assert outcome.err == ""


def test_control_characters_in_names_of_files_reach_no_terminal(gradviz: Callable[..., Answer]) -> None:
    answer = gradviz("x", "x=@\x1b]0;title\x07.npy")
    assert answer.code == 2
    assert "\x1b" not in answer.err


def test_an_error_beyond_ordinary_rounding_is_told_in_digits(gradviz: Callable[..., Answer]) -> None:
    """softmax cancels where one class takes it all: the verdict is pass, and its line does not contradict itself."""
    printed = gradviz("softmax(x)", "x=[0,7]", "--no-draw").out
    assert "check: pass" in printed
    assert "terms cancel: 3 of 16 digits are lost" in printed
    assert "rounding allows" not in printed


@pytest.mark.parametrize(
    ("path", "said"), [("f.xyz", "known are .svg"), ("f", "no suffix"), ("nowhere/f.svg", "no folder nowhere"), (".", "")]
)
def test_nothing_is_printed_before_a_file_that_cannot_be_written(gradviz: Callable[..., Answer], path: str, said: str) -> None:
    for more in ([], ["--json"]):
        answer = gradviz(*XYZ, "-o", path, *more)
        assert (answer.code, answer.out) == (2, "")
        assert said in answer.err


def test_names_of_files_in_place_of_a_star_are_told(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "q.txt").touch()
    answer = gradviz("x", "q.txt", "y")
    assert answer.code == 2
    assert "did the shell put names of files in place of a *?" in answer.err


def test_a_table_without_shapes_says_no_tautologies(gradviz: Callable[..., Answer]) -> None:
    answer = gradviz("sum(max(0, W@x))", "--no-draw")
    assert answer.code == 0
    rows = [line for line in answer.out.splitlines() if line.startswith("    ∂")]
    assert len(rows) >= 3
    for row in rows:
        name, formula = row.split(maxsplit=1)
        assert formula.strip() != name
    assert "depends on the shapes" in answer.out


def test_a_lone_help_is_the_help(gradviz: Callable[..., Answer], tmp_path: Path) -> None:
    answer = gradviz("help")
    assert answer.code == 0
    assert answer.out == gradviz("--help").out
    assert list(tmp_path.iterdir()) == []
    assert gradviz("help", "help=2", "--no-draw").out.startswith("help")


def test_an_empty_name_of_a_file_and_an_array_to_explain(gradviz: Callable[..., Answer]) -> None:
    answer = gradviz(*XYZ, "-o", "")
    assert answer.code == 2
    assert "--output needs a value: --output FILE" in answer.err
    assert "--of NAME" in gradviz("explain", "[x,y]", "x=1", "y=2").err


@pytest.mark.parametrize("words", [
    ["tran", "--data", "spiral"], ["trian", "x=3"], ["train_", "x*y", "x=1"], ["trains", "--points", "3"],
])  # fmt: skip
def test_a_misspelt_verb_is_named(gradviz: Callable[..., Answer], words: list[str]) -> None:
    answer = gradviz(*words)
    assert answer.code == 2
    assert answer.err.rstrip().endswith("hint: did you mean gradviz train?")
    assert answer.err.count("hint:") == 1


def test_a_name_like_a_verb_is_a_name(gradviz: Callable[..., Answer]) -> None:
    assert gradviz("tran", "tran=2", "--no-draw").code == 0
    assert "did you mean --at" in gradviz("tran", "tran=2", "--data", "3").err
    assert gradviz("--no-draw", "--", "check", "check=2").code == 0
    assert "options stand before it" in gradviz("--", "check", "check=2", "--no-draw").err


def test_notes_are_no_warnings(gradviz: Callable[..., Answer]) -> None:
    for verb in ([], ["check"]):
        answer = gradviz(*verb, "sum(stop_gradient(x)*x)", "x=[1,2]", *(["--no-draw"] if not verb else []))
        assert answer.err == "gradviz: note: stop_gradient at v1 is held fixed\n"
    assert gradviz("1/x", "x=0", "--no-draw").err.startswith("gradviz: warning: f is not finite")
