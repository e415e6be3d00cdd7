"""DOT for people."""

from __future__ import annotations

import pytest

from graphviz_ad.render import engine, render
from tests.render import scenes


@pytest.mark.parametrize("name", scenes.ALL)
def test_any_dot_draws_it_without_complaint(name: str) -> None:
    import subprocess

    text = render(scenes.ALL[name](), "dot")
    done = subprocess.run([engine.engine_name(True), "-Tsvg"], input=text, capture_output=True, check=True)
    assert b"rror" not in done.stderr
    assert done.stdout.count(b'class="node"') == len(scenes.ALL[name]().wires)
    assert done.stdout.count(b'class="edge"') == len(scenes.ALL[name]().arrows)


def test_it_reads_well() -> None:
    lines = render(scenes.opening(), "dot").decode().splitlines()
    assert lines[0] == "// written by gradviz (graphviz_ad)"
    assert '  "n3" -> "n4" [label="∂f/∂q = −4.00"]' in lines
    (node,) = [line for line in lines if line.startswith('  "n3" [')]
    assert "label=<q = x + y<br/>" in node
    assert "<b>3.00</b>" in node
    assert "bgcolor" not in node


def test_dark_and_light_and_shares() -> None:
    assert b"#0f1420" in render(scenes.opening(), "dot", theme="dark")
    assert b"#ffffff" in render(scenes.opening(), "dot")
    assert "(−15.00)".encode() in render(scenes.forks(), "dot")
