"""A scene as an SVG that plays: values appear one by one, then gradients run back, edge by edge; without any script.

Style sheets alone move it, and only for readers who have not asked for less motion; to all others it is the whole picture.
"""

from __future__ import annotations

import re
from typing import Any

from ..scene.model import Scene
from .escape import identifier
from .svg import render_svg

SECONDS = 0.9  # of one step
REST = 4  # steps that the finished picture stays


def render_animated(scene: Scene, *, seconds: float = SECONDS, **options: Any) -> str:
    """The picture of a scene with its steps as CSS animation; the options are those of :func:`render_svg`."""
    svg = render_svg(scene, **options)
    found = re.search(r'<svg [^>]*\bid="([^"]+)"', svg)
    assert found is not None
    rules = _rules(scene, found[1], options.get("prefix", ""), seconds)
    return (
        svg.replace("<defs>", f"<style>{rules}</style><defs>", 1)
        if "<defs>" in svg
        else svg.replace("</svg>", f"<style>{rules}</style></svg>")
    )


def steps(scene: Scene) -> list[list[str]]:
    """The ids that appear in each step: every operation's value, the seed, then each arrow's numbers with what they bring.

    >>> from graphviz_ad import parse
    >>> [len(ids) for ids in steps(parse("(x + y)*z").at(x=1, y=2, z=3).scene())]
    [1, 1, 1, 2, 2, 2, 2]
    """
    into: dict[str, list[int]] = {}
    last: dict[str, int] = {}
    for number, arrow in enumerate(scene.arrows):
        into.setdefault(arrow.target, []).append(number)
    if scene.forward:
        return _together(scene, into)
    shown = [[f"value-{wire.id}"] for wire in scene.wires if wire.id in into and wire.value is not None]
    shown.append([f"gradient-{wire.id}" for wire in scene.wires if wire.output is not None and wire.gradient is not None])
    back: list[tuple[int, list[str]]] = []
    for wire in reversed(scene.wires):
        for number in into.get(wire.id, []):
            arrow = scene.arrows[number]
            if arrow.number is None:
                continue
            place = f"{arrow.target}-{arrow.position}"
            back.append((number, [f"local-{place}"] + ([f"contribution-{place}"] if arrow.contribution is not None else [])))
            last[arrow.source] = len(back) - 1
    graded = {wire.id for wire in scene.wires if wire.gradient is not None and wire.output is None}
    for source, index in last.items():
        if source in graded:
            back[index][1].append(f"gradient-{source}")
    return [ids for ids in shown if ids] + [ids for _, ids in back]


def _together(scene: Scene, into: dict[str, list[int]]) -> list[list[str]]:
    """Forward mode: each operation's value, its local derivatives with what they bring, then its tangent; no way back."""
    played = []
    for wire in scene.wires:
        if wire.id not in into:
            continue
        played.append([f"value-{wire.id}"] if wire.value is not None else [])
        brought = []
        for arrow in (scene.arrows[number] for number in into[wire.id]):
            place = f"{arrow.target}-{arrow.position}"
            brought += [f"local-{place}"] if arrow.number is not None else []
            brought += [f"contribution-{place}"] if arrow.contribution is not None else []
        played += [brought, [f"gradient-{wire.id}"] if wire.gradient is not None else []]
    return [ids for ids in played if ids]


def _rules(scene: Scene, scope: str, prefix: str, seconds: float) -> str:
    """One key frame a step; all last as long and repeat together."""
    played = steps(scene)
    total = len(played) + 1 + REST
    rules = []
    for number, ids in enumerate(played, 1):
        begin = 100 * number / total
        rules.append(f"@keyframes {scope}-{number}{{0%,{begin:.2f}%{{opacity:0}}{begin + 40 / total:.2f}%,100%{{opacity:1}}}}")
        chosen = ",".join(f"#{scope} #{identifier(prefix + name)}" for name in ids)
        rules.append(f"{chosen}{{animation:{scope}-{number} {total * seconds:.1f}s infinite}}")
    return "@media (prefers-reduced-motion:no-preference){" + "".join(rules) + "}"
