"""``gradviz train``: train a classifier and write everything there is to see into a folder."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ..errors import FileError
from ..requests.arguments import CommandLine
from . import lab_words
from .output import put, say

if TYPE_CHECKING:
    from ..lab.datasets import Dataset
    from ..lab.training import Moment, Training

_FRAMES = 40


def run(line: CommandLine) -> int:
    """Train, write the folder, say how it went. Exit code 3 where the loss is no number any more."""
    reader = lab_words.parser(
        "train", "Train a classifier by gradients from its own computational graph; write pictures, report and weights.",
        "gradviz train --data spiral --hidden 100 --steps 10000 -o run/",
    )  # fmt: skip
    _options(reader)
    lab_words.theme(reader)
    asked = lab_words.read(reader, line.words)
    if asked is None:
        return 0
    from .. import lab

    wishes = {name: getattr(asked, name) for name in ("points", "classes", "noise") if getattr(asked, name) is not None}
    data = lab.make(asked.data, **wishes)
    held = None
    if asked.validation:
        data, held = data.split(asked.validation, asked.seed)
    if asked.standardise:
        data, held = data.standardised(), None if held is None else held.standardised(by=data)
    outputs = 1 if asked.loss == "logistic" else data.classes
    model = lab.network((data.X.shape[1], *asked.hidden, outputs), asked.activation if asked.hidden else "none", asked.loss, asked.l2)
    folder = _folder(asked.output)
    bar = _Bar()
    result = lab.train(
        model, data, validation=held, progress=bar, steps=asked.steps, rate=asked.rate, optimiser=asked.optimiser, batch=asked.batch,
        seed=asked.seed, init=asked.init, patience=asked.patience, snapshots=_FRAMES, momentum=asked.momentum,
    )  # fmt: skip
    bar.end()
    names = _write(folder, result, data, asked.theme)
    put(f"{model.size:,} parameters, {'-'.join(map(str, model.sizes))}, on {data.rows} examples of {data.name}")
    last = result.history[-1]
    put(f"loss {last.loss:.6g}  accuracy {last.accuracy:.2%}  after {last.step:,} steps")
    if held is not None:
        put(f"validation: loss {last.validation_loss:.6g}  accuracy {last.validation_accuracy:.2%}")
    put(f"{folder}{os.sep}: {', '.join(names)}")
    if result.stopped:
        say(f"gradviz: stopped early: {result.stopped}")
    return 0 if last.loss - last.loss == 0 else 3


def _options(reader: lab_words.Parser) -> None:
    add = reader.add_argument
    add("--data", default="spiral", metavar="NAME", help="spiral, moons, circles, xor, blobs, iris or digits")
    add("--points", type=int, metavar="N", help="examples per class")
    add("--classes", type=int, metavar="N", help="classes, for spiral and blobs")
    add("--noise", type=float, metavar="X", help="noise of the data")
    add("--hidden", type=lab_words.sizes, default=(100,), metavar="SIZES", help="sizes of hidden layers, such as 100 or 64,32; 0: linear")
    add("--activation", default="relu", metavar="NAME", help="any activation; gradviz activations shows them")
    add("--loss", choices=("softmax", "hinge", "logistic"), default="softmax", help="loss")
    add("--l2", type=float, default=1e-3, metavar="X", help="weight of half the sum of squared weights")
    add("--steps", type=int, default=2000, metavar="N", help="steps of gradient descent")
    add("--rate", type=float, default=1.0, metavar="X", help="learning rate")
    add("--optimiser", "--optimizer", choices=("descent", "momentum", "adam"), default="descent", help="rule of the step")
    add("--momentum", type=float, default=0.9, metavar="X", help="share of the last step that momentum keeps")
    add("--batch", type=int, metavar="N", help="examples per step (all)")
    add("--init", choices=("small", "xavier", "he", "zeros"), default="small", help="how weights begin")
    add("--seed", type=int, default=0, metavar="N", help="seed of weights and order")
    add("--validation", type=float, default=0.0, metavar="SHARE", help="share of the examples kept for validation")
    add("--patience", type=int, metavar="N", help="stop after so many records without a better validation loss")
    add("--standardise", action="store_true", help="scale every feature to mean 0 and deviation 1")
    add("-o", "--output", default=lab_words.Unasked("run", folder=True), metavar="FOLDER", help="folder to write into")


def _folder(path: str) -> str:
    folder = path.rstrip("/" + os.sep) or path
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise FileError(f"cannot make the folder {folder}: {error.strerror}") from None
    return folder


def _write(folder: str, result: Training, data: Dataset, theme: str) -> list[str]:
    """Everything there is to see; the names of the files."""
    from .. import lab
    from ..lab import architecture, charts, maps, report

    model, parameters = result.model, result.parameters
    pictures = {lab_words.TRAINED: charts.draw_history(result), "norms.svg": charts.draw_norms(result)}
    pictures["architecture.svg"] = architecture.draw_architecture(model, parameters, data.features)
    if data.X.shape[1] == 2:
        pictures["boundary.svg"] = maps.draw_boundary(model, parameters, data, data.name, f"{charts.percent(result.accuracy)} right")
        for layer in range(1, model.layers):
            wide = 10 if model.sizes[layer] > 24 else 4
            pictures[f"neurons-{layer}.svg"] = maps.draw_neurons(model, parameters, data, layer, columns=wide, most=100)
    elif model.layers > 1:
        pictures["neurons-1.svg"] = maps.draw_weights(model, parameters, data, columns=8 if model.sizes[1] > 12 else 4, most=100)
    for name, picture in pictures.items():
        lab_words.written(picture, os.path.join(folder, name), theme)
    model.shaped(data.rows).save(os.path.join(folder, "graph.svg"), theme=theme, depth=0)
    lab.save(os.path.join(folder, "weights.npz"), model, parameters)
    table = ["step,loss,accuracy,validation_loss,validation_accuracy"]
    table += [",".join(repr(value) for value in (m.step, *m[2:])) for m in result.history]
    texts = {"report.html": report.write_report(result, data), "history.csv": "\n".join(table) + "\n", "model.gv": model.text + "\n"}
    for name, text in texts.items():
        try:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise FileError(f"cannot write {os.path.join(folder, name)}: {error.strerror}") from None
    return sorted([*pictures, *texts, "graph.svg", "weights.npz"])


class _Bar:
    """A line on a terminal's standard error that grows with the steps; nothing where that is no terminal."""

    def __init__(self) -> None:
        self.shown = bool(sys.stderr.isatty())

    def __call__(self, moment: Moment) -> None:
        if self.shown:
            done = int(24 * moment.step / max(1, moment.steps))
            told = f"step {moment.step:,} of {moment.steps:,}  loss {moment.loss:.4f}  accuracy {moment.accuracy:.1%}"
            print(f"\r[{'#' * done}{'.' * (24 - done)}] {told}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self.shown:
            print(file=sys.stderr)
