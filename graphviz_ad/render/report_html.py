"""The report of a check as one HTML page without scripts: rows, a heat map of the errors, the error against the step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .escape import xml

MOST_ROWS = 200
#: a heat map is drawn up to so many cells
MOST_CELLS = 4096
ORDER = ("fail", "inconclusive", "pass-at-kink", "pass")
_STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse}td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #ddd}
td:first-child,td:nth-last-child(-n+2),th:first-child{text-align:left}.fail{color:#b00020;font-weight:600}.inconclusive{color:#8a5a00}
.pass,.pass-at-kink{color:#00632b}figure{margin:1.5rem 0}figcaption{color:#555}"""


def write_html(data: Mapping[str, Any], title: str) -> str:
    """A whole page.

    >>> "<h1" in write_html({"verdict": "pass", "rows": [], "rows_total": 0, "notes": [], "causes": [], "power": "", "curve": []}, "t")
    True
    """
    rows = sorted(data["rows"], key=lambda row: ORDER.index(row["verdict"]))
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{xml(title)}</title><style>{_STYLE}</style>',
        f'<h1>{xml(title)}: <span class="{data["verdict"]}">{data["verdict"]}</span></h1>',
    ]
    parts.extend(f"<p><strong>Likely cause:</strong> {xml(cause)}</p>" for cause in data.get("causes", ()))
    parts.append(_heat_maps(data["rows"]))
    parts.append(_curve(data.get("curve") or ()))
    if rows:
        head = "".join(f"<th>{name}</th>" for name in ("by", "claimed", "reference", "error", "bound", "verdict", "reason"))
        parts.append(f"<table><tr>{head}</tr>{''.join(map(_row, rows[:MOST_ROWS]))}</table>")
        if data["rows_total"] > MOST_ROWS:
            parts.append(f"<p>… and {data['rows_total'] - MOST_ROWS:,} more rows</p>")
    if data.get("notes"):
        parts.append("<ul>" + "".join(f"<li>{xml(note)}</li>" for note in data["notes"]) + "</ul>")
    if data.get("power"):
        parts.append(f"<p>Power: {xml(data['power'])}.</p>")
    return "\n".join(part for part in parts if part) + "\n</html>\n"


def _row(row: Mapping[str, Any]) -> str:
    index = "[" + ", ".join(map(str, row["index"])) + "]" if row["index"] else ""
    numbers = (row["analytic"], row["reference"], row["error"], row["bound"])
    texts = ["" if number is None else f"{number:.10g}" if k < 2 else f"{number:.1e}" for k, number in enumerate(numbers)]
    cells = "".join(f"<td>{text}</td>" for text in (xml(row["wrt"] + index), *texts))
    return f'<tr>{cells}<td class="{row["verdict"]}">{row["verdict"]}</td><td>{xml(row["reason"])}</td></tr>'


def _heat_maps(rows: Sequence[Mapping[str, Any]]) -> str:
    """One picture an argument with two-dimensional entries: how many digits claim and reference share."""
    tables: dict[str, dict[tuple[int, int], Mapping[str, Any]]] = {}
    for row in rows:
        if 1 <= len(row["index"]) <= 2 and not row["reason"].startswith("at another point"):
            place = tuple(row["index"]) if len(row["index"]) == 2 else (0, row["index"][0])
            tables.setdefault(row["wrt"], {})[place] = row
    return "".join(_heat_map(name, cells) for name, cells in tables.items() if 1 < len(cells) <= MOST_CELLS)


def _heat_map(name: str, cells: Mapping[tuple[int, int], Mapping[str, Any]]) -> str:
    height, width = 1 + max(i for i, _ in cells), 1 + max(j for _, j in cells)
    if height * width > MOST_CELLS:
        return ""
    size = max(4, min(26, 640 // width))
    boxes = []
    for (i, j), row in sorted(cells.items()):
        told = f"[{i}, {j}] {row['verdict']}: claimed {row['analytic']}, reference {row['reference']}"
        place = f'x="{j * size}" y="{i * size}" width="{size - 1}" height="{size - 1}"'
        boxes.append(f'<rect {place} fill="{_colour(row)}"><title>{xml(told)}</title></rect>')
    picture = f'<svg viewBox="0 0 {width * size} {height * size}" width="{width * size}" height="{height * size}" role="img">'
    label = f"relative error of the gradient by {xml(name)}: white none, dark red all digits wrong, grey undecided"
    return f"<figure>{picture}<title>{label}</title>{''.join(boxes)}</svg><figcaption>{label}</figcaption></figure>"


def _colour(row: Mapping[str, Any]) -> str:
    if row["error"] is None or row["verdict"] == "inconclusive":
        return "#bbbbbb"
    size = max(abs(row["analytic"] or 0.0), abs(row["reference"] or 0.0))
    relative = row["error"] / size if size else 0.0
    share = 0.0 if relative <= 1e-12 else min(1.0, 1 + math.log10(min(relative, 1.0)) / 12)
    return f"#{round(250 - 90 * share):02x}{round(245 * (1 - share)):02x}{round(240 * (1 - share)):02x}"


def _curve(points: Sequence[Sequence[float]]) -> str:
    """Error against step, both logarithmic, with the slopes of truncation and rounding and the best step marked."""
    usable = [(math.log10(h), math.log10(e)) for h, e in points if h > 0 and e > 0]
    if len(usable) < 3:
        return ""
    left, right = min(x for x, _ in usable), max(x for x, _ in usable)
    low, high = min(y for _, y in usable), max(y for _, y in usable)
    wide, tall = 560.0, 300.0

    def place(x: float, y: float) -> tuple[float, float]:
        return 50 + (x - left) / (right - left) * (wide - 70), 20 + (high - y) / max(high - low, 1e-9) * (tall - 60)

    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in (place(x, y) for x, y in sorted(usable)))
    best = min(usable, key=lambda point: point[1])
    mark = place(*best)
    guides = []
    for slope, name in ((2, "truncation, slope 2"), (-1, "rounding, slope −1")):
        end = right if slope > 0 else left
        (x1, y1), (x2, y2) = place(*best), place(end, min(high, best[1] + slope * (end - best[0])))
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        guides.append(f'<line {ends} stroke="#999" stroke-dasharray="4 3"><title>{name}</title></line>')
    caption = f"error of the two-sided difference against its step, both logarithmic; best near 1e{best[0]:.1f}"
    return (
        f'<figure><svg viewBox="0 0 {wide:.0f} {tall:.0f}" width="{wide:.0f}" role="img"><title>{caption}</title>{"".join(guides)}'
        f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="2"/>'
        f'<circle cx="{mark[0]:.1f}" cy="{mark[1]:.1f}" r="4" fill="#b00020"/>'
        f'<text x="50" y="{tall - 10:.0f}" font-size="12">step 1e{left:.0f}</text>'
        f'<text x="{wide - 70:.0f}" y="{tall - 10:.0f}" font-size="12">1e{right:.0f}</text>'
        f"</svg><figcaption>{caption}</figcaption></figure>"
    )
