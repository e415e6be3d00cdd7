"""The two pictures of a report: where the errors are (a heat map), and how a plain difference errs with its step (a curve).

Both are SVG that takes its colours from the style sheet of the page around it, so that they follow its light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .escape import xml

#: a heat map is drawn up to so many cells
MOST_CELLS = 4096
#: relative errors from here on are drawn; smaller ones are rounding
FAINTEST = 1e-12
#: from this share of colour on a cross is seen better in the colour of the page than in that of its text, in light and in dark
STRONG = 0.65


def heat_maps(rows: Sequence[Mapping[str, Any]]) -> str:
    """A figure for each argument with more than one entry among these rows at one point; first index downward, the others across."""
    tables: dict[str, dict[tuple[int, ...], Mapping[str, Any]]] = {}
    for row in rows:
        if row["index"]:
            tables.setdefault(row["wrt"], {})[tuple(row["index"])] = row
    return "".join(_heat_map(name, cells) for name, cells in tables.items() if 1 < len(cells) <= MOST_CELLS)


def _heat_map(name: str, cells: Mapping[tuple[int, ...], Mapping[str, Any]]) -> str:
    shape = [1 + max(axis) for axis in zip(*cells, strict=True)]
    height, width = (1, shape[0]) if len(shape) == 1 else (shape[0], math.prod(shape[1:]))
    if height * width > MOST_CELLS:
        return ""
    size = max(3.0, min(30.0, 640 / width, 420 / height))
    gap = 1 if size > 6 else 0
    left, top = 34, 18
    boxes = []
    for index, row in sorted(cells.items()):
        i, j = (0, index[0]) if len(index) == 1 else (index[0], _flat(index[1:], shape[1:]))
        x, y = left + j * size, top + i * size
        undecided = row["error"] is None or row["verdict"] == "inconclusive"
        numbers = f"claimed {_shown(row['analytic'])}, reference {_shown(row['reference'])}"
        told = f"{name}[{', '.join(map(str, index))}] {row['verdict']}: {numbers}"
        place = f'x="{x:.4g}" y="{y:.4g}" width="{size - gap:.4g}" height="{size - gap:.4g}"'
        look = 'class="cell undecided"' if undecided else f'class="cell" fill-opacity="{_share(row):.2f}"'
        boxes.append(f'<rect class="under" {place}/><rect {look} {place}><title>{xml(told)}</title></rect>')
        if row["verdict"] == "fail" and size >= 14:
            a, b = size * 0.32, size - gap - size * 0.32
            left_in, right_in, top_in, bottom_in = (f"{place:.4g}" for place in (x + a, x + b, y + a, y + b))
            kind = "cross strong" if _share(row) >= STRONG else "cross"
            boxes.append(f'<path class="{kind}" d="M{left_in} {top_in}L{right_in} {bottom_in}M{right_in} {top_in}L{left_in} {bottom_in}"/>')
    ticks = []
    for j in sorted({0, width - 1}):
        ticks.append(f'<text x="{left + (j + 0.5) * size - gap / 2:.4g}" y="{top - 6}" text-anchor="middle">{j}</text>')
    for i in sorted({0, height - 1}) if height > 1 else ():
        ticks.append(f'<text x="{left - 6}" y="{top + (i + 0.5) * size + 4:.4g}" text-anchor="end">{i}</text>')
    wide, tall = left + width * size + 8, top + height * size + 4
    across = "" if len(shape) < 3 else f"; the columns run through the indices ({', '.join(map(str, shape[1:]))}) in order"
    wrong = sum(row["verdict"] == "fail" for row in cells.values())
    undecided = sum(row["verdict"] == "inconclusive" for row in cells.values())
    told = f"{name}: {f'{wrong:,} of {len(cells):,} entries are wrong' if wrong else f'none of {len(cells):,} entries is wrong'}"
    told += (f", {undecided:,} undecided" if undecided else "") + across
    return (
        f'<figure class="map"><svg role="img" aria-label="{xml(told)}" viewBox="0 0 {wide:.4g} {tall:.4g}" width="{wide:.4g}">'
        f"{''.join(boxes)}{''.join(ticks)}</svg><figcaption>{xml(told)}</figcaption></figure>"
    )


def legend() -> str:
    """What the colours of a heat map mean."""
    steps = "".join(
        f'<rect class="under" x="{k * 22}" y="2" width="22" height="12"/><rect class="cell" fill-opacity="{k / 6:.2f}" x="{k * 22}" y="2" '
        f'width="22" height="12"/>'
        for k in range(7)
    )
    return (
        '<p class="legend"><span>relative error: within its bound</span>'
        f'<svg viewBox="0 0 154 16" width="154" height="16" aria-hidden="true">{steps}</svg><span>1</span>'
        '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><rect class="under" x="1" y="1" width="14" height="14"/>'
        '<path class="cross" d="M5 5L11 11M11 5L5 11"/></svg><span>wrong</span>'
        '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">'
        '<rect class="cell undecided" x="1" y="1" width="14" height="14"/></svg><span>undecided</span></p>'
    )


def _flat(index: tuple[int, ...], shape: Sequence[int]) -> int:
    place = 0
    for k, side in zip(index, shape, strict=True):
        place = place * side + k
    return place


def _share(row: Mapping[str, Any]) -> float:
    """How strong the colour is: 0 for rounding, 1 where no digit is right."""
    size = max(abs(row["analytic"] or 0.0), abs(row["reference"] or 0.0))
    relative = row["error"] / size if size and math.isfinite(size) else float(bool(row["error"]))
    if row["verdict"] != "fail":
        return 0.0  # within its bound: what is left is the error of the reference
    return 0.0 if relative <= FAINTEST else min(1.0, 1 + math.log10(min(relative, 1.0)) / -math.log10(FAINTEST))


def _shown(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.10g}"


# -- the error against the step ----------------------------------------------------------------------------------------


class Fit(NamedTuple):
    """A power law beside a curve: error = 10**offset × step**slope over the steps from ``begin`` to ``end`` (logarithms)."""

    slope: int
    offset: float
    begin: float
    end: float


_WIDE, _TALL = 640.0, 360.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 20.0, 16.0, 48.0


class _Plane(NamedTuple):
    """The picture's ranges, in powers of ten: of the step from ``left`` to ``right``, of the error from ``low`` to ``high``."""

    left: int
    right: int
    low: int
    high: int

    def across(self, x: float) -> float:
        """Where a step stands."""
        return _LEFT + (x - self.left) / (self.right - self.left) * (_WIDE - _LEFT - _RIGHT)

    def down(self, y: float) -> float:
        """Where an error stands."""
        return _TOP + (self.high - y) / (self.high - self.low) * (_TALL - _TOP - _BOTTOM)


