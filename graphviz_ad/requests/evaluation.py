"""From the words of a command line to a graph and, where values are given, a point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import NamingError
from .arguments import CommandLine, UsageError
from .bindings import read_bindings, read_direction
from .sources import read_expression

if TYPE_CHECKING:
    from .. import Graph, Point


class Subject(NamedTuple):
    """What the command is about; ``point`` is None where nothing is bound and the inputs have no values."""

    graph: Graph
    point: Point | None

    def require_point(self) -> Point:
        """The point; raises the error that names the inputs without a value where there is none."""
        return self.point if self.point is not None else self.graph.at()


def evaluate(line: CommandLine) -> Subject:
    """The graph of the first word at the values of the others, with the options that choose what is evaluated applied.

    Raises
    ------
    GradvizError
        Anything wrong with the text, the names, the values or the files.
    """
    from .. import parse

    text, source = read_expression(line.words[0])
    return assemble(line, parse(text, source), read_bindings(line.words[1:], parse))


def assemble(line: CommandLine, graph: Graph, bindings: Mapping[str, Any]) -> Subject:
    """A graph at values, with ``--of``, ``--wrt``, ``--mode``, ``--direction`` and ``--gradient-graph`` applied.

    Raises
    ------
    GradvizError
        Anything wrong with the names or the values.
    """
    from .. import parse

    output = line.text("--of")
    if output is not None:
        graph = graph.of(output)
    names = None
    wanted = line.text("--wrt")
    if wanted is not None:
        names = tuple(name.strip() for name in wanted.split(","))
        if not all(names):
            raise UsageError(f"--wrt takes names with commas between them, such as --wrt x,y; {wanted!r} has an empty one")
        for name in names:
            if name not in graph.input_handles:
                raise NamingError(f"--wrt: {name} is not an input", hint=f"the inputs are: {', '.join(graph.inputs) or 'none'}")
    forward = _wants_forward(line)
    if not bindings and any(graph.params[graph.input_handles[name]].default is None for name in graph.inputs):  # type: ignore[attr-defined]
        if forward:
            raise UsageError("forward mode needs values for the inputs\nhint: without values the arrows show formulas, the same both ways")
        return Subject(graph.gradient(*(names or ())) if line.flag("--gradient-graph") else graph, None)
    point = graph.at(bindings)
    if names:
        point = point.with_respect_to(*names)
    if line.flag("--gradient-graph"):
        point = point.gradient_point()
    elif forward:
        point = point.along(read_direction(line.many("--direction"), parse))
    return Subject(point.graph, point)


def _wants_forward(line: CommandLine) -> bool:
    """Whether ``--mode forward`` is on, with what goes along with it.

    Raises
    ------
    UsageError
        ``--direction`` in reverse mode, or forward mode together with ``--gradient-graph``.
    """
    forward = line.text("--mode") == "forward"
    if line.many("--direction") and not forward:
        raise UsageError("--direction is of forward mode: add --mode forward")
    if line.flag("--gradient-graph") and (forward or line.flag("--second")):
        raise UsageError("--gradient-graph is a graph of its own: choose it, or --mode forward and --second")
    return forward
