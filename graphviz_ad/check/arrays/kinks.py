"""Kinks of graphs with arrays: which entries stand on one, and where rounding decided a branch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - arrays are what this module is for, and only they load it

from ...graph.formulas import statement
from ...primitives.arrays import ARRAY_OPERATIONS
from ...primitives.kernels.arrays import Arrays
from ...primitives.registry import OPERATIONS
from ...primitives.rules import cut_rules
from ..references.arrays import ArrayReference, Index
from ..references.scalars import DIGITS
from .one_sided import Met

if TYPE_CHECKING:
    from ...graph.structure import Graph


class ArraySurvey(NamedTuple):
    """What the cuts of a graph say at a point.

    ``met`` are the needed nodes some of whose entries stand on a kink, ``kinked`` the kinks that are met exactly, in words, and
    ``rounding`` the first branch that rounding decided, in words, or "".
    """

    graph: Graph
    met: list[Met]
    kinked: list[str]
    rounding: str

    def place(self) -> str:
        """The kinks in words: the cuts that are met, else the operations on arrays that can have ties."""
        named = self.kinked or [
            f"{statement(self.graph, handle)} ({ARRAY_OPERATIONS[op].kink})"
            for handle, op in enumerate(self.graph.ops)
            if self.graph.needed[handle] and op in ARRAY_OPERATIONS and ARRAY_OPERATIONS[op].kink
        ]
        return ", ".join(dict.fromkeys(named)) or "a corner"


def survey(reference: ArrayReference, values: Sequence[Any], exact: Sequence[Any]) -> ArraySurvey:
    """Compare the branches that ``values``, in float64, took with those of the exact values."""
    graph, shapes, mp, k, floats = reference.graph, reference.shapes, reference.mp, reference.k, Arrays()
    met: list[Met] = []
    kinked: list[str] = []
    rounding = ""
    with np.errstate(all="ignore"):
        for handle, op in enumerate(graph.ops):
            if exact[handle] is None or op not in OPERATIONS or not OPERATIONS[op].kinks:
                continue
            operands = graph.operands[handle]
            mine = [values[one] for one in operands]
            theirs = [exact[one] for one in operands]
            size = max((abs(one) for entry in theirs for one in np.ravel(entry) if mp.isfinite(one)), default=mp.mpf(0))
            for kink, rule in zip(OPERATIONS[op].kinks, cut_rules(op), strict=True):
                if kink.order > 1:
                    continue
                here = np.asarray(rule(floats, *mine, values[handle]), dtype=float)
                there = np.asarray(rule(k, *theirs, exact[handle]), dtype=object)
                zero = np.asarray([abs(one) <= size * mp.mpf(10) ** -(DIGITS // 2) for one in np.ravel(there)], dtype=bool)
                signs = np.asarray([one > 0 for one in np.ravel(there)], dtype=bool)
                flat = np.broadcast_to(here, there.shape).ravel()
                finite = np.isfinite(flat)
                on_it = zero & (flat == 0) & finite
                if np.any(on_it):
                    if graph.needed[handle]:
                        met.append(Met(operands[0], _in_operand(on_it.reshape(there.shape), shapes[operands[0]])))
                    kinked.append(f"{statement(graph, handle)} ({kink.at})")
                if np.any(finite & ((zero != (flat == 0)) | (~zero & (signs != (flat > 0))))) and not rounding:
                    rounding = f"branch decided by rounding at {statement(graph, handle)}"
    return ArraySurvey(graph, met, kinked, rounding)


def _in_operand(entries: Any, shape: Index) -> Any:
    """Entries of a result as those of an operand of ``shape`` that is broadcast to it."""
    extra = entries.ndim - len(shape)
    entries = entries.any(axis=tuple(range(extra))) if extra else entries
    along = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return np.asarray(entries.any(axis=along, keepdims=True) if along else entries)
