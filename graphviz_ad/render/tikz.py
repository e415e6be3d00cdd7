"""A scene as TikZ: a standalone LaTeX document with real text, laid out as the SVG is.

Compiles with pdflatex, lualatex and xelatex; needs tikz and amsmath. Letters that LaTeX's first font lacks are written by
their code point, so that nothing in a name can end the document.
"""

from __future__ import annotations

from ..scene.model import Label, Scene
from . import geometry
from .escape import plain
from .geometry import Layout, Point
from .latex import fit
from .mathset.typeset import shorten
from .parts import ABOVE, BELOW, PILL_HEIGHT, ArrowPart, CardPart, WirePart, measure
from .placement import placed
from .theme import colors

MARK = "% written by gradviz (graphviz_ad)"

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", '"': r"{\char34}",
    "−": "$-$", "×": r"$\times$", "⊙": r"$\odot$",
    "·": r"$\cdot$", "∂": r"$\partial$", "σ": r"$\sigma$", "∞": r"$\infty$", "…": r"\ldots{}", "÷": r"$\div$",
    "≤": r"$\leq$", "≥": r"$\geq$", "≠": r"$\neq$", "√": r"$\surd$", "′": "$'$",
}  # fmt: skip
_DIGITS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_POWERS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ʸˣ", [*"0123456789", "-", "y", "x"], strict=True))


def render_tikz(scene: Scene, *, palette: str = "default", bundled: bool = False) -> str:
    """The picture as a LaTeX document of class standalone.

    Raises :class:`EngineError` when nothing can lay the scene out, :class:`GradvizError` for an unknown palette.
    """
    head = [MARK, r"\documentclass[tikz,border=8pt]{standalone}", r"\usepackage{amsmath}", *color_definitions(scene, palette)]
    return fit("\n".join([*head, r"\begin{document}", *picture(scene, bundled=bundled), r"\end{document}", ""]))


def color_definitions(scene: Scene, palette: str = "default") -> list[str]:
    """The colours that :func:`picture` uses, for the head of a document."""
    color = colors("light", palette)
    if scene.forward:
        color = color | {"gradient": color["tangent"]}
    return [rf"\definecolor{{gv-{role}}}{{HTML}}{{{code[1:].upper()}}}" for role, code in color.items()]


def picture(scene: Scene, *, bundled: bool = False) -> list[str]:
    """The lines of the tikzpicture alone; it needs tikz, amsmath and the colours.

    Raises :class:`EngineError` when nothing can lay the scene out.
    """
    parts = measure(scene, "unicode" if len(scene.wires) > 200 else "typeset")
    places = placed(parts, bundled=bundled).layout
    body = _Drawing(places)
    for index, part in enumerate(parts.clusters):
        if index in places.clusters:
            body.cluster(index, part.cluster.label)
    ends = {part.wire.id: (place, part) for place, part in enumerate(parts.nodes)}
    seen: dict[str, int] = {}
    for index, arrow in enumerate(parts.arrows):
        count = seen[arrow.arrow.target] = seen.get(arrow.arrow.target, -1) + 1
        body.arrow(index, arrow, ends[arrow.arrow.source], ends[arrow.arrow.target], count)
    for place, node in enumerate(parts.nodes):
        if isinstance(node, CardPart):
            body.card(place, node)
        else:
            body.wire(place, node)
    if scene.title is not None:
        body.put((0.0, -24.0), scene.title, "text", "right")
    if scene.second is not None:
        body.put((0.0, places.height + 24.0), scene.second, "text", "below right")
    begin = r"\begin{tikzpicture}[x=1bp,y=-1bp,line width=1.4pt,every node/.style={inner sep=1pt,outer sep=0pt}]"
    return [begin, *body.lines, r"\end{tikzpicture}"]


