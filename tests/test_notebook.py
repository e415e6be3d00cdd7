"""Notebooks: executed by a real kernel, output by output; the magic's line; frames that stand beside each other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.notebook import Picture, interactive, mimebundle, run_cell

ROOT = Path(__file__).parents[1]
needs_kernel = pytest.mark.needs_notebook


def executed(*cells: str) -> list[list[dict[str, Any]]]:
    """The outputs of a notebook's cells, run by a kernel of their own."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    return [cell["outputs"] for cell in notebook.cells]


@needs_kernel
def test_a_notebook_runs() -> None:
    outputs = executed(
        "import graphviz_ad as gv\n%load_ext graphviz_ad\nz = -4",
        "gv.parse('(x+y)*z').at(x=-2, y=5, z=-4)",
        "%%gradviz x=-2 y=5 --as p\nq = x + y\nf = q*z",
        "print(p.value, p.gradients)",
        "%%gradviz --live x=1\nx*x",
        "%%gradviz x=1\nx +* 2",
    )
    assert [output for output in outputs[0] if output["output_type"] == "error"] == []
    assert outputs[1][0]["data"]["image/svg+xml"].startswith("<svg")
    assert "Point(" in outputs[1][0]["data"]["text/plain"]
    assert outputs[2][0]["data"]["image/svg+xml"].startswith("<svg")
    assert outputs[3][0]["text"] == "-12.0 {'x': -4.0, 'y': -4.0, 'z': 3.0}\n"
    assert outputs[4][0]["data"]["text/html"].startswith("<iframe sandbox")
    told = str(outputs[5])
    assert "line 1, column 4" in told
    assert "Traceback" not in told


def test_the_magic_binds_from_line_and_notebook() -> None:
    point = run_cell("x=1/2 --as kept", "f = x*y", variables := {"y": 4, "f": 3})
    assert (point.value, variables["kept"]) == (2.0, point)  # type: ignore[union-attr]
    assert run_cell("", "a*b", {}).inputs == ("a", "b")  # type: ignore[union-attr]
    with pytest.raises(gv.GradvizError, match="no option --what"):
        run_cell("--what", "x", {})
    with pytest.raises(gv.GradvizError, match="no use in a notebook"):
        run_cell("--json x=1", "x", {})
    with pytest.raises(gv.GradvizError, match="cannot be read"):
        run_cell("x='1", "x", {})
    with pytest.raises(gv.GradvizError, match="--as wants a name"):
        run_cell("--as 1a", "x", {})


def test_the_magic_knows_the_options_of_the_command_line(tmp_path: Path) -> None:
    point = run_cell("x=1 y=2 --mode forward --direction y=1 --as p", "x*y", variables := {})
    assert (point.tangent, variables["p"].direction) == (1.0, {"x": 0.0, "y": 1.0})  # type: ignore[union-attr]
    shown = run_cell("x=v --style card --title Mine --second", "x**3", {"v": 2})
    assert isinstance(shown, Picture)
    assert shown.options == {"style": "card", "title": "Mine", "hessian": True}
    bundle = shown._repr_mimebundle_()
    assert "Mine" in bundle["image/svg+xml"]
    assert "second-derivatives" in bundle["image/svg+xml"]
    assert run_cell("--gradient-graph", "x*y", {}).output_names == ("df_dx", "df_dy")  # type: ignore[union-attr]
    assert run_cell("--of q x=1", "q = 2*x; f = q*q", {}).value == 2.0  # type: ignore[union-attr]
    run_cell(f"x=1 -o {tmp_path / 'f.dot'}", "x*x", {})
    assert (tmp_path / "f.dot").read_text("utf-8").startswith("// written by gradviz")


def test_the_same_output_twice_shares_no_id() -> None:
    point = gv.parse("x*y").at(x=2, y=3)
    first, second = (set(re.findall(r'\bid="([^"]+)"', mimebundle(point)["image/svg+xml"])) for _ in range(2))
    assert len(first) == len(second) > 10
    assert not first & second
    for svg in (mimebundle(point)["image/svg+xml"], mimebundle(point, animate=True)["image/svg+xml"]):
        ids = set(re.findall(r'\bid="([^"]+)"', svg))
        wanted = re.findall(r'href="#([^"]+)"', svg)
        assert wanted
        assert set(wanted) <= ids
        assert set(re.findall(r"#([\w.-]+)(?=[\s{,])", "".join(re.findall("<style>(.*?)</style>", svg)))) <= ids
        assert "prefers-color-scheme:dark" in svg


def test_bundles_hold_what_is_asked_for() -> None:
    point = gv.parse("x*y").at(x=2, y=3)
    assert set(mimebundle(point, include={"image/png"})) == {"image/png"}
    assert mimebundle(point, include={"image/png"})["image/png"].startswith(b"\x89PNG")
    assert set(mimebundle(point, exclude={"image/svg+xml"})) == {"text/plain"}


@needs_kernel
def test_the_tour_runs_and_says_what_it_said() -> None:
    """The notebook in docs/ is executed anew: no error, and the texts are those that it was committed with."""
    import nbformat
    from nbclient import NotebookClient

    committed = nbformat.read(ROOT / "docs" / "tour.ipynb", as_version=4)
    told = [_texts(cell) for cell in committed.cells]
    NotebookClient(committed, timeout=120, kernel_name="python3").execute()
    assert [_texts(cell) for cell in committed.cells] == told
    kinds = {kind for cell in committed.cells for output in cell.get("outputs", []) for kind in output.get("data", {})}
    assert {"image/svg+xml", "text/html", "text/plain"} <= kinds


def _texts(cell: Any) -> list[str]:
    told = [output.get("text") or output["data"]["text/plain"] for output in cell.get("outputs", [])]
    return [re.sub(r"live page of [\d,]+", "live page of", text) for text in told]


def test_two_frames_share_nothing() -> None:
    point = gv.parse("x*y").at(x=2, y=3)
    html = interactive(point)._repr_html_()
    outside = re.sub(r'srcdoc="[^"]*"', "", html)
    assert " id=" not in outside
    assert 'sandbox="allow-scripts"' in outside
    assert interactive(point, height=300).height == 300


def test_bundle() -> None:
    bundle = mimebundle(gv.parse("x*y").at(x=2, y=3))
    assert bundle["text/plain"].startswith("Point(f = 6.0 at x=2.0, y=3.0)\n\n   2\nx ───‹3›─╮")
    large = gv.parse("+".join(f"x{k}*y{k}" for k in range(30)))
    assert mimebundle(large)["text/plain"] == repr(large)
    assert bundle["image/svg+xml"].startswith("<svg")
