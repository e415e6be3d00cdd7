"""Places for a graph that the engine takes too long for: layers from left to right, in time linear in the arrows.

Every node stands one layer to the left of its first user, so that terms stand beside the sum that takes them up, outputs at
the right end. Within a layer nodes are ordered by the mean place of their neighbours, in sweeps to and fro (the barycentre
method of Sugiyama, Tagawa and Toda 1981). Clusters get no boxes. Arrows that lead back, in a drawing by roles, run below.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .geometry import Layout, Point
from .parts import LABEL_ABOVE, LABEL_BELOW, PILL_HEIGHT, ArrowPart, Parts, WirePart

GAP_X, GAP_Y = 40.0, 24.0  # least distances between layers and between nodes of a layer
SWEEPS = 4
MOST_PASSING = 20_000  # layers that arrows pass in all; with more of them they go straight


def layers(count: int, arrows: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of every node, from 0; arrows to the same or an earlier node do not count.

    >>> layers(4, [(0, 2), (1, 2), (2, 3), (1, 3), (3, 2)])
    [0, 0, 1, 2]
    """
    users: list[list[int]] = [[] for _ in range(count)]
    for source, target in arrows:
        if source < target:
            users[source].append(target)
    behind = [0] * count  # how many layers follow
    for node in range(count - 1, -1, -1):
        behind[node] = max((behind[user] + 1 for user in users[node]), default=0)
    most = max(behind, default=0)
    return [most - one for one in behind]


def ordered(count: int, arrows: Sequence[tuple[int, int]], level: Sequence[int]) -> list[list[int]]:
    """The nodes of each layer from top to bottom.

    >>> ordered(4, [(0, 3), (1, 2)], [0, 0, 1, 1])
    [[0, 1], [3, 2]]
    """
    columns: list[list[int]] = [[] for _ in range(max(level, default=-1) + 1)]
    for node in range(count):
        columns[level[node]].append(node)
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for source, target in arrows:
        if level[source] < level[target]:
            before[target].append(source)
            after[source].append(target)
    place = [0.0] * count
    for column in columns:
        _spread(column, place)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        near = before if forward else after
        for column in columns if forward else reversed(columns):
            wanted = {node: sum(place[k] for k in near[node]) / len(near[node]) if near[node] else place[node] for node in column}
            column.sort(key=wanted.__getitem__)
            _spread(column, place)
    return columns


def _spread(column: list[int], place: list[float]) -> None:
    """Places about 0, one apart."""
    for rank, node in enumerate(column):
        place[node] = rank - (len(column) - 1) / 2


def layered(parts: Parts) -> Layout:
    """The places of everything that is drawn."""
    number = {part.wire.id: place for place, part in enumerate(parts.nodes)}
    arrows = [(number[part.arrow.source], number[part.arrow.target]) for part in parts.arrows]
    count = len(parts.nodes)
    level = layers(count, arrows)
    ways, level = _ways(arrows, level, count)
    steps = [pair for way in ways for pair in pairwise(way)]
    columns = ordered(len(level), steps, level)
    wide = [0.0] * (len(columns) + 1)  # what is written on arrows into a layer
    room = [0.0] * len(level)  # a passing arrow's, by what it passes as
    for part, way in zip(parts.arrows, ways, strict=True):
        wide[level[way[-1]]] = max(wide[level[way[-1]]], part.width)
        for passing in way[1:-1]:
            room[passing] = (part.height + LABEL_ABOVE + LABEL_BELOW) if part.rows else 0.0

    def tall(node: int) -> float:
        return (_height(parts, node) if node < count else room[node]) + GAP_Y

    nodes: dict[int, Point] = {}
    outputs: dict[int, Point] = {}
    passes: dict[int, tuple[Point, Point]] = {}  # where an arrow enters a layer that it passes, and leaves it
    heights = [sum(map(tall, column)) for column in columns]
    x, height = 0.0, max(heights, default=0.0)
    for index, column in enumerate(columns):
        if index:
            x += GAP_X + wide[index]
        width = max((_width(parts, node) for node in column if node < count), default=0.0)
        y = (height - heights[index]) / 2
        for node in column:
            middle = y + tall(node) / 2
            y += tall(node)
            if node >= count:
                passes[node] = (x, middle), (x + width, middle)
                continue
            drawn = parts.nodes[node]
            nodes[node] = (x + width - _width(parts, node) + drawn.width / 2, middle)
            if isinstance(drawn, WirePart) and drawn.detached:
                outputs[node] = (nodes[node][0] + drawn.width / 2 + GAP_X / 2 + drawn.output_width / 2, middle)
        x += width
    curves: dict[int, list[Point]] = {}
    labels: dict[int, Point] = {}
    for place, (part, way) in enumerate(zip(parts.arrows, ways, strict=True)):
        source, target = way[0], way[-1]
        start = (nodes[source][0] + parts.nodes[source].width / 2, nodes[source][1])
        end = (nodes[target][0] - parts.nodes[target].width / 2, nodes[target][1])
        curve = [start]
        for entry, leave in (passes[one] for one in way[1:-1]):
            curve += [*_curve(curve[-1], entry, height)[1:], entry, leave, leave]
        curves[place] = [*curve, *_curve(curve[-1], end, height)[1:]]
        if part.rows:
            labels[place] = _label(part, curve[-1], end)
    lowest = max((y for curve in curves.values() for _, y in curve), default=0.0)
    return Layout(max(x, 1.0), max(height, lowest, 1.0), nodes, outputs, curves, labels, {}, {})


def _ways(arrows: Sequence[tuple[int, int]], level: list[int], count: int) -> tuple[list[list[int]], list[int]]:
    """Each arrow with a place of its own in every layer that it passes, and the layers of nodes and places.

    >>> _ways([(0, 2), (0, 1)], [0, 1, 2], 3)
    ([[0, 3, 2], [0, 1]], [0, 1, 2, 1])
    """
    level = list(level)
    spans = sum(max(0, level[target] - level[source] - 1) for source, target in arrows)
    ways = []
    for source, target in arrows:
        way = [source]
        if spans <= MOST_PASSING:
            for between in range(level[source] + 1, level[target]):
                way.append(len(level))
                level.append(between)
        ways.append([*way, target])
    return ways, level


def _width(parts: Parts, node: int) -> float:
    part = parts.nodes[node]
    return part.width + (GAP_X / 2 + part.output_width if isinstance(part, WirePart) and part.detached else 0.0)


def _height(parts: Parts, node: int) -> float:
    part = parts.nodes[node]
    return max(part.height, PILL_HEIGHT if isinstance(part, WirePart) and part.detached else 0.0)


def _curve(start: Point, end: Point, height: float) -> list[Point]:
    """A curve that leaves to the right and arrives from the left; one that leads back goes below everything."""
    if end[0] > start[0]:
        bend = min((end[0] - start[0]) / 2, 2 * GAP_X)
        return [start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end]
    below = height + 2 * GAP_Y
    right, left = start[0] + GAP_X, end[0] - GAP_X
    middle = ((start[0] + end[0]) / 2, below)
    return [start, (right, start[1]), (right, below), middle, (left, below), (left, end[1]), end]


def _label(part: ArrowPart, start: Point, end: Point) -> Point:
    """What is written on an arrow stands above its middle, where arrows that meet or part are apart."""
    return ((start[0] + end[0]) / 2, (start[1] + end[1] - part.height - LABEL_ABOVE - LABEL_BELOW) / 2)
