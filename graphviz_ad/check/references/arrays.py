"""The reference over arrays: the graph evaluated on object arrays of high-precision numbers, and differenced.

Like the reference of scalars it knows no derivative rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...graph.shapes import call_of
from ...primitives.kernels.arrays import PreciseArrays, compute
from ...primitives.registry import OPERATIONS
from .scalars import DIGITS, Progress, Reference

if TYPE_CHECKING:
    from ...graph.structure import Graph

STEP = 40

Index = tuple[int, ...]


class Coordinate(NamedTuple):
    """One entry of one input."""

    name: str
    handle: int
    entry: Index


class ShapeChanges(Exception):
    """The output has another shape next to the point."""


class ArrayReference(Reference):
    """The reference over arrays; inputs of whole numbers and truth values stay as they are."""

    def __init__(
        self,
        graph: Graph,
        inputs: Mapping[int, Any],
        shapes: Sequence[Index],
        values: Sequence[Any] = (),
        progress: Progress | None = None,
    ) -> None:
        super().__init__(graph, inputs, values, progress)
        self.shapes = shapes
        self.k = PreciseArrays(self.mp)

    def input_value(self, handle: int) -> Any:
        value = self.inputs[handle]
        if not isinstance(value, np.ndarray):
            return super().input_value(handle)
        return value if value.dtype.kind in "iub" else self.k.array(value)

    def evaluate(self, order: Sequence[int], values: list[Any]) -> list[Any]:
        with np.errstate(all="ignore"):
            return self._evaluate(order, values)

    def _evaluate(self, order: Sequence[int], values: list[Any]) -> list[Any]:
        graph = self.graph
        for handle in order:
            self.look_at_the_clock()
            op = graph.ops[handle]
            if op == "input":
                if values[handle] is None:
                    values[handle] = self.input_value(handle)
            elif op == "constant":
                values[handle] = self.exact(graph.params[handle])  # type: ignore[arg-type]
            else:
                operands = [values[one] for one in graph.operands[handle]]
                if op in OPERATIONS:
                    result = getattr(self.k, op)(*operands)
                else:
                    result = compute(self.k, call_of(graph, handle, self.shapes, values), operands)
                values[handle] = self.settled(result)
        return values

    def moved(self, digits: int, changes: Mapping[int, Any], base: list[Any] | None = None) -> list[Any]:
        """As of scalars; raises :class:`ShapeChanges`."""
        values = super().moved(digits, changes, base)
        if np.shape(values[self.output]) != self.shapes[self.output]:
            raise ShapeChanges
        return values

    def settled(self, value: Any) -> Any:
        """Arrays without axes as plain numbers, whole numbers as exact ones."""
        if isinstance(value, np.ndarray):
            if value.ndim == 0:
                return value.item()
            return self.k.exact(value) if value.dtype.kind in "iu" else value
        return value.item() if isinstance(value, np.generic) else value

    def along(self, direction: Mapping[int, Any], digits: int = DIGITS) -> tuple[Any, Any, Any]:
        """The derivative of the output along a direction, and the one-sided ones: (two-sided, left, right)."""
        base = self.base(digits)
        unit = self.unit(digits)
        here = base[self.output]
        ahead = self.moved(digits, {h: base[h] + unit * d for h, d in direction.items()})[self.output]
        behind = self.moved(digits, {h: base[h] - unit * d for h, d in direction.items()})[self.output]
        here, ahead, behind = (self.number(one) for one in (here, ahead, behind))
        return (ahead - behind) / (2 * unit), (here - behind) / unit, (ahead - here) / unit

    @property
    def digits(self) -> int:
        """The working precision."""
        return DIGITS + self.extra

    def noise(self) -> Any:
        """What rounding leaves of a difference along a step of size 1: the last digits of the largest value, over the step."""
        values = (self.number(value) for value in self.base(DIGITS) if value is not None)
        sizes = (abs(one) for value in values for one in np.ravel(value))
        return (
            max((one for one in sizes if self.mp.isfinite(one)), default=self.mp.mpf(0))
            * self.mp.mpf(10) ** (3 - self.digits)
            / self.unit(DIGITS)
        )

    def number(self, value: Any) -> Any:
        """Truth values as 0 and 1."""
        if not isinstance(value, np.ndarray):
            return self.mp.mpf(value)
        return self.k.array(np.where(value, 1, 0)) if value.dtype == bool else value

    def direction(self, one: Coordinate, size: Any = 1) -> Any:
        """The direction that moves one entry."""
        if not one.entry and not self.shapes[one.handle]:
            return self.mp.mpf(size)
        direction = self.k.number(0, self.shapes[one.handle])
        direction[one.entry] = self.mp.mpf(size)
        return direction


def entry_at(value: Any, index: Index) -> Any:
    """An entry of an array, which without axes may be a plain number."""
    return value[index] if index else (value.item() if isinstance(value, np.ndarray) else value)


def total(value: Any) -> Any:
    """The sum of an array's entries; a plain number is its own."""
    return np.sum(value) if isinstance(value, np.ndarray) else value
