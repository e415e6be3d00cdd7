"""What README.md and docs/ show is what happens: their Python examples and their transcripts of a terminal are run.

A fenced block ``python`` with ``>>>`` is a doctest; the blocks of one file share their names and run in order. In a block
``console`` each line after ``$ `` is run in an empty folder that the file's blocks share, and what it prints on both
streams is compared with what the page shows; ``...`` stands for any text. A block ``python NAME.py`` is a file in that folder.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "benchmarks" / "README.md"]
#: pages whose examples want an optional library
NEEDS = {"howto-check-frameworks.md": (pytest.mark.needs_torch, pytest.mark.needs_jax)}
FLAGS = doctest.ELLIPSIS | doctest.REPORT_NDIFF


def blocks(page: Path, language: str) -> list[tuple[int, str]]:
    """The page's fenced blocks of one language, each with the line number of its first line."""
    text = page.read_text("utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, match.start(1)) + 1, match.group(1)) for match in found]


def with_blocks(language: str, sign: str) -> list[object]:
    pages = [page for page in PAGES if any(sign in text for _, text in blocks(page, language))]
    return [pytest.param(page, id=str(page.relative_to(ROOT)), marks=NEEDS.get(page.name, ())) for page in pages]


@pytest.mark.parametrize("page", with_blocks("python", ">>> "))
def test_python_examples(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    printed: list[str] = []
    for line, text in blocks(page, "python"):
        example = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), line - 1)
        runner.run(example, out=printed.append, clear_globs=False)
        names.update(example.globs)
    assert runner.summarize(verbose=False).attempted > 0
    assert runner.summarize(verbose=False).failed == 0, "".join(printed)


@pytest.fixture
def terminal(tmp_path: Path) -> dict[str, str]:
    """An environment in which ``gradviz`` is this checkout's command, outside of a terminal, 100 columns wide."""
    programs = tmp_path / ".programs"
    programs.mkdir()
    command = programs / "gradviz"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m graphviz_ad "$@"\n', "utf-8")
    command.chmod(0o755)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("GRADVIZ_")},
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }


@pytest.mark.skipif(shutil.which("bash") is None, reason="the pages show a POSIX shell")
@pytest.mark.parametrize("page", with_blocks("console", "$ gradviz"))
def test_transcripts(page: Path, tmp_path: Path, terminal: dict[str, str]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, content in re.findall(r"^```python (\w+\.py)\n(.*?)^```$", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL):
        (folder / name).write_text(content, "utf-8")
    faults = []
    for line, text in blocks(page, "console"):
        commands = re.split(r"^\$ ", text, flags=re.MULTILINE)
        assert commands[0] == "", f"{page.name}:{line}: a block of console starts with a command"
        for command, _, expected in (part.partition("\n") for part in commands[1:]):
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                env=terminal,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                timeout=120,
                check=False,
            )
            wanted, got = (re.sub(r"[ \t]+$", "", t, flags=re.MULTILINE) for t in (expected, done.stdout))
            if not doctest.OutputChecker().check_output(wanted, got, FLAGS):
                faults.append(f"{page.name}:{line}: $ {command}\n--- shown\n{expected}--- printed\n{done.stdout}")
    assert not faults, "\n".join(faults)


def test_links_between_pages_lead_somewhere() -> None:
    """Except to the figures' pages, which the documentation's build makes: docs/check_links.py follows those."""
    lost = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
            if not re.match(r"[a-z]+:|figures/", target) and not (page.parent / target).exists():
                lost.append(f"{page.relative_to(ROOT)}: {target}")
    assert not lost, "\n".join(lost)


def test_the_comparison_quotes_the_scoreboard() -> None:
    scoreboard = (ROOT / "docs" / "scoreboard.md").read_text("utf-8")
    comparison = (ROOT / "docs" / "comparison.md").read_text("utf-8")
    cases = re.search(r"^(\d+) cases", scoreboard, flags=re.MULTILINE)
    assert cases is not None
    assert f"\n{cases[1]} hard cases" in comparison
    for name in ("wrong verdicts", "inconclusive", "CPU seconds for all"):
        row = re.search(rf"^\| \**{name}\** \|(.*)$", scoreboard, flags=re.MULTILINE)
        assert row is not None
        assert f"| {name} | {' | '.join(re.findall(r'[0-9.]+', row[1]))} |" in comparison


def test_lost_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "one.html").write_text(
        '<h1 id="here">x</h1><a href="two.html#there">a</a><a href="#here">b</a><a href="https://x.org">c</a>'
    )
    (tmp_path / "two.html").write_text('<h2 id="there">y</h2><img src="one.html"><a href="./">d</a>')
    program = ROOT / "docs" / "check_links.py"

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, program, tmp_path], capture_output=True, text=True, encoding="utf-8", check=False)

    found = check()
    assert found.returncode == 1
    assert found.stdout.count("\n") == 1  # there is no index.html in the folder
    (tmp_path / "index.html").write_text("<p>")
    assert check().returncode == 0
    (tmp_path / "two.html").write_text("<h2>y</h2><img src='three.svg'>")
    found = check()
    assert "two.html#there: there is no such place" in found.stdout
    assert "three.svg: there is no such file" in found.stdout


def test_the_set_up_commands_come_first() -> None:
    """Continuous integration runs the first two shell blocks of README.md as they are printed."""
    install, test = (text for _, text in blocks(ROOT / "README.md", "sh")[:2])
    assert 'gradviz "(x+y)*z" x=-2 y=5 z=-4' in install
    assert "pytest" in test
    assert len(install.splitlines()) == len(test.splitlines()) == 1
