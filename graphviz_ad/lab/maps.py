"""Maps of the plane: which class a classifier gives to each point, and what each of its neurons answers there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import BindingError
from ..objects.reading import parse
from ..render.mathset.pen import number
from .canvas import CLASSES, Canvas, Picture, arrange, rgb
from .datasets import Dataset
from .models import Model

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    #: a place on the plane, or those of many examples
    Length = TypeVar("Length", float, Array)

CELLS = 120
_POSITIVE, _NEGATIVE = "#e8871e", "#2f7ed8"


class Plane:
    """A grid over the points of a data set with two features, a little wider than they reach."""

    def __init__(self, data: Dataset, cells: int = CELLS) -> None:
        import numpy as np

        if data.X.shape[1] != 2:
            raise BindingError(f"a map needs two features, {data.name} has {data.X.shape[1]}")
        low, high = data.X.min(axis=0), data.X.max(axis=0)
        if data.features == ("x₁", "x₂"):  # plain coordinates keep their proportions
            middle, half = (low + high) / 2, (high - low).max() / 2
            low, high = middle - half, middle + half
        room = (high - low) * 0.1
        self.low, self.high, self.cells = low - room, high + room, cells
        across = np.linspace(self.low[0], self.high[0], cells)
        down = np.linspace(self.high[1], self.low[1], cells)
        self.points = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)

    def table(self, answers: Array) -> Array:
        """Answers to :attr:`points` as a table in the picture's order."""
        return answers.reshape(self.cells, self.cells, *answers.shape[1:])


def draw_boundary(
    model: Model, parameters: Mapping[str, Array], data: Dataset, title: str = "", subtitle: str = "", size: float = 320
) -> Picture:
    """The regions of the classes, darker where the classifier is surer, with the examples on them.

    Raises
    ------
    BindingError
        The data have other than two features.
    """

    plane = Plane(data)
    pixels, contours = paint_regions(model, parameters, plane)
    return _map(plane, pixels, contours, data, title, subtitle, size)


def paint_regions(model: Model, parameters: Mapping[str, Array], plane: Plane) -> tuple[Array, list[Array]]:
    """The pixels of the regions, and tables that are 0 on their borders."""
    import numpy as np

    with np.errstate(all="ignore"):  # a training that went astray is shown, too
        scores = model.scores(parameters, plane.points)
        if model.loss == "logistic":
            scores = np.concatenate([np.zeros_like(scores), scores], axis=1)
        winner = scores.argmax(axis=1)
        shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        sure = (shifted.max(axis=1) / shifted.sum(axis=1) - 1 / scores.shape[1]) / (1 - 1 / scores.shape[1])
        pixels = np.empty((len(scores), 4), dtype=np.uint8)
        pixels[:, :3] = np.array([rgb(CLASSES[k % len(CLASSES)]) for k in range(scores.shape[1])], dtype=np.uint8)[winner]
        pixels[:, 3] = np.round((0.10 + 0.36 * np.nan_to_num(sure)) * 255)
        contours = [plane.table(scores[:, k] - np.delete(scores, k, axis=1).max(axis=1)) for k in range(scores.shape[1])]
    return plane.table(pixels), contours[1:] if len(contours) == 2 else contours


