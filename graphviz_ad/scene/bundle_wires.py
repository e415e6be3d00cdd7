"""One wire for several nodes of a role: what they do, how many there are, from where to where their numbers go."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..graph.unicode import unicode_name
from .bundles import stem
from .model import Label, Wire
from .numbers import Figures, exact
from .writing import call_label, gate_label, name_label

if TYPE_CHECKING:
    from ..graph.structure import Graph
    from .selection import Selection

MOST_TOLD = 8  # names that the tooltip tells


def bundle_wire(
    graph: Graph,
    chosen: Selection,
    unit: int,
    name_of: Callable[[int], str],
    numbers: tuple[tuple[float, ...], tuple[float, ...]],
    figures: Figures,
) -> Wire:
    """The wire of a bundle. ``numbers``: the ends of its values and of its gradients, as :func:`span` finds them."""
    members = chosen.bundles[unit]
    names = [name_of(one) for one in members]
    stems = {stem(name) for name, one in zip(names, members, strict=True) if graph.names[chosen.alias.get(one, one)] is not None}
    if unit in chosen.calls:
        symbol, kind = call_label(graph.groups[chosen.calls[unit]].name), "call"
    elif graph.operands[unit]:
        symbol, kind = gate_label(graph.ops[unit]), "operation"
    else:
        symbol, kind = name_label(stems.pop()) if len(stems) == 1 else Label("inputs"), "input"
    name = name_label(stems.pop()) if len(stems) == 1 else None
    told = ", ".join(map(unicode_name, names[:MOST_TOLD])) + (f" and {len(names) - MOST_TOLD:,} more" if len(names) > MOST_TOLD else "")
    values, gradients = numbers
    lines = [told, *(f"{what} {_written(ends)}" for what, ends in (("value", values), ("gradient", gradients)) if ends)]
    return Wire(
        f"n{unit}",
        kind,
        symbol,
        name,
        symbol if name is not None else None,
        _range(values, figures),
        _range(gradients, figures),
        shape=f"×{len(members):,}",
        tooltip="\n".join(lines),
    )


def _range(ends: tuple[float, ...], figures: Figures) -> Label | None:
    """Equal numbers as one, others from the least to the greatest."""
    return Label(" … ".join(dict.fromkeys(map(figures.text, ends))), "", _written(ends)) if ends else None


def _written(ends: tuple[float, ...]) -> str:
    return " … ".join(map(exact, ends))


def span(numbers: Iterable[Any]) -> tuple[float, ...]:
    """The least and the greatest of some numbers, once where they are equal; nothing where there are none, or arrays among them.

    >>> span([3.0, None, 1.0]), span([2.0, 2.0]), span([None])
    ((1.0, 3.0), (2.0,), ())
    """
    known = [number for number in numbers if number is not None]
    if not known or any(getattr(number, "shape", ()) for number in known):
        return ()
    if any(number != number for number in known):
        return (math.nan,)
    least, greatest = min(known), max(known)
    return (least,) if least == greatest else (least, greatest)
