"""A graph at a point as people meet it: everything that :class:`graphviz_ad.derive.derivatives.Point` works out, and what hangs on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from ..derive import derivatives
from ..derive.tables import Tables
from .graph import Graph
from .pictured import Pictured

if TYPE_CHECKING:
    from os import PathLike

    import numpy as np

    from ..primitives.call import Shape
    from .report import Report


class PointNode:
    """One node at a point: value, gradient, local derivatives and contributions."""

    __slots__ = ("handle", "point")

    def __init__(self, point: Point, handle: int) -> None:
        self.point, self.handle = point, handle

    @property
    def name(self) -> str:
        """The node's name."""
        return self.point.graph.labels[self.handle]

    @property
    def value(self) -> float | np.ndarray:
        """The forward value."""
        return self.point.values[self.handle]

    @property
    def shape(self) -> Shape:
        """The shape; () for a scalar."""
        return self.point.shape_of(self.handle)

    @property
    def gradient(self) -> float | np.ndarray | None:
        """d(output)/d(node): the sum of the contributions of its uses; None where no derivative flows."""
        return self.point.gradient_of(self.handle)

    @property
    def locals(self) -> tuple[Any, ...]:
        """The local derivative by each operand; None where none flows."""
        return self.point.partials[self.handle]

    @property
    def contributions(self) -> tuple[Any, ...]:
        """upstream × local for each operand."""
        return self.point.contributions[self.handle]

    def __repr__(self) -> str:
        return f"PointNode({self.name} = {self.value!r}, gradient {self.gradient!r})"


class Point(derivatives.Point, Pictured):
    """A graph with values. Arrays that it hands out are read-only: they are its own; ``.copy()`` makes one to write into.

    >>> from graphviz_ad import parse
    >>> point = parse("q = x + y; f = q*z").at(x=-2, y=5, z=-4)
    >>> point.value, point.gradients
    (-12.0, {'x': -4.0, 'y': -4.0, 'z': 3.0})
    >>> point["q"].value, point["q"].gradient
    (3.0, -4.0)
    """

    __slots__ = ()

    graph: Graph

    @classmethod
    def lift(cls, point: derivatives.Point) -> Self:
        """A point that a front end made, as people meet it; one that is so already comes back itself."""
        if isinstance(point, cls):
            return point
        lifted = cls.__new__(cls)
        lifted.__setstate__({**{name: getattr(point, name) for name in Tables.FIELDS}, "graph": Graph.lift(point.graph)})
        return lifted

    def __getitem__(self, name: str) -> PointNode:
        return PointNode(self, self.graph.handle(name))

    # -- what hangs on a point ---------------------------------------------------------------------------------------

    def check(
        self,
        *,
        quick: bool = False,
        proof: bool = False,
        curve: bool = False,
        self_test: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Report:
        """Check every gradient against independent references.

        ``quick`` settles in float64 what agrees there to six digits, and takes high precision for the rest only: many times
        faster on large graphs, without the exact values and the digits lost. ``proof`` encloses the derivatives of a graph of
        scalars in balls of Arb (the extra ``arb``): what agrees with them is proven, and the notes say which do. ``curve`` adds
        how the error of a plain difference depends on its step, for the worst entry. ``self_test`` injects known slips into the
        gradient and adds which of them the check (in high precision) catches here (``report.trials``). ``progress`` is called with
        what is done and what there is to do.

        Ctrl-C ends it with the report of what is known by then (``report.interrupted``); the next call checks anew.

        >>> from graphviz_ad import parse
        >>> parse("exp(x)*x").at(x=2).check().verdict
        'pass'

        Raises
        ------
        GradvizError
            Both ``quick`` and ``proof``; or a proof without the extra.
        """
        from ..check.reports import Reports
        from .report import Report

        reports = self.once(Reports)
        made = reports.report(quick=quick, proof=proof, curve=curve, self_test=self_test, progress=progress)
        report = Report.lift(made)
        reports.exchange(made, report)
        return report

    def document(self, *, check: bool = True) -> dict[str, Any]:
        """The point as plain data: the JSON object of schema ``gradviz/1``."""
        from ..scene.document import document

        return document(self, check=check)

    def explain(self, form: str = "text") -> str:
        """The chain rule line by line: formula, substitution, number; of a point with a direction, from the inputs on.

        ``form``: "text", "markdown", "latex" (a document that compiles) or "html" (a page).
        """
        from ..formats.writing import explain

        return explain(self, form).decode("utf-8")

    def save_explanation(self, path: str | PathLike[str]) -> None:
        """Write the derivation alone; txt, md, tex, html or pdf by the suffix.

        Raises
        ------
        GradvizError
            Another suffix.
        EngineError
            A PDF without the extra ``pdf``.
        """
        from ..formats.writing import save_explanation

        save_explanation(self, path)

    def drawn(self) -> tuple[Graph, Point]:
        return self.graph, self
