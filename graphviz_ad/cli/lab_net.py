"""``gradviz net 3072-100-10``: the architecture and its number of parameters."""

from __future__ import annotations

from ..requests.arguments import CommandLine
from . import lab_words
from .output import put


def run(line: CommandLine) -> int:
    """Count and draw."""
    reader = lab_words.parser("net", "Draw a network's layers and count its parameters.", "gradviz net 3072-100-10 -o net.svg")
    reader.add_argument("sizes", type=lab_words.sizes, help="layer sizes, such as 3072-100-10")
    reader.add_argument("--activation", default="relu", metavar="NAME", help="activation of the hidden layers")
    reader.add_argument(
        "-o", "--output", default=lab_words.Unasked("net.svg"), metavar="FILE", help="where to write, .svg or .png; - for none"
    )
    lab_words.theme(reader)
    asked = lab_words.read(reader, line.words)
    if asked is None:
        return 0
    from .. import lab
    from ..lab import architecture

    model = lab.network(asked.sizes, asked.activation)
    for name, shape in model.shapes.items():
        put(f"{name}  {'×'.join(map(str, shape)):>12}")
    put(f"{model.size:,} parameters")
    if asked.output != "-":
        lab_words.written(architecture.draw_architecture(model), asked.output, asked.theme)
        put(asked.output)
    return 0
