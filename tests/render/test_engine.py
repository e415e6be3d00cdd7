"""Which engine is run, and what happens when it cannot or does not answer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from graphviz_ad.errors import EngineError
from graphviz_ad.render import engine, geometry
from graphviz_ad.render.dot import layout_dot
from graphviz_ad.render.parts import measure
from graphviz_ad.render.svg import render_svg
from tests.render import scenes

posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
GRAPH = "digraph{a->b}"


def program(folder: Path, name: str, body: str) -> Path:
    """A program that stands in for dot."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder as the whole PATH, and no GRADVIZ_DOT."""
    monkeypatch.delenv("GRADVIZ_DOT", raising=False)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_dot_the_bundled_program_draws(bare: Path) -> None:
    assert os.path.basename(engine.engine_name()).startswith("graphviz-pure")
    assert engine.layout(GRAPH, "plain").startswith(b"graph 1 ")


@posix
def test_the_order_is_variable_system_bundled(bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = program(tmp_path, "mine", "echo mine")
    system = program(bare, "dot", "echo system")
    assert engine.engine_name() == str(system)
    assert engine.layout(GRAPH) == b"system\n"
    monkeypatch.setenv("GRADVIZ_DOT", str(mine))
    assert engine.layout(GRAPH) == b"mine\n"
    assert engine.layout(GRAPH, "plain", bundled=True).startswith(b"graph ")
    monkeypatch.setenv("GRADVIZ_DOT", "dot")  # a name is looked for on the path
    assert engine.engine_name() == str(system)


def test_a_variable_that_names_no_program_is_an_error(bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRADVIZ_DOT", str(tmp_path))
    with pytest.raises(EngineError, match="GRADVIZ_DOT"):
        engine.engine_name()


def test_no_engine_at_all_says_what_to_do(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUNDLED", "no-such-program")
    with pytest.raises(EngineError, match="pip install graphviz-pure"):
        render_svg(scenes.opening())


@posix
@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("exit 0", "answered nothing"),
        ("echo; exit 0", "answered nothing"),
        ("echo 'syntax error in line 1' >&2; exit 1", "syntax error in line 1"),
        ("exit 3", r"exit code 3\): it said nothing"),
        ("kill -9 $$", "failed"),
    ],
)
def test_an_engine_that_fails_is_an_error(bare: Path, body: str, says: str) -> None:
    program(bare, "dot", body)
    with pytest.raises(EngineError, match=says):
        engine.layout(GRAPH)


@posix
@pytest.mark.parametrize(
    "answer", ["hello", "{}", '{"bb": "0,0,1"}', '{"bb": "0,0,1,1", "objects": [{"name": "zebra", "pos": "1,1"}]}', "[]"]
)
def test_an_answer_that_is_none_is_an_error(bare: Path, answer: str) -> None:
    program(bare, "dot", f"cat >/dev/null; echo '{answer}'")
    with pytest.raises(EngineError, match="could not be read"):
        geometry.read_layout(engine.layout(GRAPH))


@posix
def test_a_program_that_is_none_is_an_error(bare: Path) -> None:
    path = bare / "dot"
    path.write_bytes(b"\x7fELF nonsense")
    path.chmod(0o755)
    with pytest.raises(EngineError, match="could not be run"):
        engine.layout(GRAPH)


@posix
def test_a_layout_has_a_deadline(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADVIZ_LAYOUT_SECONDS", "1")
    program(bare, "dot", "exec /bin/sleep 30")
    with pytest.raises(EngineError, match=r"longer than 1 s; .* GRADVIZ_LAYOUT_SECONDS"):
        engine.layout(GRAPH)


@pytest.mark.needs_dot
@pytest.mark.parametrize("name", ["opening", "symbolic", "closed_neuron", "square", "kink"])
def test_two_engines_put_everything_in_nearly_the_same_place(name: str) -> None:
    text = layout_dot(measure(scenes.ALL[name]()))
    system, bundled = (geometry.read_layout(engine.layout(text, bundled=choice)) for choice in (False, True))
    assert abs(system.width - bundled.width) < 3
    for place, (x, y) in system.nodes.items():
        assert abs(x - bundled.nodes[place][0]) < 6
        assert abs(y - bundled.nodes[place][1]) < 6


@pytest.mark.needs_dot
@pytest.mark.parametrize("name", scenes.ALL)
def test_the_system_engine_draws_every_style(name: str) -> None:
    assert render_svg(scenes.ALL[name]()).endswith("</svg>\n")
