"""Parts of large graphs from the command line: --depth, --expand, --focus, --radius, and a layout that takes too long."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphviz_ad.cli.application import run

LARGE = "; ".join(f"h{k} = tanh(w*h{k - 1} + x)" for k in range(1, 120))
AT = ["w=0.5", "h0=0.1", "x=0.3"]


@pytest.mark.parametrize("suffix", ["svg", "html", "dot", "mmd"])
def test_a_node_is_drawn_by_itself_and_a_focus_alone(suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, opened, near = (tmp_path / f"{name}.{suffix}" for name in ("whole", "opened", "near"))
    assert run([LARGE, *AT, "-o", str(whole)]) == 0
    assert run([LARGE, *AT, "--expand", "h60", "--expand", "h61", "-o", str(opened)]) == 0
    assert run([LARGE, *AT, "--focus", "h60", "--radius", "1", "-o", str(near)]) == 0
    texts = [file.read_text("utf-8") for file in (whole, opened, near)]
    if suffix == "svg":
        assert "357 operations drawn as" in texts[0]
        assert ["node-n" in text for text in texts] == [True] * 3
        assert texts[0].count('class="node') < texts[1].count('class="node') < 20
        assert "those within 1 step of h₆₀" in texts[2]
    assert len({len(text) for text in texts}) == 3


def test_what_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "f.svg")
    assert run(["x*y", "x=1", "y=2", "--expand", "s", "-o", file]) == 2
    assert "no function and no node is named s" in capsys.readouterr().err
    assert run(["x*y", "x=1", "y=2", "--focus", "q", "-o", file]) == 2
    assert "no node is named q" in capsys.readouterr().err
    assert run(["x*y", "x=1", "y=2", "--radius", "3", "-o", file]) == 2
    assert "name the focus, too" in capsys.readouterr().err
    assert not Path(file).exists()


def test_a_slow_layout_is_warned_of_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADVIZ_LAYOUT_SECONDS", "0")
    file = tmp_path / "f.svg"
    assert run(["x*y", "x=1", "y=2", "-o", str(file)]) == 0
    assert "placed in plain layers" in capsys.readouterr().err
    assert "</svg>" in file.read_text("utf-8")
