"""Local derivatives as they are shown: numbers, small Jacobians written out, large ones by their structure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..graph.unicode import Unicode
from ..primitives.registry import OPERATIONS
from .model import Label
from .numbers import shape_text
from .writing import local_label

if TYPE_CHECKING:
    from typing import TypeAlias

    from typing_extensions import TypeIs

    from ..derive.local_maps import LocalMap
    from ..graph.structure import Graph
    from .numbers import Value

    #: a local derivative: a number, a linear map between arrays, None where nothing flows
    Slope: TypeAlias = Value | LocalMap | None

MOST_ENTRIES = 36


def is_map(slope: object) -> TypeIs[LocalMap]:
    """Whether a local derivative is a linear map between arrays and no number."""
    return hasattr(slope, "dense")


def size(slope: Value | LocalMap) -> int:
    """The entries of a local derivative written out."""
    return math.prod(slope.shape) if hasattr(slope, "shape") else 1


def fits(slope: LocalMap) -> bool:
    """Whether a linear map is small enough to be shown as a matrix, between vectors or scalars."""
    rows, columns = slope.call.shape, slope.call.shapes[slope.position]
    return len(rows) <= 1 and len(columns) <= 1 and size(slope) <= MOST_ENTRIES


def shown(slope: Slope) -> Value | None:
    """What a picture shows of a local derivative: a number, a small Jacobian as a matrix, None for anything larger."""
    if not is_map(slope):
        return slope
    if not fits(slope):
        return None
    return slope.dense().reshape(math.prod(slope.call.shape), math.prod(slope.call.shapes[slope.position]))


def formula(graph: Graph, handle: int, position: int, slope: Slope = None) -> Label | None:
    """The local derivative as a formula; of an array operation the structure of its Jacobian, or None where all of it is shown.

    Raises
    ------
    DerivativeError
        The operand has no derivative.
    """
    if graph.ops[handle] not in OPERATIONS:
        return structure(slope) if is_map(slope) and shown(slope) is None else None
    found = local_label(graph, handle, position)
    if is_map(slope) and slope.structure == "diagonal":
        latex = rf"\operatorname{{diag}}\left({found.latex}\right)"
        return Label(f"diag({found.text})", latex, f"diag({found.exact})")
    return found


def indexed(graph: Graph, handle: int, position: int, slope: Slope) -> tuple[Label, Label] | None:
    """Both sides of the local derivative in index notation, ∂Y_ik/∂X_i'j' and δ_ii' W_j'k, where it cannot be shown as a matrix.

    None between scalars, for what is shown in full, and where no formula with indices is known.
    """
    if graph.ops[handle] in OPERATIONS or not is_map(slope) or shown(slope) is not None or slope.structure != "Kronecker":
        return None
    from ..graph.array_notation import index_rule  # only where there are arrays: it brings all their operations

    rule = index_rule(graph, handle, position, Unicode())
    if rule is None or " = " not in rule.text or " = " not in rule.latex:
        return None
    (left, right), (latex_left, latex_right) = rule.text.split(" = ", 1), rule.latex.split(" = ", 1)
    return Label(left, latex_left, left), Label(right, latex_right, f"{right}, {structure(slope).text}")


def structure(slope: LocalMap) -> Label:
    """A Jacobian in a word, with its shape."""
    text = f"{slope.structure} {shape_text(slope.shape)}"
    return Label(text, rf"\text{{{slope.structure}}}\;{shape_text(slope.shape)}", text)


def data(slope: Slope, text: str | None) -> dict[str, Any]:
    """A local derivative as plain data: formula and value, of arrays the structure, shape and, of a small one, all entries."""
    found: dict[str, Any] = {"formula": text}
    if is_map(slope):
        found["structure"], found["shape"] = slope.structure, list(slope.shape)
        if size(slope) > MOST_ENTRIES:
            return found
        slope = slope.dense()
    found["value"] = slope
    return found
