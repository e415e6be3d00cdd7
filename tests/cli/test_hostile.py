"""Every hostile or malformed input ends in its expected class, within its time and memory, and leaves nothing behind."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from graphviz_ad.cli.main import main

from .materials import CASES, MARKER, MEGABYTES, SECONDS, Outcome, arguments, make_file, run

PLACE = re.compile(r"line (\d+), column (\d+)")


def travels(argv: list[str]) -> bool:
    """Whether the system can pass these arguments to a program."""
    return all("\0" not in text and len(text.encode("utf-8", "surrogateescape")) < 131_072 for text in argv)


def execute(argv: list[str], folder: Path, limit_s: float, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """Run the command: as a process; long expressions through standard input; what no process can be given, in this one."""
    if travels(argv):
        return run(argv, folder, limit_s=10 * limit_s)
    if "\0" not in "".join(argv):
        return run(["-", *argv[1:]], folder, stdin=argv[0].encode(), limit_s=10 * limit_s)
    monkeypatch.chdir(folder)
    code = main(argv)
    captured = capsys.readouterr()
    return Outcome(code, captured.out, captured.err, 0.0, 0.0)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    for about in case.get("files", []):
        make_file(about, folder)
    before = {path.name for path in folder.iterdir()}
    argv = arguments(case)
    seconds = case.get("time_s", SECONDS)

    outcome = execute(argv, folder, seconds, capsys, monkeypatch)

    for fault in ("Traceback", "internal fault"):
        assert fault not in outcome.out + outcome.err, outcome.err
    allowed = {case["outcome"], case.get("alternative", case["outcome"])} | ({"ok"} if case.get("may_evaluate") else set())
    if "may be refused" in case["why"]:
        allowed.add("refuse")
    expect(case, outcome, allowed, argv, folder, capsys, monkeypatch)
    assert outcome.cpu <= seconds, f"{outcome.cpu:.2f} s"
    assert outcome.megabytes <= case.get("mem_mb", MEGABYTES), f"{outcome.megabytes:.0f} MB"
    if "position" in case and outcome.code:
        found = PLACE.search(outcome.err)
        assert found, outcome.err
        line, column = int(found[1]), int(found[2])
        offset = sum(len(text) + 1 for text in argv[0].split("\n")[: line - 1]) + column - 1
        assert abs(offset - case["position"]) <= 1, (offset, case["position"], outcome.err)

    asked = {argv[place + 1] for place, text in enumerate(argv) if text in ("-o", "--output")}
    new = {path.name for path in folder.iterdir()} - before
    assert MARKER not in new
    assert new <= asked | ({"gradviz.svg"} if outcome.code == 0 and not asked else set())
    written = [path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name in new]
    for text in [outcome.out, outcome.err, *written]:
        for forbidden in case.get("forbid_in_output", []):
            assert forbidden not in text


def expect(
    case: dict[str, Any],
    outcome: Outcome,
    allowed: set[str],
    argv: list[str],
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The exit code and the text fit one of the allowed classes."""
    if outcome.code in (2, 3):
        assert allowed & {"error", "refuse", "nonfinite"}, outcome.err
        assert outcome.err.startswith("gradviz: "), outcome.err
        assert len(outcome.err) < 2000
        return
    assert outcome.code == 0, (outcome.code, outcome.err)
    assert allowed & {"ok", "ok_escaped", "nonfinite", "flag_kink"}, outcome.out
    if "flag_kink" in allowed:
        assert "kink" in outcome.out
    if not travels(argv) or outcome.out.startswith("gradviz"):
        return
    monkeypatch.chdir(folder)
    assert main([*argv, "--json", "--no-draw"] if "--output" not in argv else [*argv, "--json"]) == 0
    document = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    if "value" in case:
        assert document["value"] == pytest.approx(case["value"], rel=1e-15)
    for name, expected in case.get("grad", {}).items():
        assert document["gradients"][name] == pytest.approx(expected, rel=1e-14)
    numbers = [document["value"], *document.get("gradients", {}).values()]
    if "nonfinite" in allowed and any(isinstance(number, str) for number in numbers):
        assert "not finite" in outcome.err or "inconclusive" in outcome.out
