"""What every wire and arrow of a scene looks like, and how large it is: measured before anything is laid out.

The engine is only told these sizes. So the picture does not depend on the fonts or the text metrics of the engine, and
two engines differ by little more than rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..scene.model import Arrow, Cluster, Label, Scene, Wire
from .mathset.glyphs import Box, beside, letter
from .mathset.typeset import lettered, shorten, spelled, typeset, typeset_label

NUMBER, SMALL, FRACTION, NAME, SYMBOL, TITLE, CAPTION = 13.0, 9.5, 10.0, 12.0, 15.0, 19.0, 12.0  # sizes in points
PILL_WIDTH, PILL_HEIGHT, GATE, WIRE = 26.0, 38.0, 31.0, 50.0  # least sizes
WIDEST_GATE = 44.0  # a wider symbol gets a rounded box instead of a circle
WIDEST_LABEL = 230.0  # a formula wider than this is left to the tooltip
ABOVE, BELOW = 5.2, 5.6  # room between the wire and its numbers
LABEL_ABOVE, LABEL_BELOW = 1.0, 4.0  # room around what is written on an arrow; the curve runs below it
COUNT = 11.0  # size of the number of nodes that a bundle stands for
NUMBERS_ONLY = 24  # with more wires than this an arrow carries its number alone


class Piece(NamedTuple):
    """Something written: a typeset box, or text that the viewer's sans face shows. ``role`` is its colour."""

    box: Box
    role: str
    text: str = ""
    size: float = 0.0
    bold: bool = False
    id: str = ""


class Row(NamedTuple):
    """Pieces beside each other on one baseline."""

    pieces: tuple[Piece, ...]
    gap: float = 4.0

    @property
    def width(self) -> float:
        """Width of the whole row."""
        return sum(p.box.width for p in self.pieces) + self.gap * max(0, len(self.pieces) - 1)

    @property
    def height(self) -> float:
        """Height above the baseline."""
        return max((p.box.height for p in self.pieces), default=0.0)

    @property
    def depth(self) -> float:
        """Depth below the baseline."""
        return max((p.box.depth for p in self.pieces), default=0.0)


class WirePart(NamedTuple):
    """A node in wire style: pill or gate, wire with what is above and below it, output pill."""

    wire: Wire
    width: float
    height: float
    lead: str  # "pill", "circle" or "box"
    lead_width: float
    lead_height: float
    symbol: Piece
    above: Row
    below: Row
    output: Piece | None
    output_width: float
    detached: bool  # the output's pill stands outside the cluster that the wire is in


class CardPart(NamedTuple):
    """A node in card style: a header, below it value and gradient, side by side or (where they are tall) stacked."""

    wire: Wire
    width: float
    height: float
    header: Row
    header_height: float
    value: Row
    gradient: Row
    stacked: bool
    split: float  # width of the left cell, or height of the upper one
    arguments: int


class ArrowPart(NamedTuple):
    """What is written on an arrow: rows one above the other."""

    arrow: Arrow
    rows: tuple[Row, ...]
    width: float
    height: float


class ClusterPart(NamedTuple):
    """A cluster's formula."""

    cluster: Cluster
    label: Piece


class Parts(NamedTuple):
    """Everything that a scene needs drawn, measured."""

    scene: Scene
    nodes: tuple[WirePart | CardPart, ...]
    arrows: tuple[ArrowPart, ...]
    clusters: tuple[ClusterPart, ...]


def measure(scene: Scene, math: str = "typeset") -> Parts:
    """Set and measure everything that a scene shows. ``math`` is "typeset" or "unicode"."""
    known = {wire.id for wire in scene.wires}
    arguments: dict[str, int] = {}
    arrows = []
    for arrow in scene.arrows:
        if arrow.source in known and arrow.target in known:
            arguments[arrow.target] = arguments.get(arrow.target, 0) + 1
            arrows.append(measure_arrow(arrow, scene, math))
    if scene.style == "card":
        nodes: list[WirePart | CardPart] = [measure_card(wire, arguments.get(wire.id, 0), math) for wire in scene.wires]
    else:
        nodes = [measure_wire(wire, scene, math) for wire in scene.wires]
    clusters = [ClusterPart(c, Piece(typeset_label(c.label, CAPTION, math), "muted")) for c in scene.clusters]
    return Parts(scene, tuple(nodes), tuple(arrows), tuple(clusters))


