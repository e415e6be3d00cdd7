"""Curves over steps or over x: loss and accuracy, gradient norms, activations with their derivatives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ..render.chart import ticks
from .canvas import CLASSES, Canvas, Picture, arrange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .training import Training


SIDES = (58, 18)  # pixels of a chart left and right of its curves


class Curve(NamedTuple):
    """A line in a chart: where points are not finite it has gaps. ``spread`` is a pair (low, high) per point, shaded behind it."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    color: str = ""
    dashes: str = ""
    spread: Sequence[tuple[float, float]] = ()


class Band(NamedTuple):
    """A stretch of the x axis with a meaning: saturation, a dead zone."""

    name: str
    low: float
    high: float


def draw_curves(
    curves: Sequence[Curve], title: str, subtitle: str = "", x: str = "", y: str = "", width: float = 460, height: float = 300,
    log: bool = False, low: float | None = None, high: float | None = None, bands: Sequence[Band] = (),
    marks: Sequence[tuple[float, float, str]] = (), log_x: bool = False,
) -> Picture:  # fmt: skip
    """A chart of curves, each named at its end or in the legend; ``log`` for powers of ten upwards, ``marks`` are rings."""
    (left, right), top, bottom = SIDES, 46 + 18 * bool(subtitle) + 20 * (len(curves) > 1), 42
    rise = (lambda value: math.log10(value) if value > 0 else math.nan) if log else float
    run = (lambda value: math.log10(value) if value > 0 else math.nan) if log_x else float
    heights = [rise(v) for one in curves for v in (*one.ys, *(edge for pair in one.spread for edge in pair)) if math.isfinite(v)]
    heights = [v for v in heights if math.isfinite(v)] or [0.0, 1.0]
    floor = min(heights) if low is None else rise(low)
    ceiling = max(heights) if high is None else rise(high)
    if ceiling - floor < 1e-9:
        floor, ceiling = floor - 0.5, ceiling + 0.5
    room = (ceiling - floor) * 0.05
    floor, ceiling = floor - room, ceiling + room
    first, last = min(run(one.xs[0]) for one in curves), max(run(one.xs[-1]) for one in curves)
    if last <= first:
        last = first + 1

    def across(value: float) -> float:
        return left + (run(value) - first) / (last - first) * (width - left - right)

    def down(value: float) -> float:
        return height - bottom - (rise(value) - floor) / (ceiling - floor) * (height - top - bottom)

    def paint(canvas: Canvas) -> None:
        color = canvas.color
        for band in bands:
            a, b = max(across(band.low), left), min(across(band.high), width - right)
            canvas.box(a, top, b - a, height - top - bottom, color["output-fill"])
            canvas.words(band.name, (a + b) / 2, top - 5, 10.5, "muted", anchor="middle")
        for value in _grid(first, last, log_x):
            canvas.line([(across(value), top), (across(value), height - bottom)], color["cluster-border"], 0.6)
            canvas.words(_told(value), across(value), height - bottom + 16, 11, "muted", anchor="middle")
        for value in _grid(floor, ceiling, log):
            canvas.line([(left, down(value)), (width - right, down(value))], color["wire" if value == 0 else "cluster-border"], 0.6)
            canvas.words(_told(value), left - 7, down(value) + 4, 11, "muted", anchor="end")
        for k, one in enumerate(curves):
            edges = [(px, low) for px, (low, _) in zip(one.xs, one.spread, strict=False)]
            edges += [(px, high) for px, (_, high) in zip(one.xs, one.spread, strict=False)][::-1]
            if edges:
                limits = (floor, ceiling)
                canvas.area(
                    [(across(px), down(py)) for px, py in edges if limits[0] <= rise(py) <= limits[1]], _color(canvas, one, k), 0.16
                )
        for k, one in enumerate(curves):
            paint_curve(canvas, one, _color(canvas, one, k))
        for mx, my, tip in marks:
            canvas.circle(across(mx), down(my), 4, color["background"], color["text"], 1.6, tip)
        canvas.words(title, 16, 24, 15, bold=True)
        if subtitle:
            canvas.words(subtitle, 16, 42, 12, "muted")
        canvas.words(x, (left + width - right) / 2, height - 8, 11.5, "muted", anchor="middle")
        canvas.words(y, left, top - 7, 11.5, "muted", anchor="end") if y else None
        if len(curves) > 1:
            paint_legend(canvas)

    def paint_curve(canvas: Canvas, one: Curve, color: str) -> None:
        piece: list[tuple[float, float]] = []
        for px, py in zip(one.xs, one.ys, strict=True):
            if math.isfinite(py) and math.isfinite(rise(py)) and floor - 1e-9 <= rise(py) <= ceiling + 1e-9:
                piece.append((across(px), down(py)))
            else:
                canvas.line(piece, color, 2, one.dashes)
                piece = []
        canvas.line(piece, color, 2, one.dashes)
        if len(one.xs) <= 12:
            for px, py in zip(one.xs, one.ys, strict=True):
                if math.isfinite(rise(py)):
                    canvas.circle(across(px), down(py), 3, color, tip=f"{one.name}: {_told(py)}")

    def paint_legend(canvas: Canvas) -> None:
        at, y = float(left), 42.0 + 18 * bool(subtitle)
        for k, one in enumerate(curves):
            color = _color(canvas, one, k)
            canvas.line([(at, y - 4), (at + 18, y - 4)], color, 2.4, one.dashes)
            canvas.words(one.name, at + 23, y, 11.5)
            at += 23 + 6.6 * len(one.name) + 16

    return Picture(width, height, f"{title}. {subtitle}".strip(), paint)


