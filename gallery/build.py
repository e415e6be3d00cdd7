"""Make the gallery's pictures and its README.md from the scripts beside this file.

    python gallery/build.py            write them
    python gallery/build.py --check    fail when a committed file is not what the scripts give

Pictures are laid out by the engine that pip installs along, so that they are the same on every machine.
"""

from __future__ import annotations

import argparse
import ast
import os
import runpy
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # the checkout that this file is in, installed or not

ORDER = (
    "xyz", "symbolic", "product", "max", "patterns", "circuit", "square", "shared", "neuron", "neuron_open", "neuron_closed", "staged",
    "kink", "gradient", "network", "vectors", "relu", "matrices", "bias", "cross_entropy", "hinge", "attention", "layer_norm",
)  # fmt: skip
FORMATS = {"svg": {}, "png": {"theme": "light", "scale": 2.0}}
INTRODUCTION = """# Gallery

Each picture is made by the script beneath it. Values stand above the wires, gradients below, local derivatives on the
arrows. The pictures follow the reader's light or dark mode. After a change, `python gallery/build.py` makes them anew.
"""


class Figure(NamedTuple):
    """A script: its name, what it says of itself, its code, the description of its picture."""

    name: str
    heading: str
    text: str
    code: str
    description: str


def read(name: str) -> tuple[Figure, dict[str, bytes]]:
    """Run a script; what it shows, and its pictures by file name."""
    from graphviz_ad.formats.writing import produce

    path = HERE / f"{name}.py"
    source = path.read_text("utf-8")
    made = runpy.run_path(str(path), run_name=f"gallery.{name}")
    point, options = made.get("point"), made.get("options", {})
    graph = made["graph"] if point is None else point.graph
    subject = graph if point is None else point
    pictures = {f"{name}.{format}": produce(graph, point, format, bundled=True, **extra, **options) for format, extra in FORMATS.items()}
    module = ast.parse(source)
    heading, _, text = (ast.get_docstring(module) or "").partition("\n")
    code = source[source.index("import graphviz_ad") :].strip()
    return Figure(name, heading, text.strip("\n"), code, subject.scene(**options).description), pictures


def write_readme(figures: list[Figure]) -> str:
    """The gallery's page."""
    parts = [INTRODUCTION]
    for figure in figures:
        formula, _, text = figure.text.partition("\n\n")
        alternative = figure.description.replace("[", "(").replace("]", ")")
        parts.append(
            f"## {figure.heading}\n\n{formula.strip()}\n\n{text.strip()}\n\n![{alternative}]({figure.name}.svg)\n\n"
            f"[{figure.name}.py]({figure.name}.py) · [PNG]({figure.name}.png)\n\n```py\n{figure.code}\n```\n"
        )
    return "\n".join(parts)


def build() -> dict[str, bytes]:
    """Every file of the gallery that is made, by name."""
    missing = {path.stem for path in HERE.glob("*.py")} - {*ORDER, "build"}
    if missing:
        raise SystemExit(f"scripts without a place in ORDER: {', '.join(sorted(missing))}")
    files: dict[str, bytes] = {}
    figures = []
    for name in ORDER:
        figure, pictures = read(name)
        figures.append(figure)
        files.update(pictures)
    files["README.md"] = write_readme(figures).encode("utf-8")
    return files


def differences(files: dict[str, bytes]) -> list[str]:
    """The files whose committed content is another, and pictures that no script makes."""
    wrong = [name for name, content in files.items() if not (HERE / name).is_file() or (HERE / name).read_bytes() != content]
    left = [path.name for path in HERE.iterdir() if path.suffix in (".svg", ".png") and path.name not in files]
    return sorted([*wrong, *left])


def main() -> int:
    """Write, or compare."""
    parser = argparse.ArgumentParser(description="Make the gallery's pictures and its README.md.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    check = parser.parse_args().check
    for name in [name for name in os.environ if name.startswith("GRADVIZ_")]:
        del os.environ[name]  # limits and engine of whoever runs this must not show in the pictures
    files = build()
    if check:
        wrong = differences(files)
        for name in wrong:
            print(f"gallery/{name} is not what the scripts give; run python gallery/build.py")
        return 1 if wrong else 0
    for name, content in files.items():
        (HERE / name).write_bytes(content)
        print(f"gallery/{name}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
