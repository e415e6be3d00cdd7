"""A scene as DOT text: once for laying out, with nothing but sizes in it, and once for people.

The layout text holds no word of the user's: node names are numbers, labels are empty cells of fixed size. So nothing can
be injected, and every engine lays out the same sizes. The readable text (:func:`plain_dot`) is for ``-o f.dot``.
"""

from __future__ import annotations

from collections.abc import Callable

from ..scene.model import Label, Scene, Wire
from .escape import dot, html_label
from .mathset.pen import number
from .mathset.typeset import shorten
from .parts import LABEL_ABOVE, LABEL_BELOW, PILL_HEIGHT, ArrowPart, CardPart, ClusterPart, Parts, WirePart
from .theme import colors

INCH = 72.0
LARGE = 50  # above so many nodes the engine is asked for less polish


def layout_dot(parts: Parts) -> str:
    """DOT whose layout gives the place of every part: node ``n3`` is the fourth wire, edge ``id`` 0 the first arrow."""
    wire_style = parts.scene.style != "card"
    head = "rankdir=LR;nodesep=0.2;ranksep=0.16;" if wire_style else "rankdir=LR;nodesep=0.16;ranksep=0.5;"
    if len(parts.nodes) > LARGE:
        head += "nslimit=2;nslimit1=2;mclimit=0.5;"
    lines = ["digraph{" + head + 'node[shape=none,margin=0,label=""];edge[arrowhead=none]']
    places = {part.wire.id: place for place, part in enumerate(parts.nodes)}
    lines += _nested(parts, lambda place: _cell_node(place, parts.nodes[place]), _cluster_label)
    for place, node in enumerate(parts.nodes):
        if isinstance(node, WirePart) and node.output is not None and node.detached:
            height = max(PILL_HEIGHT, node.output.box.total + 14)
            lines.append(f"o{place}[shape=box,fixedsize=true,width={node.output_width / INCH:.4f},height={height / INCH:.4f}]")
            lines.append(f"n{place}:e->o{place}:w[id=o{place},weight=50]")
    seen: dict[str, int] = {}
    for index, part in enumerate(parts.arrows):
        source, target = places[part.arrow.source], places[part.arrow.target]
        label = f",label={_table(part.width + 4, part.height + LABEL_ABOVE + LABEL_BELOW)}" if part.rows else ""
        port = "g" if wire_style else f"a{seen.get(part.arrow.target, 0)}:w"
        seen[part.arrow.target] = seen.get(part.arrow.target, 0) + 1
        if wire_style and parts.nodes[target].wire.kind not in ("operation", "call"):
            port = "w"
        tail = "e" if isinstance(parts.nodes[source], WirePart) else "o:e"
        lines.append(f"n{source}:{tail}->n{target}:{port}[id={index}{label}]")
    return "\n".join(lines) + "}\n"


def _cell_node(place: int, part: WirePart | CardPart) -> str:
    """A node of the part's size whose ports are where arrows arrive: a gate's centre, or points down a card's left side."""
    if isinstance(part, CardPart):
        count = max(1, part.arguments)
        each = part.height / count
        cells = [_cell(2, each, f"a{index}") for index in range(count)]
        cells[0] += f'<td port="o" rowspan="{count}" fixedsize="true" width="{number(part.width - 2)}" height="{number(part.height)}"></td>'
        return f"n{place}[label=<{_TABLE}{''.join(f'<tr>{cell}</tr>' for cell in cells)}</table>>]"
    if part.wire.kind not in ("operation", "call"):
        return f"n{place}[shape=box,fixedsize=true,width={part.width / INCH:.4f},height={part.height / INCH:.4f}]"
    # a port of two points: the engine brings a curve to the nearest side of a port, and a large one would bend it
    height = part.height / 2 - 1
    column = "".join(f"<tr>{_cell(2, h, port)}</tr>" for h, port in ((height, ""), (2, "g"), (height, "")))
    left, right = _cell(part.lead_width / 2 - 1, part.height), _cell(part.width - part.lead_width / 2 - 1, part.height)
    return f"n{place}[label=<{_TABLE}<tr>{left}<td>{_TABLE}{column}</table></td>{right}</tr></table>>]"


_TABLE = '<table border="0" cellborder="0" cellspacing="0" cellpadding="0">'


def _cell(width: float, height: float, port: str = "") -> str:
    """An empty cell of fixed size."""
    name = f' port="{port}"' if port else ""
    return f'<td{name} fixedsize="true" width="{number(width)}" height="{number(height)}"></td>'


def _table(width: float, height: float) -> str:
    """An empty cell of fixed size (whole points: the engines round)."""
    return f"<{_TABLE}<tr>{_cell(round(width), round(height))}</tr></table>>"


def _cluster_label(part: ClusterPart) -> str:
    return f"labeljust=l;label={_table(part.label.box.width + 6, part.label.box.total + 6)};margin=10"


