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
    theme, palette = options.get("theme") or "auto", options.get("palette") or "default"
    colors(theme, palette)  # raises for what is not known
    notes: list[str] = []
    if point is None:
        point = started(graph)
        notes.append("No values were given: the sliders start at 1.")
    graph = point.graph
    reason, arrays = prepared(point)
    if reason:
        notes.append(f"The numbers here are recorded: {reason}.")
    notes += point.warnings[:3]
    return _assembled(graph, point, options, theme, palette, notes, not reason, practice, arrays)


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


def _assembled(
    graph: Graph,
    point: Point,
    options: dict[str, Any],
    theme: str,
    palette: str,
    notes: list[str],
    live: bool,
    practice: dict[str, Any] | None,
    arrays: dict[str, Any] | None,
) -> str:
    precision, depth = options.get("precision"), options.get("depth")
    part = {key: options[key] for key in _CHOICE[1:] if options.get(key) is not None}
    math = "typeset" if arrays is not None else options.get("math") or "typeset"  # entries stand where typeset ones would
    look = Look(options.get("style"), precision, palette, math, bool(options.get("bundled")), live)
    depths = [depth] if depth is not None or not graph.groups or not live else [None, 0]
    chosen = [select(graph, one, **part) for one in depths]
    scenes = [compose(graph, point, title="", style=look.style, precision=precision, depth=one, **part) for one in depths]
    pictures = [drawing(scene, look, f"v{k}-", sizes(point, one)) for k, (scene, one) in enumerate(zip(scenes, chosen, strict=True))]
    figures = None if precision is None else Figures(False, precision)
    data = tables(graph, point, scenes[0], figures, live)
    data["views"] = [view(graph, one, f"v{k}-") for k, one in enumerate(chosen)]
    if any(one.bundles or one.elided or one.omitted for one in chosen):
        data["canvas"] = places(graph)
    data["arrays"] = arrays
    data["practice"] = practice
    data["room"] = len(widest(precision))
    data["callNames"] = {str(unit): graph.groups[group].name for one in chosen for unit, group in one.calls.items()}
    files = (
        *_ALWAYS,
        *(("arrays.js", "matrix.js") if arrays is not None else ("scalars.js",)),
        "canvas.js" if "canvas" in data else "picture_only.js",
        "start.js",
    )
    kernels = operations(graph, arrays) if live else "{}"
    script = "\n".join(['(() => {\n"use strict";', f"const OPS = {kernels};", *map(asset, files), "})();"])
    title = options.get("title")
    name = title or titles.title(graph).text
    head = xml(name) if title or point.shapes is not None else f"<math>{data.pop('heading')}</math>"
    data.pop("heading", None)
    described = titles.description(graph, point, figures or Figures())
    boxes = "".join(f'<div class="view" id="view-{k}"{" hidden" if k else ""}>{svg}</div>' for k, svg in enumerate(pictures))
    told = "".join(f'<p class="note">{xml(note)}</p>' for note in notes)
    toggle = '<button id="functions">Close functions</button>' if len(pictures) > 1 else ""
    root = f' data-theme="{theme}"' if theme != "auto" else ""
    return asset("page.html").format(
        root=root,
        policy=policy(script),
        title=xml(name),
        style=_variables(palette) + asset("page.css"),
        head=head,
        described=xml(described),
        boxes=boxes,
        notes=told,
        toggle=toggle,
        data=script_json(data),
        script=script,
    )


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
