"""Graphs in notebooks: pictures as output, live pages in a frame, and a cell magic.

``%load_ext graphviz_ad`` brings ``%%gradviz``, with the options of the command line::

    %%gradviz x=-2 y=5 --mode forward --style card
    q = x + y
    f = q*z

Inputs that the line does not bind are taken from the notebook's own variables. ``--live`` shows the page instead of the
picture, ``--as NAME`` keeps the point under a name.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Container
from typing import TYPE_CHECKING, Any

from .errors import BindingError, GradvizError
from .formats import display
from .formats.display import HEIGHT, Frame

if TYPE_CHECKING:
    from .objects.graph import Graph
    from .objects.pictured import Pictured
    from .objects.point import Point


def interactive(subject: Pictured, *, height: int = HEIGHT, **options: Any) -> Frame:
    """The live page of a graph or a point for a notebook; options as for :func:`graphviz_ad.page.page_html`.

    >>> from graphviz_ad import parse
    >>> interactive(parse("x*y").at(x=2, y=3))._repr_html_()[:31]
    '<iframe sandbox="allow-scripts"'
    """
    return display.live_page(*subject.drawn(), height=height, **options)


def mimebundle(
    subject: Pictured, include: Container[str] | None = None, exclude: Container[str] | None = None, **options: Any
) -> dict[str, Any]:
    """What a notebook shows of a graph or a point: the picture, and the text where pictures cannot be; options as for ``save``.

    >>> from graphviz_ad import parse
    >>> sorted(mimebundle(parse("x*y")))
    ['image/svg+xml', 'text/plain']
    """
    return display.mimebundle(*subject.drawn(), repr(subject), include, exclude, **options)


class Picture:
    """A graph or a point with options of its picture, as notebook output."""

    def __init__(self, subject: Pictured, options: dict[str, Any]) -> None:
        self.subject, self.options = subject, options

    def _repr_mimebundle_(self, include: Container[str] | None = None, exclude: Container[str] | None = None) -> dict[str, Any]:
        return mimebundle(self.subject, include, exclude, **self.options)

    def __repr__(self) -> str:
        return f"<picture of {self.subject!r}>"


def run_cell(line: str, cell: str, variables: dict[str, Any]) -> Graph | Point | Frame | Picture:
    """What ``%%gradviz`` does with its line and its cell; ``variables`` are the notebook's.

    Raises
    ------
    GradvizError
        The line or the cell is wrong.

    >>> run_cell("x=-2 y=5", "q = x + y\\nf = q*z", {"z": -4})
    Point(f = -12.0 at x=-2.0, y=5.0, z=-4.0)
    """
    from . import parse
    from .requests.arguments import read
    from .requests.bindings import read_bindings
    from .requests.drawing import drawing_options
    from .requests.evaluation import assemble

    try:
        words = shlex.split(line)
    except ValueError as error:
        raise BindingError(f"the line of the magic cannot be read: {error}") from None
    live, kept, rest = _own_options(words)
    bound: dict[str, Any] = {}
    given = []
    for word in rest:  # a value that is the name of a variable stands for it
        name, sign, value = word.partition("=")
        if sign and name.isidentifier() and value in variables:
            bound[name] = variables[value]
        else:
            given.append(word)
    asked = read(["-", *given])
    for name in ("--json", "--no-draw", "--picture", "--help", "--version"):
        if asked.flag(name):
            raise BindingError(f"{name} has no use in a notebook\nhint: --as NAME keeps the point; NAME.document(), NAME.draw()")
    if asked.verb:
        raise BindingError(f"the magic draws; gradviz {asked.verb} is for the terminal")
    bound |= read_bindings(asked.words[1:], parse)
    graph = parse(cell)
    for name in graph.inputs:
        if name not in bound and name in variables and not callable(variables[name]):
            bound[name] = variables[name]
    found = assemble(asked, graph, bound)
    subject = found.graph if found.point is None else found.point
    options = drawing_options(asked)
    for path in asked.many("--output"):
        subject.save(path, **options)
    if kept:
        variables[kept] = subject
    if live:
        return subject.interactive(**{key: value for key, value in options.items() if key not in ("hessian", "animate")})
    return Picture(subject, options) if options else subject


def _own_options(words: list[str]) -> tuple[bool, str, list[str]]:
    """``--live`` and ``--as NAME``, which the command line does not know, and the other words."""
    live, kept, rest = False, "", []
    pending = iter(words)
    for word in pending:
        if word == "--live":
            live = True
        elif word == "--as" or word.startswith("--as="):
            kept = next(pending, "") if word == "--as" else word.partition("=")[2]
            if not kept.isidentifier():
                raise BindingError(f"--as wants a name, not {kept!r}")
        else:
            rest.append(word)
    return live, kept, rest


def load_ipython_extension(shell: Any) -> None:
    """Bring ``%%gradviz`` into a notebook; called by ``%load_ext graphviz_ad``."""
    from IPython.core.error import UsageError

    def gradviz(line: str, cell: str) -> Graph | Point | Frame | Picture:
        """Draw the graph of the cell: %%gradviz [--live] [--as NAME] name=value … and the options of the command line."""
        try:
            return run_cell(line, cell, shell.user_ns)
        except GradvizError as error:
            raise UsageError(re.sub("\x1b", "", str(error))) from None

    shell.register_magic_function(gradviz, "cell")
