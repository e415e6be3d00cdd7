"""Repeated structure as one unit: nodes that play the same role in a large graph, drawn once with how many there are.

A role is what an operation is, what it is applied to, and (where that still leaves few roles) how far from the inputs it
stands, so that layers stay apart. In a chain of sums or products the running total counts as one role: a sum of a thousand
terms is its terms and one sum. An unrolled recurrence becomes a loop. This is a quotient of the graph by a bounded
bisimulation (Paige and Tarjan 1987, one round of their refinement); each round costs time linear in the links.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..graph.structure import Graph
    from .surroundings import Link

FEW, MOST = 24, 40  # roles that are pleasant to read, and that can be read at all
MOST_LINKS = 100  # arrows between roles; with more of them the graph is too irregular to be told by roles
MOST_APART = 12  # members of a role that are drawn one by one where their name asks for it
_RUNNING = frozenset(("add", "mul", "maximum", "minimum", "logaddexp"))
_COMMUTING = frozenset(("add", "mul", "maximum", "minimum", "hypot", "logaddexp"))


class Bundles(NamedTuple):
    """Units that stand for several: ``members`` by the unit that is drawn for them; ``unit_of`` maps every unit to the drawn one."""

    members: dict[int, tuple[int, ...]]
    unit_of: dict[int, int]


def bundle(
    graph: Graph,
    units: Sequence[int],
    links: Sequence[Link],
    calls: dict[int, int],
    outputs: set[int],
    apart: Iterable[int] = (),
    most: int = MOST,
) -> Bundles | None:
    """Roles of the units, at most ``most`` of them; None for a graph that is too irregular.

    ``apart``: units that are asked for; they are drawn by themselves, and where their role has few others, those too.
    """
    into: dict[int, list[int]] = {}
    users: dict[int, list[int]] = {}
    for link in links:
        into.setdefault(link.target, []).append(link.source)
        users.setdefault(link.source, []).append(link.target)
    running = {
        source
        for target, sources in into.items()
        for source in sources
        if graph.ops[source] in _RUNNING
        and graph.ops[source] == graph.ops[target]
        and len(users[source]) == 1
        and graph.names[source] is None
        and source not in calls
    }
    levels = _levels(units, into, running)
    kinds = {unit: _kind(graph, unit, calls, unit in outputs) for unit in units}
    for refined, leveled, few in ((1, 1, FEW), (1, 0, FEW), (0, 1, FEW), (1, 0, MOST), (0, 1, MOST), (0, 0, MOST)):
        roles = _roles(graph, units, into, users, kinds, levels if leveled else None, running, refined, few) if few <= most else None
        if roles is None:
            continue
        found = _gathered(units, roles, set(apart) | outputs)
        between = {(found.unit_of[link.source], found.unit_of[link.target]) for link in links}
        if len(between) <= MOST_LINKS:
            return found
    return None


def stem(name: str) -> str:
    """A name without its numbers: what w1, w2 and w_3_4 have in common.

    >>> stem("w12"), stem("x_3_4"), stem("rate")
    ('w', 'x', 'rate')
    """
    return re.sub(r"_?\d+", "", name) or name


def _kind(graph: Graph, unit: int, calls: dict[int, int], output: bool) -> Hashable:
    name = graph.names[unit]
    said = stem(name) if name is not None and graph.ops[unit] != "constant" else ""
    if unit in calls:
        return ("call", graph.groups[calls[unit]].name, said, output)
    return (graph.ops[unit], said, output)


def _levels(units: Sequence[int], into: dict[int, list[int]], running: set[int]) -> dict[int, int]:
    """How far from the inputs every unit stands; a running total counts once."""
    levels: dict[int, int] = {}
    for unit in units:
        levels[unit] = max((levels.get(source, 0) + (source not in running) for source in into.get(unit, ())), default=0)
    return levels


def _roles(
    graph: Graph,
    units: Sequence[int],
    into: dict[int, list[int]],
    users: dict[int, list[int]],
    kinds: dict[int, Hashable],
    levels: dict[int, int] | None,
    running: set[int],
    refined: int,
    most: int,
) -> dict[int, int] | None:
    """A number per unit, equal for equal roles; None where there are more than ``most``."""
    role: dict[int, int] = {}
    known: dict[Hashable, int] = {}
    for unit in units:
        level = None
        if levels is not None:  # an input stands where it is first used
            level = levels[unit] if unit in into else min((levels[user] for user in users.get(unit, ())), default=0)
        role[unit] = known.setdefault((kinds[unit], level), len(known))
        if len(known) > most:
            return None
    for _ in range(refined):
        finer: dict[int, int] = {}
        known = {}
        for unit in units:
            operands = [role[source] for source in into.get(unit, ()) if source not in running or graph.ops[source] != graph.ops[unit]]
            told = tuple(dict.fromkeys(sorted(operands) if graph.ops[unit] in _COMMUTING else operands))
            finer[unit] = known.setdefault((role[unit], told), len(known))
            if len(known) > most:
                return None
        role = finer
    return role


def _gathered(units: Sequence[int], roles: dict[int, int], apart: set[int]) -> Bundles:
    """The units of each role together, those that are asked for by themselves."""
    by_role: dict[int, list[int]] = {}
    for unit in units:
        by_role.setdefault(roles[unit], []).append(unit)
    members: dict[int, tuple[int, ...]] = {}
    unit_of: dict[int, int] = {}
    for together in by_role.values():
        asked = [unit for unit in together if unit in apart]
        single = set(together if asked and len(together) <= MOST_APART else asked)
        rest = [unit for unit in together if unit not in single]
        unit_of |= {unit: unit for unit in single} | dict.fromkeys(rest, rest[0] if rest else -1)
        if len(rest) > 1:
            members[rest[0]] = tuple(rest)
    return Bundles(members, unit_of)
