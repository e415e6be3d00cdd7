"""The network as people draw it: a column of circles per layer, a line per weight, its width the size, its colour the sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .canvas import CLASSES, Canvas, Picture
from .models import Model

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST = 12  # circles drawn in a column; of more the strongest stand for all
POSITIVE, NEGATIVE = CLASSES[1], CLASSES[0]


def draw_architecture(model: Model, parameters: Mapping[str, Array] | None = None, features: tuple[str, ...] = ()) -> Picture:
    """The layers of a model; with parameters, lines show the weights: orange positive, blue negative, wide for large."""
    columns = [_shown(size, _strength(model, parameters, layer)) for layer, size in enumerate(model.sizes)]
    tallest = max(len(column) for column in columns)
    step, radius, gap = (34.0, 11.0, 150.0) if tallest > 6 else (46.0, 14.0, 160.0)
    width, top = 100 + gap * (len(columns) - 1) + 60, 112.0
    height = top + step * (tallest - 1) + 64
    middle = top + step * (tallest - 1) / 2
    kinds = ["input", *[model.activation if model.activation != "none" else "linear"] * (model.layers - 1), "scores"]

    def spot(layer: int, place: int) -> tuple[float, float]:
        return 76 + gap * layer, middle + (place - (len(columns[layer]) - 1) / 2) * step

    def paint(canvas: Canvas) -> None:
        color = canvas.color
        for layer in range(model.layers):
            weights = None if parameters is None else parameters[f"W{layer + 1}"]
            largest = 0.0 if weights is None else max(float(abs(weights).max()), 1e-300)
            for i, one in enumerate(columns[layer]):
                for j, two in enumerate(columns[layer + 1]):
                    if one is None or two is None:
                        continue
                    ends = [spot(layer, i), spot(layer + 1, j)]
                    if weights is None:
                        canvas.line(ends, color["wire"], 0.7, opacity=0.6)
                        continue
                    share = float(weights[one, two]) / largest
                    canvas.line(ends, POSITIVE if share > 0 else NEGATIVE, 0.4 + 3.2 * abs(share), opacity=0.25 + 0.7 * abs(share))
        for layer, column in enumerate(columns):
            fill, border = ("input-fill", "input-border") if layer == 0 else ("gate-fill", "gate-border")
            if layer == model.layers:
                fill, border = "output-fill", "output-border"
            for place, one in enumerate(column):
                x, y = spot(layer, place)
                if one is None:
                    for shift in (-6, 0, 6):
                        canvas.circle(x, y + shift, 1.8, color["muted"])
                    continue
                canvas.circle(x, y, radius, color[fill], color[border], 1.3, f"{kinds[layer]} {one + 1} of {model.sizes[layer]}")
                if layer == 0 and len(features) == model.sizes[0]:
                    canvas.words(features[one], x - radius - 6, y + 4, 11.5, anchor="end")
            x = spot(layer, 0)[0]
            canvas.words(f"{model.sizes[layer]:,}", x, 62, 13, bold=True, anchor="middle")
            canvas.words(kinds[layer], x, 78, 11, "muted", anchor="middle")
            if None in column and parameters is not None and 0 < layer < model.layers:
                canvas.words(f"{MOST - 1} strongest", x, 92, 10, "muted", anchor="middle")
            if layer:
                before, after = model.sizes[layer - 1], model.sizes[layer]
                canvas.words(f"W{_low(layer)} {before:,}×{after:,}", x - gap / 2, height - 32, 11, "muted", anchor="middle")
                canvas.words(f"{before * after + after:,} numbers", x - gap / 2, height - 17, 11, "muted", anchor="middle")
        canvas.words(f"{'-'.join(map(str, model.sizes))}: {model.size:,} parameters", 16, 28, 16, bold=True)

    told = f"network {'-'.join(map(str, model.sizes))}, {model.size:,} parameters, {model.activation}"
    return Picture(max(width, 300), height, told, paint)


def _strength(model: Model, parameters: Mapping[str, Array] | None, layer: int) -> Array | None:
    """How much each hidden neuron can carry: the length of what enters times the length of what leaves."""
    import numpy as np

    if parameters is None or not 0 < layer < model.layers:
        return None
    enters, leaves = parameters[f"W{layer}"], parameters[f"W{layer + 1}"]
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.linalg.norm(enters, axis=0) * np.linalg.norm(leaves, axis=1))


def _shown(size: int, strength: Array | None) -> list[int | None]:
    """The neurons of a layer that are drawn, the strongest where strengths are known; None stands for those left out."""
    if size <= MOST:
        return list(range(size))
    half = MOST // 2
    if strength is None:
        return [*range(half), None, *range(size - (half - 1), size)]
    kept = sorted(sorted(range(size), key=lambda k: (-strength[k], k))[: MOST - 1])
    return [*kept[:half], None, *kept[half:]]


def _low(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
