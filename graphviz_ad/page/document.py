"""The page as one file: picture, panel, data, and the one script that it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..derive.derivatives import Point
from ..errors import GradvizError, NamingError
from ..render.theme import DARK, PALETTES, colors
from ..scene import titles
from ..scene.compose import compose
from ..scene.numbers import Figures
from ..scene.selection import select
from .embedding import asset, policy, script_json, xml
from .picture import Look, drawing, sizes, widest
from .places import places
from .program import operations, prepared, tables, view

if TYPE_CHECKING:
    from ..graph.structure import Graph

_ALWAYS = ("numbers.js", "tape.js", "picture.js", "formulas.js", "practice.js", "controls.js", "search.js")
_CHOICE = ("depth", "expand", "focus", "radius")
OPTIONS = frozenset(("style", "title", "precision", *_CHOICE, "theme", "palette", "math", "bundled"))
_STARTING_VALUE = 1.0


def page_html(graph: Graph, point: Point | None = None, **options: Any) -> str:
    """The page of a graph at a point; without values its sliders start at 1.

    Options: ``style``, ``title``, ``precision``, ``depth``, ``expand``, ``focus``, ``radius``, ``palette``, ``math``,
    ``bundled`` as for pictures; ``theme``: "auto", "light" or "dark", which the reader can change.

    Raises
    ------
    GradvizError
        An unknown option.
    NamingError
        There are no values, and inputs that cannot start at 1.
    EngineError
        No drawing engine can be run.

    >>> from graphviz_ad import parse
    >>> page_html(parse("x*y"))[:15]
    '<!DOCTYPE html>'
    """
    practice = options.pop("_practice", None)
    unknown = set(options) - OPTIONS
    if unknown:
        raise GradvizError(f"unknown option {', '.join(sorted(unknown))}; known are {', '.join(sorted(OPTIONS))}")
    colors(_theme(options), _palette(options))  # raises for what is not known
    notes: list[str] = []
    if point is None:
        point = started(graph)
        notes.append("No values were given: the sliders start at 1.")
    reason, arrays = prepared(point)
    if reason:
        notes.append(f"The numbers here are recorded: {reason}.")
    notes += point.warnings[:3]
    return _Page(point, options, live=not reason, practice=practice, arrays=arrays).html(notes)


def started(graph: Graph) -> Point:
    """A point for a graph without values: every input that has none is 1.

    Raises
    ------
    NamingError
        The graph needs values of another kind.
    """
    needs = [name for name in graph.inputs if graph.input_spec(graph.input_handles[name]).default is None]
    try:
        return Point(graph, dict.fromkeys(needs, _STARTING_VALUE))
    except ValueError as error:
        raise NamingError(f"a page needs values here: {error}") from error


def _theme(options: dict[str, Any]) -> str:
    return options.get("theme") or "auto"


def _palette(options: dict[str, Any]) -> str:
    return options.get("palette") or "default"


class _Page:
    """A page in the making: what is drawn and how, then its pictures, data, script and frame.

    ``live``: the page computes, as opposed to showing recorded numbers. ``arrays``: what it knows of arrays, None for scalars.
    """

    def __init__(
        self, point: Point, options: dict[str, Any], live: bool, practice: dict[str, Any] | None, arrays: dict[str, Any] | None
    ) -> None:
        self.point, self.graph, self.options = point, point.graph, options
        self.live, self.practice, self.arrays = live, practice, arrays
        precision = options.get("precision")
        self.figures = None if precision is None else Figures(False, precision)
        math = "typeset" if arrays is not None else options.get("math") or "typeset"  # entries stand where typeset ones would
        self.look = Look(options.get("style"), precision, _palette(options), math, bool(options.get("bundled")), live)
        part = {key: options[key] for key in _CHOICE[1:] if options.get(key) is not None}
        self.depths = self._depths()
        self.chosen = [select(self.graph, depth, **part) for depth in self.depths]
        self.scenes = [
            compose(self.graph, point, title="", style=self.look.style, precision=precision, depth=depth, **part) for depth in self.depths
        ]

    def _depths(self) -> list[int | None]:
        """The pictures by their depth: where functions can be closed, all open and all closed."""
        depth: int | None = self.options.get("depth")
        both = depth is None and self.graph.groups and self.live
        return [None, 0] if both else [depth]

    def html(self, notes: list[str]) -> str:
        """The whole document."""
        pictures = self._pictures()
        data = self._data()
        script = self._script("canvas" in data)
        name, head = self._name(data.pop("heading"))
        theme = _theme(self.options)
        return asset("page.html").format(
            root=f' data-theme="{theme}"' if theme != "auto" else "",
            policy=policy(script),
            title=xml(name),
            style=_variables(_palette(self.options)) + asset("page.css"),
            head=head,
            described=xml(titles.description(self.graph, self.point, self.figures or Figures())),
            boxes="".join(f'<div class="view" id="view-{k}"{" hidden" if k else ""}>{svg}</div>' for k, svg in enumerate(pictures)),
            notes="".join(f'<p class="note">{xml(note)}</p>' for note in notes),
            toggle='<button id="functions">Close functions</button>' if len(pictures) > 1 else "",
            data=script_json(data),
            script=script,
        )

    def _pictures(self) -> list[str]:
        return [
            drawing(scene, self.look, f"v{k}-", sizes(self.point, selection))
            for k, (scene, selection) in enumerate(zip(self.scenes, self.chosen, strict=True))
        ]

    def _data(self) -> dict[str, Any]:
        """What the script reads, the heading in MathML included."""
        graph, chosen = self.graph, self.chosen
        data = tables(graph, self.point, self.scenes[0], self.figures, self.live)
        data["views"] = [view(graph, selection, f"v{k}-") for k, selection in enumerate(chosen)]
        if any(selection.bundles or selection.elided or selection.omitted for selection in chosen):
            data["canvas"] = places(graph)
        data["arrays"] = self.arrays
        data["practice"] = self.practice
        data["room"] = len(widest(self.look.precision))
        data["callNames"] = {str(unit): graph.groups[group].name for selection in chosen for unit, group in selection.calls.items()}
        return data

    def _script(self, canvas: bool) -> str:
        """The one script: the operations that the graph needs, then the files that this kind of page needs."""
        entries = ("arrays.js", "matrix.js") if self.arrays is not None else ("scalars.js",)
        files = (*_ALWAYS, *entries, "canvas.js" if canvas else "picture_only.js", "start.js")
        kernels = operations(self.graph, self.arrays) if self.live else "{}"
        return "\n".join(['(() => {\n"use strict";', f"const OPS = {kernels};", *map(asset, files), "})();"])

    def _name(self, formula: str) -> tuple[str, str]:
        """The page's name, and its heading: the formula typeset where it has no title of its own and no arrays."""
        title: str | None = self.options.get("title")
        name = title or titles.title(self.graph).text
        return name, xml(name) if title or self.point.shapes is not None else f"<math>{formula}</math>"


def _variables(palette: str) -> str:
    """The colours by role, light and dark, and the rules by which the drawing's own colours follow them."""
    light, dark = colors("light", palette), DARK | PALETTES[palette][1]
    bright = ";".join(f"--{role}:{color}" for role, color in light.items())
    dim = ";".join(f"--{role}:{color}" for role, color in dark.items())
    rules = "".join(f'svg [{what}="{color}"]{{{what}:var(--{role})}}' for role, color in light.items() for what in ("fill", "stroke"))
    return (
        f":root{{color-scheme:light;{bright}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dim}}}}}"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dim}}}}}\n{rules}\n"
    )
