"""The local derivative of an edge between arrays: a linear map that is applied, and written out only when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import DerivativeError, LimitError
from ..limits import limit
from ..primitives.array_record import size_of
from ..primitives.call import Call, Shape
from ..primitives.contractions import sum_to
from ..primitives.registry import OPERATIONS
from ..primitives.rules import partial_rule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..primitives.array_record import ArrayOperation
    from ..primitives.kernels.arrays import Arrays
    from ..primitives.types import Array, Numbers

    #: which entries anything reaches; None: all
    Reached: TypeAlias = NDArray[np.bool_] | None

#: The operation whose branches not taken receive no cotangent at all: 0 times an infinite slope must not become NaN.
SELECTION = "where"


class LocalMap:
    """d(node)/d(operand) at numbers: ``pull`` and ``push`` apply it, ``dense`` writes it out, ``structure`` names it.

    >>> import numpy as np
    >>> from graphviz_ad import parse
    >>> edge = parse("W @ x").at(W=[[1, 2], [3, 4]], x=[5, 6])["f"].locals[1]
    >>> edge.shape, edge.structure
    ((2, 2), 'dense')
    >>> edge.dense()
    array([[1., 2.],
           [3., 4.]])
    """

    __slots__ = ("_partial", "call", "k", "operands", "out", "position")

    def __init__(self, k: Arrays, call: Call, position: int, operands: tuple[Any, ...], out: Numbers) -> None:
        self.k, self.call, self.position, self.operands, self.out = k, call, position, operands, out
        self._partial: Numbers | None = None

    @property
    def shape(self) -> Shape:
        """The shape of the whole Jacobian: the result's shape, then the operand's."""
        return self.call.shape + self.call.shapes[self.position]

    @property
    def elementwise(self) -> bool:
        """Whether every entry of the result depends on one entry of the operand."""
        return self.call.op in OPERATIONS

    @property
    def slopes(self) -> Numbers:
        """Of an elementwise operation the derivatives, entry by entry of the result."""
        if self._partial is None:
            rule = partial_rule(self.call.op, self.position)
            if rule is None:
                raise DerivativeError(f"{self.call.op} has no derivative by operand {self.position + 1}")
            self._partial = rule(self.k, *self.operands, self.out)
        return self._partial

    def pull(self, upstream: Numbers, reached: Reached = None) -> tuple[Numbers, Reached]:
        """The contribution to the operand's gradient, and which of its entries anything reaches (None: all).

        Where nothing reaches (a branch of ``where`` not taken), the contribution is 0, however steep the slope.
        """
        import numpy as np

        k, call, position = self.k, self.call, self.position
        target = call.shapes[position]
        amount: Numbers
        if self.elementwise:
            if call.op == SELECTION:
                taken = np.asarray(self.operands[0]).astype(bool)
                taken = np.broadcast_to(taken if position == 1 else ~taken, call.shape)
                reached = taken if reached is None else taken & reached
                amount = np.where(reached, upstream, 0.0)
            else:
                amount = upstream * self.slopes
                if reached is not None:
                    amount = np.where(reached, amount, 0.0)
            amount = np.broadcast_to(amount, call.shape)
            if reached is not None:
                reached = sum_to(k, np.where(reached, 1.0, 0.0), call.shape, target) > 0
            return _settled(sum_to(k, amount, call.shape, target), target), _known(reached)
        rule = self.record().pullback
        if rule is None:
            raise DerivativeError(f"{call.op} has no derivative of its own")
        amount = rule(k, call, position, upstream, self.operands, self.out)
        if reached is not None:
            record = self.record()
            if record.reach is not None:
                reached = record.reach(k, call, position, np.asarray(reached))
            elif record.linear:  # what a linear operation moves forward, its pullback moves back
                reached = np.asarray(rule(k, call, position, np.asarray(reached) * 1.0, self.operands, self.out)) > 0
            else:
                reached = None
            if reached is not None:
                amount = np.where(reached, amount, 0.0)
        return _settled(amount, target), _known(reached)

    def push(self, tangent: Numbers) -> Numbers:
        """How the result moves with the operand."""
        import numpy as np

        if self.elementwise:
            if self.call.op == SELECTION:
                taken = np.asarray(self.operands[0]).astype(bool)
                amount: Numbers = np.where(taken if self.position == 1 else ~taken, tangent, 0.0)
            else:
                amount = self.slopes * tangent
            return _settled(np.broadcast_to(amount, self.call.shape), self.call.shape)
        rule = self.record().pushforward
        if rule is None:
            raise DerivativeError(f"{self.call.op} has no derivative of its own")
        return _settled(rule(self.k, self.call, self.position, tangent, self.operands, self.out), self.call.shape)

    def record(self) -> ArrayOperation:
        from ..primitives.arrays import ARRAY_OPERATIONS

        return ARRAY_OPERATIONS[self.call.op]

    @property
    def structure(self) -> str:
        """identity, diagonal, permutation, selection, broadcast, broadcast-sum, Kronecker, block diagonal or dense."""
        call, position = self.call, self.position
        if not self.elementwise:
            record = self.record()
            return "dense" if record.structure is None else record.structure(call, position)
        if call.shapes[position] != call.shape:
            return "broadcast"
        if call.op in ("copy", "add", "sub") and (call.op != "sub" or position == 0):
            return "identity"
        return "selection" if call.op == SELECTION else "diagonal"

    def dense(self) -> Array:
        """The Jacobian written out, of shape :attr:`shape`.

        Raises
        ------
        LimitError
            It would have more entries than ``GRADVIZ_MAX_ENTRIES``; its size is told.
        """
        import numpy as np

        whole = size_of(self.shape)
        refuse_large(whole, f"the local Jacobian of shape {self.shape}")
        rows, columns = size_of(self.call.shape), size_of(self.call.shapes[self.position])
        kind = float if type(self.k).__name__ == "Arrays" else object
        found = np.zeros((rows, columns), dtype=kind)
        if rows <= columns:
            for row in range(rows):
                seed = _unit(self.call.shape, row)
                found[row] = np.asarray(self.pull(seed)[0]).reshape(-1)
        else:
            for column in range(columns):
                found[:, column] = np.asarray(self.push(_unit(self.call.shapes[self.position], column))).reshape(-1)
        return found.reshape(self.shape)

    def __repr__(self) -> str:
        return f"LocalMap({self.structure}, shape {self.shape})"


def refuse_large(entries: int, what: str, instead: str = "pullback(seed) and pushforward(…) apply it without forming it") -> None:
    """Raise :class:`LimitError` for a Jacobian that would not fit, with its size and the alternative."""
    if entries > limit("GRADVIZ_MAX_ENTRIES"):
        size = entries * 8 / 2**30
        raise LimitError(f"{what} has {entries:,} entries and takes {size:,.1f} GiB; {instead}; GRADVIZ_MAX_ENTRIES raises the limit")


def _unit(shape: Shape, place: int) -> float | NDArray[np.float64]:
    import numpy as np

    if not shape:
        return 1.0
    seed = np.zeros(size_of(shape))
    seed[place] = 1.0
    return seed.reshape(shape)


def _settled(amount: Numbers, shape: Shape) -> Numbers:
    """A scalar as a plain number, an array in its full shape."""
    import numpy as np

    if shape:
        return amount if np.shape(amount) == shape else np.array(np.broadcast_to(amount, shape))
    return amount.item() if isinstance(amount, (np.ndarray, np.generic)) else amount


def _known(reached: Reached) -> Reached:
    """None where everything is reached."""
    import numpy as np

    return None if reached is None or np.all(reached) else np.asarray(reached)
