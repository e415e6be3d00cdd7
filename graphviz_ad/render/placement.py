"""Where everything goes: the engine's layout, or layers of our own where the engine would take too long."""

from __future__ import annotations

import warnings
from typing import NamedTuple

from ..limits import limit
from .dot import layout_dot
from .engine import LayoutTimeout, layout
from .geometry import Layout, read_layout
from .parts import Parts


class LayoutWarning(UserWarning):
    """The engine took too long; the picture is placed in plain layers, and its note says so."""


class Placement(NamedTuple):
    """The places, and what a reader must know of how they came about ("" where there is nothing)."""

    layout: Layout
    note: str


def placed(parts: Parts, *, bundled: bool = False) -> Placement:
    """The places of a measured scene.

    Raises
    ------
    EngineError
        There is no engine, or it fails.

    Warns
    -----
    LayoutWarning
        The engine took longer than GRADVIZ_LAYOUT_SECONDS, and the places are those of plain layers.
    """
    try:
        return Placement(read_layout(layout(layout_dot(parts), bundled=bundled)), "")
    except LayoutTimeout:
        from .layers import layered

        seconds = limit("GRADVIZ_LAYOUT_SECONDS")
        note = f"placed in plain layers: the layout took longer than {seconds} s; --focus NAME or --depth 1 draws less,"
        note = f"{note} GRADVIZ_LAYOUT_SECONDS allows more"
        warnings.warn(note, LayoutWarning, stacklevel=4)
        return Placement(layered(parts), note)
