"""What a graph and a point have in common for people: pictures, files, notebooks.

Everything behind a method is imported by the method that needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from os import PathLike

    from ..derive.derivatives import Point
    from ..formats.display import Frame
    from ..graph.structure import Graph
    from ..scene.model import Scene


class Pictured:
    """Something that can be drawn: formulas alone, or with the numbers of a point."""

    __slots__ = ()

    def drawn(self) -> tuple[Graph, Point | None]:
        """The graph, and the point whose numbers stand in its picture."""
        raise NotImplementedError

    def scene(self, **options: Any) -> Scene:
        """The picture as plain data (:class:`graphviz_ad.scene.model.Scene`)."""
        from ..scene.compose import compose

        return compose(*self.drawn(), **options)

    def draw(self, width: int = 80, *, form: str = "auto", ascii: bool = False, **options: Any) -> str:
        """The picture in text on ``width`` columns; ``form``: "graph", "tree" or "auto", ``ascii``: in plain letters alone.

        The options are those of :meth:`scene`.

        >>> from graphviz_ad import parse
        >>> print(parse("sin(x*y)").at(x=0, y=2).draw(), end="")
           0
        x ───‹2›─╮     0             0
           2     ├─(×)───‹1›───(sin)──── f
           2     │     1             1
        y ───‹0›─╯
           0
        above a wire: value · below: ∂f/∂(wire) · ‹ ›: local derivative
        """
        from ..formats.writing import text_of

        return text_of(*self.drawn(), width, form, ascii, **options)

    def require_names(self, *, expand: Iterable[str] = (), focus: str | None = None, radius: int | None = None) -> None:
        """Raise the error that a picture with these options would end in, before anything is drawn.

        Raises
        ------
        NamingError
            ``expand`` or ``focus`` names nothing in the graph; the output does not depend on the focus.
        GradvizError
            ``radius`` without a focus.
        """
        from ..scene.selection import look_up

        look_up(self.drawn()[0], expand, focus, radius)

    def save(self, path: str | PathLike[str], **options: Any) -> None:
        """Write the picture, the page, the derivation or the data; the format follows from the suffix."""
        from ..formats.writing import save

        save(*self.drawn(), path, **options)

    def interactive(self, **options: Any) -> Frame:
        """The live page in a notebook (:class:`graphviz_ad.formats.display.Frame`): sliders, every number, step by step."""
        from ..formats.display import live_page

        return live_page(*self.drawn(), **options)

    def _repr_svg_(self) -> str:
        from ..formats.writing import produce

        return produce(*self.drawn(), "svg").decode()

    def _repr_mimebundle_(self, include: Container[str] | None = None, exclude: Container[str] | None = None) -> dict[str, Any]:
        from ..formats.display import mimebundle

        return mimebundle(*self.drawn(), repr(self), include, exclude)