def draw_neurons(
    model: Model, parameters: Mapping[str, Array], data: Dataset, layer: int = 1, columns: int = 4, most: int = 12, heading: bool = True
) -> Picture:
    """One map per hidden neuron of a layer: orange where it answers more than to a sum of 0, blue where less; a line at 0.

    The neuron that weighs most comes first: that whose answers vary most, times the weights that leave it. Opacity grows with the
    square root of the answer's size beside the largest of the layer, so that faint neurons still show.
    """
    import numpy as np

    plane = Plane(data, 80)
    values = model.values([f"z{layer}", f"h{layer}"], parameters, plane.points)
    rest = 0.0 if model.activation == "none" else float(parse(f"{model.activation}(x)").at(x=0).value)
    sums, answers = values[f"z{layer}"], values[f"h{layer}"] - rest
    count = min(answers.shape[1], most)
    with np.errstate(all="ignore"):
        strength = np.nan_to_num(np.abs(parameters[f"W{layer + 1}"]).sum(axis=1) * answers.std(axis=0))
    chosen = np.argsort(-strength, kind="stable")[:count].tolist()
    pictures = []
    largest = max(float(np.abs(np.nan_to_num(answers[:, chosen], posinf=1.0, neginf=-1.0)).max()), 1e-300)
    for neuron in chosen:
        answer = np.nan_to_num(answers[:, neuron] / largest)
        pixels = _tinted(answer, 0.8 * np.sqrt(np.minimum(np.abs(answer), 1)))
        name = f"neuron {neuron + 1}" + (", silent" if strength[neuron] == 0 else "")
        pictures.append(_map(plane, plane.table(pixels), [plane.table(sums[:, neuron])], data, name, "", 150, small=True))
    told = f"hidden layer {layer}: what each neuron answers"
    if count < answers.shape[1]:
        told += f" (the {count} of {answers.shape[1]} that weigh most)"
    legend = f"orange above {rest:.3g}, blue below; the line is where w·x + b is 0; heaviest first"
    return arrange(pictures, min(columns, count), told, legend) if heading else arrange(pictures, min(columns, count))


def draw_weights(model: Model, parameters: Mapping[str, Array], data: Dataset, columns: int = 4, most: int = 12) -> Picture:
    """One picture per neuron of the first hidden layer for data that no map can show: the weights with which it looks at the features.

    Images (a square number of features from 16 on) give an image of weights; few features give a bar each. Orange is positive, blue
    negative, the scale is each neuron's own.
    """
    import numpy as np

    weights = np.nan_to_num(parameters["W1"], posinf=0.0, neginf=0.0)
    features, neurons = weights.shape
    with np.errstate(all="ignore"):
        leaves = np.abs(parameters["W2"]).sum(axis=1) if model.layers > 1 else np.ones(neurons)
        strength = np.nan_to_num(np.linalg.norm(weights, axis=0) * leaves)
    chosen = np.argsort(-strength, kind="stable")[:most].tolist()
    side = math.isqrt(features)
    draw = _weight_image if side * side == features >= 16 else _weight_bars
    pictures = [draw(weights[:, neuron], f"neuron {neuron + 1}", data) for neuron in chosen]
    told = "hidden layer 1: what each neuron looks for"
    if len(chosen) < neurons:
        told += f" (the {len(chosen)} of {neurons} that weigh most)"
    return arrange(pictures, min(columns, len(chosen)), told, "its weights: orange positive, blue negative; heaviest first")


def _weight_image(weights: Array, name: str, data: Dataset) -> Picture:
    import numpy as np

    side = math.isqrt(len(weights))
    shares = weights / max(float(np.abs(weights).max()), 1e-300)
    pixels = _tinted(shares, np.abs(shares)).reshape(side, side, 4)
    cell = 120 // side

    def paint(canvas: Canvas) -> None:
        canvas.words(name, 8, 18, 12, bold=True)
        canvas.image(8, 26, cell * side, cell * side, np.repeat(np.repeat(pixels, cell, axis=0), cell, axis=1))
        canvas.box(8, 26, cell * side, cell * side, "none", canvas.color["input-border"])

    return Picture(max(cell * side + 16, 100), cell * side + 34, f"weights of {name}", paint)


def _weight_bars(weights: Array, name: str, data: Dataset) -> Picture:
    import numpy as np

    largest = max(float(np.abs(weights).max()), 1e-300)
    middle, reach = 176, 70

    def paint(canvas: Canvas) -> None:
        canvas.words(name, 8, 18, 12, bold=True)
        for k, weight in enumerate(weights.tolist()):
            wide = abs(weight) / largest * reach
            canvas.box(middle if weight > 0 else middle - wide, 28 + 20 * k, wide, 13, _POSITIVE if weight > 0 else _NEGATIVE)
            canvas.words(data.features[k], 98, 39 + 20 * k, 11, "muted", anchor="end")
        canvas.line([(middle, 24), (middle, 28 + 20 * len(weights))], canvas.color["wire"], 0.8)

    return Picture(260, 36 + 20 * len(weights), f"weights of {name}", paint)


