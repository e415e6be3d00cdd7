"""What the importers of frameworks share: a recording whose operations come from another program's list of operations.

Each importer has a table from the framework's operations to functions over stand-ins (:class:`~.stand_ins.Traced`), written with
NumPy's operators and :meth:`Reading.call`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np  # noqa: TID253 - stand-ins carry NumPy's arrays

from ..errors import ShapeError
from ..graph.parts import Span
from ..graph.structure import Graph
from .python import Trace
from .stand_ins import Stop, Traced

if TYPE_CHECKING:
    from typing import TypeAlias, TypeVar

    from .stand_ins import Operand, Value

    #: what an operation of a framework gives: one value or several
    Result: TypeAlias = Operand | list[Operand] | tuple[Operand, ...]
    #: an entry of a table: a function of the recording, of a framework's operands and static arguments
    Translation: TypeAlias = Callable[..., Result]
    #: a whole number for all axes or one for each, and the axes of a reduction
    Sizes: TypeAlias = int | list[int] | tuple[int, ...]
    Axes: TypeAlias = Sizes | None
    Found = TypeVar("Found")
    Entry = TypeVar("Entry", bound=Translation)


class Reading(Trace):
    """A recording that is told where in the user's file each operation stands."""

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)
        self.span: Span | None = None

    def place(self) -> Span | None:
        return self.span

    def at_line(self, file: str, line: int) -> None:
        """What follows comes from this line; lines of other files are not kept."""
        self.span = None
        if file == self.file and self.text and 0 < line < len(self.starts):
            start = self.starts[line - 1]
            code = self.text[start : self.starts[line] - 1]
            first = start + len(code) - len(code.lstrip())
            self.span = Span(first, max(first + 1, start + len(code.rstrip())), first)

    def find_name(self, array: np.ndarray) -> str:
        return self.free("c1", "c")

    def free(self, wanted: str, stem: str = "") -> str:
        """A name that no input has yet: the wanted one, or one with a number behind it."""
        name, number = wanted, 1
        while name in self.builder.inputs:
            number += 1
            name = f"{stem or wanted + '_'}{number}"
        return name

    def parameter(self, name: str, value: Value) -> Traced:
        """An input that has a value already, differentiated by unless it holds whole numbers."""
        array = np.array(value, dtype=bool if np.asarray(value).dtype == bool else float)
        array.flags.writeable = False
        handle = self.builder.input(name, None, array if array.ndim else float(array))
        return Traced(self, handle, self.known(handle, array if array.ndim else float(array)))

    def array(self, value: Value) -> Traced | float:
        """A stand-in for an array that the program brings along; numbers stay numbers."""
        if isinstance(value, np.ndarray) and value.ndim:
            handle = self.constant(value)
            return Traced(self, handle, self.values[handle])
        return value.item() if isinstance(value, (np.ndarray, np.generic)) else value

    def finish(self, results: Sequence[object], names: Sequence[str] = ()) -> Graph:
        """The graph with these outputs, shaped.

        Raises
        ------
        ParseError
            Operations that have no counterpart; all of them are listed.
        """
        self.complain()
        handles = []
        for number, one in enumerate(results):
            self.span = None
            handle = self.machine.handle(self.lifted(one), Span(0, 0, 0), self.frame())
            if self.builder.ops[handle] in ("input", "constant") or handle in handles:
                handle = self.builder.apply("copy", (handle,))
            if number < len(names) and self.builder.names[handle] is None and names[number] not in self.builder.names:
                self.builder.name(handle, names[number])
            handles.append(handle)
        graph = self.builder.build(tuple(handles), self.text, self.file)
        shapes = {name: np.shape(self.values[handle]) for name, handle in self.builder.inputs.items() if self.values[handle] is not None}
        return graph.shaped(shapes)


def settled(run: Callable[[], Found], reading: Reading) -> Found:
    """What the run gives; one error for everything that it noted where it had to stop.

    Behind an operation without counterpart shapes need not fit any more: then that operation is what is told.
    """
    try:
        return run()
    except (Stop, ShapeError):
        reading.complain()
        raise
