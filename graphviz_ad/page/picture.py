"""The drawing that a page fills with numbers: room for every number it may show, and the numbers of the point in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..render import render_svg
from ..render.escape import xml
from ..scene.compose import compose
from ..scene.model import Arrow, Label, Scene, Wire

if TYPE_CHECKING:
    from ..derive.point import Point
    from ..graph.graph import Graph

_TOOLTIP = re.compile(r'(<g class="(?:node [a-z]+|edge)" id="[^"]*">)<title>[^<]*</title>')
_NUMBER = re.compile(r'(<text id="([^"]+)"[^>]*>)[^<]*(</text>)')


def drawing(graph: Graph, point: Point, *, prefix: str, live: bool, palette: str, math: str, bundled: bool, **options: Any) -> str:
    """The picture as SVG without a title of its own; the options are those of :func:`graphviz_ad.scene.compose.compose`.

    Where the page is live every number has room for five digits and a sign, so that nothing needs to move later.
    """
    scene = compose(graph, point, title="", **options)
    if not live:
        return _TOOLTIP.sub(r"\1", render_svg(scene, theme="light", palette=palette, math=math, bundled=bundled, prefix=prefix))
    texts = _texts(scene, prefix)
    widest = "−88." + "8" * (options.get("precision") if options.get("precision") is not None else 2)
    wide = scene._replace(
        wires=tuple(_roomy_wire(wire, widest) for wire in scene.wires), arrows=tuple(_roomy_arrow(arrow, widest) for arrow in scene.arrows)
    )
    svg = render_svg(wide, theme="light", palette=palette, math=math, bundled=bundled, prefix=prefix)
    svg = _NUMBER.sub(lambda found: f"{found[1]}{xml(texts.get(found[2], ''))}{found[3]}", svg)
    return _TOOLTIP.sub(r"\1", svg)


def _texts(scene: Scene, prefix: str) -> dict[str, str]:
    """The numbers themselves by the id of their element."""
    found: dict[str, str] = {}
    for wire in scene.wires:
        for kind, label in (("value", wire.value), ("gradient", wire.gradient)):
            if label is not None:
                found[f"{prefix}{kind}-{wire.id}"] = label.text
    for arrow in scene.arrows:
        if arrow.number is not None:
            found[f"{prefix}local-{arrow.target}-{arrow.position}"] = arrow.number.text
        if arrow.contribution is not None:
            sign = "" if arrow.contribution.text[:1] in "−-+" else "+"
            found[f"{prefix}contribution-{arrow.target}-{arrow.position}"] = sign + arrow.contribution.text
    return found


def _roomy(label: Label | None, widest: str) -> Label | None:
    return label if label is None or label.latex or len(label.text) > len(widest) else label._replace(text=widest)


def _roomy_wire(wire: Wire, widest: str) -> Wire:
    return wire._replace(value=_roomy(wire.value, widest), gradient=_roomy(wire.gradient, widest))


def _roomy_arrow(arrow: Arrow, widest: str) -> Arrow:
    share = arrow.contribution
    if share is None and arrow.forks and arrow.number is not None:
        share = Label("")  # a branch that is not taken now may be taken later
    return arrow._replace(number=_roomy(arrow.number, widest), contribution=_roomy(share, widest))