def _tinted(answers: Array, opacity: Array) -> Array:
    import numpy as np

    pixels = np.empty((len(answers), 4), dtype=np.uint8)
    pixels[:, :3] = np.where(answers[:, None] > 0, rgb(_POSITIVE), rgb(_NEGATIVE))
    pixels[:, 3] = np.round(opacity * 255)
    return pixels


def draw_points(data: Dataset, title: str = "", subtitle: str = "", size: float = 320) -> Picture:
    """The examples alone."""
    import numpy as np

    plane = Plane(data)
    return _map(plane, np.zeros((1, 1, 4), dtype=np.uint8), [], data, title, subtitle, size)


def _map(
    plane: Plane, pixels: Array, contours: list[Array], data: Dataset, title: str, subtitle: str, size: float, small: bool = False
) -> Picture:
    import numpy as np

    margin, top = (8, 26) if small else (16, 20 + 22 * bool(title) + 18 * bool(subtitle))
    most = 60 if small else 400
    step = max(1, -(-data.rows // most))
    shown = np.arange(0, data.rows, step)

    def across(x: Length) -> Length:
        return margin + (x - plane.low[0]) / (plane.high[0] - plane.low[0]) * size

    def down(y: Length) -> Length:
        return top + (plane.high[1] - y) / (plane.high[1] - plane.low[1]) * size

    def paint(canvas: Canvas) -> None:
        if title:
            canvas.words(title, margin, 18 if small else 24, 12 if small else 15, bold=True)
        if subtitle:
            canvas.words(subtitle, margin, 43, 12, "muted")
        canvas.image(margin, top, size, size, pixels)
        left, upper = canvas.place(margin, top)
        for table in contours:
            path = contour(table, left, upper, size)
            if path:
                canvas.stroke(path, canvas.color["text"], 1.1 if small else 1.4, opacity=0.8)
        canvas.box(margin, top, size, size, "none", canvas.color["input-border"])
        for k in shown.tolist():
            x, y = across(data.X[k, 0]), down(data.X[k, 1])
            canvas.circle(
                x, y, 1.4 if small else 2.9, CLASSES[int(data.y[k]) % len(CLASSES)], "" if small else canvas.color["background"], 0.6
            )

    told = ": ".join(part for part in (title, subtitle) if part) or f"map of {data.name}"
    return Picture(size + 2 * margin, size + top + margin, told, paint)


def contour(table: Array, left: float, upper: float, size: float) -> str:
    """The line where a table crosses 0, as an SVG path: straight pieces within each cell (marching squares, Lorensen and Cline 1987)."""
    import numpy as np

    rows, columns = table.shape
    table = np.nan_to_num(table, posinf=1e150, neginf=-1e150)
    positive = table > 0
    kind = positive[:-1, :-1] * 1 + positive[:-1, 1:] * 2 + positive[1:, 1:] * 4 + positive[1:, :-1] * 8
    pieces = []
    for i, j in np.argwhere((kind > 0) & (kind < 15)).tolist():
        a, b, c, d = (float(table[i, j]), float(table[i, j + 1]), float(table[i + 1, j + 1]), float(table[i + 1, j]))
        cut = []
        for one, two, x, y, dx, dy in ((a, b, j, i, 1, 0), (b, c, j + 1, i, 0, 1), (d, c, j, i + 1, 1, 0), (a, d, j, i, 0, 1)):
            if (one > 0) != (two > 0):
                share = one / (one - two)
                cut.append((left + (x + dx * share) / (columns - 1) * size, upper + (y + dy * share) / (rows - 1) * size))
        order = (0, 1, 2, 3) if len(cut) < 4 or (a > 0) == (a + b + c + d < 0) else (0, 3, 1, 2)
        for k in range(0, len(cut), 2):
            (x1, y1), (x2, y2) = cut[order[k]], cut[order[k + 1]]
            pieces.append(f"M{number(x1)},{number(y1)} {number(x2)},{number(y2)}")
    return "".join(pieces)
