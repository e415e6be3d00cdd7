"""Notebooks: executed by a real kernel, output by output; the magic's line; frames that stand beside each other."""

from __future__ import annotations

import re
from typing import Any

import pytest

import graphviz_ad as gv
from graphviz_ad.notebook import interactive, mimebundle, run_cell

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
        "import graphviz_ad as gv\n%load_ext graphviz_ad.notebook\nz = -4",
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
    with pytest.raises(gv.GradvizError, match="not understood"):
        run_cell("--what", "x", {})
    with pytest.raises(gv.GradvizError, match="--as wants a name"):
        run_cell("--as 1a", "x", {})


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
