"""``gradviz boundary``: the map of a trained classifier from its weights."""

from __future__ import annotations

from ..errors import BindingError
from ..requests.arguments import CommandLine
from . import lab_words
from .output import put


def run(line: CommandLine) -> int:
    """Draw the regions of the classes for a file of weights."""
    reader = lab_words.parser(
        "boundary",
        "Draw the regions that a trained classifier gives to each class.",
        "gradviz boundary run/weights.npz -o map.svg",
    )
    reader.add_argument("weights", help="a file that gradviz train wrote")
    reader.add_argument("--data", default="spiral", metavar="NAME", help="the examples to show")
    reader.add_argument("--neurons", type=int, metavar="LAYER", help="the answers of a hidden layer's neurons instead")
    reader.add_argument("-o", "--output", default=lab_words.Unasked("boundary.svg"), metavar="FILE", help="where to write, .svg or .png")
    lab_words.theme(reader)
    asked = lab_words.read(reader, line.words)
    if asked is None:
        return 0
    from .. import lab
    from ..lab import charts, maps

    model, parameters = lab.load(asked.weights)
    data = lab.make(asked.data)
    if data.X.shape[1] != model.sizes[0] or data.classes != model.classes:
        wanted, given = f"{model.sizes[0]} features and {model.classes} classes", f"{data.X.shape[1]} and {data.classes}"
        raise BindingError(f"the weights are for {wanted}, {data.name} has {given}")
    accuracy = model.accuracy(parameters, data.X, data.y)
    if asked.neurons is None:
        picture = maps.draw_boundary(model, parameters, data, data.name, f"{charts.percent(accuracy)} right")
    elif 1 <= asked.neurons < model.layers:
        picture = maps.draw_neurons(model, parameters, data, asked.neurons)
    else:
        raise BindingError(f"there is no hidden layer {asked.neurons}; the model has {model.layers - 1}")
    lab_words.written(picture, asked.output, asked.theme)
    put(f"accuracy {accuracy:.2%} on {data.rows} examples of {data.name}; {asked.output}")
    return 0
