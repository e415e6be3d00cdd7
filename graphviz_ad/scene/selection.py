"""What of a graph is drawn: nodes that an output needs, functions open or closed, of too large a graph its roles.

The result is plain structure: units (nodes, closed calls, bundles of a role, elided rests) and the links between them.
Everything is linear in the graph and free of recursion.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ..errors import GradvizError, NamingError
from ..limits import limit
from .bundles import FEW, MOST, bundle
from .surroundings import READABLE, Link, around, nearest

if TYPE_CHECKING:
    from ..graph.structure import Graph

CROWDED = 120  # operations above which a graph of few roles is drawn by roles
RADIUS = 2  # steps around a focus, where nobody says how many


class Selection(NamedTuple):
    """What is drawn.

    ``units``: handles in topological order. ``calls``: handle of a closed call's output -> its group. ``elided``: handle
    of a wire whose making is not drawn -> the operations it stands for. ``groups``: open groups with something in them.
    ``alias``: handle -> handle of the copy that gives it its name. ``omitted``: operations not drawn at all.
    ``bundles``: handle of a unit that stands for several of one role -> all of them. ``focus``: what only the surroundings
    of are drawn, with the steps, or None.
    """

    units: tuple[int, ...]
    links: tuple[Link, ...]
    calls: dict[int, int]
    elided: dict[int, int]
    groups: tuple[int, ...]
    group_of: dict[int, int]
    alias: dict[int, int]
    omitted: int
    bundles: dict[int, tuple[int, ...]]
    focus: tuple[int, int] | None


def select(
    graph: Graph, depth: int | None = None, *, expand: Iterable[str] = (), focus: str | None = None, radius: int | None = None
) -> Selection:
    """Choose what is drawn.

    ``depth`` levels of nested functions are open, all by default as far as the limit allows; functions that ``expand``
    names are open whatever the depth. With a ``focus`` only what lies within ``radius`` arrows of that node is drawn. What is
    still more than the limit is gathered by role, but nodes that ``expand`` names are drawn by themselves.

    Raises
    ------
    NamingError
        ``expand`` or ``focus`` names nothing in the graph; the output does not depend on the focus.
    GradvizError
        ``radius`` is negative, or given without a focus.
    """
    middle, opened, asked = look_up(graph, expand, focus, radius)
    choice = _Choice(graph, depth, opened)
    total = len(choice.operations())
    centre = None
    if middle is not None:
        centre = (choice.unit_of(middle), RADIUS if radius is None else radius)
        choice.narrow(*centre)
    choice.thin_out(asked, around_focus=centre is not None)
    return choice.selection(total, centre)


class _Choice:
    """The choice in the making: all that would be drawn at first, then around a focus, then by roles or near the outputs."""

    def __init__(self, graph: Graph, depth: int | None, opened: set[int]) -> None:
        levels = _levels(graph)
        self.graph = graph
        self.closed_into = _close(graph, levels, _fitting_depth(graph, levels) if depth is None else depth, opened)
        self.copies = _named_copies(graph, self.closed_into)
        self.units, self.links, self.calls = _units(graph, self.closed_into, self.copies)
        self.outputs = {self.copies.get(out, out) for out in graph.outputs}
        self.elided: dict[int, int] = {}
        self.bundles: dict[int, tuple[int, ...]] = {}

    def unit_of(self, handle: int) -> int:
        """The unit that a node is drawn as, or in."""
        handle = self.copies.get(handle, handle)
        group = self.closed_into[handle]
        return self.graph.groups[group].output if group >= 0 else handle

    def operations(self) -> list[int]:
        """The units that are operations whose making is drawn."""
        return [unit for unit in self.units if self.graph.operands[unit] and unit not in self.elided]

    def narrow(self, centre: int, radius: int) -> None:
        """Keep what lies within ``radius`` arrows of a unit."""
        self.units, self.links, self.elided = around(self.units, self.links, centre, radius)
        self.outputs = {centre}

    def thin_out(self, asked: list[int], around_focus: bool) -> None:
        """Gather a crowd by role; one without roles is drawn as far from the outputs as the limit allows."""
        crowd, most = len(self.operations()), limit("GRADVIZ_MAX_DRAWN")
        graph = self.graph
        whole = sum(1 for handle, operands in enumerate(graph.operands) if operands and graph.needed[handle])
        if crowd <= min(READABLE if whole > most else CROWDED, most):  # what had to be closed is drawn for the overview
            return
        apart = [self.unit_of(handle) for handle in asked]
        roles = bundle(graph, self.units, self.links, self.calls, self.outputs, apart, FEW if crowd <= most else MOST)
        if roles is not None:
            self.gather(roles.unit_of, roles.members)
        elif not around_focus and crowd > most:
            self.units, self.links, self.elided = nearest(self.units, self.links, [self.copies.get(out, out) for out in graph.outputs])

    def gather(self, unit_of: dict[int, int], members: dict[int, tuple[int, ...]]) -> None:
        """Put bundles in the place of their members."""
        self.bundles = members
        self.units, self.links = _gathered(self.graph, self.units, self.links, unit_of, members)
        self.elided = {unit: count for unit, count in self.elided.items() if unit_of[unit] == unit and unit not in members}

    def selection(self, total: int, centre: tuple[int, int] | None) -> Selection:
        """What is chosen, of ``total`` operations."""
        graph, here = self.graph, set(self.units)
        calls = {unit: group for unit, group in self.calls.items() if unit in here and unit not in self.elided}
        group_of = {unit: -1 if self.bundles else _open_group(graph, unit, calls) for unit in self.units}
        drawn = sum(len(self.bundles.get(unit, (unit,))) for unit in self.operations())
        return Selection(
            units=tuple(self.units),
            links=tuple(self.links),
            calls=calls,
            elided=self.elided,
            groups=_with_parents(graph, group_of.values()),
            group_of=group_of,
            alias={operand: copy for copy, operand in self.copies.items()},
            omitted=total - drawn,
            bundles=self.bundles,
            focus=centre,
        )


def _with_parents(graph: Graph, groups: Iterable[int]) -> tuple[int, ...]:
    """These groups and those around them, in order."""
    used: set[int] = set()
    for group in groups:
        while group >= 0 and group not in used:
            used.add(group)
            group = graph.groups[group].parent
    return tuple(sorted(used))


def look_up(
    graph: Graph, expand: Iterable[str] = (), focus: str | None = None, radius: int | None = None
) -> tuple[int | None, set[int], list[int]]:
    """The handle of the focus, and the groups and nodes that ``expand`` names; raises as :func:`select` does."""
    if radius is not None and (radius < 0 or focus is None):
        raise GradvizError("radius counts arrows around a focus, from 0" + (": name the focus, too" if focus is None else ""))
    middle = None if focus is None else graph.handle(focus)
    if middle is not None and not graph.needed[middle]:
        message = f"{focus} is not drawn: {', '.join(graph.output_names)} does not depend on it"
        raise NamingError(message, hint=f"make it the output: graph.of({focus!r}), or --of {focus}")
    return middle, *_named(graph, (expand,) if isinstance(expand, str) else expand)


def _named(graph: Graph, names: Iterable[str]) -> tuple[set[int], list[int]]:
    """The groups and the nodes that names ask to be drawn open."""
    opened: set[int] = set()
    asked: list[int] = []
    for name in dict.fromkeys(names):
        groups = [number for number, group in enumerate(graph.groups) if group.name == name]
        for number in groups:
            while number >= 0 and number not in opened:  # what is inside a closed function is open in vain
                opened.add(number)
                number = graph.groups[number].parent
        if not groups:
            try:
                asked.append(graph.handle(name))
            except NamingError as error:
                functions = ", ".join(dict.fromkeys(group.name for group in graph.groups))
                raise NamingError(f"no function and no node is named {name}", hint=f"the functions are: {functions or 'none'}") from error
    return opened, asked


def _gathered(
    graph: Graph, units: list[int], links: list[Link], unit_of: dict[int, int], bundles: dict[int, tuple[int, ...]]
) -> tuple[list[int], list[Link]]:
    """Units and links with bundles for their members; constants of bundles are left to the formulas."""
    between: dict[tuple[int, int], Link] = {}
    places: dict[int, int] = {}
    kept: list[Link] = []
    for link in links:
        source, target = unit_of[link.source], unit_of[link.target]
        if graph.ops[source] == "constant" and (source in bundles or target in bundles):
            continue
        if source not in bundles and target not in bundles:
            kept.append(link)
        elif (source, target) not in between:
            position = link.position if target not in bundles else places.setdefault(target, 0)
            places[target] = places.get(target, 0) + 1
            between[source, target] = Link(source, target, position)
            kept.append(between[source, target])
    linked = {end for link in kept for end in link[:2]}
    drawn = [unit for unit in dict.fromkeys(unit_of[unit] for unit in units) if unit in linked or graph.operands[unit]]
    order = {unit: place for place, unit in enumerate(drawn)}
    kept = [link for link in kept if link.source in order and link.target in order]
    return drawn, sorted(kept, key=lambda link: order[link.target])


def _levels(graph: Graph) -> list[int]:
    """Per group: how deep it is nested, 1 for an outermost one. A group comes after the group around it."""
    levels: list[int] = []
    for group in graph.groups:
        levels.append(1 if group.parent < 0 else levels[group.parent] + 1)
    return levels


def _implied(graph: Graph, handle: int) -> bool:
    """Whether a constant is a default argument that the author did not write."""
    return graph.ops[handle] == "constant" and bool(getattr(graph.params[handle], "implied", False))


def _fitting_depth(graph: Graph, levels: list[int]) -> int:
    """The most levels that can be open within the limit of drawn operations."""
    deepest = max(levels, default=0)
    if deepest == 0:
        return 0
    nodes, calls = [0] * (deepest + 2), [0] * (deepest + 2)
    for handle, group in enumerate(graph.group_of):
        if graph.needed[handle] and graph.operands[handle]:
            nodes[levels[group] if group >= 0 else 0] += 1
    for level in levels:
        calls[level] += 1
    best, drawn, most = 0, 0, limit("GRADVIZ_MAX_DRAWN")
    for depth in range(deepest + 1):
        drawn += nodes[depth]
        if drawn + calls[depth + 1] <= most:
            best = depth
    return best


def _close(graph: Graph, levels: list[int], depth: int, opened: set[int]) -> list[int]:
    """Per node: the outermost closed group that it is in, or -1; ``opened`` groups are open whatever the depth.

    A group with more than one way out (a gradient may use what is inside) stays open.
    """
    outermost: list[int] = []  # per group: the outermost group around it that is closed, or -1
    for number, group in enumerate(graph.groups):
        around = -1 if group.parent < 0 else outermost[group.parent]
        outermost.append(around if around >= 0 else number if levels[number] > depth and number not in opened else -1)
    into = [outermost[group] if group >= 0 else -1 for group in graph.group_of]
    exits: dict[int, set[int]] = {}
    for handle, operands in enumerate(graph.operands):
        if graph.needed[handle]:
            for operand in operands:
                if into[operand] >= 0 and into[operand] != into[handle]:
                    exits.setdefault(into[operand], set()).add(operand)
    for output in graph.outputs:
        if into[output] >= 0:
            exits.setdefault(into[output], set()).add(output)
    open_after_all = {group for group, ways in exits.items() if ways != {graph.groups[group].output}}
    return [-1 if group in open_after_all else group for group in into]


def _named_copies(graph: Graph, closed_into: list[int]) -> dict[int, int]:
    """Copies that only give a call's result its name, ``q = s(x)``: copy -> the result, which is drawn under that name."""
    copies: dict[int, int] = {}
    for handle, op in enumerate(graph.ops):
        if op != "copy" or not graph.needed[handle] or closed_into[handle] >= 0:
            continue
        operand = graph.operands[handle][0]
        uses = sum(1 for user, _ in graph.users[operand] if graph.needed[user])
        if graph.group_of[operand] >= 0 and graph.names[operand] is None and uses == 1 and operand not in graph.outputs:
            copies[handle] = operand
    return copies


