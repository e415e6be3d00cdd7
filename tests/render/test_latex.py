"""LaTeX that compiles: pictures, documents and derivations, run through a real pdflatex and read back from the PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import graphviz_ad as gv
from graphviz_ad.render.latex import fit, latex_text

POINTS = {
    "xyz": gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4),
    "neuron": gv.parse("s(t) = 1/(1+exp(-t)); f = s(w0*x0 + w1*x1 + w2)").at(w0=2, x0=-1, w1=-3, x1=-2, w2=-3),
    "gates": gv.parse("x*x + max(x, 2) - atan2(x, 3)/sqrt(x) + where(x > 2, abs(x), x % 2) + sigmoid(x)").at(x=3),
    "matrix": gv.parse("sum((W@x)**2)").at(W=[[0.1, 0.5], [-0.3, 0.8]], x=[0.2, 0.4]),
    "letters": gv.parse("変数*σ_1 + αé + lambda_ + x_y_2").at({"変数": 1, "σ_1": 2, "αé": 3, "lambda_": 4, "x_y_2": 5}),
    "forward": gv.parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).along(x=1),
}
HOSTILE = r"""\input{secret} $x^ & # % ~ _ {}} \end{document} "a" <b> `c` \\ ↯ ' """


def compiled(text: str, folder: Path) -> str:
    """The text of the PDF that pdflatex makes; a failure when it complains."""
    (folder / "f.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "f.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    said = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, said[-3000:]
    assert "Missing character" not in said
    reader = shutil.which("pdftotext")
    assert reader is not None, "poppler-utils reads the PDF"
    return subprocess.run([reader, "-layout", "f.pdf", "-"], cwd=folder, capture_output=True, check=True, timeout=60).stdout.decode()


@pytest.mark.needs_latex
@pytest.mark.parametrize("name", POINTS)
def test_the_picture_compiles_and_says_its_numbers(name: str, tmp_path: Path) -> None:
    POINTS[name].save(tmp_path / "f.tikz", hessian=name == "xyz")
    text = compiled((tmp_path / "f.tikz").read_text("utf-8"), tmp_path)
    numbers = re.findall(r"\d+(?:\.\d+)?", text)
    for wire in POINTS[name].scene().wires:
        for label in (wire.value, wire.gradient):
            if label is not None and not label.latex and (found := re.fullmatch(r"−?(\d+(?:\.\d+)?)", label.text)):
                assert found[1] in numbers


@pytest.mark.needs_latex
@pytest.mark.parametrize("name", POINTS)
def test_picture_and_derivation_compile_as_one_document(name: str, tmp_path: Path) -> None:
    POINTS[name].save(tmp_path / "d.tex")
    text = compiled((tmp_path / "d.tex").read_text("utf-8"), tmp_path)
    assert "Forward: the values" in text
    assert ("Tangent" if name == "forward" else "Backward") in text
    compiled(POINTS[name].explain("latex"), tmp_path)


@pytest.mark.needs_latex
def test_nothing_of_a_name_or_title_is_executed(tmp_path: Path) -> None:
    from graphviz_ad.render.tikz import render_tikz
    from graphviz_ad.scene.model import Label

    scene = POINTS["xyz"].scene()
    label = Label(HOSTILE)
    wires = tuple(wire._replace(symbol=label, name=label, output=wire.output and label) for wire in scene.wires)
    text = compiled(render_tikz(scene._replace(wires=wires, title=label)), tmp_path)
    assert r"\input{secret}" in text
    assert r"\end{document}" in text


def test_letters_without_a_font_are_named() -> None:
    assert fit("αω") == r"\ensuremath{\alpha}\ensuremath{\omega}"
    assert fit("é変ð") == r"\text{é}(U+5909)(U+00F0)"
    assert latex_text("a_b^c") == r"a\_b\^{}c"