def _color(canvas: Canvas, one: Curve, place: int) -> str:
    return canvas.color.get(one.color, one.color) or CLASSES[place % len(CLASSES)]


def _grid(low: float, high: float, log: bool) -> list[float]:
    if not log:
        return ticks(low, high)
    step = max(1, math.ceil((high - low) / 6))
    powers = [10.0**k for k in range(math.ceil(low), math.floor(high) + 1, step)]
    if len(powers) < 2:
        powers = [factor * 10.0**k for k in range(math.floor(low), math.ceil(high) + 1) for factor in (1, 2, 5)]
    return [value for value in powers if low <= math.log10(value) <= high]


def _told(value: float) -> str:
    if value and (abs(value) < 1e-3 or abs(value) >= 1e5):
        mantissa, _, exponent = f"{value:.0e}".partition("e")
        power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"10{power}" if mantissa == "1" else f"{mantissa}·10{power}"
    text = f"{int(value):,}" if value == int(value) else f"{value:.4g}"
    return text.replace("-", "−")


def percent(share: float) -> str:
    """A share as people write it.

    >>> percent(0.98333)
    '98.3 %'
    """
    return f"{share * 100:.1f} %"


def draw_history(result: Training, title: str = "") -> Picture:
    """Loss and accuracy over the steps, of training and, where there is one, of validation."""
    return arrange(draw_progress(result), 2, title)


def draw_progress(result: Training) -> list[Picture]:
    """The chart of the loss and that of the accuracy."""
    steps = [moment.step for moment in result.history]
    held = math.isfinite(result.history[-1].validation_loss)
    losses = [Curve("training", steps, [m.loss for m in result.history])]
    shares = [Curve("training", steps, [m.accuracy for m in result.history])]
    if held:
        losses.append(Curve("validation", steps, [m.validation_loss for m in result.history]))
        shares.append(Curve("validation", steps, [m.validation_accuracy for m in result.history]))
    last = result.history[-1]
    loss = draw_curves(
        losses, "loss", f"{last.loss:.3g} after {last.step:,} steps" + (f", validation {last.validation_loss:.3g}" if held else ""), "step"
    )
    share = draw_curves(
        shares,
        "accuracy",
        f"{percent(last.accuracy)}" + (f", validation {percent(last.validation_accuracy)}" if held else ""),
        "step",
        low=min(0.5, *(c.ys[0] for c in shares)),
        high=1.0,
    )
    return [loss, share]


def draw_norms(result: Training, title: str = "norm of the gradient of each weight matrix", subtitle: str = "") -> Picture:
    """How large the gradients of the weights are, layer by layer, over the steps."""
    steps = [moment.step for moment in result.history]
    names = [name for name in result.model.shapes if name.startswith("W")]
    columns = list(result.model.shapes)
    curves = [Curve(name, steps, result.norms[:, columns.index(name)].tolist()) for name in names]
    return draw_curves(curves, title, subtitle, "step", log=True)