def step_curve(points: Sequence[Sequence[float]]) -> str:
    """Error against step, both logarithmic; truncation (slope 2) and rounding (slope −1) drawn where the points follow them,
    the best step marked. "" where too few points are not exact.
    """
    usable = sorted((math.log10(h), math.log10(e)) for h, e in points if h > 0 and e > 0 and math.isfinite(e))
    if len(usable) < 4:
        return ""
    low, high = math.floor(min(y for _, y in usable)), math.ceil(max(y for _, y in usable))
    plane = _Plane(math.floor(usable[0][0]), math.ceil(usable[-1][0]), low, max(high, low + 1))
    best = min(usable, key=lambda point: point[1])
    fits = fitted(usable, best[0])
    parts = [*_axes(plane), *(part for fit in fits for part in _guide(plane, fit)), *_curve(plane, usable, best)]
    exact = sum(e == 0 for _, e in points)
    words = f"the best step is {10 ** best[0]:.1e}, where the slope is wrong by {10 ** best[1]:.1e}"
    if exact:
        words += f"; at {exact} other step{'s' if exact > 1 else ''} it is exact"
    if not any(fit.slope > 0 for fit in fits):
        words += "; it does not fall as h², as it would for a smooth function with curvature"
    caption = f"Error of the plain two-sided difference (f(x+h) − f(x−h)) / 2h of the worst entry against its step: {words}."
    return (
        f'<figure class="steps"><svg role="img" aria-label="{xml(caption)}" viewBox="0 0 {_WIDE:g} {_TALL:g}" width="{_WIDE:g}">'
        f"{''.join(parts)}</svg><figcaption>{xml(caption)}</figcaption></figure>"
    )


