"""The steps of a scene as a moving picture: GIF and animated PNG of the values, then the gradients, edge by edge.

The drawing is made once; each frame hides what has not been reached and marks the arrow or gate that is at work.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

from ..errors import EngineError, GradvizError
from ..scene.model import Scene
from .animation import steps
from .escape import identifier, plain
from .raster import to_png
from .svg import render_svg

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FORMATS = ("gif", "apng")
SECONDS, REST = 0.9, 3.0  # of one step; of the finished picture
MOST_FRAMES = 60  # more steps are shown several at once
MOST_PIXELS = 1_500_000  # of one frame
COLORS = 128
_ACCENT = {"light": "#d97706", "dark": "#fbbf24"}


def render_film(
    scene: Scene,
    format: str = "gif",
    *,
    theme: str = "auto",
    palette: str = "default",
    math: str = "typeset",
    bundled: bool = False,
    scale: float = 1.5,
    seconds: float = SECONDS,
) -> bytes:
    """The picture of a scene, step by step, as a GIF ("gif") or an animated PNG ("apng") that repeats.

    Raises
    ------
    GradvizError
        An unknown format.
    EngineError
        Pillow is missing (it is in the extra ``animation``), or no engine can draw.
    """
    if format not in FORMATS:
        raise GradvizError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")
    try:
        from PIL import Image, PngImagePlugin
    except ImportError:
        raise EngineError(f'{format.upper()} needs an extra: pip install "graphviz_ad[animation]"') from None
    fixed = "light" if theme == "auto" else theme
    frames: list[Picture] = [
        Image.open(BytesIO(png)).convert("RGB")
        for png in draw_frames(scene, theme=fixed, palette=palette, math=math, bundled=bundled, scale=scale)
    ]
    durations = [round(1000 * seconds)] * (len(frames) - 1) + [round(1000 * REST)]
    out = BytesIO()
    if format == "apng":
        text = PngImagePlugin.PngInfo()
        text.add_text("Software", "gradviz (graphviz_ad)")
        text.add_itxt("Description", scene.description)
        frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=durations, loop=0, pnginfo=text)
        return out.getvalue()
    # one palette for all frames, so that nothing flickers: that of the two richest ones
    both = Image.new("RGB", (frames[-1].width, 2 * frames[-1].height))
    both.paste(frames[-1], (0, 0))
    both.paste(frames[len(frames) // 2], (0, frames[-1].height))
    colors = both.quantize(COLORS, dither=Image.Dither.NONE)
    reduced = [frame.quantize(palette=colors, dither=Image.Dither.NONE) for frame in frames]
    comment = f"written by gradviz (graphviz_ad): {plain(scene.description)}".encode("ascii", "xmlcharrefreplace")[:255]
    reduced[0].save(out, "GIF", save_all=True, append_images=reduced[1:], duration=durations, loop=0, comment=comment, optimize=False)
    return out.getvalue()


def draw_frames(scene: Scene, *, theme: str, palette: str, math: str, bundled: bool, scale: float) -> list[bytes]:
    """Every frame as PNG: before the first step, after each, and the whole picture without a mark."""
    svg = render_svg(scene, theme=theme, palette=palette, math=math, bundled=bundled, outlines=True)
    found = re.search(r'<svg [^>]*\bid="([^"]+)" [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    assert found is not None
    pixels = float(found[2]) * float(found[3]) * (96 / 72) ** 2
    scale = min(scale, (MOST_PIXELS / pixels) ** 0.5)
    played = _gathered(steps(scene))
    frames = []
    for reached in range(len(played) + 1):
        hidden = [name for step in played[reached:] for name in step]
        rules = "".join(f"#{identifier(name)}{{visibility:hidden}}" for name in hidden)
        rules += _marks(played[reached - 1], _ACCENT[theme]) if reached else ""
        frames.append(to_png(svg.replace("</title>", f"</title><style>{rules}</style>", 1), scale))
    return [*frames, to_png(svg, scale, scene.description)]


def _gathered(played: list[list[str]]) -> list[list[str]]:
    """The steps, several in one where they are too many."""
    if len(played) <= MOST_FRAMES:
        return played
    size = -(-len(played) // MOST_FRAMES)
    return [[name for step in played[start : start + size] for name in step] for start in range(0, len(played), size)]


def _marks(step: list[str], color: str) -> str:
    """What is at work in a step, in the accent's colour: the arrow of a local derivative, else the wire of a number."""
    edges = [name.partition("-")[2] for name in step if name.startswith("local-")]
    nodes = [name.partition("-")[2] for name in step if name.startswith(("value-", "gradient-"))] if not edges else []
    rules = "".join(
        f"#edge-{identifier(place)} path{{stroke:{color};stroke-width:2.4}}#edge-{identifier(place)} polygon{{fill:{color}}}"
        for place in edges
    )
    return rules + "".join(f"#node-{identifier(place)} path.line{{stroke:{color};stroke-width:2.8}}" for place in nodes)
