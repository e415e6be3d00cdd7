"""The live page: one file with the picture, sliders, every number, and the chain rule step by step.

document     the file as a whole
program      what the page computes with: the graph as tables, its operations as JavaScript
mathml       formulas for the browser
picture      the drawing that the page fills with numbers
practice     questions with seeded values, and their answers
embedding    the one way by which data and text get into a page
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..derive.derivatives import Point
    from ..graph.structure import Graph

__all__ = ["page_html", "practice_html"]


def page_html(graph: Graph, point: Point | None = None, **options: Any) -> str:
    """See :func:`graphviz_ad.page.document.page_html`; imported when called."""
    from .document import page_html as write

    return write(graph, point, **options)


def practice_html(graph: Graph, point: Point | None = None, *, seed: int = 1, **options: Any) -> str:
    """See :func:`graphviz_ad.page.practice.practice_html`; imported when called."""
    from .practice import practice_html as write

    return write(graph, point, seed=seed, **options)