def _axes(plane: _Plane) -> Iterator[str]:
    """The grid, its numbers, and what the axes are."""
    for x in _decades(plane.left, plane.right):
        yield f'<path class="grid" d="M{plane.across(x):.1f} {_TOP}V{_TALL - _BOTTOM}"/>'
        yield f'<text x="{plane.across(x):.1f}" y="{_TALL - _BOTTOM + 16}" text-anchor="middle">1e{x}</text>'
    for y in _decades(plane.low, plane.high):
        yield f'<path class="grid" d="M{_LEFT} {plane.down(y):.1f}H{_WIDE - _RIGHT}"/>'
        yield f'<text x="{_LEFT - 8}" y="{plane.down(y) + 4:.1f}" text-anchor="end">1e{y}</text>'
    yield f'<text x="{(_LEFT + _WIDE - _RIGHT) / 2}" y="{_TALL - 8}" text-anchor="middle">step h</text>'
    yield f'<text x="14" y="{_TALL / 2 - 16}" transform="rotate(-90 14 {_TALL / 2 - 16})" text-anchor="middle">error of the slope</text>'


def _guide(plane: _Plane, fit: Fit) -> Iterator[str]:
    """A power law as a dashed line with its name."""
    shown = _clipped(fit, plane.low, plane.high)
    if shown is None:
        return
    (x1, y1), (x2, y2) = shown
    yield f'<path class="guide" d="M{plane.across(x1):.1f} {plane.down(y1):.1f}L{plane.across(x2):.1f} {plane.down(y2):.1f}"/>'
    if fit.slope > 0:
        at, side, anchor, name = (x1 + 2 * x2) / 3, -8, "end", "truncation ∝ h²"
    else:
        at, side, anchor, name = (2 * x1 + x2) / 3, 8, "start", "rounding ∝ 1/h"
    place = f'x="{plane.across(at) + side:.1f}" y="{plane.down(fit.offset + fit.slope * at) - 6:.1f}"'
    yield f'<text {place} text-anchor="{anchor}">{name}</text>'


def _curve(plane: _Plane, points: Sequence[tuple[float, float]], best: tuple[float, float]) -> Iterator[str]:
    """The points, the line through them, and the best step."""
    places = [(plane.across(x), plane.down(y)) for x, y in points]
    yield f'<polyline class="curve" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'
    yield from (f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.2"/>' for x, y in places)
    x, y = plane.across(best[0]), plane.down(best[1])
    anchor, side = ("end", -12) if x > _WIDE * 0.6 else ("start", 12)
    yield f'<circle class="best" cx="{x:.1f}" cy="{y:.1f}" r="6"/>'
    place = f'x="{x + side:.1f}" y="{min(y + 4, _TALL - _BOTTOM - 8):.1f}"'
    yield f'<text class="strong" {place} text-anchor="{anchor}">best step {10 ** best[0]:.1e}</text>'


def fitted(points: Sequence[tuple[float, float]], best: float) -> list[Fit]:
    """The power laws that the curve follows: slope 2 right of the best step, slope −1 left of it; none where it does not.

    >>> [fit.slope for fit in fitted([(float(x), max(2.0 * x, -x - 16.0)) for x in range(-14, 0)], -5.0)]
    [2, -1]
    """
    found = []
    for slope, side in ((2, [p for p in points if p[0] > best]), (-1, [p for p in points if p[0] < best])):
        offsets = sorted(y - slope * x for x, y in side)
        if len(offsets) < 3:
            continue
        middle = offsets[len(offsets) // 2]
        near = [x for x, y in side if abs(y - slope * x - middle) <= (0.3 if slope > 0 else 1.0)]
        if len(near) * 2 >= len(side):
            # rounding errors scatter below a ceiling: the law is drawn along it
            offset = middle if slope > 0 else offsets[int(0.9 * (len(offsets) - 1))]
            found.append(Fit(slope, offset, min(side)[0], max(side)[0]))
    return found


def _clipped(fit: Fit, low: float, high: float) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The ends of a power law inside the picture."""
    inside = [(x, fit.offset + fit.slope * x) for x in (fit.begin + (fit.end - fit.begin) * k / 200 for k in range(201))]
    inside = [(x, y) for x, y in inside if low <= y <= high]
    return (inside[0], inside[-1]) if len(inside) > 1 else None


def _decades(low: int, high: int) -> list[int]:
    """Whole exponents, at most nine of them."""
    every = max(1, math.ceil((high - low) / 8))
    return list(range(low + (-low) % every, high + 1, every))
