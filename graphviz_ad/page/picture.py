"""The drawing that a page fills with numbers: room for every number it may show, and the numbers of the point in place."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..render import render_svg
from ..render.escape import xml
from ..render.mathset.glyphs import letter
from ..render.mathset.pen import number
from ..render.parts import NUMBER, NUMBERS_ONLY, SMALL
from ..scene.model import Arrow, Label, Scene, Wire
from .grids import Grid, Sizes, roomy, sizes

__all__ = ["Look", "drawing", "sizes", "widest"]

_TOOLTIP = re.compile(r'(<g class="(?:node [a-z]+|edge)" id="[^"]*">)<title>[^<]*</title>')
_SIZE, _MIDDLE = re.compile(r' font-size="([\d.]+)"'), re.compile(r' x="(-?[\d.]+)"')
_NUMBER = re.compile(r'(<text id="([^"]+)"[^>]*>)[^<]*(</text>)')


class Look(NamedTuple):
    """How a page's pictures are drawn, as in :func:`graphviz_ad.scene.compose.compose` and :func:`graphviz_ad.render.render_svg`.

    ``live``: numbers will move, so every one of them gets room for five digits and a sign.
    """

    style: str | None
    precision: int | None
    palette: str
    math: str
    bundled: bool
    live: bool


def drawing(scene: Scene, look: Look, prefix: str, arrays: Sizes) -> str:
    """The picture as SVG, without tooltips, which the page has itself; ``prefix`` begins every id.

    ``arrays``: the rows and columns of what is an array, by its id without the prefix; in a live page each entry that is shown
    is a text of its own.
    """
    texts = _texts(scene, prefix)
    led = _led(scene, prefix)
    grids: list[Grid] = []
    if look.live:
        grids = _grids(scene, arrays, look.precision)
        scene = _roomy(scene, widest(look.precision))
    svg = render_svg(scene, theme="light", palette=look.palette, math=look.math, bundled=look.bundled, prefix=prefix)
    if look.live:
        for grid in grids:
            svg = grid.put_into(svg, prefix)
        room = widest(look.precision)
        svg = _NUMBER.sub(
            lambda found: f"{_begun(found[1], room) if found[2] in led else found[1]}{xml(texts.get(found[2], ''))}{found[3]}", svg
        )
    return _TOOLTIP.sub(r"\1", svg)


def _led(scene: Scene, prefix: str) -> set[str]:
    """The numbers that follow an equals sign, by id: they begin where their room begins."""
    found = {f"{prefix}value-{wire.id}" for wire in scene.wires if wire.name is not None and wire.kind in ("operation", "call", "elided")}
    if scene.style == "card":
        found.clear()  # a card has its numbers in cells
    if len(scene.wires) <= NUMBERS_ONLY:
        found |= {f"{prefix}local-{arrow.target}-{arrow.position}" for arrow in scene.arrows if arrow.local is not None}
    return found


def _begun(tag: str, room: str) -> str:
    """A text element whose middle is given, as one whose beginning is."""
    size = _SIZE.search(tag)
    middle = _MIDDLE.search(tag)
    if size is None or middle is None:
        return tag
    width = letter(room, float(size[1]), 'font-weight="700"' in tag).width
    return tag.replace(middle[0], f' x="{number(float(middle[1]) - width / 2)}"', 1).replace(' text-anchor="middle"', "", 1)


def widest(precision: int | None) -> str:
    """The widest number that has room at full size.

    >>> widest(None), widest(3)
    ('−88.88', '−88.888')
    """
    return "−88." + "8" * (2 if precision is None else precision)


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


def _grids(scene: Scene, arrays: Sizes, precision: int | None) -> list[Grid]:
    """The arrays of a scene whose entries are written one by one."""
    found: list[Grid] = []
    for wire in scene.wires:
        for kind, label in (("value", wire.value), ("gradient", wire.gradient)):
            if label is not None and label.latex and f"{kind}-{wire.id}" in arrays:
                size = NUMBER - 1 if scene.style == "card" else NUMBER
                found.append(Grid(f"{kind}-{wire.id}", label, arrays[f"{kind}-{wire.id}"], size, widest(precision), kind == "value"))
    for arrow in scene.arrows:
        for kind, label in (("local", arrow.number), ("contribution", arrow.contribution)):
            name = f"{kind}-{arrow.target}-{arrow.position}"
            if label is not None and label.latex and name in arrays:
                found.append(Grid(name, label, arrays[name], SMALL, widest(precision), False))
    return found


def _roomy(scene: Scene, widest: str) -> Scene:
    """The scene with every number as wide as the widest, and a number wherever there may be one later."""

    def room(label: Label | None) -> Label | None:
        if label is None or not label.latex:
            return label if label is None else label._replace(text=widest)
        return label._replace(latex=roomy(label.latex, widest))

    def with_room(arrow: Arrow) -> Arrow:
        share = arrow.contribution
        if share is None and arrow.forks and arrow.number is not None:
            share = Label("")  # a branch that is not taken now may be taken later
        return arrow._replace(number=room(arrow.number), contribution=room(share))

    def with_ends(wire: Wire) -> Wire:
        if not wire.shape.startswith("×"):
            return wire._replace(value=room(wire.value), gradient=room(wire.gradient))
        both = Label(f"{widest} … {widest}")
        return wire._replace(value=wire.value and both, gradient=wire.gradient and both)

    wires = tuple(with_ends(wire) for wire in scene.wires)
    return scene._replace(wires=wires, arrows=tuple(with_room(arrow) for arrow in scene.arrows))