def draw_activation(name: str, width: float = 330, height: float = 250, reach: float = 5.0) -> Picture:
    """An activation and its derivative over −5 … 5, with kinks as rings, and where it is dead (slope 0) or flat (slope below 0.05)."""
    about = describe_activation(name, reach)
    curves = [
        Curve("value", about.xs, about.values, "value"),
        Curve("derivative", about.xs, about.slopes, "gradient", "6 3"),
    ]
    rings = [(at, about.values[min(range(len(about.xs)), key=lambda k: abs(about.xs[k] - at))], f"kink at {at:g}") for at in about.kinks]
    return draw_curves(
        curves,
        name,
        "",
        "x",
        width=width,
        height=height,
        bands=about.bands,
        marks=rings,
        low=max(-2.0, min(about.values)),
        high=min(5.0, max(about.values)),
    )


class Activation(NamedTuple):
    """An activation in numbers."""

    name: str
    xs: list[float]
    values: list[float]
    slopes: list[float]
    kinks: list[float]
    bands: list[Band]


def describe_activation(name: str, reach: float = 5.0, points: int = 401) -> Activation:
    """Values and slopes from the package's own graph, kinks, and stretches where the slope is 0 or below 0.05.

    >>> about = describe_activation("relu")
    >>> about.kinks, [(band.name, band.low) for band in about.bands]
    ([0.0], [('dead', -5.0)])
    """
    import numpy as np

    from ..objects.reading import parse
    from ..primitives.rules import float_cuts

    xs = [-reach + 2 * reach * k / (points - 1) for k in range(points)]
    graph = parse(f"f = {name}(x)")
    point = graph.at(x=np.array(xs))
    values = np.asarray(point.value, dtype=float)
    slopes = np.asarray(point.pullback(np.ones(points))["x"], dtype=float)
    kinks = sorted({x for cut in _cuts(name, float_cuts) for x in _zeros(cut, xs)})
    inside = [x for x in xs if -reach <= x <= reach]
    bands = []
    for told, wanted in (("dead", slopes == 0.0), ("flat", (np.abs(slopes) < 0.05) & (slopes != 0.0))):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], wanted.astype(int), [0]])))
        for a, b in zip(edges[::2], edges[1::2], strict=True):
            turns = slopes[a:b].min() < 0 < slopes[a:b].max()  # a valley, not saturation: the slope passes through 0
            if b - a > points // 25 and not turns:
                bands.append(Band(told, inside[a], inside[b - 1]))
    return Activation(name, xs, values.tolist(), slopes.tolist(), kinks, bands)


def _cuts(name: str, cuts: Callable[[str], Iterable[Callable[..., float]]]) -> list[Callable[..., float]]:
    """The functions of x that are 0 at a kink where the slope itself jumps."""
    from ..primitives.kernels import python as scalars
    from ..primitives.registry import operation

    record = operation(name)
    extra = [float(operand.partition("=")[2]) for operand in record.operands[1:]]
    found = []
    for kink, cut in zip(record.kinks, cuts(name), strict=True):
        if kink.order <= 1 and not (name == "elu" and extra == [1.0]):
            found.append(lambda x, cut=cut: cut(x, *extra, getattr(scalars, name)(x, *extra)))
    return found


def _zeros(cut: Callable[[float], float], xs: Sequence[float]) -> list[float]:
    """Where a cut changes its sign, by bisection."""
    found = []
    for low, high in pairwise(xs):
        if cut(low) == 0:
            found.append(round(low, 9))
        elif cut(low) * cut(high) < 0:
            for _ in range(60):
                middle = (low + high) / 2
                low, high = (low, middle) if cut(low) * cut(middle) <= 0 else (middle, high)
            found.append(round(low, 9))
    return found


def draw_activations(names: Sequence[str], columns: int = 3) -> Picture:
    """One chart per activation."""
    return arrange(
        [draw_activation(name) for name in names],
        columns,
        "Activations",
        "rings are kinks; shaded where the slope is 0 (dead) or below 0.05 (flat: saturated, or nearly so)",
    )
