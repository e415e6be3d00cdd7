"""A part of a graph that is drawn: what is nearest the outputs, or what surrounds one node; the rest becomes pills."""

from __future__ import annotations

from typing import NamedTuple

READABLE = 40  # operations that are kept of a graph that is too large, or drawn one by one of one whose functions are closed
MOST_SOURCES = 12  # of one operation whose rest is elided


class Link(NamedTuple):
    """One arrow: unit ``source`` into unit ``target`` (handles); ``position`` is the argument's, of a closed call the arrow's."""

    source: int
    target: int
    position: int


def around(units: list[int], links: list[Link], centre: int, radius: int) -> tuple[list[int], list[Link], dict[int, int]]:
    """What lies within some arrows of a unit, along them or against them; what feeds it from further away becomes a pill."""
    into: dict[int, list[Link]] = {}
    near: dict[int, list[int]] = {}
    for link in links:
        into.setdefault(link.target, []).append(link)
        near.setdefault(link.target, []).append(link.source)
        near.setdefault(link.source, []).append(link.target)
    kept = {centre}
    edge = [centre]
    for _ in range(radius):
        edge = list(dict.fromkeys(other for unit in edge for other in near.get(unit, ()) if other not in kept))
        kept.update(edge)
    elided: dict[int, int] = {}
    visited, shown = set(kept), set(kept)
    inside = [link for link in links if link.target in kept]
    for link in inside:
        shown.add(link.source)
        if link.source in into and link.source not in kept and link.source not in elided:
            elided[link.source] = _count_behind(link.source, into, visited)
    return [unit for unit in units if unit in shown], inside, elided


def nearest(units: list[int], links: list[Link], outputs: list[int]) -> tuple[list[int], list[Link], dict[int, int]]:
    """The operations nearest the outputs; what feeds them becomes a pill that stands for the operations behind it."""
    into: dict[int, list[Link]] = {}
    for link in links:
        into.setdefault(link.target, []).append(link)
    kept = dict.fromkeys(outputs[:READABLE])
    queue = list(kept)
    at = 0
    while at < len(queue) and len(kept) < READABLE:
        for link in into.get(queue[at], ())[:MOST_SOURCES]:
            if link.source in into and link.source not in kept and len(kept) < READABLE:
                kept[link.source] = None
                queue.append(link.source)
        at += 1
    shown = set(kept)
    elided: dict[int, int] = {}
    visited = set(kept)
    for unit in queue:
        for link in into.get(unit, ())[:MOST_SOURCES]:
            shown.add(link.source)
            if link.source in into and link.source not in kept and link.source not in elided:
                elided[link.source] = _count_behind(link.source, into, visited)
    remaining = [unit for unit in units if unit in shown]
    inside = [link for link in links if link.target in kept and link.source in shown]
    return remaining, inside, elided


def _count_behind(unit: int, into: dict[int, list[Link]], visited: set[int]) -> int:
    """How many operations lie behind a wire, itself included; each is counted for one wire only."""
    count, stack = 0, [unit]
    while stack:
        here = stack.pop()
        if here in visited or here not in into:
            continue
        visited.add(here)
        count += 1
        stack.extend(link.source for link in into[here])
    return count
