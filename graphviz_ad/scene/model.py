"""What a picture shows, as plain data: wires with their gates, arrows, clusters.

A scene knows nothing of derivatives and nothing of Graphviz. It is made from a point (or an unbound graph) by
:mod:`graphviz_ad.scene.compose` and read by every renderer.
"""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """A piece of mathematics or a number: Unicode text always, LaTeX where typesetting is wanted, the exact form for tooltips."""

    text: str
    latex: str = ""
    exact: str = ""


class Wire(NamedTuple):
    """One node: what makes the value (pill or gate) and the wire that carries it.

    ``kind``: "input", "constant", "operation", "call" (a closed cluster drawn as one gate) or "elided" (the rest of a
    graph that is too large to draw). ``symbol``: the input's name or constant's number in the pill, the operator in the
    gate (text "×", latex ``\\times``). ``name``: what the author or we call the value ("q", "v₅"), None where the wire
    needs none. ``formula``: the card's header without its name ("w₂₁ × x₁"). ``shape``: "" for scalars, else "(3, 2)".
    """

    id: str
    kind: str
    symbol: Label
    name: Label | None = None
    formula: Label | None = None
    value: Label | None = None
    gradient: Label | None = None
    output: Label | None = None  # the output's name, where this wire is an output
    cluster: str | None = None
    shape: str = ""
    tooltip: str = ""


class Arrow(NamedTuple):
    """One use of a value: from the end of ``source``'s wire into the gate of ``target`` at argument ``position``.

    ``local``: the local derivative's name, typeset as a fraction ("∂q/∂x"); ``formula``: what it is ("y");
    ``number``: its value; ``contribution``: upstream × local, shown where ``source`` forks (``forks``).
    All None for an arrow that carries no derivative.
    """

    source: str
    target: str
    position: int
    local: Label | None = None
    formula: Label | None = None
    number: Label | None = None
    contribution: Label | None = None
    forks: bool = False
    tooltip: str = ""


class Cluster(NamedTuple):
    """An open named function: a rounded box around its wires with its formula at the top left."""

    id: str
    label: Label
    parent: str | None = None


class Scene(NamedTuple):
    """A whole picture. ``style`` is "wire" or "card"; wires are in topological order, everything in stable order."""

    wires: tuple[Wire, ...]
    arrows: tuple[Arrow, ...]
    clusters: tuple[Cluster, ...] = ()
    title: Label | None = None
    output_name: str = "f"
    style: str = "wire"
    numeric: bool = True  # False: nothing bound, formulas instead of numbers
    notes: tuple[str, ...] = ()  # e.g. "kink at q: 0 of [0, 1] chosen", shown small at the bottom
    description: str = ""  # alt text
    direction: str = ""  # forward mode: "x = 1, y = 0"; what stands as gradient and contribution are tangents then
    second: Label | None = None  # the Hessian, below the picture

    @property
    def forward(self) -> bool:
        """Whether the picture shows tangents in place of gradients."""
        return bool(self.direction)

    @property
    def graded(self) -> str:
        """What the second number of a wire is called."""
        return "tangent" if self.forward else "gradient"
