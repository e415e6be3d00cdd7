"""A scene as one self-contained SVG: light and dark, no script, nothing external, the same bytes every time.

Ids are stable, for live updates and tests: ``node-n3``, ``value-n3``, ``gradient-n3`` for the wire n3, ``edge-n3-0``,
``local-n3-0`` and ``contribution-n3-0`` for the arrow into its first argument.
"""

from __future__ import annotations

import math as math_
import zlib

from ..errors import GradvizError
from ..scene.model import Scene
from . import geometry
from .captions import arrow_tip, draw_legend, node_tip
from .escape import identifier, xml, xml_lines
from .geometry import Layout, Point
from .mathset.glyphs import letter
from .mathset.pen import SANS, Pen, number
from .mathset.typeset import shorten
from .parts import (
    ABOVE,
    BELOW,
    LABEL_ABOVE,
    LABEL_BELOW,
    PILL_HEIGHT,
    SMALL,
    ArrowPart,
    CardPart,
    Parts,
    Piece,
    Row,
    WirePart,
    measure,
    second_box,
    title_box,
)
from .placement import placed
from .theme import colors, style_sheet

MARGIN, TITLE_GAP, LEGEND_GAP = 14.0, 16.0, 20.0
LINE, BOLD_LINE, BORDER = 1.4, 1.9, 1.2  # widths: arrows, wires, borders
HEAD, HALF_HEAD = 8.0, 2.9  # of an arrow head
CORNER = 8.0
MARK = "<metadata>written by gradviz (graphviz_ad)</metadata>"
MOST_TOOLTIP, MOST_DESCRIPTION = 2_000, 10_000  # characters
STYLES = ("wire", "card")
MATHS = ("typeset", "unicode")


def render_svg(
    scene: Scene,
    *,
    theme: str = "auto",
    palette: str = "default",
    math: str = "typeset",
    bundled: bool = False,
    outlines: bool = False,
    prefix: str = "",
) -> str:
    """The picture of a scene.

    ``theme``: "auto" (light, dark where the reader prefers it), "light", "dark"; ``palette``: "default", "colorblind";
    ``math``: "typeset" or "unicode"; ``bundled``: lay out with the bundled engine, whatever else is there; ``outlines``:
    draw numbers as outlines, for where no fonts are; ``prefix``: before every stable id, for several pictures in one page.

    Raises :class:`EngineError` when nothing can lay the scene out, :class:`GradvizError` for an unknown option.
    """
    if math not in MATHS:
        raise GradvizError(f"unknown math {math!r}; known are {', '.join(MATHS)}")
    if scene.style not in STYLES:
        raise GradvizError(f"unknown style {scene.style!r}; known are {', '.join(STYLES)}")
    color = colors(theme, palette)
    if scene.forward:
        color = color | {"gradient": color["tangent"]}
    parts = measure(scene, math)
    places, note = placed(parts, bundled=bundled)
    if note:
        parts = parts._replace(scene=scene._replace(notes=(note, *scene.notes)))
    content = repr((scene, theme, palette, math, outlines, prefix)).encode("utf-8", "backslashreplace")
    scope = f"gv{zlib.crc32(content):08x}"
    return _Picture(parts, places, color, Pen(scope, outlines), prefix).document(
        math, style_sheet(scope, theme, palette, unused="gradient" if scene.forward else "tangent")
    )


