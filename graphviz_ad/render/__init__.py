"""Drawing a scene: SVG, PNG, PDF and DOT. Knows scenes, nothing of graphs or derivatives.

engine     the one module that knows which program lays out
parts      sets and measures everything that will be drawn
dot        sizes for the engine; readable DOT for people
geometry   the engine's places
svg        the picture
raster     pixels and PDF from it
typeset, formula, symbols, glyphs, pen    mathematics and text as outlines
theme, escape                             colours; text on its way into other languages
"""

from __future__ import annotations

from typing import Any

from ..errors import GradvizError
from ..scene.model import Scene
from .engine import engine_name
from .escape import identifier
from .theme import PALETTES, THEMES

FORMATS = ("svg", "png", "pdf", "dot")

__all__ = ["FORMATS", "PALETTES", "THEMES", "engine_name", "identifier", "render", "render_svg", "written_by_gradviz"]


def render_svg(scene: Scene, **options: Any) -> str:
    """See :func:`graphviz_ad.render.svg.render_svg`; imported when called."""
    from .svg import render_svg as draw

    return draw(scene, **options)


def render(
    scene: Scene,
    format: str = "svg",
    *,
    theme: str = "auto",
    palette: str = "default",
    math: str = "typeset",
    bundled: bool = False,
    scale: float = 2.0,
    prefix: str = "",
) -> bytes:
    """The picture of a scene as the bytes of a file: ``format`` is "svg", "png", "pdf" or "dot".

    Theme "auto" is light where the format cannot follow its reader. ``scale`` is the size of a PNG, ``prefix``
    stands before the ids of an SVG. Raises
    :class:`EngineError` when no engine can draw, :class:`GradvizError` for an unknown format, theme, palette or math.
    """
    from .svg import render_svg as draw

    fixed = "light" if theme == "auto" else theme
    if format == "svg":
        return draw(scene, theme=theme, palette=palette, math=math, bundled=bundled, prefix=prefix).encode("utf-8")
    if format == "png":
        from .raster import to_png

        return to_png(draw(scene, theme=fixed, palette=palette, math=math, bundled=bundled, outlines=True), scale, scene.description)
    if format == "pdf":
        from .raster import to_pdf

        return to_pdf(draw(scene, theme=fixed, palette=palette, math=math, bundled=bundled))
    if format == "dot":
        from .dot import plain_dot

        return plain_dot(scene, theme=fixed, palette=palette).encode("utf-8")
    raise GradvizError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")


def written_by_gradviz(path: str) -> bool:
    """Whether a file is a picture or a page that gradviz wrote, by its first kilobytes; False for a file that cannot be read.

    Text that a user put into a file of another program cannot pass for the mark: inside SVG it would be escaped, and in a
    page the mark stands before the title.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    if head.startswith(b"\x89PNG"):
        return b"tEXtSoftware\x00gradviz (graphviz_ad)" in head[:128]
    if head.startswith(b"<svg "):
        from .svg import MARK

        return head.partition(b">")[2].startswith(MARK.encode())
    if head.startswith(b"<!DOCTYPE html>"):
        return b'<meta name="generator" content="gradviz (graphviz_ad)">' in head.partition(b"<title>")[0]
    return head.startswith(b"// written by gradviz (graphviz_ad)\n")