def _units(graph: Graph, closed_into: list[int], copies: dict[int, int]) -> tuple[list[int], list[Link], dict[int, int]]:
    """Everything that would be drawn were there no limit."""
    units: list[int] = []
    links: list[Link] = []
    calls: dict[int, int] = {}
    sources: dict[int, dict[int, None]] = {}  # per closed group: what goes into it, arguments first
    for handle in range(len(graph.ops)):
        if not graph.needed[handle] or handle in copies or _implied(graph, handle):
            continue
        group = closed_into[handle]
        operands = [(copies.get(operand, operand), k) for k, operand in enumerate(graph.operands[handle]) if not _implied(graph, operand)]
        if group < 0:
            units.append(handle)
            links.extend(Link(operand, handle, position) for operand, position in operands)
            continue
        entering = sources.get(group)
        if entering is None:
            entering = sources[group] = {}
        entering.update((operand, None) for operand, _ in operands if closed_into[operand] != group)
        if handle == graph.groups[group].output:
            units.append(handle)
            calls[handle] = group
            ranked = [copies.get(a, a) for a in graph.groups[group].arguments]
            ordered = dict.fromkeys([*(a for a in ranked if a in entering), *entering])
            links.extend(Link(operand, handle, position) for position, operand in enumerate(ordered))
    return units, links, calls


def _open_group(graph: Graph, unit: int, calls: dict[int, int]) -> int:
    """The open group that a unit is drawn in; a closed call stands in the group around it."""
    return graph.groups[calls[unit]].parent if unit in calls else graph.group_of[unit]
