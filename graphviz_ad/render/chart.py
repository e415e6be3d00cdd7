"""Value and derivative of one operation as an SVG chart, kinks marked."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from .escape import xml
from .mathset.pen import SANS, number
from .svg import MARK
from .terminal import broken_at, window
from .theme import colors, style_sheet

WIDTH, HEIGHT = 520, 340
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 58, 40


class Chart(NamedTuple):
    """What a chart shows, as plain data. Points that are not finite leave gaps."""

    title: str
    subtitle: str
    xs: Sequence[float]
    values: Sequence[float]
    slopes: Sequence[float]
    kinks: Sequence[float]
    axis: str = "x"
    jumps: Sequence[float] = ()


def render_chart(chart: Chart, *, theme: str = "auto", palette: str = "default") -> str:
    """The chart as SVG: the value as a full line, the derivative dashed, a ring at each kink.

    Raises :class:`~graphviz_ad.errors.GradvizError` for an unknown theme or palette.
    """
    color = colors(theme, palette)
    scope = f"gv{zlib.crc32(repr((chart, theme, palette)).encode('utf-8', 'backslashreplace')):08x}"
    low, high = window([*chart.values, *chart.slopes])
    room = (high - low) * 0.06
    low, high = low - room, high + room
    left, right = chart.xs[0], chart.xs[-1]

    def across(x: float) -> float:
        return LEFT + (x - left) / (right - left) * (WIDTH - LEFT - RIGHT)

    def down(y: float) -> float:
        return HEIGHT - BOTTOM - (y - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{color["background"]}"/>']
    for x in ticks(left, right):
        strong = x == 0
        role = "wire" if strong else "cluster-border"
        parts.append(_line(across(x), TOP, across(x), HEIGHT - BOTTOM, color[role], 1.0 if strong else 0.6))
        parts.append(_text(f"{x:.4g}", across(x), HEIGHT - BOTTOM + 15, 11, color["muted"], "middle"))
    for y in ticks(low, high):
        strong = y == 0
        role = "wire" if strong else "cluster-border"
        parts.append(_line(LEFT, down(y), WIDTH - RIGHT, down(y), color[role], 1.0 if strong else 0.6))
        parts.append(_text(f"{y:.4g}", LEFT - 6, down(y) + 4, 11, color["muted"], "end"))
    for ys, role, dashes in ((chart.slopes, "gradient", ' stroke-dasharray="6 3"'), (chart.values, "value", "")):
        paths = []
        for run in runs(chart.xs, ys, low, high, chart.jumps):
            paths.append("M" + " ".join(f"{number(across(x))},{number(down(y))}" for x, y in run))
        parts.append(
            f'<path d="{"".join(paths)}" fill="none" stroke="{color[role]}" stroke-width="2"{dashes} '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )
    for kink in chart.kinks:
        near = min(range(len(chart.xs)), key=lambda place: abs(chart.xs[place] - kink))
        for ys, role in ((chart.slopes, "gradient"), (chart.values, "value")):
            if math.isfinite(ys[near]) and low <= ys[near] <= high:
                told = xml(f"kink at {chart.axis} = {kink:.4g}: {ys[near]:.4g} here")
                parts.append(
                    f'<circle cx="{number(across(kink))}" cy="{number(down(ys[near]))}" r="4" fill="{color["background"]}" '
                    f'stroke="{color[role]}" stroke-width="1.8"><title>{told}</title></circle>'
                )
    parts.append(_text(chart.title, LEFT, 24, 16, color["text"], weight=700))
    parts.append(_text(chart.subtitle, LEFT, 43, 12, color["muted"]))
    parts.append(_legend(color, bool(chart.kinks)))
    name = xml(f"{chart.title}: value and derivative")
    style = style_sheet(scope, theme, palette)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{scope}" role="img" aria-label="{name}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{SANS}">{MARK}<title>{name}</title>'
        + (f"<style>{style}</style>" if style else "")
        + "\n"
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def ticks(low: float, high: float) -> list[float]:
    """Round numbers in a range, about six of them.

    >>> ticks(-4, 4)
    [-4.0, -2.0, 0.0, 2.0, 4.0]
    """
    rough = (high - low) / 6
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(scale * factor for factor in (1, 2, 5, 10) if scale * factor >= rough)
    first = math.ceil(low / step - 1e-9)
    return [k * step + 0.0 for k in range(first, math.floor(high / step + 1e-9) + 1)]


def runs(xs: Sequence[float], ys: Sequence[float], low: float, high: float, jumps: Sequence[float] = ()) -> list[list[tuple[float, float]]]:
    """The parts of a curve that are drawn in one stroke: inside the range, without jumps.

    >>> runs([0, 1, 2, 3], [0.0, 0.1, 9.0, 0.2], 0, 1)
    [[(0, 0.0), (1, 0.1)], [(3, 0.2)]]
    """
    found: list[list[tuple[float, float]]] = [[]]
    broken = broken_at(xs, ys, jumps, 0.05 * (high - low))
    for place, (x, y) in enumerate(zip(xs, ys, strict=True)):
        inside = math.isfinite(y) and low <= y <= high
        if found[-1] and (place in broken or not inside or abs(y - found[-1][-1][1]) > 0.2 * (high - low)):
            found.append([])
        if inside:
            found[-1].append((x, y))
    return [run for run in found if run]


def _legend(color: dict[str, str], kinked: bool) -> str:
    y = 24
    x = WIDTH - RIGHT - (210 if kinked else 160)
    parts = [
        _line(x, y - 4, x + 22, y - 4, color["value"], 2),
        _text("value", x + 27, y, 12, color["value"], weight=700),
        f'<path d="M{x + 70},{y - 4} {x + 92},{y - 4}" fill="none" stroke="{color["gradient"]}" stroke-width="2" stroke-dasharray="6 3"/>',
        _text("derivative", x + 97, y, 12, color["gradient"]),
    ]
    if kinked:
        parts.append(
            f'<circle cx="{x + 168}" cy="{y - 4}" r="4" fill="{color["background"]}" stroke="{color["muted"]}" stroke-width="1.8"/>'
        )
        parts.append(_text("kink", x + 177, y, 12, color["muted"]))
    return "".join(parts)


def _line(x1: float, y1: float, x2: float, y2: float, color: str, width: float) -> str:
    return f'<path d="M{number(x1)},{number(y1)} {number(x2)},{number(y2)}" fill="none" stroke="{color}" stroke-width="{width:g}"/>'


def _text(text: str, x: float, y: float, size: float, color: str, anchor: str = "start", weight: int = 0) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    place = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{number(x)}" y="{number(y)}" font-size="{size:g}"{bold}{place} fill="{color}">{xml(text)}</text>'
