"""What a notebook shows of a graph: the picture beside its text, and the live page in a frame."""

from __future__ import annotations

from collections.abc import Container
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from ..graph.structure import Graph

HEIGHT = 620  # pixels of a live page
TEXT_WIDTH = 80  # columns of a picture in text
MOST_ROWS = 44  # of a picture in text; a longer one is left out
_numbers = count(1)  # of the pictures that this session has shown


class Frame:
    """A live page as notebook output: a sandboxed frame that carries the whole page in itself.

    Nothing outside of the frame is touched and nothing in it has an id that counts outside, so the same output may stand
    in a notebook several times.
    """

    def __init__(self, html: str, height: int = HEIGHT) -> None:
        self.html, self.height = html, int(height)

    def _repr_html_(self) -> str:
        from ..page.embedding import quoted

        style = f"width:100%;height:{self.height}px;border:1px solid #c3cad6;border-radius:8px"
        return f'<iframe sandbox="allow-scripts" title="live computational graph" style="{style}" srcdoc="{quoted(self.html)}"></iframe>'

    def __repr__(self) -> str:
        return f"<live page of {len(self.html):,} characters>"


def live_page(graph: Graph, point: Point | None, *, height: int = HEIGHT, **options: Any) -> Frame:
    """The live page of a graph or a point for a notebook; options as for :func:`graphviz_ad.page.page_html`."""
    from ..page import page_html

    return Frame(page_html(graph, point, **options), height)


def mimebundle(
    graph: Graph,
    point: Point | None,
    named: str,
    include: Container[str] | None = None,
    exclude: Container[str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """What a notebook shows of a graph or a point: the picture, and the text where pictures cannot be; ``named`` is its repr.

    A PNG is made where it is asked for by ``include``. Every picture of a session has ids of its own, so that outputs do not
    disturb each other, however often and in whatever order they stand on a page. Options are those of ``save``.

    >>> from graphviz_ad import parse
    >>> graph = parse("x*y")
    >>> sorted(mimebundle(graph, None, repr(graph)))
    ['image/svg+xml', 'text/plain']
    """
    from .writing import produce, text_of

    made: dict[str, Any] = {}

    def wants(kind: str, unasked: bool) -> bool:
        return (unasked if not include else kind in include) and not (exclude and kind in exclude)

    if wants("image/svg+xml", True):
        made["image/svg+xml"] = produce(graph, point, "svg", prefix=f"c{next(_numbers)}-", **options).decode()
    if wants("image/png", False):
        made["image/png"] = produce(graph, point, "png", **options)
    if wants("text/plain", True):
        scene = {key: value for key, value in options.items() if key not in ("theme", "palette", "math", "animate")}
        drawn = text_of(graph, point, TEXT_WIDTH, "auto", False, **scene).rstrip("\n")
        made["text/plain"] = named if drawn.count("\n") > MOST_ROWS else f"{named}\n\n{drawn}"
    return made
