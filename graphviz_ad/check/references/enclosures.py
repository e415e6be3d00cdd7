"""Derivatives of a graph of scalars enclosed in balls, a number and a radius that provably hold the exact one (the extra ``arb``).

The graph runs on power series of balls, cut after the slope, over the cone of one input. Arb's series arithmetic knows how a product or
an exponential moves, and no derivative rule of ours is used; every rounding is in the radius. So a derivative is not estimated
from neighbouring values, and agreement with it is a proof. It is a proof about the formula at the very doubles that float64 was given.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flint import arb, arb_series, ctx  # noqa: TID253 - this module exists for them, and only a proof loads it

from ...primitives.kernels import arb as kernels
from .wiring import LEAVES, wiring_of

if TYPE_CHECKING:
    from ...graph.parts import Literal
    from ...graph.structure import Graph

#: bits of the working precision, tried in turn until the radius is small
BITS = (240, 960, 3840)
#: a radius below this part of the value, or of what is added up in it, is small
SMALL = 1e-32


class Unproven(Exception):
    """Why a derivative is not enclosed, in words."""


class Enclosures:
    """A graph at exact inputs, on balls. Inputs are the doubles that float64 used; integers, pi and e are exact."""

    def __init__(self, graph: Graph, inputs: Mapping[int, Any]) -> None:
        self.graph, self.inputs = graph, inputs
        self.wiring = wiring_of(graph)
        self._bases: dict[int, list[Any]] = {}

    def partial(self, handle: int, scale: float) -> tuple[Any, Any]:
        """The derivative of the output by an input: the middle and the radius of a ball, as ``arb``.

        ``scale`` is the size of what is added up in it: one that cancels to 0 is small against that.

        Raises
        ------
        Unproven
            An operation has no enclosure, a branch is not certain, or no precision makes the radius small.
        """
        for bits in BITS:
            with _precision(bits):
                ball = self._slope(handle, bits)
                if not ball.is_finite():
                    continue
                middle, radius = ball.mid(), ball.rad()
                if radius <= SMALL * abs(middle) or (math.isfinite(scale) and radius <= SMALL * arb(scale)):
                    return middle, radius
        raise Unproven(f"not enclosed tightly in {BITS[-1]} bits")

    def _slope(self, handle: int, bits: int) -> Any:
        base = self._base(bits)
        order, sums = self.wiring.cone(handle)
        moving: dict[int, Any] = {handle: arb_series([_known(base[handle]), 1])}
        for node in order:
            terms = sums.get(node)
            if terms is not None:
                slope = sum((sign * _second(moving[leaf]) for leaf, sign in terms), arb(0))
                moving[node] = arb_series([_known(base[node]), slope])
                continue
            arguments = [moving[one] if one in moving else _known(base[one]) for one in self.graph.operands[node]]
            moving[node] = self._apply(node, arguments)
        return _second(moving[self.wiring.output]) if self.wiring.output in moving else arb(0)

    def _base(self, bits: int) -> list[Any]:
        """Every node where nothing moves; of a node without an enclosure the reason."""
        if bits not in self._bases:
            values: list[Any] = [None] * len(self.graph.ops)
            for node, op in enumerate(self.graph.ops):
                if op in LEAVES:
                    values[node] = self._input(node) if op == "input" else _literal(self.graph.params[node])  # type: ignore[arg-type]
                elif self.graph.needed[node]:
                    try:
                        values[node] = self._apply(node, [_known(values[one]) for one in self.graph.operands[node]])
                    except Unproven as error:
                        values[node] = error
            self._bases[bits] = values
        return self._bases[bits]

    def _apply(self, node: int, arguments: Sequence[Any]) -> Any:
        op = self.graph.ops[node]
        function = getattr(kernels, op, None)
        if function is None:
            raise Unproven(f"{op} has no enclosure")
        try:
            return function(*arguments)
        except kernels.Undecided as error:
            raise Unproven(f"{error} at {self.graph.labels[node]}") from None

    def _input(self, node: int) -> Any:
        name, spec = self.graph.labels[node], self.graph.input_spec(node)
        if spec.constant and self.inputs[node] == spec.default and name in ("pi", "e"):
            return arb.pi() if name == "pi" else arb.const_e()
        return arb(self.inputs[node])


def _literal(literal: Literal) -> Any:
    """Integers, pi and e exactly, decimals as the double they stand for."""
    if literal.text in ("pi", "e"):
        return arb.pi() if literal.text == "pi" else arb.const_e()
    return arb(literal.text) if literal.integer else arb(literal.value)


def _known(value: Any) -> Any:
    """A node's ball; what has none says why."""
    if isinstance(value, Unproven):
        raise value
    return value


def _second(value: Any) -> Any:
    """The slope of a series; 0 of what stays."""
    terms = value.coeffs() if isinstance(value, arb_series) else ()
    return terms[1] if len(terms) > 1 else arb(0)


@contextmanager
def _precision(bits: int) -> Iterator[None]:
    """Arb's global precision, and series of a value and a slope, for a while."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = bits, 2
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before
