"""The claim that is checked over arrays: its numbers in float64, and what the rules give for it in many digits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...derive import array_tape
from ..references.arrays import ArrayReference, Coordinate, Index

if TYPE_CHECKING:
    from ...derive.derivatives import Point
    from ..references.scalars import Progress
    from ..rules_in_many_digits import Slip


class Sizes(NamedTuple):
    """Sizes of contributions: per input, entry by entry, what all uses of it made together, and the largest anywhere."""

    by_input: dict[int, Any]
    largest: Any

    def at(self, handle: int, entry: Index) -> Any:
        """The size of what is added up in the gradient by one entry; 0 where nothing arrives."""
        found = self.by_input.get(handle, 0)
        return found[entry] if isinstance(found, np.ndarray) else found

    def whole(self, handle: int) -> Any:
        """The largest of an input's."""
        return np.max(self.by_input[handle], initial=0) if handle in self.by_input else 0


class Jacobians(NamedTuple):
    """The rules' Jacobians in high precision by input, the sizes of what is added up in them, and the largest contribution anywhere.

    ``wholes`` are by input, for each entry of the output, the largest of the sizes.
    """

    claims: dict[str, Any]
    scales: dict[str, Any]
    wholes: dict[str, Any]
    largest: Any


class ArrayClaim:
    """The Jacobians of one output of a graph with arrays at a point: the graph's own, or ``claim`` where there is one.

    ``only``: by input the entries that are asked for. ``slip`` is put into the graph's own gradient, for the self-test. ``progress``
    is told of what is done.
    """

    def __init__(
        self,
        point: Point,
        claim: Mapping[str, Any] | None = None,
        only: Mapping[str, Collection[Index]] | None = None,
        slip: Slip | None = None,
        progress: Progress | None = None,
    ) -> None:
        assert point.shapes is not None
        self.point, self.graph, self.shapes = point, point.graph, point.shapes
        self.claim, self.only, self.slip = claim, only, slip
        self.reference = ArrayReference(point.graph, point.inputs, point.shapes, point.values, progress)
        self.mp = self.reference.mp
        self.output = self.graph.outputs[0]
        self.out_shape = self.shapes[self.output]
        self.coordinates = [
            Coordinate(n, h, i) for n, h in self.wrt() for i in (np.ndindex(*self.shapes[h]) if only is None else sorted(only[n]))
        ]

    def wrt(self) -> list[tuple[str, int]]:
        """The inputs that are asked for, with their handles."""
        names = self.point.wrt if self.only is None else self.only
        return [(name, self.graph.input_handles[name]) for name in names]

    @property
    def whole(self) -> bool:
        """Whether it is all of the graph's own gradient."""
        return self.claim is None and self.only is None

    @property
    def own(self) -> bool:
        """Whether it is the graph's own gradient, as it is."""
        return self.claim is None and self.slip is None

    def step(self, one: Coordinate) -> Any:
        """How far an entry moves: in proportion to itself."""
        value = self.point.inputs[one.handle]
        entry = float(value[one.entry]) if one.entry else float(value)
        return abs(self.mp.mpf(entry)) or self.mp.mpf(1)

    # -- in float64 --------------------------------------------------------------------------------------------------

    def analytic(self, name: str) -> Any:
        """The claimed Jacobian: of a scalar output the gradient."""
        if self.claim is not None:
            return np.asarray(self.claim[name], dtype=float)
        return self.slipped(name, np.asarray(self.point.jacobian(name) if self.out_shape else self.point.gradients[name], dtype=float))

    def along(self, seed: Any) -> dict[str, Any]:
        """vᵀJ by input: the claim's, or the graph's own by its backward sweep."""
        if self.claim is None:
            pulled: Mapping[str, Any] = self.point.pullback(seed)
        else:
            pulled = {name: np.tensordot(seed, np.asarray(claim, dtype=float), len(self.out_shape)) for name, claim in self.claim.items()}
        return {name: self.slipped(name, np.asarray(pulled[name], dtype=float)) for name, _ in self.wrt()}

    def slipped(self, name: str, claim: Any) -> Any:
        """A claim by one input, with the slip of a self-test where it stands there."""
        if self.slip is None or self.slip.wrt != name:
            return claim
        changed = self.slip.change(claim)
        return np.asarray(changed, dtype=claim.dtype) if isinstance(claim, np.ndarray) else changed  # of no axes it is a number

    # -- in many digits ----------------------------------------------------------------------------------------------

    def pulled(self, table: array_tape.Table, seed: Any) -> tuple[dict[int, Any], Sizes]:
        """What the rules give by input for a seed of the output, and the sizes of what is added up in it."""
        cotangents, contributions = array_tape.pull_back(self.graph, table, {self.output: seed})
        zero = self.reference.k.number
        return {h: zero(0, self.shapes[h]) if cotangents[h] is None else cotangents[h] for _, h in self.wrt()}, self._sizes(contributions)

    def jacobians(self, table: array_tape.Table) -> Jacobians:
        """The rules' Jacobians, row by row of the output."""
        claims = {name: np.empty(self.out_shape + self.shapes[h], dtype=object) for name, h in self.wrt()}
        scales = {name: np.empty(self.out_shape + self.shapes[h], dtype=object) for name, h in self.wrt()}
        wholes = {name: np.empty(self.out_shape, dtype=object) for name, _ in self.wrt()}
        largest = self.mp.mpf(0)
        for out in np.ndindex(*self.out_shape):
            pulled, sizes = self.pulled(table, self._unit(out))
            largest = max(largest, sizes.largest)
            for name, handle in self.wrt():
                claims[name][out] = pulled[handle]
                scales[name][out] = sizes.by_input.get(handle, self.mp.mpf(0))
                wholes[name][out] = sizes.whole(handle)
        return Jacobians({name: self.slipped(name, claim) for name, claim in claims.items()}, scales, wholes, largest)

    def _unit(self, out: Index) -> Any:
        """The seed that is 1 at one entry of the output."""
        if not self.out_shape:
            return self.mp.mpf(1)
        seed = self.reference.k.number(0, self.out_shape)
        seed[out] = self.mp.mpf(1)
        return seed

    def _sizes(self, contributions: array_tape.Table) -> Sizes:
        found: dict[int, Any] = {}
        overall = self.mp.mpf(0)
        for handle, row in enumerate(contributions):
            for amount, operand in zip(row, self.graph.operands[handle], strict=False):
                if amount is None:
                    continue
                largest = max((abs(one) for one in np.ravel(amount)), default=self.mp.mpf(0))
                if self.mp.isfinite(largest):
                    overall = max(overall, largest)
                if self.graph.ops[operand] == "input":
                    size = abs(amount)
                    found[operand] = found[operand] + size if operand in found else size
        return Sizes(found, overall)