class _Picture:
    """One picture being written."""

    def __init__(self, parts: Parts, places: Layout, color: dict[str, str], pen: Pen, prefix: str) -> None:
        self.parts, self.places, self.color, self.pen, self.prefix = parts, places, color, pen, prefix

    def document(self, math: str, style: str) -> str:
        """The whole SVG."""
        scene, places, scope = self.parts.scene, self.places, self.pen.scope
        legend = draw_legend(self.parts, self.color, self.pen)
        title = title_box(scene, math, max(places.width, 520.0))
        top = MARGIN + (title.total + TITLE_GAP if title is not None else 0.0)
        bottom = top + places.height + LEGEND_GAP
        width = max(places.width, legend[1], title.width if title is not None else 0.0) + 2 * MARGIN
        notes, y = [], bottom + legend[2]
        if scene.second is not None:
            second = second_box(scene.second, math)
            y += second.total + 14.0
            notes.append(
                f'<g id="{self.id("second", "derivatives")}">{self.pen.draw(second, MARGIN, y - second.depth, self.color["text"])}</g>'
            )
            width, y = max(width, second.width + 2 * MARGIN), y + 4.0
        for note in scene.notes:
            y += 13.0
            said = shorten(note, 200)
            notes.append(self.pen.write(said, MARGIN, y, SMALL, self.color["muted"]))
            width = max(width, letter(said, SMALL).width + 2 * MARGIN)
        # whole pixels at 96 dots per inch, so that no row at the edge is half filled
        width, height = (3 * math_.ceil(length / 3) for length in (width, y + MARGIN))
        drawing = self.drawing()
        heading = self.pen.draw(title, MARGIN, MARGIN + title.height, self.color["text"]) if title is not None else ""
        body = (
            f'<rect width="{number(width)}" height="{number(height)}" fill="{self.color["background"]}"/>{heading}\n'
            f'<g transform="translate({number(MARGIN)} {number(top)})">\n{drawing}\n</g>\n'
            f'<g class="legend" transform="translate({number(MARGIN)} {number(bottom)})">{legend[0]}</g>{"".join(notes)}\n'
        )
        name = xml(shorten(scene.title.text if scene.title is not None else scene.output_name, 300))
        described = xml_lines(scene.description[:MOST_DESCRIPTION])
        labelled = f"{scope}-t {scope}-d" if described else f"{scope}-t"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" id="{scope}" class="gradviz" role="img"'
            f' aria-labelledby="{labelled}" width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}"'
            f' font-family="{SANS}" style="font-variant-numeric:tabular-nums">{MARK}'
            f'<title id="{scope}-t">{name}</title>'
            + (f'<desc id="{scope}-d">{described}</desc>' if described else "")
            + (f"<style>{style}</style>" if style else "")
            + f"\n{self.pen.definitions()}\n{body}</svg>\n"
        )

    def drawing(self) -> str:
        """Clusters, arrows, nodes, and on top of them what is written on the arrows."""
        out = [self.cluster(index) for index in self._outer_first()]
        ends = {part.wire.id: (place, part) for place, part in enumerate(self.parts.nodes)}
        seen: dict[str, int] = {}
        for index, part in enumerate(self.parts.arrows):
            target = part.arrow.target
            out.append(self.arrow(index, part, ends[part.arrow.source], ends[target], seen.get(target, 0)))
            seen[target] = seen.get(target, 0) + 1
        for place, node in enumerate(self.parts.nodes):
            out.append(self.card(place, node) if isinstance(node, CardPart) else self.wire(place, node))
        return "\n".join(out)

    # --- nodes --------------------------------------------------------------------------------------------------

    def wire(self, place: int, part: WirePart) -> str:
        """Pill or gate, the wire with its numbers, the output's pill."""
        cx, cy = self.places.nodes[place]
        left, right = cx - part.width / 2, cx + part.width / 2
        start, end = left + part.lead_width, right - (0.0 if part.detached else part.output_width)
        middle = (start + end) / 2
        line = (
            f'<path class="line" d="M{number(start)} {number(cy)}H{number(end)}" stroke="{self.color["wire"]}" stroke-width="{BOLD_LINE}"/>'
        )
        out = [line, self.lead(part, left, cy)]
        out.append(self.row(part.above, middle - part.above.width / 2, cy - ABOVE - part.above.depth * self._sunk(part.above)))
        out.append(self.row(part.below, middle - part.below.width / 2, cy + BELOW + part.below.height))
        if part.output is not None:
            x, y = self.places.outputs[place] if part.detached else (end + part.output_width / 2, cy)
            height = max(PILL_HEIGHT, part.output.box.total + 14)
            if part.detached:
                way = f"M{number(end)} {number(cy)}L{number(x - part.output_width / 2)} {number(y)}"
                out.append(f'<path class="line" d="{way}" stroke="{self.color["wire"]}" stroke-width="{LINE}"/>')
            out += [self._rounded(x - part.output_width / 2, y, part.output_width, height, "output"), self._centred(part.output, x, y)]
        return self._node(part, out)

    def lead(self, part: WirePart, left: float, cy: float) -> str:
        """The pill of an input, or the gate."""
        symbol = self._centred(part.symbol, left + part.lead_width / 2, cy)
        if part.lead == "circle":
            circle = f'<circle cx="{number(left + part.lead_width / 2)}" cy="{number(cy)}" r="{number(part.lead_width / 2)}"'
            return f'{circle} fill="{self.color["gate-fill"]}" stroke="{self.color["gate-border"]}" stroke-width="{BORDER + 0.2}"/>{symbol}'
        if part.lead == "box":
            return self._rounded(left, cy, part.lead_width, part.lead_height, "gate") + symbol
        return self._rounded(left, cy, part.lead_width, part.lead_height, "input", part.wire.kind) + symbol

    def card(self, place: int, part: CardPart) -> str:
        """A box with the header above and value and gradient below."""
        cx, cy = self.places.nodes[place]
        wire = part.wire
        left, top = cx - part.width / 2, cy - part.height / 2
        role = "output" if wire.output is not None else "gate" if wire.kind in ("operation", "call") else "input"
        border = self.color[f"{role}-border"]
        out = [self._rounded(left, cy, part.width, part.height, role, "constant" if role == "input" else "")]
        header = part.header
        base = top + (part.header_height + header.height - header.depth) / 2
        out.append(self.row(header, cx - header.width / 2, base))
        body = part.height - part.header_height
        if body > 0:
            below = top + part.header_height
            lines = f"M{number(left)} {number(below)}h{number(part.width)}"
            cells = [row for row in (part.value, part.gradient) if row.pieces]
            if part.stacked:
                heights = [part.split, body - part.split] if len(cells) == 2 else [body]
                y = below
                for row, height in zip(cells, heights, strict=True):
                    out.append(self.row(row, cx - row.width / 2, y + (height + row.height - row.depth) / 2))
                    y += height
                    if y < top + part.height - 1:
                        lines += f"M{number(left)} {number(y)}h{number(part.width)}"
            else:
                edges = [left, left + part.split, left + part.width] if len(cells) == 2 else [left, left + part.width]
                for row, x0, x1 in zip(cells, edges, edges[1:], strict=False):
                    out.append(self.row(row, (x0 + x1 - row.width) / 2, below + (body + row.height - row.depth) / 2))
                if len(cells) == 2:
                    lines += f"M{number(edges[1])} {number(below)}v{number(body)}"
            out.insert(1, f'<path d="{lines}" fill="none" stroke="{border}" stroke-width="0.9"/>')
        return self._node(part, out)

    def _node(self, part: WirePart | CardPart, out: list[str]) -> str:
        tip = self._tooltip(node_tip(part, self.parts.scene.graded))
        return f'<g class="node {identifier(part.wire.kind)}" id="{self.id("node", part.wire.id)}">{tip}{"".join(out)}</g>'

    # --- arrows and clusters ------------------------------------------------------------------------------------

    def arrow(
        self, index: int, part: ArrowPart, source: tuple[int, WirePart | CardPart], target: tuple[int, WirePart | CardPart], argument: int
    ) -> str:
        """The curve from the end of a wire to a gate, with its head and what it carries."""
        curve = list(self.places.curves[index])
        x, y = self.places.nodes[source[0]]
        curve[0] = (x + source[1].width / 2, y)
        end = self._aim(target, argument)
        curve[-1] = end
        node = target[1]
        if isinstance(node, WirePart) and node.wire.kind in ("operation", "call"):
            size = node.lead_width + BORDER
            inside = (
                geometry.in_circle(end, size / 2)
                if node.lead == "circle"
                else geometry.in_box(end, size, node.lead_height + BORDER, CORNER)
            )
            curve = geometry.cut(curve, inside)
        shaft, head = geometry.arrow_head(curve, HEAD, HALF_HEAD)
        color = self.color["wire"]
        where = f"{part.arrow.target}-{part.arrow.position}"
        out = [
            f'<path class="line" d="{_path(shaft)}" fill="none" stroke="{color}" stroke-width="{LINE}"/>',
            f'<polygon class="head" points="{" ".join(f"{number(px)},{number(py)}" for px, py in head)}" fill="{color}"/>',
        ]
        if part.rows:
            cx, cy = self.places.labels[index]
            top = cy - (part.height + LABEL_ABOVE + LABEL_BELOW) / 2 + LABEL_ABOVE
            rows = []
            for row in part.rows:  # right ends below each other: there the numbers stand
                rows.append(self.row(row, cx + part.width / 2 - row.width, top + row.height))
                top += row.height + row.depth + 1.5
            out.append(f'<g class="label">{"".join(rows)}</g>')
        tip = part.arrow.tooltip or arrow_tip(part)
        return f'<g class="edge" id="{self.id("edge", where)}">{self._tooltip(tip)}{"".join(out)}</g>'

    def _aim(self, target: tuple[int, WirePart | CardPart], argument: int) -> Point:
        """Where an arrow points: a gate's centre, a point on a card's left side."""
        place, part = target
        x, y = self.places.nodes[place]
        left = x - part.width / 2
        if isinstance(part, CardPart):
            return (left, y - part.height / 2 + part.height * (argument + 0.5) / max(1, part.arguments))
        return (left + part.lead_width / 2, y) if part.wire.kind in ("operation", "call") else (left, y)

    def cluster(self, index: int) -> str:
        """A rounded box with its formula at the top left."""
        left, top, right, bottom = self.places.clusters[index]
        part = self.parts.clusters[index]
        x, y = self.places.cluster_labels.get(index, (left + 10, top + 10))
        box = part.label.box
        label = self.pen.draw(box, x - box.width / 2, y - box.total / 2 + box.height, self.color["muted"])
        return (
            f'<g class="cluster" id="{self.id("cluster", part.cluster.id)}"><rect x="{number(left)}" y="{number(top)}"'
            f' width="{number(right - left)}" height="{number(bottom - top)}" rx="10" fill="{self.color["cluster-fill"]}"'
            f' stroke="{self.color["cluster-border"]}" stroke-width="1"/>{label}</g>'
        )

    def _outer_first(self) -> list[int]:
        """Clusters from the largest to the smallest, so that inner ones lie on top."""

        def area(index: int) -> float:
            left, top, right, bottom = self.places.clusters[index]
            return (right - left) * (bottom - top)

        return sorted(self.places.clusters, key=area, reverse=True)

    # --- small things -------------------------------------------------------------------------------------------

    def id(self, kind: str, name: str) -> str:
        """A stable id."""
        return identifier(f"{self.prefix}{kind}-{name}")

    def row(self, row: Row, x: float, y: float) -> str:
        """Pieces beside each other, the first one's left end at x, the baseline at y."""
        out = []
        for piece in row.pieces:
            name = identifier(self.prefix + piece.id) if piece.id else ""
            if piece.text:
                middle = x + piece.box.width / 2
                out.append(
                    self.pen.write(piece.text, middle, y, piece.size, self.color[piece.role], bold=piece.bold, anchor="middle", id=name)
                )
            else:
                out.append(self.pen.draw(piece.box, x, y, self.color[piece.role], name))
            x += piece.box.width + row.gap
        return "".join(out)

    def _centred(self, piece: Piece, x: float, y: float) -> str:
        """A symbol with the middle of its box at (x, y). Letters sit a little lower, as their descenders weigh little."""
        box = piece.box
        return self.pen.draw(box, x - box.width / 2, y + (box.height - box.depth) / 2, self.color[piece.role])

    def _rounded(self, left: float, cy: float, width: float, height: float, role: str, kind: str = "") -> str:
        """A rounded box."""
        fill = self.color["constant-fill"] if kind == "constant" else self.color[f"{role}-fill"]
        dashes = ' stroke-dasharray="3 3"' if kind == "elided" else ""
        radius = min(CORNER, width / 2, height / 2)
        where = f'x="{number(left)}" y="{number(cy - height / 2)}" width="{number(width)}" height="{number(height)}"'
        return (
            f'<rect {where} rx="{number(radius)}" fill="{fill}" stroke="{self.color[f"{role}-border"]}" stroke-width="{BORDER}"{dashes}/>'
        )

    @staticmethod
    def _sunk(row: Row) -> float:
        """How much of a row's depth counts above the wire: digits have none, formulas all of it."""
        return 1.0 if any(not piece.text for piece in row.pieces) and row.depth > 4 else 0.0

    @staticmethod
    def _tooltip(text: str) -> str:
        return f"<title>{xml_lines(text if len(text) <= MOST_TOOLTIP else text[: MOST_TOOLTIP - 1] + '…')}</title>" if text else ""


def _path(points: list[Point]) -> str:
    """Bézier points as path data."""
    words = [f"{number(x)},{number(y)}" for x, y in points]
    return f"M{words[0]}C{' '.join(words[1:])}" if len(words) > 1 else f"M{words[0]}"
