"""The reference: the same graph evaluated to many digits, and differenced.

Nothing here knows a derivative rule. A derivative is (f(x+h) - f(x-h)) / 2h with h and the working precision chosen so
that truncation and cancellation are both far below what float64 can show, and it counts only when two precisions agree.
"""

from __future__ import annotations

import math
import operator
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from mpmath.ctx_mp import MPContext  # noqa: TID253 - this module exists for it, and only a check loads it

from ...limits import limit
from ...primitives.kernels import mpmath as kernels
from .cones import Cones
from .wiring import LEAVES

if TYPE_CHECKING:
    from ...graph.parts import Literal
    from ...graph.structure import Graph

#: digits of the values of all nodes at the point
DIGITS = 120
#: working digits, tried in turn until two neighbours agree; the step is 10**-(digits/3)
PRECISIONS = (60, 120, 240, 400)

#: what the reference itself can tell apart, relative to the size of a number
AGREEMENT = 1e-30

_DIRECT: dict[str, Callable[[Any, Any], Any]] = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}

#: digits added before a disagreement counts
MORE = 800

#: called with what is done and what there is to do
Progress = Callable[[int, int], None]


class OutOfTime(Exception):
    """The check has taken longer than ``GRADVIZ_CHECK_SECONDS``."""


class Slope(NamedTuple):
    """A derivative from differences: its value and own error estimate; ``left`` and ``right`` are the one-sided slopes."""

    value: Any
    error: Any
    left: Any
    right: Any