def fitted(scene: Scene, *, bundled: bool = False) -> str:
    """The tikzpicture for the page of another document: made smaller where it is wider than the text.

    Raises :class:`EngineError` when nothing can lay the scene out.
    """
    lines = "\n".join(picture(scene, bundled=bundled))
    return rf"\resizebox{{\ifdim\width>\linewidth\linewidth\else\width\fi}}{{!}}{{%{chr(10)}{lines}%{chr(10)}}}"


class _Drawing:
    """Lines of TikZ being written."""

    def __init__(self, places: Layout) -> None:
        self.places = places
        self.lines: list[str] = []

    def put(self, at: Point, label: Label, role: str, anchor: str = "", bold: bool = False) -> None:
        """Text or mathematics at a place."""
        text = _written(label)
        if bold and not label.latex:  # matrices are regular, as in the drawn picture
            text = rf"\textbf{{{text}}}"
        where = f",{anchor}" if anchor else ""
        self.lines.append(rf"\node[text=gv-{role}{where}] at {_at(at)} {{{text}}};")

    def box(self, centre: Point, width: float, height: float, role: str, fill: str = "") -> None:
        """A rounded rectangle."""
        low, high = (centre[0] - width / 2, centre[1] - height / 2), (centre[0] + width / 2, centre[1] + height / 2)
        look = f"draw=gv-{role}-border,fill=gv-{fill or role}-fill,rounded corners=6pt,line width=1.1pt"
        self.lines.append(rf"\path[{look}] {_at(low)} rectangle {_at(high)};")

    def cluster(self, index: int, label: Label) -> None:
        left, top, right, bottom = self.places.clusters[index]
        self.box(((left + right) / 2, (top + bottom) / 2), right - left, bottom - top, "cluster")
        self.put(self.places.cluster_labels.get(index, (left + 10, top + 10)), label, "muted")

    def wire(self, place: int, part: WirePart) -> None:
        x, y = self.places.nodes[place]
        wire, left, right = part.wire, x - part.width / 2, x + part.width / 2
        start, end = left + part.lead_width, right - (0.0 if part.detached else part.output_width)
        self.lines.append(rf"\draw[gv-wire,line width=1.9pt] {_at((start, y))} -- {_at((end, y))};")
        middle = (left + part.lead_width / 2, y)
        if part.lead == "circle":
            look = "draw=gv-gate-border,fill=gv-gate-fill"
            self.lines.append(rf"\path[{look}] {_at(middle)} circle[radius={part.lead_width / 2:.2f}bp];")
        else:
            role = "gate" if part.lead == "box" else "input"
            self.box(middle, part.lead_width, part.lead_height, role, "constant" if wire.kind == "constant" else "")
        self.put(middle, wire.symbol, "gate-symbol" if part.lead != "pill" else "text")
        centre = (start + end) / 2
        if part.above.pieces:
            named = wire.name is not None and wire.kind in ("operation", "call", "elided")
            if wire.value is not None and len(part.above.pieces) > int(named):
                value = part.above.pieces[-1].box.width
                self.put((centre + part.above.width / 2 - value / 2, y - ABOVE), wire.value, "value", "above", bold=True)
            if named and wire.name is not None:
                name = part.above.pieces[0].box.width
                equals = "" if wire.value is None else " = "
                label = Label(wire.name.text + equals, wire.name.latex and wire.name.latex + equals)
                self.put((centre - part.above.width / 2 + name / 2, y - ABOVE), label, "muted", "above")
        if wire.gradient is not None:
            self.put((centre, y + BELOW), wire.gradient, "gradient", "below")
        if wire.output is not None:
            at = self.places.outputs[place] if part.detached else (end + part.output_width / 2, y)
            if part.detached:
                self.lines.append(rf"\draw[gv-wire] {_at((end, y))} -- {_at((at[0] - part.output_width / 2, at[1]))};")
            self.box(at, part.output_width, PILL_HEIGHT, "output")
            self.put(at, wire.output, "text")

    def card(self, place: int, part: CardPart) -> None:
        x, y = self.places.nodes[place]
        wire, top = part.wire, y - part.height / 2
        role = "output" if wire.output is not None else "gate" if wire.kind in ("operation", "call") else "input"
        self.box((x, y), part.width, part.height, role)
        pieces = [label for label in (wire.output or wire.name, wire.formula) if label is not None] or [wire.symbol]
        header = Label(" = ".join(p.text for p in pieces), " = ".join(p.latex for p in pieces) if all(p.latex for p in pieces) else "")
        self.put((x, top + part.header_height / 2), header, "text")
        cells = [(wire.value, "value"), (wire.gradient, "gradient")]
        shown = [(label, role) for label, role in cells if label is not None]
        room = part.height - part.header_height
        for number, (label, role) in enumerate(shown):
            if part.stacked:
                at = (x, top + part.header_height + room * (number + 0.5) / len(shown))
            else:
                at = (x - part.width / 2 + part.width * (number + 0.5) / len(shown), top + part.header_height + room / 2)
            self.put(at, label, role, bold=role == "value")

    def arrow(
        self, index: int, part: ArrowPart, source: tuple[int, WirePart | CardPart], target: tuple[int, WirePart | CardPart], argument: int
    ) -> None:
        curve = list(self.places.curves[index])
        x, y = self.places.nodes[source[0]]
        curve[0] = (x + source[1].width / 2, y)
        x, y = self.places.nodes[target[0]]
        node, left = target[1], x - target[1].width / 2
        if isinstance(node, CardPart):
            curve[-1] = (left, y - node.height / 2 + node.height * (argument + 0.5) / max(1, node.arguments))
        elif node.lead == "circle":
            curve[-1] = (left + node.lead_width / 2, y)
            curve = geometry.cut(curve, geometry.in_circle(curve[-1], node.lead_width / 2 + 0.8))
        elif node.wire.kind in ("operation", "call"):
            curve[-1] = (left + node.lead_width / 2, y)
            curve = geometry.cut(curve, geometry.in_box(curve[-1], node.lead_width, node.lead_height, 6.0))
        else:
            curve[-1] = (left, y)
        pieces = [f".. controls {_at(curve[k])} and {_at(curve[k + 1])} .. {_at(curve[k + 2])}" for k in range(1, len(curve) - 2, 3)]
        self.lines.append(rf"\draw[gv-wire,-latex] {_at(curve[0])} {' '.join(pieces)};")
        if index not in self.places.labels or not part.rows:
            return
        arrow, (cx, cy) = part.arrow, self.places.labels[index]
        said = [label for label in (arrow.local, arrow.number or arrow.formula) if label is not None and part.rows]
        text = Label(" = ".join(label.text for label in said), " = ".join(_mathematics(label) for label in said))
        self.put((cx, cy - (6 if arrow.forks and arrow.contribution else 0)), text, "muted", "scale=0.8")
        if arrow.forks and arrow.contribution is not None:
            self.put((cx, cy + part.height / 2 - 2), arrow.contribution, "gradient", "scale=0.8")


def _at(point: Point) -> str:
    return f"({point[0]:.2f},{point[1]:.2f})"


def _mathematics(label: Label) -> str:
    """A label inside of mathematics."""
    return label.latex or rf"\text{{{_text(label.text)}}}"


def _written(label: Label) -> str:
    return f"${label.latex}$" if label.latex else _text(label.text)


def _text(text: str) -> str:
    """Text that LaTeX prints as it stands.

    >>> _text("50% of w₁_x"), _text("é"), _text("変")
    ('50\\\\% of w$_{1}$\\\\_x', 'é', '(U+5909)')
    """
    out = []
    for c in shorten(plain(text)):
        if c in _LATEX:
            out.append(_LATEX[c])
        elif c in _DIGITS:
            out.append(f"$_{{{_DIGITS[c]}}}$")
        elif c in _POWERS:
            out.append(f"$^{{{_POWERS[c]}}}$")
        else:
            out.append(c if ord(c) < 0x180 else f"(U+{ord(c):04X})")
    return "".join(out)
