"""One use of an operation, and shapes: what rules are told besides the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Shape = tuple[int, ...]

#: the parameter ``axis``: one, several, or None for all
Axis: TypeAlias = int | Sequence[int] | None


class Call(NamedTuple):
    """One use of an operation: everything about it but the numbers.

    ``constants`` are the values of operands that the shape depends on (boolean masks), where they are known.
    """

    op: str
    params: Mapping[str, Any]
    shapes: tuple[Shape, ...]
    shape: Shape
    constants: Mapping[int, ArrayLike] = {}