def _nested(parts: Parts, node: Callable[[int], str], label: Callable[[ClusterPart], str]) -> list[str]:
    """Lines of the nodes with the clusters around them. Parents that do not exist, or form a ring, count as none."""
    clusters = {part.cluster.id: (index, part) for index, part in enumerate(parts.clusters)}
    members: dict[str | None, list[int]] = {}
    for place, part in enumerate(parts.nodes):
        cluster = part.wire.cluster if part.wire.cluster in clusters else None
        members.setdefault(cluster, []).append(place)
    children: dict[str | None, list[str]] = {}
    for key, (_, inner) in clusters.items():
        children.setdefault(_parent(key, inner, clusters), []).append(key)
    lines: list[str] = []
    pending: list[tuple[str, str | None]] = [("open", None)]
    while pending:
        step, name = pending.pop()
        if step == "close":
            lines.append("}")
            continue
        if name is not None:
            index, inner = clusters[name]
            lines.append(f"subgraph cluster_{index}{{{label(inner)}")
            pending.append(("close", name))
        lines += [node(place) for place in members.get(name, [])]
        pending += [("open", child) for child in reversed(children.get(name, []))]
    return lines


def _parent(name: str, part: ClusterPart, clusters: dict[str, tuple[int, ClusterPart]]) -> str | None:
    parent = part.cluster.parent
    at, seen = parent, {name}
    while at is not None and at in clusters and at not in seen:
        seen.add(at)
        at = clusters[at][1].cluster.parent
    return parent if parent in clusters and at is None else None


def plain_dot(scene: Scene, *, theme: str = "light", palette: str = "default") -> str:
    """The scene as DOT that reads well and that any dot draws well."""
    from .parts import measure

    color = colors("dark" if theme == "dark" else "light", palette)
    parts = measure(scene, "unicode")
    title = scene.title.text if scene.title is not None else ""
    lines = [
        "// written by gradviz (graphviz_ad)",
        "digraph gradviz {",
        f'  graph [rankdir=LR, nodesep=0.25, ranksep=0.35, bgcolor="{color["background"]}"]',
        f'  graph [fontname="Helvetica", fontsize=16, fontcolor="{color["text"]}", labelloc=t, labeljust=l]',
        f"  label={dot(shorten(title, 200))}",
        f'  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=13, fontcolor="{color["text"]}", margin="0.12,0.06"]',
        f'  edge [fontname="Helvetica", fontsize=10, fontcolor="{color["muted"]}", color="{color["wire"]}", arrowsize=0.7]',
    ]
    lines += [
        "  " + line
        for line in _nested(
            parts,
            lambda place: f"{dot(parts.nodes[place].wire.id)} [{_plain_node(parts.nodes[place].wire, color)}]",
            lambda part: (
                f'style=rounded; color="{color["cluster-border"]}"; bgcolor="{color["cluster-fill"]}";'
                f' fontsize=12; fontcolor="{color["muted"]}"; labeljust=l; label={dot(shorten(part.cluster.label.text))};'
            ),
        )
    ]
    for part in parts.arrows:
        label = _plain_arrow(part, scene)
        lines.append(f"  {dot(part.arrow.source)} -> {dot(part.arrow.target)}" + (f" [label={dot(label)}]" if label else ""))
    return "\n".join(lines) + "\n}\n"


def _plain_node(wire: Wire, color: dict[str, str]) -> str:
    role = "output" if wire.output is not None else "gate" if wire.kind in ("operation", "call") else "input"
    fill = color["constant-fill"] if wire.kind == "constant" else color[f"{role}-fill"]
    said = [label.text for label in (wire.output, wire.name) if label is not None]
    said = list(dict.fromkeys(said))
    formula = wire.formula or (wire.symbol if role != "input" and not (wire.output and wire.kind == "input") else None)
    if formula is not None and formula.text not in said:
        said.append(formula.text)
    head = html_label(shorten(" = ".join(said or [wire.symbol.text])))
    rows = [head + (f"  {html_label(shorten(wire.shape))}" if wire.shape else "")]
    numbers = []
    if wire.value is not None and wire.value.text != wire.symbol.text:
        numbers.append(f'<font color="{color["value"]}"><b>{_spaced(wire.value)}</b></font>')
    if wire.gradient is not None:
        numbers.append(f'<font color="{color["gradient"]}">{_spaced(wire.gradient)}</font>')
    if numbers:
        rows.append("  |  ".join(numbers))
    return f'fillcolor="{fill}", color="{color[f"{role}-border"]}", label=<{"<br/>".join(rows)}>'


def _spaced(label: Label) -> str:
    """A number's text; an empty font element would be an error."""
    return html_label(shorten(label.text)) or "·"


def _plain_arrow(part: ArrowPart, scene: Scene) -> str:
    arrow = part.arrow
    said = [label.text for label in (arrow.local, arrow.number if scene.numeric else arrow.formula) if label is not None and label.text]
    text = shorten(" = ".join(said))
    if arrow.forks and arrow.contribution is not None:
        text += f"  ({shorten(arrow.contribution.text)})"
    return text