def figure(label: Label | None, role: str, size: float, id: str, math: str, bold: bool = False) -> tuple[Piece, ...]:
    """A value, gradient or derivative: a number in the sans face, mathematics where it has LaTeX. No piece for None."""
    if label is None:
        return ()
    if label.latex:
        return (Piece(typeset_label(label, size, math), role, id=id),)
    return (Piece(lettered(label, size, bold), role, shorten(label.text), size, bold, id),)


def measure_wire(wire: Wire, scene: Scene, math: str) -> WirePart:
    """The sizes of one node in wire style."""
    operation = wire.kind in ("operation", "call")
    role = "gate-symbol" if operation else "muted" if wire.kind == "elided" else "text"
    symbol = Piece(_fitting(wire.symbol, SYMBOL, math), role)
    total = symbol.box.total
    if operation:
        across = max(GATE, (symbol.box.width**2 + total**2) ** 0.5 + 5, symbol.box.width + 11)
        lead = "circle" if across <= WIDEST_GATE else "box"
        lead_width = across if lead == "circle" else symbol.box.width + 18
        lead_height = across if lead == "circle" else max(GATE, total + 12)
    else:
        lead, lead_width, lead_height = "pill", max(PILL_WIDTH, symbol.box.width + 14), max(PILL_HEIGHT, total + 14)
    value = figure(wire.value, "value", NUMBER, f"value-{wire.id}", math, bold=True)
    if wire.kind == "constant" and wire.value is not None and wire.value.text == wire.symbol.text:
        value = ()
    name: tuple[Piece, ...] = ()
    if wire.name is not None and (operation or wire.kind == "elided"):
        box = typeset_label(wire.name, NAME, math)
        if value:
            box = beside([box, spelled("=", NAME)], 4.0)
        name = (Piece(box, "muted"),)
    above = Row((*name, *value), 7.0)
    below = Row(figure(wire.gradient, "gradient", NUMBER, f"gradient-{wire.id}", math))
    least = WIRE if wire.value is not None or wire.gradient is not None else 30.0 if above.pieces else 16.0
    if not above.pieces and not below.pieces:
        least = 14.0
    run = max(least, above.width + 12, below.width + 12)
    output, output_width = None, 0.0
    if wire.output is not None:
        output = Piece(_fitting(wire.output, SYMBOL, math), "text")
        output_width = max(PILL_WIDTH, output.box.width + 14)
    half = max(lead_height / 2, ABOVE + above.height + above.depth + 1, BELOW + below.height + below.depth + 1)
    if output is not None:
        half = max(half, PILL_HEIGHT / 2, (output.box.total + 14) / 2)
    detached = output is not None and wire.cluster is not None
    width = lead_width + run + (0.0 if detached else output_width)
    return WirePart(wire, width, 2 * half, lead, lead_width, lead_height, symbol, above, below, output, output_width, detached)


def measure_card(wire: Wire, arguments: int, math: str) -> CardPart:
    """The sizes of one node in card style."""
    boxes = []
    if wire.name is not None:
        boxes.append(typeset_label(wire.name, NAME, math))
    if wire.formula is not None:
        formula = typeset_label(wire.formula, NAME, math)
        if formula.width > WIDEST_LABEL:
            formula = typeset_label(wire.symbol, NAME, math)
        boxes += [spelled("=", NAME), formula] if boxes else [formula]
    elif wire.name is None or wire.kind == "elided":
        boxes += [typeset_label(wire.symbol, NAME, math)]
    pieces = [Piece(beside(boxes, 4.0), "text")]
    if wire.output is not None and (wire.name is None or wire.output.text != wire.name.text):
        pieces.insert(0, Piece(beside([typeset_label(wire.output, NAME, math), spelled("=", NAME)], 4.0), "text"))
    if wire.shape:
        size = COUNT if wire.shape.startswith("×") else 8.5  # how many it stands for is the news of a bundle
        pieces.append(Piece(letter(shorten(wire.shape), size), "muted", shorten(wire.shape), size))
    header = Row(tuple(pieces), 5.0)
    value = Row(figure(wire.value, "value", NUMBER - 1, f"value-{wire.id}", math, bold=True))
    gradient = Row(figure(wire.gradient, "gradient", NUMBER - 1, f"gradient-{wire.id}", math))
    header_height = max(20.0, header.height + header.depth + 9)
    stacked = any(row.height + row.depth > 20 for row in (value, gradient))
    cells = [row for row in (value, gradient) if row.pieces]
    body = max([0.0, *(row.height + row.depth + 9 for row in cells)])
    if stacked:
        heights = [row.height + row.depth + 12 for row in cells]
        width = max(header.width + 18, 40.0, *(row.width + 18 for row in cells))
        return CardPart(wire, width, header_height + sum(heights), header, header_height, value, gradient, True, heights[0], arguments)
    widths = [max(38.0, row.width + 14) for row in cells]
    width = max(header.width + 18, sum(widths), 46.0)
    split = widths[0] + (width - sum(widths)) / 2 if len(widths) == 2 else width
    return CardPart(wire, width, header_height + body, header, header_height, value, gradient, False, split, arguments)