class Reference:
    """A graph at exact inputs, evaluated at any precision.

    Inputs are the doubles that the float64 run used, integers and pi and e in the text are exact.
    """

    def __init__(self, graph: Graph, inputs: Mapping[int, Any], values: Sequence[Any] = (), progress: Progress | None = None) -> None:
        self.graph, self.inputs, self.progress = graph, inputs, progress
        self.extra = spread(graph, values)
        self._deadline = time.monotonic() + limit("GRADVIZ_CHECK_SECONDS")
        self.mp: Any = MPContext()
        self.output = graph.outputs[-1]
        self.held = held(graph)
        self._needed = graph.needed
        self._order = [h for h, op in enumerate(graph.ops) if self._needed[h] or op == "input"]
        self._cones: dict[int, list[int]] = {}
        self._bases: dict[int, list[Any]] = {}
        self._moving: dict[int, Cones] = {}
        self._uses: list[list[int]] | None = None
        self.operations = 0
        self._done = self._due = 0

    def expect(self, operations: int) -> None:
        """From now on tell the progress of so many operations."""
        self._done, self._due = 0, operations

    def use(self, digits: int) -> None:
        """Work in so many digits, and as many more as the numbers of the graph lie apart in size."""
        self.mp.dps = digits + self.extra

    def sharpen(self) -> None:
        """Take many more digits from now on: before a rule is called wrong, the reference doubts itself."""
        self.extra += MORE
        self._bases.clear()
        self._moving.clear()

    # -- evaluation --------------------------------------------------------------------------------------------------

    def input_value(self, handle: int) -> Any:
        """An input exactly as float64 received it; an unbound pi or e to the working precision."""
        spec = self.graph.input_spec(handle)
        name = self.graph.labels[handle]
        if spec.constant and self.inputs[handle] == spec.default and name in ("pi", "e"):
            return +(self.mp.pi if name == "pi" else self.mp.e)
        return self.mp.mpf(self.inputs[handle])

    def evaluate(self, order: Sequence[int], values: list[Any]) -> list[Any]:
        """Fill ``values`` for the nodes in ``order``, which are no inputs unless still empty."""
        mp, graph = self.mp, self.graph
        for handle in order:
            self.look_at_the_clock()
            op = graph.ops[handle]
            if op == "input":
                if values[handle] is None:
                    values[handle] = self.input_value(handle)
                continue
            if op == "constant":
                literal = graph.params[handle]
                values[handle] = self.exact(literal)  # type: ignore[arg-type]
                continue
            arguments = [values[k] for k in graph.operands[handle]]
            direct = _DIRECT.get(op)
            values[handle] = direct(*arguments) if direct is not None else getattr(kernels, op)(mp, *arguments)
        self.operations += len(order)
        return values

    def look_at_the_clock(self) -> None:
        """Raise :class:`OutOfTime` when the check has taken longer than it may; called once an operation."""
        if time.monotonic() > self._deadline:
            raise OutOfTime
        if self.progress is not None and self._due:
            self._done += 1
            self.progress(min(self._done, self._due), self._due)

    def exact(self, literal: Literal) -> Any:
        """A literal: integers, pi and e to the working precision, decimals as the double they stand for."""
        if literal.text in ("pi", "e"):
            return +(self.mp.pi if literal.text == "pi" else self.mp.e)
        # Python turns short digit strings into integers, and guards itself against long ones.
        return (
            self.mp.mpf(int(literal.text) if len(literal.text) < 4000 else literal.text) if literal.integer else self.mp.mpf(literal.value)
        )

    def base(self, digits: int) -> list[Any]:
        """Every needed node's value at the point itself."""
        self.use(digits)
        if digits not in self._bases:
            self._bases[digits] = self.evaluate(self._order, [None] * len(self.graph.ops))
        return self._bases[digits]

    def cones(self, digits: int) -> Cones:
        """What each input moves, at a precision that is in use."""
        if digits not in self._moving:
            functions = {op: _DIRECT.get(op) or partial(getattr(kernels, op), self.mp) for op in set(self.graph.ops) - LEAVES}
            self._moving[digits] = Cones(self.graph, self.base(digits), functions)
        return self._moving[digits]

    def _users(self) -> list[list[int]]:
        """For each node the needed ones that take it as an operand."""
        if self._uses is None:
            self._uses = [[] for _ in self.graph.ops]
            for handle in self._order:
                for operand in set(self.graph.operands[handle]):
                    self._uses[operand].append(handle)
        return self._uses

    def cone(self, inputs: Sequence[int]) -> list[int]:
        """The needed nodes that move with any of the inputs, in order, the inputs left out: what is held does not move."""
        key = inputs[0] if len(inputs) == 1 else -1
        if key >= 0 and key in self._cones:
            return self._cones[key]
        users = self._users()
        mark = set(inputs)
        pending = list(inputs)
        while pending:
            for user in users[pending.pop()]:
                if user not in mark and user not in self.held:
                    mark.add(user)
                    pending.append(user)
        found = sorted(mark.difference(inputs))
        if key >= 0:
            self._cones[key] = found
        return found

    def moved(self, digits: int, changes: Mapping[int, Any], base: list[Any] | None = None) -> list[Any]:
        """All values with some inputs replaced; only what depends on them is computed again."""
        values = list(self.base(digits) if base is None else base)
        for handle, value in changes.items():
            values[handle] = value
        return self.evaluate(self.cone(list(changes)), values)

    # -- differences -------------------------------------------------------------------------------------------------

    def unit(self, digits: int) -> Any:
        """The step, in proportion to what moves: a third of the working digits down."""
        return self.mp.mpf(10) ** -((digits + self.extra) // 3)

    def slope_along(self, digits: int, direction: Mapping[int, Any]) -> Slope:
        """The directional derivative at one precision, two-sided and one-sided."""
        mp = self.mp
        base = self.base(digits)
        unit = self.unit(digits)
        if len(direction) == 1:
            ((handle, size),) = direction.items()
            self.look_at_the_clock()
            ahead, behind = self.cones(digits).changes(handle, (base[handle] + unit * size, base[handle] - unit * size))
            ahead, behind = mp.mpf(ahead), mp.mpf(behind)
            return Slope((ahead - behind) / (2 * unit), mp.mpf(0), -behind / unit, ahead / unit)
        here = base[self.output]
        ahead = self.moved(digits, {h: base[h] + unit * d for h, d in direction.items()})[self.output]
        behind = self.moved(digits, {h: base[h] - unit * d for h, d in direction.items()})[self.output]
        ahead, behind, here = mp.mpf(ahead), mp.mpf(behind), mp.mpf(here)
        return Slope((ahead - behind) / (2 * unit), mp.mpf(0), (here - behind) / unit, (ahead - here) / unit)

    def slope(self, direction: Mapping[int, Any], scale: Any) -> Slope | None:
        """The directional derivative once two precisions agree; None when none do, or when it is not finite.

        ``scale`` is the size of what is added up in it: a derivative that cancels to zero agrees when it is small against
        that. One that keeps shrinking with the step is zero.
        """
        mp = self.mp
        previous: Slope | None = None
        for digits in PRECISIONS:
            self.use(digits)
            current = self.slope_along(digits, direction)
            if not mp.isfinite(current.value):
                return None
            if previous is not None:
                difference = abs(current.value - previous.value)
                if difference <= AGREEMENT * abs(current.value):
                    return current._replace(error=difference)
                shrunk = mp.mpf(10) ** -(digits // 12)  # the step shrank by 10**-(digits/6): this is its square root
                if abs(current.value) <= shrunk * abs(previous.value):
                    return current._replace(value=mp.mpf(0), error=abs(current.value))
                if digits == PRECISIONS[-1] and mp.isfinite(scale) and difference <= AGREEMENT * scale:
                    return current._replace(error=difference)
            previous = current
        return None

    def direction_of(self, handle: int) -> dict[int, Any]:
        """The direction that moves one input in proportion to its size."""
        size = abs(self.mp.mpf(self.inputs[handle]))
        return {handle: size or self.mp.mpf(1)}

    def partial(self, handle: int, scale: Any) -> Slope | None:
        """The derivative by one input."""
        direction = self.direction_of(handle)
        size = direction[handle]
        found = self.slope(direction, scale * size)
        return None if found is None else Slope(*(part / size for part in found))


def held(graph: Graph) -> frozenset[int]:
    """Every ``stop_gradient`` that stands in the author's text: he asks for the derivative with that node held.

    Those in the definitions of our own composites are not held: there a shift cancels, and that it does is checked.
    """
    return frozenset(
        handle
        for handle, op in enumerate(graph.ops)
        if op == "stop_gradient" and (graph.group_of[handle] < 0 or not graph.groups[graph.group_of[handle]].builtin)
    )


#: orders of magnitude between the numbers of a graph that the digits of the reference absorb without more of them
_ORDINARY_SPREAD = 20


def spread(graph: Graph, values: Sequence[Any]) -> int:
    """How many digits more than usual it takes to hold the largest and the smallest number of a graph in one sum.

    In ``x + 1e300`` at x = 1e-300 a step of x is 600 digits below the sum.
    """
    low, high = 0.0, 0.0
    for value, needed in zip(values, graph.needed, strict=False):
        if not needed:
            continue
        for size in magnitudes(value):
            if size:
                exponent = math.log10(size) if size < math.inf else 310.0
                low, high = min(low, exponent), max(high, exponent)
    return max(0, math.ceil(high - low) - _ORDINARY_SPREAD)


def magnitudes(value: Any) -> Iterable[float]:
    """The absolute values of a number, or of an array's smallest and largest entries."""
    if isinstance(value, (float, int)):
        return (abs(float(value)),) if value == value else ()
    if getattr(value, "dtype", None) is None or value.dtype.kind not in "fiu" or not value.size:
        return ()
    sizes = abs(value[value == value])
    return (float(sizes.max(initial=0.0)), float(sizes[sizes > 0].min(initial=1.0)))
