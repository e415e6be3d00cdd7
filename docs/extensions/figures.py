"""The gallery's scripts as sphinx-gallery takes them: a title with a line beneath, the committed picture as image and thumbnail.

The scripts are not run again for the pages. That their pictures are what they give is checked elsewhere: those of the graphs byte
by byte (``gallery/build.py --check``), the numbers of the stories by training them anew (``gallery/stories/build.py --check``).
"""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

GALLERY = Path(__file__).parents[2] / "gallery"
PARTS = (
    (
        "graphs",
        GALLERY,
        "Graphs",
        "Values above the wires, gradients below, local derivatives on the arrows; the lecture's examples and others.",
    ),
    ("stories", GALLERY / "stories", "Stories", "What these gradients do when a network learns: one question a picture."),
)


def write_sources(target: Path) -> list[str]:
    """Write the examples under ``target``, replacing what is there and what was made of it; the folders for sphinx-gallery."""
    for old in (target, target.parent / "figures"):
        shutil.rmtree(old, ignore_errors=True)
    folders = []
    for part, source, title, text in PARTS:
        folder = target / part
        folder.mkdir(parents=True)
        (folder / "GALLERY_HEADER.rst").write_text(f"{title}\n{'=' * len(title)}\n\n{text}\n", "utf-8")
        for place, name in enumerate(order(source)):
            (folder / f"{place:02}_{name}.py").write_text(example(source, name), "utf-8")
        folders.append(str(folder))
    return folders


def order(folder: Path) -> list[str]:
    """The names of a folder's scripts in the order in which they are shown."""
    for node in ast.parse((folder / "build.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "ORDER":
            return list(ast.literal_eval(node.value))
    raise SystemExit(f"{folder / 'build.py'} assigns no ORDER")


def example(folder: Path, name: str) -> str:
    """One script as an example: what it says, its picture, its code."""
    source = (folder / f"{name}.py").read_text("utf-8")
    heading, _, text = (ast.get_docstring(ast.parse(source)) or "").partition("\n")
    code = source[source.index('"""', 3) + 3 :].strip()
    picture = (folder / f"{name}.svg").as_posix()
    live = GALLERY / "live" / f"{name}.html"
    more = f"\n`The live page of this graph <../../{live.name}>`__\n" if folder == GALLERY and live.is_file() else ""
    return (
        f'r"""\n{heading}\n{"=" * len(heading)}\n\n{text.strip()}\n\n.. image:: /{_beside(picture)}\n   :alt: {heading}\n'
        f'   :class: gallery-picture\n{more}"""\n\n# sphinx_gallery_thumbnail_path = "{_beside(picture)}"\n{code}\n'
    )


def _beside(picture: str) -> str:
    """The committed picture, from the folder of the documentation."""
    return Path("..", "gallery", Path(picture).relative_to(GALLERY)).as_posix()
