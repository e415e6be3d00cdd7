"""What a reader of a point's numbers must know: values that are not finite, slopes hidden behind a branch, inputs without use."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..primitives.types import Numbers
    from .tables import Tables


def cautions(point: Tables) -> tuple[str, ...]:
    """The cautions in words, each once, in the order of the graph."""
    graph = point.graph
    found = [f"{name} is not used by the expression" for name, handle in graph.input_handles.items() if graph.input_spec(handle).unused]
    for handle in graph.outputs:
        value = point.values[handle]
        if not is_finite(value):
            shown = f": {value}" if isinstance(value, float) else " in some entries"
            found.append(f"{graph.labels[handle]} is not finite{shown}{_first_bad(point, handle)}")
    if len(graph.outputs) == 1 and not point.shape_of(graph.outputs[0]):
        for name, gradient in point.gradients.items():
            if gradient is not None and not is_finite(gradient):
                shown = f": {gradient}" if isinstance(gradient, float) else " in some entries"
                found.append(f"the gradient by {name} is not finite{shown}")
        for handle, row in enumerate(point.partials):
            if (
                point.cotangents[handle] is None
                and graph.needed[handle]
                and any(isinstance(one, float) and not math.isfinite(one) for one in row)
            ):
                label = graph.labels[handle]
                found.append(f"{label} has no finite slope but stands in a branch not taken; frameworks that multiply by 0 give NaN here")
    return tuple(dict.fromkeys(found))


def is_finite(value: Numbers) -> bool:
    """Whether a number, or every entry of an array, is finite."""
    if isinstance(value, float):
        return math.isfinite(value)
    if not hasattr(value, "shape") or value.dtype.kind == "b":
        return True
    import numpy as np

    return bool(np.isfinite(value).all())


def _first_bad(point: Tables, handle: int) -> str:
    """The first node on the way whose value is not finite, where it is not the output itself."""
    needed = point.graph.of_handle(handle).needed
    for index, value in enumerate(point.values):
        if needed[index] and not is_finite(value):
            if index == handle or point.graph.ops[index] == "input":
                return ""
            from ..graph.formulas import formula

            return f" (first at {point.graph.labels[index]} = {formula(point.graph, index)})"
    return ""
