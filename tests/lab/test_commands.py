"""The lab's verbs, as people type them."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from graphviz_ad import lab
from graphviz_ad.cli.main import main


def test_train_writes_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    words = [
        "train",
        "--data",
        "moons",
        "--hidden",
        "6,4",
        "--activation",
        "tanh",
        "--steps",
        "120",
        "--rate",
        "0.5",
        "--validation",
        "0.25",
    ]
    assert main([*words, "--init", "xavier", "-o", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "2-6-4-2" in told
    assert "validation: loss" in told
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "architecture.svg", "boundary.svg", "graph.svg", "history.csv", "history.svg", "model.gv", "neurons-1.svg", "neurons-2.svg",
        "norms.svg", "report.html", "weights.npz",
    }  # fmt: skip
    for name in names:
        if name.endswith(".svg"):
            ET.parse(folder / name)
    rows = (folder / "history.csv").read_text("utf-8").splitlines()
    assert len(rows) == 122
    assert float(rows[-1].split(",")[1]) < float(rows[1].split(",")[1])
    page = (folder / "report.html").read_text("utf-8")
    assert not re.search(r'(src|href)="https?:', page)
    assert "tanh(z2)" in page
    model, parameters = lab.load(folder / "weights.npz")
    assert model.sizes == (2, 6, 4, 2)
    assert set(parameters) == set(model.shapes)

    before = (folder / "boundary.svg").read_bytes(), rows
    assert main([*words, "--init", "xavier", "-o", str(folder)]) == 0
    assert ((folder / "boundary.svg").read_bytes(), (folder / "history.csv").read_text("utf-8").splitlines()) == before

    capsys.readouterr()
    target = tmp_path / "b.png"
    assert main(["boundary", str(folder / "weights.npz"), "--data", "moons", "-o", str(target)]) == 0
    assert target.read_bytes()[:4] == b"\x89PNG"
    assert main(["boundary", str(folder / "weights.npz"), "--data", "moons", "--neurons", "2", "-o", str(tmp_path / "n.svg")]) == 0
    assert main(["boundary", str(folder / "weights.npz"), "--data", "spiral", "-o", str(target)]) == 2
    assert "2 features and 2 classes" in capsys.readouterr().err


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_grows_in_a_terminal_alone(
    terminal: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    assert main(["train", "--data", "blobs", "--hidden", "0", "--steps", "40", "-o", str(tmp_path)]) == 0
    told = capsys.readouterr().err
    if not terminal:
        assert told == ""
        return
    bars = re.findall(r"\r\[(#*)(\.*)\] step (\d+) of 40", told)
    assert [len(done) + len(left) for done, left, _ in bars] == [24] * len(bars)
    assert [int(step) for *_, step in bars] == list(range(41))
    assert (bars[0][0], bars[-1][1]) == ("", "")
    assert told.endswith("\n")


def test_net_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["net", "3072-100-10", "-o", str(tmp_path / "net.svg")]) == 0
    assert "308,310 parameters" in capsys.readouterr().out
    ET.parse(tmp_path / "net.svg")


def test_activations_are_charted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["activations", "relu", "tanh", "-o", str(tmp_path / "a.svg")]) == 0
    told = capsys.readouterr().out
    assert re.search(r"relu\s+0 … 1\s+0\s+dead from -5 to 0", told)
    assert main(["activations", "-o", "-"]) == 0
    assert all(name in capsys.readouterr().out for name in ("gelu",))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "--hiden", "3"], "unrecognized arguments"),
        (["train", "--hidden", "a"], "no list of layer sizes"),
        (["train", "--data", "moo"], "no data set moo"),
        (["train", "--activation", "rulu"], "did you mean relu"),
        (["train", "--rate", "-1"], "positive number"),
        (["--theme", "dark", "net", "3-2"], "stand after it"),
        (["net", "3"], "two or more layers"),
        (["net", "3-0-2"], "empty layer"),
        (["boundary", "missing.npz"], "cannot read missing.npz"),
        (["activations", "rellu"], "did you mean relu"),
    ],
)
def test_mistakes_end_with_a_message(words: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = [*words, "-o", str(tmp_path / "run")] if words[0] == "train" else words
    assert main(words) == 2
    assert message in capsys.readouterr().err


def test_a_wild_rate_exits_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "--activation", "square", "--l2", "1", "--rate", "50", "--steps", "100", "--hidden", "20"]
    assert main([*words, "-o", str(tmp_path)]) == 3
    assert "learning rate is too large" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "name"), [(["net", "2-3-2"], "net.svg"), (["activations", "relu"], "activations.svg")])
def test_default_names_replace_only_what_gradviz_wrote(
    words: list[str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == main(words) == 0
    drawn = (tmp_path / name).read_bytes()
    (tmp_path / name).write_text("mine", encoding="utf-8")
    capsys.readouterr()
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert f"-o {name} overwrites it" in told.err
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"
    assert main([*words, "-o", name]) == 0
    assert (tmp_path / name).read_bytes() == drawn


def test_the_default_boundary_replaces_only_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "boundary.svg").write_text("mine", encoding="utf-8")
    assert main(["boundary", "weights.npz"]) == 2
    assert "-o boundary.svg overwrites it" in capsys.readouterr().err


def test_the_default_folder_of_train_is_filled_only_where_it_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["train", "--data", "moons", "--points", "10", "--hidden", "3", "--steps", "2"]
    assert main(words) == main(words) == 0  # a folder of its own is filled anew
    (tmp_path / "run" / "history.svg").write_text("<svg>mine</svg>", encoding="utf-8")
    capsys.readouterr()
    assert main(words) == 2
    assert "-o run writes into it" in capsys.readouterr().err
    assert (tmp_path / "run" / "history.svg").read_text(encoding="utf-8") == "<svg>mine</svg>"
    assert main([*words, "-o", "run"]) == 0


@pytest.mark.parametrize("verb", ["train", "boundary", "activations", "net"])
def test_the_help_is_no_wider_than_that_of_other_verbs(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main([verb, "--help"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
