"""The chain rule at a point, in the lecture's order: values forward, then every edge backward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ShapeError
from . import kinks, slopes, titles
from .chains import Chain, chain
from .model import Label
from .numbers import MINUS, choose, full, told
from .steps import Backward, Derivation, Edge, Forward, Result, Sum
from .writing import Substituted, formula_label, fraction, name_label

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from .numbers import Value
    from .slopes import Slope

MOST_OPERATIONS = 200  # operations that are written out; of a larger graph those nearest the output
MOST_TERMS = 12  # contributions that are written out at one fork
MOST_GIVEN = 40  # inputs


def derive(point: Point, *, precision: int | None = None) -> Derivation:
    """The derivation of every gradient at a point; of a point with a direction, that of its tangents.

    Raises
    ------
    ShapeError
        The graph has several outputs, or one that is not a scalar.

    >>> from graphviz_ad import parse
    >>> edge = derive(parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)).backward[0].edges[0]
    >>> edge.local.text, edge.formula.text, edge.number.text, edge.contribution.text
    ('∂f/∂q', 'z', '−4', '−4')
    """
    if point.direction is not None:
        from .differentials import differentiate

        return differentiate(point, precision)
    if not titles.is_differentiable(point):
        names = ", ".join(point.graph.output_names)
        raise ShapeError(
            f"the chain rule is written for one scalar output, and here is {names}",
            hint="choose one with graph.of(name), or --of NAME; of an array take the sum: sum(…)",
        )
    return _Deriver(point, precision).derivation()


class _Deriver:
    def __init__(self, point: Point, precision: int | None) -> None:
        self.point, self.graph = point, point.graph
        graph = self.graph
        every = [handle for handle in range(len(graph.ops)) if graph.needed[handle] and graph.operands[handle]]
        self.operations = every[-MOST_OPERATIONS:]
        self.total = len(every)
        shown = {operand for handle in self.operations for operand in graph.operands[handle]} | set(self.operations)
        numbers: list[Value | None] = [point.values[handle] for handle in shown if graph.ops[handle] != "constant"]
        numbers += [point.gradient_of(handle) for handle in shown]
        for handle in self.operations:
            numbers += [slopes.shown(slope) for slope in point.partials[handle]]
            numbers += [share for share in point.contributions[handle] if share is not None]
        self.figures = choose(numbers, precision)
        self.substituted = Substituted(graph, point.values, self.figures)
        self.output = graph.outputs[0]
        self.uses: dict[int, int] = {}
        self.last: dict[int, int] = {}

    def number(self, value: Value) -> Label:
        """A number in both forms, marked where what is shown is not the number itself."""
        return told(value, self.figures)

    def derivation(self) -> Derivation:
        graph, point = self.graph, self.point
        needed = [name for name, handle in graph.input_handles.items() if graph.needed[handle] and not graph.input_spec(handle).constant]
        given = tuple((name_label(name), self.number(point.values[graph.input_handles[name]])) for name in needed[:MOST_GIVEN])
        output = graph.labels[self.output]
        seed = None
        if point.flows[self.output]:
            seed = (fraction(output, output), self.number(point.gradient_of(self.output)))
        return Derivation(
            titles.title(graph),
            given,
            tuple(self.forward(handle) for handle in self.operations),
            seed,
            tuple(step for step in map(self.backward, reversed(self.operations)) if step is not None),
            self.results(),
            tuple(self.notes(len(needed))),
        )

    def forward(self, handle: int) -> Forward:
        """q = x + y = −2 + 5 = 3."""
        formula, value = formula_label(self.graph, handle), self.number(self.point.values[handle])
        return Forward(name_label(self.graph.labels[handle]), formula, _news(self.substituted.node(handle), formula, value), value)

    def backward(self, handle: int) -> Backward | None:
        """What an operation sends back to its operands; None where nothing arrives or nothing goes on."""
        graph, point = self.graph, self.point
        if point.cotangents[handle] is None:
            return None
        upstream = self.number(point.cotangents[handle])
        edges: list[Edge] = []
        finished: list[int] = []
        for position, operand in enumerate(graph.operands[handle]):
            slope, share = point.partials[handle][position], point.contributions[handle][position]
            if slope is None or share is None:
                continue
            written = slopes.shown(slope)
            number = slopes.structure(slope) if written is None else self.number(written)
            formula = slopes.formula(graph, handle, position, slope) or number
            name = fraction(graph.labels[handle], graph.labels[operand])
            new = None if slopes.is_map(slope) else _news(self.substituted.local(handle, position), formula, number)
            if formula.text.lstrip(MINUS).isdigit():  # a literal: 1 = 1.00 says nothing
                formula, new = number, None
            gradient = fraction(graph.labels[self.output], graph.labels[operand])
            rule = self.chain(handle, position, slope)
            both = slopes.indexed(graph, handle, position, slope)
            if both is not None:  # a Jacobian of four indices is told by its entries
                name, formula = both
                number = formula
            product, shapes = (None, None) if rule is None else rule
            contribution, shared = self.number(share), self._uses(operand) > 1
            edges.append(Edge(name, formula, new, number, upstream, contribution, gradient, shared, product, shapes))
            if operand not in finished and self._is_last(operand, handle):
                finished.append(operand)
        if not edges:
            return None
        gradient = fraction(graph.labels[self.output], graph.labels[handle])
        sums = tuple(found for found in (self.sum(operand) for operand in finished) if found is not None)
        return Backward(name_label(graph.labels[handle]), formula_label(graph, handle), gradient, upstream, tuple(edges), sums)

    def chain(self, handle: int, position: int, slope: Slope) -> Chain | None:
        """The matrix chain rule of an edge between arrays."""
        if not slopes.is_map(slope):
            return None
        return chain(self.graph, handle, position, slope, fraction(self.graph.labels[self.output], self.graph.labels[handle]))

    def _is_last(self, operand: int, handle: int) -> bool:
        """Whether this is the first use that is written out, so the last one on the way back: now the gradient is complete."""
        if operand not in self.last:
            written = (user for user, k in self.graph.users[operand] if user >= self.operations[0] and self._share(user, k) is not None)
            self.last[operand] = next(written, -1)
        return self.last[operand] == handle

    def _uses(self, operand: int) -> int:
        """How many uses send something back."""
        if operand not in self.uses:
            self.uses[operand] = sum(1 for user, position in self.graph.users[operand] if self._share(user, position) is not None)
        return self.uses[operand]

    def _share(self, user: int, position: int) -> Value | None:
        row = self.point.contributions[user]
        return row[position] if row else None

    def sum(self, operand: int) -> Sum | None:
        """∂f/∂x = −3 + 5 = 2, where several contributions arrive."""
        users = self.graph.users[operand]
        if len(users) < 2:
            return None
        shares = [share for user, position in reversed(users) if (share := self._share(user, position)) is not None]
        if len(shares) < 2:
            return None
        name = fraction(self.graph.labels[self.output], self.graph.labels[operand])
        terms = tuple(self.number(share) for share in shares[:MOST_TERMS])
        return Sum(name, terms, self.number(self.point.gradient_of(operand)), len(shares))

    def results(self) -> tuple[Result, ...]:
        """The gradients by the inputs."""
        output = self.graph.labels[self.output]
        found = [(name, slope) for name, slope in self.point.gradients.items() if slope is not None]
        return tuple(Result(fraction(output, name), full(slope, self.figures)) for name, slope in found[:MOST_GIVEN])

    def notes(self, inputs: int) -> list[str]:
        """What was cut, where a kink is, what is not finite."""
        notes = []
        if self.total > len(self.operations):
            notes.append(f"{len(self.operations):,} of {self.total:,} operations are written out, those nearest the output")
        if inputs > MOST_GIVEN:
            notes.append(f"{MOST_GIVEN} of {inputs:,} inputs are written out")
        notes += [kinks.tell(self.point, kink) for kink in kinks.find(self.point)[:10]]
        return notes + list(self.point.warnings[:10])


def _news(substituted: Label, formula: Label, number: Label) -> Label | None:
    """The substituted form, where it is neither the formula itself nor the number alone."""
    return None if substituted.text in (formula.text, number.text) else substituted
