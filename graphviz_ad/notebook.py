"""Graphs in notebooks: pictures as output, live pages in a frame, and a cell magic.

``%load_ext graphviz_ad.notebook`` brings ``%%gradviz``::

    %%gradviz x=-2 y=5 z=-4
    q = x + y
    f = q*z

Inputs that the line does not bind are taken from the notebook's own variables. ``--live`` shows the page instead of the
picture, ``--as NAME`` keeps the point under a name.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from .errors import BindingError, GradvizError

if TYPE_CHECKING:
    from .derive.point import Point
    from .graph.graph import Graph

HEIGHT = 620  # pixels of a live page
MOST_ROWS = 44  # of a picture in text; a longer one is left out


class Frame:
    """A live page as notebook output: a sandboxed frame that carries the whole page in itself.

    Nothing outside of the frame is touched and nothing in it has an id that counts outside, so the same output may stand
    in a notebook several times.
    """

    def __init__(self, html: str, height: int = HEIGHT) -> None:
        self.html, self.height = html, int(height)

    def _repr_html_(self) -> str:
        from .page.embedding import quoted

        style = f"width:100%;height:{self.height}px;border:1px solid #c3cad6;border-radius:8px"
        return f'<iframe sandbox="allow-scripts" title="live computational graph" style="{style}" srcdoc="{quoted(self.html)}"></iframe>'

    def __repr__(self) -> str:
        return f"<live page of {len(self.html):,} characters>"


def interactive(subject: Graph | Point, *, height: int = HEIGHT, **options: Any) -> Frame:
    """The live page of a graph or a point for a notebook; options as for :func:`graphviz_ad.page.page_html`.

    >>> from graphviz_ad import parse
    >>> interactive(parse("x*y").at(x=2, y=3))._repr_html_()[:31]
    '<iframe sandbox="allow-scripts"'
    """
    from .page import page_html

    graph, point = _parts(subject)
    return Frame(page_html(graph, point, **options), height)


def mimebundle(subject: Graph | Point) -> dict[str, str]:
    """What a notebook shows of a graph or a point: the picture, and the text where pictures cannot be.

    >>> from graphviz_ad import parse
    >>> sorted(mimebundle(parse("x*y")))
    ['image/svg+xml', 'text/plain']
    """
    from .scene.saving import produce

    graph, point = _parts(subject)
    drawn = subject.draw().rstrip("\n")
    text = repr(subject) if drawn.count("\n") > MOST_ROWS else f"{subject!r}\n\n{drawn}"
    return {"image/svg+xml": produce(graph, point, "svg").decode(), "text/plain": text}


def _parts(subject: Graph | Point) -> tuple[Graph, Point | None]:
    from .derive.point import Point

    return (subject.graph, subject) if isinstance(subject, Point) else (subject, None)


def run_cell(line: str, cell: str, variables: dict[str, Any]) -> Graph | Point | Frame:
    """What ``%%gradviz`` does with its line and its cell; ``variables`` are the notebook's.

    Raises
    ------
    GradvizError
        The line or the cell is wrong.

    >>> run_cell("x=-2 y=5", "q = x + y\\nf = q*z", {"z": -4})
    Point(f = -12.0 at x=-2.0, y=5.0, z=-4.0)
    """
    from . import parse

    bound: dict[str, Any] = {}
    live, kept = False, ""
    words = iter(shlex.split(line))
    for word in words:
        name, sign, value = word.partition("=")
        if word == "--live":
            live = True
        elif word == "--as":
            kept = next(words, "")
            if not kept.isidentifier():
                raise BindingError(f"--as wants a name, not {kept!r}")
        elif sign and name.isidentifier():
            bound[name] = parse(value).constant_value() if value not in variables else variables[value]
        else:
            raise BindingError(f"{word!r} is not understood\nhint: %%gradviz [--live] [--as NAME] name=value …")
    graph = parse(cell)
    for name in graph.inputs:
        if name not in bound and name in variables and not callable(variables[name]):
            bound[name] = variables[name]
    free = [n for n in graph.inputs if n not in bound and graph._spec(graph.input_handles[n]).default is None]
    subject = graph if free and not bound else graph.at(bound)
    if kept:
        variables[kept] = subject
    return interactive(subject) if live else subject


def load_ipython_extension(shell: Any) -> None:
    """Bring ``%%gradviz`` into a notebook; called by ``%load_ext graphviz_ad.notebook``."""
    from IPython.core.error import UsageError

    def gradviz(line: str, cell: str) -> Any:
        """Draw the graph of the cell: %%gradviz [--live] [--as NAME] name=value …"""
        try:
            return run_cell(line, cell, shell.user_ns)
        except GradvizError as error:
            raise UsageError(re.sub("\x1b", "", str(error))) from None

    shell.register_magic_function(gradviz, "cell")
