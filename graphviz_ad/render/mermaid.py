"""A scene as a Mermaid flow chart, for READMEs and wikis that draw them."""

from __future__ import annotations

import re

from ..scene.model import Label, Scene, Wire
from .escape import plain
from .mathset.typeset import shorten
from .theme import colors

#: everything but letters, digits and what has no meaning to Mermaid or to HTML inside of a quoted label
_SPECIAL = re.compile(r"[^\w .,=+()/\u2212\u00d7\u00b7\u2202\u03c3\u221e\u2080-\u2089²³]")


def render_mermaid(scene: Scene, *, palette: str = "default") -> str:
    """The picture as the text of a Mermaid diagram; each node says name, value and gradient, each arrow its local derivative.

    Raises :class:`GradvizError` for an unknown palette.
    """
    color = colors("light", palette)
    lines = ["%% written by gradviz (graphviz_ad)", "flowchart LR"]
    graded = "tangent" if scene.forward else "grad"
    inside: dict[str | None, list[Wire]] = {}
    for wire in scene.wires:
        inside.setdefault(wire.cluster, []).append(wire)
    children: dict[str | None, list[int]] = {}
    for number, cluster in enumerate(scene.clusters):
        children.setdefault(cluster.parent, []).append(number)
    stack: list[tuple[int, bool]] = [(number, False) for number in reversed(children.get(None, []))]
    lines += [f"  {_node(wire, graded)}" for wire in inside.get(None, [])]
    while stack:
        number, done = stack.pop()
        cluster = scene.clusters[number]
        if done:
            lines.append("  end")
            continue
        lines.append(f'  subgraph {_id(cluster.id)}["{quoted(cluster.label.text)}"]')
        lines += [f"    {_node(wire, graded)}" for wire in inside.get(cluster.id, [])]
        stack.append((number, True))
        stack += [(child, False) for child in reversed(children.get(cluster.id, []))]
    for arrow in scene.arrows:
        said = " = ".join(label.text for label in (arrow.local, arrow.number or arrow.formula) if label is not None)
        if arrow.forks and arrow.contribution is not None:
            said += f" (share {arrow.contribution.text})"
        label = f'|"{quoted(said)}"|' if said else ""
        lines.append(f"  {_id(arrow.source)} -->{label} {_id(arrow.target)}")
    for kind, role in (("leaf", "input"), ("gate", "gate"), ("result", "output")):
        lines.append(f"  classDef {kind} fill:{color[f'{role}-fill']},stroke:{color[f'{role}-border']},color:{color['text']}")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Text inside a quoted label: every character with a meaning becomes an entity.

    >>> quoted('a<b "c" [d]')
    'a#60;b #34;c#34; #91;d#93;'
    """
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", shorten(plain(text)))


def _node(wire: Wire, graded: str) -> str:
    """One node: a stadium for inputs, a circle for gates, a box for the output."""
    lines = [wire.symbol]
    name = wire.output or (wire.name if wire.kind in ("operation", "call") else None)
    if wire.value is not None:
        lines.append(Label(f"{name.text} = {wire.value.text}" if name is not None else wire.value.text))
    elif name is not None:
        lines.append(name)
    if wire.gradient is not None:
        lines.append(Label(f"{graded} {wire.gradient.text}"))
    text = "<br/>".join(quoted(label.text) for label in lines)
    if wire.output is not None:
        return f'{_id(wire.id)}["{text}"]:::result'
    return f'{_id(wire.id)}(("{text}")):::gate' if wire.kind in ("operation", "call") else f'{_id(wire.id)}(["{text}"]):::leaf'


def _id(text: str) -> str:
    return re.sub(r"\W", "_", text, flags=re.ASCII)
