"""``gradviz activations``: values, derivatives, kinks, dead and flat stretches."""

from __future__ import annotations

from ..requests.arguments import CommandLine
from . import lab_words
from .output import put
from .tables import Cell, Row, layout


def run(line: CommandLine) -> int:
    """A table on standard output and a picture."""
    reader = lab_words.parser("activations", "Show activations with their derivatives.", "gradviz activations relu gelu -o activations.svg")
    reader.add_argument("names", nargs="*", metavar="NAME", help="which ones (all)")
    reader.add_argument(
        "-o", "--output", default=lab_words.Unasked("activations.svg"), metavar="FILE", help="where to write, .svg or .png; - for none"
    )
    lab_words.theme(reader)
    asked = lab_words.read(reader, line.words)
    if asked is None:
        return 0
    from .. import lab
    from ..lab import charts, models

    names = [models.find_activation(name) for name in asked.names] or list(lab.activations())
    rows = []
    for name in names:
        about = charts.describe_activation(name)
        low, high = min(about.slopes), max(about.slopes)
        stretches = ", ".join(f"{band.name} from {band.low:g} to {band.high:g}" for band in about.bands)
        slopes, kinks = f"{low:.3g} … {high:.3g}", ", ".join(f"{kink:g}" for kink in about.kinks)
        rows.append(Row((Cell(name, "name"), Cell(slopes, "gradient"), Cell(kinks), Cell(stretches, "muted"))))
    put(layout(("", "slope on -5 … 5", "kinks at", "stretches"), rows))
    if asked.output != "-":
        lab_words.written(charts.draw_activations(names), asked.output, asked.theme)
        put(asked.output)
    return 0
