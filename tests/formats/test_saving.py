"""Files: whole or not there, in every format, with clear refusals."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

import graphviz_ad as gv
from graphviz_ad.formats import writing as saving

POINT = gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
STARTS = {"svg": b"<svg ", "png": b"\x89PNG", "dot": b"// written", "json": b"{\n", "txt": b"f(x", "md": b"$$", "tex": b"\\documentclass"}


@pytest.mark.parametrize("suffix", STARTS)
def test_formats_by_suffix(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"f.{suffix}"
    POINT.save(path)
    assert path.read_bytes().startswith(STARTS[suffix])
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == saving.produce(POINT.graph, POINT, suffix), "the same bytes every time"


@pytest.mark.needs_pdf
def test_pdf(tmp_path: Path) -> None:
    POINT.save(tmp_path / "f.pdf")
    assert (tmp_path / "f.pdf").read_bytes().startswith(b"%PDF")


def test_graph_without_values(tmp_path: Path) -> None:
    POINT.graph.save(tmp_path / "f.svg")
    assert (tmp_path / "f.svg").read_bytes().startswith(b"<svg ")
    POINT.graph.save(tmp_path / "f.json")
    assert json.loads((tmp_path / "f.json").read_bytes())["value"] is None
    POINT.graph.save(tmp_path / "f.txt")
    assert (tmp_path / "f.txt").read_text("utf-8") == POINT.graph.draw()
    POINT.graph.save(tmp_path / "f.md")
    assert (tmp_path / "f.md").read_text("utf-8").startswith("```mermaid\n")
    POINT.graph.save(tmp_path / "f.tex")
    assert r"\begin{tikzpicture}" in (tmp_path / "f.tex").read_text("utf-8")


def test_documents_hold_the_picture_and_the_derivation() -> None:
    text, markdown, latex = (saving.produce(POINT.graph, POINT, suffix).decode() for suffix in ("txt", "md", "tex"))
    assert POINT.draw().rstrip() in text
    assert "```mermaid" in markdown
    assert r"\begin{tikzpicture}" in latex
    for whole, form in ((text, "text"), (markdown, "markdown"), (latex, "latex")):
        derivation = POINT.explain(form)
        assert set(derivation.splitlines()) <= set(whole.splitlines())
        assert len(derivation) < len(whole)


@pytest.mark.parametrize("suffix", ["txt", "md", "tex", "html"])
def test_explanations_are_the_derivation_alone(suffix: str, tmp_path: Path) -> None:
    form = {"txt": "text", "md": "markdown", "tex": "latex", "html": "html"}[suffix]
    POINT.save_explanation(tmp_path / f"f.{suffix}")
    assert (tmp_path / f"f.{suffix}").read_text("utf-8") == POINT.explain(form)
    with pytest.raises(gv.GradvizError, match=r"\.txt, \.md, \.tex, \.html, \.pdf"):
        POINT.save_explanation(tmp_path / "f.svg")


@pytest.mark.needs_pdf
def test_explanations_as_pdf(tmp_path: Path) -> None:
    POINT.save_explanation(tmp_path / "f.pdf")
    assert (tmp_path / "f.pdf").read_bytes().startswith(b"%PDF")


def test_options_reach_the_picture_and_the_derivation(tmp_path: Path) -> None:
    assert "−12.000" in saving.produce(POINT.graph, POINT, "txt", precision=3).decode()
    assert saving.produce(POINT.graph, POINT, "svg", theme="dark") != saving.produce(POINT.graph, POINT, "svg")
    assert saving.produce(POINT.graph, POINT, "svg", title="Mine") != saving.produce(POINT.graph, POINT, "svg")
    assert json.loads(saving.produce(POINT.graph, POINT, "json", check=False))["check"] is None
    with pytest.raises(gv.GradvizError, match="unknown option colour"):
        POINT.save(tmp_path / "f.svg", colour="red")


@pytest.mark.parametrize(("name", "said"), [("f", "no suffix"), ("f.xyz", r"\.xyz is not known")])
def test_unknown_formats_are_refused(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(gv.GradvizError, match=said):
        POINT.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_missing_folder_and_folder_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(gv.FileError, match="there is no folder"):
        POINT.save(tmp_path / "missing" / "f.json")
    (tmp_path / "f.json").mkdir()
    with pytest.raises(gv.FileError, match="it is a folder"):
        POINT.save(tmp_path / "f.json")


def test_file_that_may_not_be_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.json"
    path.write_text("old")
    path.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs the tests may be allowed everything
    with pytest.raises(gv.FileError, match="permission denied"):
        POINT.save(path)
    assert path.read_text() == "old"


def test_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.json"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(gv.FileError, match="no space left on device"):
        POINT.save(path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["f.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="access rights are those of POSIX")
def test_access_rights_and_links_are_kept(tmp_path: Path) -> None:
    path, link = tmp_path / "f.json", tmp_path / "link.json"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    POINT.save(link)
    assert link.is_symlink()
    assert path.read_bytes().startswith(b"{")
    assert path.stat().st_mode & 0o777 == 0o640
    POINT.save(tmp_path / "new.json")
    plain = tmp_path / "plain"
    plain.write_text("")
    assert (tmp_path / "new.json").stat().st_mode == plain.stat().st_mode


def test_notebook_shows_the_picture() -> None:
    assert POINT._repr_svg_().startswith("<svg ")
    assert POINT.graph._repr_svg_().startswith("<svg ")
