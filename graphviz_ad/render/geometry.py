"""Where the engine put everything, and the little geometry that arrows need.

The picture is not the engine's SVG: only the places are taken from it (its ``json0`` output), and the SVG is written here.
That is simpler and sturdier than rewriting another program's SVG, whose details change with version and locale, and it
lets an arrow end exactly on its gate in every engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from ..errors import EngineError

Point = tuple[float, float]


class Layout(NamedTuple):
    """Places in points, y downwards from the top left corner."""

    width: float
    height: float
    nodes: dict[int, Point]  # the centre, by the number of the wire
    outputs: dict[int, Point]  # the centre of an output's pill that stands alone
    curves: dict[int, list[Point]]  # Bézier points (3n + 1), by the number of the arrow
    labels: dict[int, Point]  # the centre of an arrow's label
    clusters: dict[int, tuple[float, float, float, float]]  # left, top, right, bottom
    cluster_labels: dict[int, Point]


def read_layout(answer: bytes) -> Layout:
    """The places in an engine's ``json0`` answer. Raises :class:`EngineError` when it is not one."""
    import json

    try:
        graph = json.loads(answer)
        left, bottom, right, top = _numbers(graph["bb"])
        nodes: dict[int, Point] = {}
        outputs: dict[int, Point] = {}
        clusters: dict[int, tuple[float, float, float, float]] = {}
        cluster_labels: dict[int, Point] = {}
        for item in graph.get("objects", ()):
            name = item["name"]
            if name.startswith("cluster_"):
                index = int(name.removeprefix("cluster_"))
                if "bb" not in item:
                    continue  # an empty cluster has no place
                box = _numbers(item["bb"])
                clusters[index] = (box[0] - left, top - box[3], box[2] - left, top - box[1])
                if "lp" in item:
                    x, y = _numbers(item["lp"])
                    cluster_labels[index] = (x - left, top - y)
            elif "pos" in item:
                x, y = _numbers(item["pos"])
                (outputs if name[0] == "o" else nodes)[int(name[1:])] = (x - left, top - y)
        curves: dict[int, list[Point]] = {}
        labels: dict[int, Point] = {}
        for edge in graph.get("edges", ()):
            if edge["id"][0] == "o":
                continue  # from a wire to its output: a straight line, wherever they stand
            index = int(edge["id"])
            words = [word for word in edge["pos"].split(";")[0].split() if word[0] not in "es"]
            curves[index] = [(x - left, top - y) for x, y in map(_numbers, words)]
            if "lp" in edge:
                x, y = _numbers(edge["lp"])
                labels[index] = (x - left, top - y)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise EngineError(
            f"the drawing engine's answer could not be read ({type(error).__name__}: {error}); is GRADVIZ_DOT a Graphviz dot?"
        ) from None
    return Layout(right - left, top - bottom, nodes, outputs, curves, labels, clusters, cluster_labels)


def _numbers(text: str) -> list[float]:
    return [float(word) for word in text.split(",")]


def on_curve(piece: list[Point], t: float) -> Point:
    """The point of one cubic at 0 ≤ t ≤ 1.

    >>> on_curve([(0, 0), (1, 0), (2, 0), (3, 0)], 0.5)
    (1.5, 0.0)
    """
    u = 1 - t
    weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
    return (sum(w * p[0] for w, p in zip(weights, piece, strict=True)), sum(w * p[1] for w, p in zip(weights, piece, strict=True)))


def first_part(piece: list[Point], t: float) -> list[Point]:
    """The control points of one cubic from 0 to t (de Casteljau)."""

    def mix(a: Point, b: Point) -> Point:
        return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)

    ab, bc, cd = mix(piece[0], piece[1]), mix(piece[1], piece[2]), mix(piece[2], piece[3])
    abc, bcd = mix(ab, bc), mix(bc, cd)
    return [piece[0], ab, abc, mix(abc, bcd)]


def cut(curve: list[Point], inside: Callable[[Point], bool]) -> list[Point]:
    """The curve up to where it last enters a region; the whole curve when its end is not inside, or all of it is."""
    if not inside(curve[-1]):
        return curve
    for start in range(len(curve) - 4, -1, -3):
        if inside(curve[start]):
            continue
        piece = curve[start : start + 4]
        low, high = 0.0, 1.0  # outside, inside
        for _ in range(30):
            middle = (low + high) / 2
            if inside(on_curve(piece, middle)):
                high = middle
            else:
                low = middle
        return curve[:start] + first_part(piece, low)
    return curve


def in_circle(centre: Point, radius: float) -> Callable[[Point], bool]:
    """Membership of a circle."""
    return lambda p: math.hypot(p[0] - centre[0], p[1] - centre[1]) < radius


def in_box(centre: Point, width: float, height: float, corner: float) -> Callable[[Point], bool]:
    """Membership of a rectangle with rounded corners."""

    def inside(p: Point) -> bool:
        x, y = abs(p[0] - centre[0]) - width / 2 + corner, abs(p[1] - centre[1]) - height / 2 + corner
        return math.hypot(max(x, 0.0), max(y, 0.0)) + min(max(x, y), 0.0) < corner

    return inside


def arrow_head(curve: list[Point], length: float, half: float) -> tuple[list[Point], list[Point]]:
    """The curve shortened to the base of an arrow head at its end, and the head's three corners."""
    tip = curve[-1]
    shaft = cut(curve, in_circle(tip, length))
    base = shaft[-1]
    away = math.hypot(tip[0] - base[0], tip[1] - base[1])
    if away < 1e-6:  # the whole curve is shorter than the head: point it along the curve
        base, away = curve[0], math.hypot(tip[0] - curve[0][0], tip[1] - curve[0][1])
        if away < 1e-6:
            base, away = (tip[0] - length, tip[1]), length
    dx, dy = (tip[0] - base[0]) / away, (tip[1] - base[1]) / away
    foot = (tip[0] - dx * length, tip[1] - dy * length)
    return shaft, [(foot[0] - dy * half, foot[1] + dx * half), tip, (foot[0] + dy * half, foot[1] - dx * half)]
