"""The report of a training: one HTML file without network, with a slider through the states of training."""

from __future__ import annotations

import math
from base64 import b64encode
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..formats.writing import produce
from ..page.embedding import policy, script_json, xml
from ..render.theme import DARK, LIGHT
from .architecture import draw_architecture
from .canvas import Picture, png
from .charts import SIDES, draw_norms, draw_progress, percent
from .datasets import Dataset
from .maps import Plane, contour, draw_neurons, draw_points, draw_weights, paint_regions

if TYPE_CHECKING:
    from .training import Training

_SIZE = 420
_MOST_NEURONS = 20


def write_report(result: Training, data: Dataset, title: str = "") -> str:
    """The page: what was trained on what, the map at every snapshot, curves, neurons, architecture, the model's text."""
    model = result.model
    name = title or f"{'-'.join(map(str, model.sizes))} on {data.name}"
    flat = data.X.shape[1] == 2
    script, parts = "", [f"<h1>{xml(name)}</h1>", f"<p>{xml(_summary(result, data))}</p>"]
    if result.stopped:
        parts.append(f"<p><strong>Stopped early:</strong> {xml(result.stopped)}.</p>")
    if flat and result.snapshots:
        script = _data("report.js")
        parts += ["<h2>Through training</h2>", '<div class="through">', *_scrubber(result, data), _charts(result, True), "</div>"]
    else:
        parts += ["<h2>Loss and accuracy</h2>", _charts(result, False)]
    parts += [
        "<h2>Gradients</h2>",
        "<p>How large they are, layer by layer.</p>",
        _svg(draw_norms(result)),
    ]
    if flat and model.layers > 1:
        for layer in range(1, model.layers):
            parts += [f"<h2>Hidden layer {layer}</h2>", _sheet(draw_neurons(model, result.parameters, data, layer, 5, _MOST_NEURONS))]
    elif model.layers > 1:
        parts += ["<h2>Hidden layer 1</h2>", _sheet(draw_weights(model, result.parameters, data, 5, _MOST_NEURONS))]
    parts += ["<h2>Architecture</h2>", _sheet(draw_architecture(model, result.parameters, data.features))]
    graph = produce(model.shaped(data.rows), None, "svg", depth=0).decode("utf-8")
    parts += ["<h2>The computational graph</h2>", "<p>Shapes stand beside the formulas; the loss is one gate.</p>"]
    parts += [f'<div class="wide" tabindex="0" role="group" aria-label="computational graph">{graph}</div>']
    parts += ["<h2>The model in the language</h2>", f"<pre>{_lines(model.text)}</pre>", "<h2>Settings</h2>", _settings(result), ""]
    return _page(name, "\n".join(parts), script)


def _summary(result: Training, data: Dataset) -> str:
    last, model = result.history[-1], result.model
    told = f"{data.rows} examples of {data.classes} classes; {model.size:,} parameters; after {last.step:,} steps loss {last.loss:.4g}, "
    told += f"accuracy {percent(last.accuracy)}"
    if math.isfinite(last.validation_loss):
        told += f"; on the validation part loss {last.validation_loss:.4g}, accuracy {percent(last.validation_accuracy)}"
    return told + "."


def _scrubber(result: Training, data: Dataset) -> list[str]:
    """The map with a slider: regions as an image, their border as a path, the points above both."""
    plane = Plane(data, 100)
    known = {moment.step: moment for moment in result.history}
    frames: list[dict[str, Any]] = []
    for step, parameters in result.snapshots:
        pixels, tables = paint_regions(result.model, parameters, plane)
        moment = known.get(step)
        told = f"step {step:,}"
        if moment is not None:
            told += f": loss {moment.loss:.4f}, accuracy {percent(moment.accuracy)}"
        image = "data:image/png;base64," + b64encode(png(pixels)).decode("ascii")
        border = "".join(contour(table, 0, 0, _SIZE) for table in tables)
        frames.append({"image": image, "border": border, "told": told, "share": step / max(1, result.history[-1].step)})
    points = draw_points(data, size=_SIZE).svg()
    view = f'viewBox="16 20 {_SIZE} {_SIZE}"'
    sheet = points.index("<rect")  # the background would hide the regions
    points = points[:sheet] + points[points.index("/>", sheet) + 2 :]
    start = points.index("viewBox=")
    points = f'{points[:start]}class="points" {view}{points[points.index(chr(34), start + 9) + 1 :]}'
    frame = (
        f'<div class="frame"><img id="regions" alt="regions of the classes"><svg viewBox="0 0 {_SIZE} {_SIZE}" aria-hidden="true">'
        f'<path id="border" fill="none" stroke="var(--text)" stroke-width="1.4"/></svg>{points}</div>'
    )
    last = len(frames) - 1
    moments = '<div class="moments"><button id="play" type="button">Play</button>'
    moments += f'<input type="range" id="moment" min="0" max="{last}" value="{last}"></div>'
    return [
        '<div class="map"><p><label for="moment">Move through the steps:</label> <span id="state"></span></p>',
        moments,
        frame,
        f'</div><script type="application/json" id="frames">{script_json(frames)}</script>',
    ]


def _charts(result: Training, moving: bool) -> str:
    """Loss and accuracy; where a slider moves through training, with a line in each at the moment that it shows."""
    left, right = SIDES
    parts = []
    for chart in draw_progress(result):
        line = f'<line x1="{left}" x2="{left}" y1="60" y2="{chart.height - 42}" data-wide="{chart.width - left - right}"/>'
        mark = f'<svg class="marks" viewBox="0 0 {chart.width} {chart.height}" aria-hidden="true">{line}</svg>' if moving else ""
        parts.append(f'<div class="marked">{_svg(chart)}{mark}</div>')
    return f'<div class="charts">{"".join(parts)}</div>'


def _settings(result: Training) -> str:
    rows = {**result.settings._asdict(), "activation": result.model.activation, "loss": result.model.loss, "l2": result.model.l2}
    cells = "".join(f"<tr><th>{xml(key)}</th><td>{xml(str(value))}</td></tr>" for key, value in rows.items() if value is not None)
    return f"<table>{cells}</table>"


def _lines(text: str) -> str:
    return "\n".join(xml(line) for line in text.splitlines())


def _data(name: str) -> str:
    return (files(__package__) / "data" / name).read_text("utf-8")


def _sheet(picture: Picture) -> str:
    """A picture that a narrow window scrolls through instead of shrinking it."""
    return f'<div class="sheet" tabindex="0" role="group" aria-label="{xml(picture.title)}">{_svg(picture)}</div>'


def _svg(picture: Picture) -> str:
    return picture.svg()


def _page(title: str, body: str, script: str) -> str:
    bright = ";".join(f"--{role}:{color}" for role, color in LIGHT.items())
    dim = ";".join(f"--{role}:{color}" for role, color in DARK.items())
    style = f":root{{color-scheme:light dark;{bright}}}@media (prefers-color-scheme:dark){{:root{{{dim}}}}}{_data('report.css')}"
    run = f"<script>{script}</script>" if script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(script)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="generator" content="gradviz (graphviz_ad)">'
        f"<title>{xml(title)}</title><style>{style}</style></head>\n<body><main>\n{body}\n</main>{run}</body></html>\n"
    )
