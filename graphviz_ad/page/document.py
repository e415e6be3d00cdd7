"""The page as one file: picture, panel, data, and the one script that it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import GradvizError, NamingError
from ..render.theme import DARK, PALETTES, colors
from ..scene import titles
from ..scene.numbers import Figures
from ..scene.selection import select
from .embedding import asset, policy, script_json, xml
from .picture import drawing
from .program import obstacle, operations, tables, view

if TYPE_CHECKING:
    from ..derive.point import Point
    from ..graph.graph import Graph

SCRIPTS = ("numbers.js", "tape.js", "picture.js", "formulas.js", "practice.js", "controls.js", "start.js")
OPTIONS = frozenset(("style", "title", "precision", "depth", "theme", "palette", "math", "bundled"))
_STARTING_VALUE = 1.0


def page_html(graph: Graph, point: Point | None = None, **options: Any) -> str:
    """The page of a graph at a point; without values its sliders start at 1.

    Options: ``style``, ``title``, ``precision``, ``depth``, ``palette``, ``math``, ``bundled`` as for pictures; ``theme``:
    "auto", "light" or "dark", which the reader can change.

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
    reason = obstacle(point)
    if reason:
        notes.append(f"The numbers here are recorded: {reason}.")
    notes += point.warnings[:3]
    return _assembled(graph, point, options, theme, palette, notes, not reason, practice)


def started(graph: Graph) -> Point:
    """A point for a graph without values: every input that has none is 1.

    Raises
    ------
    NamingError
        The graph needs values of another kind.
    """
    needs = [name for name in graph.inputs if graph._spec(graph.input_handles[name]).default is None]
    try:
        return graph.at({name: _STARTING_VALUE for name in needs})
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
) -> str:
    precision, depth = options.get("precision"), options.get("depth")
    shown = {"style": options.get("style"), "precision": precision}
    drawn = {"palette": palette, "math": options.get("math") or "typeset", "bundled": bool(options.get("bundled")), "live": live}
    depths = [depth] if depth is not None or not graph.groups or not live else [None, 0]
    chosen = [select(graph, one) for one in depths]
    pictures = [drawing(graph, point, prefix=f"v{k}-", depth=one, **drawn, **shown) for k, one in enumerate(depths)]
    figures = None if precision is None else Figures(False, precision)
    data = tables(graph, point, figures, live)
    data["views"] = [view(graph, one, f"v{k}-") for k, one in enumerate(chosen)]
    data["practice"] = practice
    data["callNames"] = {str(unit): graph.groups[group].name for one in chosen for unit, group in one.calls.items()}
    script = "\n".join(['(() => {\n"use strict";', f"const OPS = {operations(graph) if live else '{}'};", *map(asset, SCRIPTS), "})();"])
    title = options.get("title")
    name = title if title else titles.title(graph).text
    head = xml(title) if title else f"<math>{data.pop('heading')}</math>"
    data.pop("heading", None)
    described = titles.description(graph, point, figures or Figures())
    boxes = "".join(f'<div class="view" id="view-{k}"{" hidden" if k else ""}>{svg}</div>' for k, svg in enumerate(pictures))
    told = "".join(f'<p class="note">{xml(note)}</p>' for note in notes)
    toggle = '<button id="functions">Close functions</button>' if len(pictures) > 1 else ""
    root = f' data-theme="{theme}"' if theme != "auto" else ""
    return _TEMPLATE.format(
        root=root, policy=policy(script), title=xml(name), style=_variables(palette) + asset("page.css"), head=head, described=xml(described),
        boxes=boxes, notes=told, toggle=toggle, data=script_json(data), script=script,
    )  # fmt: skip


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


_TEMPLATE = """<!DOCTYPE html>
<html lang="en"{root}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="gradviz (graphviz_ad)">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<header><h1 tabindex="0">{head}</h1><strong class="v" id="result"></strong><button id="theme" aria-label="dark or light">◐</button></header>
<main aria-label="computational graph" aria-describedby="described">
<p class="said" id="described">{described}</p>
{boxes}
<div class="tools">{toggle}<button id="out" aria-label="zoom out">−</button><button id="in" aria-label="zoom in">+</button><button id="fit">Fit</button></div>
</main>
<aside aria-label="inputs and steps" tabindex="0">
<h2>Inputs</h2>
<div id="inputs"></div>
{notes}
<div class="buttons"><button id="start">Start values</button><button id="link">Copy link</button></div>
<input type="text" id="address" class="noprint" aria-label="link to this state" readonly hidden>
<div id="steps">
<h2 class="noprint">Step through</h2>
<div class="buttons">
<button id="reset">Show all</button><button id="back">◀ Back</button><button id="next" class="main">Next ▶</button><button id="play">▶ Play</button>
<select id="speed" aria-label="speed"><option value="2400">slow</option><option value="1200" selected>normal</option><option value="500">fast</option></select>
</div>
<input type="range" id="scrub" class="noprint" aria-label="step" min="0" step="1">
<div class="card" id="card" role="region" aria-label="this step" tabindex="0"></div>
</div>
<div class="said" id="said" role="status" aria-live="polite"></div>
<div id="practice" class="noprint"></div>
<h2 class="noprint">Details</h2>
<div id="details" class="noprint"><p class="note">Point at a node or an edge, or reach it with the Tab key.</p></div>
<noscript><p>The numbers of this page move with JavaScript; the picture shows those of the starting point.</p></noscript>
</aside>
<script type="application/json" id="graph">{data}</script>
<script>{script}</script>
</body>
</html>
"""