def measure_arrow(arrow: Arrow, scene: Scene, math: str) -> ArrowPart:
    """What one arrow carries: ∂q/∂x = 1.00, the number alone in a large scene, the formula in a symbolic one; at a fork its share."""
    place = f"{arrow.target}-{arrow.position}"
    crowded = len(scene.wires) > NUMBERS_ONLY
    number = figure(arrow.number, "muted", SMALL, f"local-{place}", math)
    said: list[Piece] = []
    if arrow.local is not None and not (crowded and number):
        said.append(Piece(typeset_label(arrow.local, FRACTION, math), "muted"))
    array = arrow.number is None or bool(arrow.number.latex)
    if arrow.formula is not None and (not scene.numeric or (array and not crowded)):
        said.append(Piece(typeset_label(arrow.formula, FRACTION, math), "muted", id="" if number else f"local-{place}"))
    said += number
    while len(said) > 1 and sum(piece.box.width + 14 for piece in said) > WIDEST_LABEL:
        said.pop(1 if len(said) == 3 else -1)
    pieces: list[Piece] = []
    for piece in said:
        if pieces:
            pieces.append(Piece(spelled("=", FRACTION), "muted"))
        pieces.append(piece)
    rows = [Row(tuple(pieces))] if pieces else []
    if arrow.forks and arrow.contribution is not None:
        share = arrow.contribution
        if not share.latex and share.text[:1] not in ("−", "-", "+"):
            share = share._replace(text="+" + share.text)
        rows.append(Row(figure(share, "gradient", SMALL, f"contribution-{place}", math)))
    return ArrowPart(arrow, tuple(rows), max((r.width for r in rows), default=0.0), stack_height(rows))


def stack_height(rows: Sequence[Row]) -> float:
    """Height of rows one above the other."""
    return sum(row.height + row.depth for row in rows) + 1.5 * max(0, len(rows) - 1)


def title_box(scene: Scene, math: str, room: float) -> Box | None:
    """The title, as large as fits into ``room``; what does not fit at a readable size is cut."""
    if scene.title is None:
        return None
    box = typeset_label(scene.title, TITLE, math)
    if box.width > room:
        size = max(11.0, round(TITLE * room / box.width, 1))
        box = typeset_label(scene.title, size, math)
        if box.width > 1.02 * room:
            most = max(24, int(room / size * 1.8))
            box = spelled(shorten(scene.title.text or scene.title.latex, most), size)
    return box


def second_box(label: Label, math: str) -> Box:
    """What stands below a picture: the Hessian."""
    return typeset_label(label, NAME, math)


def _fitting(label: Label, size: float, math: str) -> Box:
    """A symbol; long ones are set smaller, endless ones cut."""
    box = typeset_label(label, size, math)
    if box.width > 40:
        box = typeset_label(label, max(11.0, size * 40 / box.width), math)
    if box.width > WIDEST_LABEL:
        box = spelled(shorten(label.text, 28), 11.0)
    return box


__all__ = ["ArrowPart", "CardPart", "ClusterPart", "Parts", "Piece", "Row", "WirePart", "measure", "stack_height", "title_box", "typeset"]
