"""From a graph, with or without values, to the scene that is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..derive.tape import SELECTION
from ..engine.activity import activity
from ..errors import DerivativeError, GradvizError
from ..graph.parts import Literal
from ..graph.unicode import unicode_name
from . import kinks, second, titles
from . import slopes as slopes_
from .bundle_wires import bundle_wire, span
from .model import Arrow, Cluster, Label, Scene, Wire
from .numbers import choose, exact, shape_text
from .selection import Selection, select
from .surroundings import Link
from .writing import call_label, definition_label, formula_label, fraction, gate_label, name_label, number_label, output_label

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from ..graph.structure import Graph
    from .numbers import Value
    from .slopes import Slope

MOST_WIRES = 40  # operations in wire style; larger graphs and arrays are drawn as cards
MOST_NAMED = 24  # wires whose automatic names are shown: with more of them no arrow names its derivative
STYLES = ("wire", "card")


def compose(
    graph: Graph,
    point: Point | None = None,
    *,
    style: str | None = None,
    title: str | None = None,
    precision: int | None = None,
    depth: int | None = None,
    expand: Iterable[str] = (),
    focus: str | None = None,
    radius: int | None = None,
    hessian: bool = False,
) -> Scene:
    """The picture of a graph; with a point its values, gradients and local derivatives, without one the formulas.

    ``style``: "wire" or "card", chosen by size when None. ``title``: text instead of the formula, "" for none.
    ``precision``: decimals of every number. ``depth``: how many levels of nested functions are drawn open. ``expand``: names
    of functions that are open whatever the depth, and of nodes that are drawn by themselves. ``focus``: a node, of which only
    the surroundings are drawn, ``radius`` arrows far. ``hessian``: the second derivatives below the picture, where they
    are few. A point with a direction (:meth:`Point.along`) shows tangents.

    Raises
    ------
    GradvizError
        An unknown style, a negative depth, precision or radius.
    NamingError
        ``expand`` or ``focus`` names nothing in the graph.

    >>> from graphviz_ad import parse
    >>> scene = parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4).scene()
    >>> [(wire.symbol.text, wire.value.text, wire.gradient.text) for wire in scene.wires]
    [('x', '−2', '−4'), ('y', '5', '−4'), ('z', '−4', '3'), ('+', '3', '−4'), ('×', '−12', '1')]
    """
    if style is not None and style not in STYLES:
        raise GradvizError(f"unknown style {style!r}; known are {', '.join(STYLES)}")
    if depth is not None and depth < 0:
        raise GradvizError(f"depth is {depth}; it counts the levels of functions that are drawn open, from 0")
    if precision is not None and not 0 <= precision <= 17:
        raise GradvizError(f"precision is {precision}; it counts decimals, from 0 to 17")
    chosen = select(graph, depth, expand=expand, focus=focus, radius=radius)
    return _Composer(graph, point, chosen, precision).scene(style, title, hessian)


class _Composer:
    def __init__(self, graph: Graph, point: Point | None, chosen: Selection, precision: int | None) -> None:
        self.graph, self.point, self.chosen = graph, point, chosen
        self.outputs = {chosen_output(chosen, graph, output): output for output in graph.outputs}
        self.forward = point is not None and point.direction is not None
        self.gradients = point is not None and (self.forward or titles.is_differentiable(point))
        constants = {h for h in graph.input_handles.values() if graph.input_spec(h).constant}
        inputs = set(graph.input_handles.values()) - constants
        self.flows = point.flows if point is not None else activity(graph, inputs)
        self.slopes = {unit: self._pulled_back(unit, group) for unit, group in chosen.calls.items() if point is not None}
        self.partials = [self._local(link.source, link.target, link.position) if self._single(link) else None for link in chosen.links]
        self.locals = [slopes_.shown(partial) for partial in self.partials]
        self.forks = set() if self.forward else _forks(chosen)
        self.joins = self._joins() if self.forward else set()
        self.figures = choose(self._shown(), precision)

    def _single(self, link: Link) -> bool:
        """Whether an arrow is one use of one value."""
        return link.source not in self.chosen.bundles and link.target not in self.chosen.bundles

    # -- numbers -----------------------------------------------------------------------------------------------------

    def _pulled_back(self, unit: int, group: int) -> dict[int, Any]:
        """The derivative of a closed call by each of its sources, the chain rule run inside of it alone."""
        assert self.point is not None
        graph, partials = self.graph, self.point.partials
        if self.point.shape_of(unit):
            return {}  # the Jacobian of a call that gives an array is told by its name alone
        inside = self._members(group)
        slopes: dict[int, Any] = {unit: 1.0}
        for handle in reversed(inside):
            upstream = slopes.get(handle)
            if upstream is None or not partials[handle]:
                continue
            selecting = graph.ops[handle] == SELECTION
            for operand, local in zip(graph.operands[handle], partials[handle], strict=True):
                if slopes_.is_map(local):
                    share = local.pull(upstream)[0]
                elif local is None or (selecting and local == 0.0):
                    continue
                else:
                    share = upstream * local
                slopes[operand] = slopes[operand] + share if operand in slopes else share
        return slopes

    def _members(self, group: int) -> list[int]:
        """The nodes of a closed call that its result needs, the functions that it calls included."""
        if not hasattr(self, "_by_group"):
            owner: list[int] = []
            closed = set(self.chosen.calls.values())
            for number, one in enumerate(self.graph.groups):
                around = owner[one.parent] if one.parent >= 0 else -1
                owner.append(around if around >= 0 else number if number in closed else -1)
            self._by_group: dict[int, list[int]] = {}
            for handle, inner in enumerate(self.graph.group_of):
                if inner >= 0 and owner[inner] >= 0 and self.graph.needed[handle]:
                    self._by_group.setdefault(owner[inner], []).append(handle)
        return self._by_group.get(group, [])

    def _local(self, source: int, target: int, position: int) -> Slope:
        """The local derivative's number on an arrow; None where none flows or nothing is bound."""
        if self.point is None:
            return None
        if target in self.slopes:
            return self.slopes[target].get(source) if self.flows[source] else None
        return self.point.partials[target][position] if self.point.partials[target] else None

    def _is_array_call(self, target: int) -> bool:
        return target in self.chosen.calls and self.point is not None and bool(self.point.shape_of(target))

    def _contribution(self, source: int, target: int, position: int, partial: Any) -> Value | None:
        if self.point is None or not self.gradients or partial is None:
            return None
        if self.forward and target in self.slopes:
            return partial * self.point.tangents[source] if not hasattr(partial, "shape") or partial.shape == () else None
        if target in self.slopes:
            upstream = self.point.cotangents[target]
            return None if upstream is None else upstream * partial
        row = self.point.tangent_shares[target] if self.forward else self.point.contributions[target]
        return row[position] if row else None

    def _value(self, unit: int) -> Value | None:
        return None if self.point is None else self.point.values[unit]

    def _gradient(self, unit: int) -> Value | None:
        if self.point is None or not self.gradients or self.graph.ops[unit] == "constant":
            return None
        return self.point.tangent_of(unit) if self.forward else self.point.node_gradients[unit]

    def _joins(self) -> set[int]:
        """The units that several moving operands meet in: their tangent is a sum."""
        met: dict[int, int] = {}
        for link in self.chosen.links:
            if self.flows[link.source] and self.flows[link.target]:
                met[link.target] = met.get(link.target, 0) + 1
        return {target for target, count in met.items() if count > 1}

    def _is_shared(self, source: int, target: int) -> bool:
        """Whether an arrow brings a part of a sum that is shown."""
        return source in self.forks or target in self.joins

    def _shown(self) -> list[Any]:
        """Every number of the picture: they are all integers, or all get decimals."""
        if self.point is None:
            return []
        kept = [unit for unit in self.chosen.units if unit not in self.chosen.bundles]
        numbers = [self._value(unit) for unit in kept if self.graph.ops[unit] != "constant"]
        numbers += [self._gradient(unit) for unit in kept]
        for members in self.chosen.bundles.values():
            numbers += [end for find in (self._value, self._gradient) for end in span(map(find, members))]
        numbers += [local for local in self.locals if local is not None]
        for link, partial in zip(self.chosen.links, self.partials, strict=True):
            if self._is_shared(link.source, link.target):
                numbers.append(self._contribution(*link, partial))
        return numbers

    # -- the scene ---------------------------------------------------------------------------------------------------

    def scene(self, style: str | None, title: str | None, hessian: bool) -> Scene:
        graph, chosen = self.graph, self.chosen
        operations = sum(1 for unit in chosen.units if graph.operands[unit])
        if style is None:
            style = "card" if operations > MOST_WIRES or chosen.bundles or self._has_arrays() else "wire"
        named = style == "card" or len(chosen.units) <= MOST_NAMED
        arrows, copies = self.arrows()
        wires: list[Wire] = []
        for unit in chosen.units:
            wires.append(self.wire(unit, named))
            wires.extend(wires[-1]._replace(id=f"n{unit}_{number}") for number in range(1, copies.get(unit, 0)))
        written = titles.write_all(graph)
        heading = titles.title(graph, written) if title is None else Label(title) if title else None
        return Scene(
            tuple(wires),
            tuple(arrows),
            tuple(self.cluster(group) for group in chosen.groups),
            heading,
            graph.output,
            style,
            self.point is not None,
            tuple(self.notes()),
            titles.description(graph, self.point, self.figures, written),
            titles.direction(self.point, self.figures) if self.point is not None and self.forward else "",
            second.label(self.point) if hessian and self.point is not None else None,
        )

    def arrows(self) -> tuple[list[Arrow], dict[int, int]]:
        """All arrows, and how often each constant is drawn: every use has a pill of its own, as in the text."""
        arrows: list[Arrow] = []
        copies: dict[int, int] = {}
        for link, partial, local in zip(self.chosen.links, self.partials, self.locals, strict=True):
            arrow = self.arrow(*link, partial, local)
            if self.graph.ops[link.source] == "constant":
                number = copies.get(link.source, 0)
                copies[link.source] = number + 1
                if number:
                    arrow = arrow._replace(source=f"{arrow.source}_{number}")
            arrows.append(arrow)
        return arrows, copies

    def _has_arrays(self) -> bool:
        if self.point is None:
            return any(self.graph.shapes or ())
        return any(getattr(self._value(unit), "shape", ()) != () for unit in self.chosen.units)

    def _name(self, unit: int) -> str:
        """What a unit is called: a call's result by the name of the copy that the author gave it."""
        return self.graph.labels[self.chosen.alias.get(unit, unit)]

    def _constant(self, unit: int) -> str:
        """A number as it was written; one that is the output has a name as its label, and is told by its value."""
        literal = self.graph.params[unit]
        return exact(literal.value) if unit in self.outputs and isinstance(literal, Literal) else self.graph.labels[unit]

    def wire(self, unit: int, named: bool) -> Wire:
        """A node, a closed call, or a pill that stands for what is behind it."""
        graph, chosen = self.graph, self.chosen
        op = graph.ops[unit]
        if unit in chosen.bundles:
            numbers = span(map(self._value, chosen.bundles[unit])), span(map(self._gradient, chosen.bundles[unit]))
            return bundle_wire(graph, chosen, unit, self._name, numbers, self.figures)
        value, gradient = self._value(unit), self._gradient(unit)
        output = output_label(graph, self.outputs[unit]) if unit in self.outputs else None
        label = name_label(self._name(unit))
        by_author = graph.names[chosen.alias.get(unit, unit)] is not None
        name = label if by_author or named else None
        formula: Label | None = None
        if unit in chosen.elided:
            count = chosen.elided[unit]
            text = f"{count:,} operation{'s' * (count != 1)}" if count else "drawn above"
            kind, symbol = "elided", Label(text)
        elif op == "input":
            kind, symbol, name = "input", label, None
        elif op == "constant":
            kind, symbol, name = "constant", number_label(self._constant(unit)), None
        elif unit in chosen.calls:
            kind, symbol = "call", call_label(graph.groups[chosen.calls[unit]].name)
            formula = self._call_formula(unit)
        else:
            kind, symbol, formula = "operation", gate_label(op), formula_label(graph, unit)
        if output is not None:  # the pill at the end says it
            name = None
        group = chosen.group_of[unit]
        return Wire(
            f"n{unit}",
            kind,
            symbol,
            name,
            formula,
            None if op == "constant" and unit not in self.outputs else self.figures.label(value),
            self.figures.label(gradient),
            output,
            f"g{group}" if group >= 0 else None,
            self._shape(unit),
            self._tooltip(unit, formula, value, gradient),
        )

    def _call_formula(self, unit: int) -> Label:
        """A closed call as it was written: σ(v₄)."""
        name = call_label(self.graph.groups[self.chosen.calls[unit]].name)
        sources = [link.source for link in self.chosen.links if link.target == unit]
        if self.chosen.bundles:  # links begin at what stands for the argument
            sources = list(dict.fromkeys(self.graph.groups[self.chosen.calls[unit]].arguments))
        labels = [number_label(self._name(s)) if self.graph.ops[s] == "constant" else name_label(self._name(s)) for s in sources]
        return Label(
            f"{name.text}({', '.join(label.text for label in labels)})",
            rf"{name.latex}\left({', '.join(label.latex for label in labels)}\right)",
        )

    def _shape(self, unit: int) -> str:
        if self.point is not None:
            return shape_text(getattr(self._value(unit), "shape", ()))
        return shape_text(self.graph.shape_of(unit))

    def _tooltip(self, unit: int, formula: Label | None, value: Value | None, gradient: Value | None) -> str:
        if self.graph.ops[unit] == "constant":
            return ""
        lines = [self._name(unit) + (f" = {formula.exact or formula.text}" if formula is not None else "")]
        if value is not None:
            lines.append(f"value {exact(value)}")
        if gradient is not None:
            lines.append(f"{'tangent' if self.forward else 'gradient'} {exact(gradient)}")
        return "\n".join(lines)

    def arrow(self, source: int, target: int, position: int, partial: Slope, local: Value | None) -> Arrow:
        """One use of a value with its local derivative: ``partial`` as it is, ``local`` what is shown of it."""
        ends = f"n{source}", f"n{target}", position
        if (
            source in self.chosen.bundles
            or target in self.chosen.bundles
            or not self.flows[source]
            or not self.flows[target]
            or (self.point is not None and partial is None and not self._is_array_call(target))
        ):
            return Arrow(*ends)
        formula: Label | None = None
        if target not in self.chosen.calls:
            try:
                formula = slopes_.formula(self.graph, target, position, partial)
            except DerivativeError:
                return Arrow(*ends)
        contribution = self._contribution(source, target, position, partial)
        name = fraction(self._name(target), self._name(source))
        sides = slopes_.indexed(self.graph, target, position, partial) if target not in self.chosen.calls else None
        if sides is not None:
            name, formula = sides
        lines = [name.text + (f" = {formula.exact}" if formula is not None else "")]
        if local is not None:
            lines.append(f"local derivative {exact(local)}")
        if contribution is not None:
            lines.append(f"{'local × tangent' if self.forward else 'upstream × local'} = {exact(contribution)}")
        forks = self._is_shared(source, target)
        over = target in self.outputs and output_label(self.graph, self.outputs[target]).text.startswith("∂")  # no fraction over a fraction
        return Arrow(
            *ends,
            None if over else name,
            formula,
            self.figures.label(local),
            self.figures.label(contribution) if forks else None,
            forks,
            "\n".join(lines),
        )

    def cluster(self, group: int) -> Cluster:
        """An open function with its definition."""
        one = self.graph.groups[group]
        return Cluster(f"g{group}", definition_label(one.label), f"g{one.parent}" if one.parent >= 0 else None)

    def notes(self) -> list[str]:
        """What a reader must know besides: what is not drawn, kinks, warnings."""
        told = []
        chosen = self.chosen
        stand_for = [
            len(chosen.bundles.get(unit, (unit,))) for unit in chosen.units if self.graph.operands[unit] and unit not in chosen.elided
        ]
        drawn, total = sum(stand_for), sum(stand_for) + chosen.omitted
        if chosen.focus is not None:
            unit, radius = chosen.focus
            within = f"{radius} step{'s' * (radius != 1)} of {unicode_name(self._name(unit))}"
            told.append(f"{drawn:,} of {total:,} operations drawn, those within {within}")
        elif chosen.omitted:
            told.append(f"{drawn:,} of {total:,} operations drawn, those nearest the output; set GRADVIZ_MAX_DRAWN to draw more")
        if chosen.bundles:
            told.append(
                f"{drawn:,} operations drawn as {len(stand_for):,}: ×n stands for n of the same role, with the least and greatest number"
            )
        if self.point is not None:
            found = kinks.find(self.point)
            told += [kinks.tell(self.point, kink) for kink in found[:3]]
            if len(found) > 3:
                told.append(f"{len(found) - 3} more kinks")
            told += self.point.warnings[:3]
        return told


def chosen_output(chosen: Selection, graph: Graph, output: int) -> int:
    """The unit that an output is drawn as: the result that a copy merely names is drawn in its place."""
    if graph.ops[output] == "copy":
        operand = graph.operands[output][0]
        if chosen.alias.get(operand) == output:
            return operand
    return output


def _forks(chosen: Selection) -> set[int]:
    """The units with several arrows."""
    uses: dict[int, int] = {}
    for link in chosen.links:
        uses[link.source] = uses.get(link.source, 0) + 1
    return {source for source, count in uses.items() if count > 1}
