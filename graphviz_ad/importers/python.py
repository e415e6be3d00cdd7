"""An ordinary Python function over NumPy, traced into a graph.

The function runs once, on stand-ins for its arguments that carry the example's numbers and note every operation. Nodes know
the file, line and column that made them. What cannot be a graph is collected: calls that have no counterpart are listed all
together, up to the first branch that depends on values, where tracing has to stop.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - it is NumPy's functions that are traced here

from ..errors import ArgumentError, LocatedError, ParseError, ShapeError
from ..graph.parts import Literal, Span
from ..graph.structure import Graph
from ..language import vocabulary
from ..language.elaboration import Elaborator
from ..language.stack import Frame, Listing, Quantity, Several, Text, Word
from ..primitives.array_record import Misfit
from ..primitives.arrays import ARRAY_OPERATIONS
from ..primitives.call import Call
from ..primitives.composites import COMPOSITES, HIDDEN
from ..primitives.kernels.arrays import Arrays, compute
from ..primitives.registry import OPERATIONS, resolve
from ..syntax.program import Program
from .stand_ins import VIEWS, Stop, Traced, values

if TYPE_CHECKING:
    from .stand_ins import Index, Operand, Part, Value

_FLOATS = Arrays()

#: NumPy's names for operations that are called otherwise here
_RENAMED = dict(
    pair.split(":")
    for pair in (
        "subtract:sub multiply:mul divide:div true_divide:div negative:neg positive:copy float_power:power pow:power arctan2:atan2"
        " remainder:mod amax:max amin:min concat:concatenate permute_dims:transpose matrix_transpose:transpose absolute:abs rint:round"
        " round_:round"
    ).split()
)
#: keyword arguments that change nothing here when they have these values
_NEUTRAL = tuple("dtype out where initial casting order subok signature optimize copy kind correction".split())
#: the type that everything has here
_FLOAT = (float, np.float64, "float64", "float", "f8", np.dtype(float))


class Trace:
    """The recording of one run."""

    def __init__(self, function: Callable[..., object]) -> None:
        code: CodeType | None = getattr(function, "__code__", None)
        self.file = code.co_filename if code is not None else "<function>"
        lines = linecache.getlines(self.file)
        self.text = "".join(lines)
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line))
        self.machine = Elaborator(Program(self.text, [], self.file))
        self.builder = self.machine.builder
        self.values: list[Any] = []  # numbers and arrays; None where none is known
        self.problems: list[tuple[str, str, Span | None]] = []
        self.constants: dict[int, tuple[np.ndarray, int]] = {}

    # -- places ------------------------------------------------------------------------------------------------------

    def place(self) -> Span | None:
        """Where in the user's file the operation stands."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        if frame is None or not self.text:
            return None
        positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
        line, last, column, end = positions
        if line is None or line >= len(self.starts):
            return None
        start = self.starts[line - 1]
        if column is None or end is None or last is None:
            return Span(start, self.starts[line] - 1, start)
        source = linecache.getline(self.file, line).encode()  # columns count bytes
        first = start + len(source[:column].decode(errors="replace"))
        stop = self.starts[last - 1] + len(linecache.getline(self.file, last).encode()[:end].decode(errors="replace"))
        return Span(first, max(stop, first + 1), first)

    def note(self, what: str, hint: str) -> None:
        """Remember something that cannot be in a graph."""
        self.problems.append((what, hint, self.place()))

    def stop(self, what: str, hint: str) -> Stop:
        """Remember it; what comes back ends the run when it is raised."""
        self.note(what, hint)
        return Stop()

    def unsupported(self, what: str, run: Callable[[Any], Any], arguments: Sequence[object]) -> Any:
        """Remember a call that has no counterpart, and go on with the example's numbers."""
        self.note(f"{what} has no counterpart here", "")
        try:
            value = run(values(arguments))
        except Exception as error:  # noqa: BLE001 - the user's call itself failed on the example; tracing ends there
            raise self.stop(f"{what} failed on the example: {error}", "") from None
        if isinstance(value, (tuple, list)):
            return type(value)(Traced(self, 0, one) for one in value)
        return Traced(self, 0, value)

    # -- nodes -------------------------------------------------------------------------------------------------------

    def input(self, name: str, example: object) -> Traced:
        from ..engine.bindings import measure

        handle = self.builder.input(name, None)
        return Traced(self, handle, self.known(handle, measure(name, example)))

    def known(self, handle: int, value: Value) -> Value:
        """Put down the value of an input."""
        self.values.extend([None] * (handle + 1 - len(self.values)))
        self.values[handle] = value
        return value

    def constant(self, array: np.ndarray) -> int:
        """An array that the function brings along: an input with a default, outside the gradients, named as in the source."""
        if id(array) in self.constants:
            return self.constants[id(array)][1]
        name = self.find_name(array)
        value = np.array(array, dtype=bool if array.dtype == bool else float)
        value.flags.writeable = False
        handle = self.builder.input(name, self.place(), value, constant=True)
        self.constants[id(array)] = (array, handle)  # the array is kept, so that its id stays its own
        self.known(handle, value)
        return handle

    def find_name(self, array: np.ndarray) -> str:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self.file:
                for scope in (frame.f_locals, frame.f_globals):
                    for name, value in scope.items():
                        if value is array and name.isidentifier() and name not in self.builder.inputs and not name.startswith("_"):
                            return name
            frame = frame.f_back
        number = 1
        while f"c{number}" in self.builder.inputs:
            number += 1
        return f"c{number}"

    def lifted(self, value: object) -> object:
        """A Python value as the language's machine has it."""
        if isinstance(value, Traced):
            return value._handle
        if value is None or isinstance(value, (bool, np.bool_)):
            return Word(None if value is None else bool(value))
        if isinstance(value, (int, float, np.integer, np.floating)):
            number = value.item() if isinstance(value, np.generic) else value
            return Quantity(Literal(repr(number), float(number)), self.place())
        if isinstance(value, str):
            return Text(value)
        if isinstance(value, np.ndarray):
            if value.dtype == object:
                return (
                    Listing(tuple(self.lifted(one) for one in value), self.place() or Span(0, 0, 0))
                    if value.ndim
                    else self.lifted(value.item())
                )
            return self.constant(value)
        if isinstance(value, tuple):
            return Several(self.lifted(one) for one in value)
        if isinstance(value, list):
            return Listing(tuple(self.lifted(one) for one in value), self.place() or Span(0, 0, 0))
        raise TypeError(f"{type(value).__name__} is no number or array")

    def settle(self, entered: Frame | int) -> Traced:
        """The stand-in of a new node: its value follows from those of its operands."""
        handle = self.machine.run_frame(entered) if isinstance(entered, Frame) else entered
        builder = self.builder
        with np.errstate(all="ignore"):
            while len(self.values) < len(builder.ops):
                self.values.append(self.compute(len(self.values)))
        return Traced(self, handle, self.values[handle])

    def compute(self, handle: int) -> Value:
        op, params = self.builder.ops[handle], self.builder.params[handle]
        if op == "constant":
            return params.value  # type: ignore[attr-defined]
        if op == "input":
            return self.values[handle]
        operands = [self.values[k] for k in self.builder.operands[handle]]
        if op in OPERATIONS:
            return getattr(_FLOATS, op)(*operands)
        known: Any = params
        call = Call(op, dict(known), tuple(np.shape(one) for one in operands), (), dict(enumerate(operands)))
        return compute(_FLOATS, call._replace(shape=ARRAY_OPERATIONS[op].shape(call)), operands)

    def call(
        self, name: str, arguments: Sequence[object], options: Mapping[str, object], run: Callable[[Any], object] | None = None
    ) -> Traced:
        """An operation by NumPy's name; ``run`` is the call itself, for the example's numbers where there is no counterpart."""
        name = _RENAMED.get(name, name)
        kept = {key: value for key, value in options.items() if not _changes_nothing(key, value)}
        plain = run or (lambda values: getattr(np, name)(*values, **values(kept)))
        strange = _strange(name, kept)
        if strange:
            return self.unsupported(strange, plain, arguments)
        span = self.place() or Span(0, 0, 0)
        try:
            return self.apply(name, arguments, kept, span)
        except ParseError as error:
            return self.unsupported(f"np.{name} as it is called here ({error.message})", plain, arguments)
        except (Misfit, IndexError, ValueError) as error:
            if isinstance(error, LocatedError) and not isinstance(error, ShapeError):
                raise
            raise self.misfit(name, error, arguments, span) from None
        except TypeError as error:
            return self.unsupported(f"np.{name} of {error}", plain, arguments)

    def apply(self, name: str, arguments: Sequence[object], options: Mapping[str, object], span: Span) -> Traced:
        """The node of an operation; what NumPy would give as a view shares the memory of the first argument."""
        lifted = [self.lifted(value) for value in (*arguments, *options.values())]
        result = self.settle(vocabulary.call(self.machine, name, lifted, tuple(options), span, self.frame()))
        if resolve(name) in VIEWS and isinstance(arguments[0], Traced):
            return arguments[0]._sharing(result)
        return result

    def misfit(self, name: str, error: Exception, arguments: Sequence[object], span: Span) -> ShapeError:
        """The error for operands that do not fit together, with their shapes on the example."""
        message = error.message if isinstance(error, LocatedError) else f"{name} {error}"
        shapes = dict.fromkeys(
            f"{self.builder.names[operand._handle] or 'an operand'} is {operand.shape or 'a scalar'}"
            for operand in arguments
            if isinstance(operand, Traced)
        )
        return ShapeError(f"{message}: {', '.join(shapes)}", self.text, span.start or None, span.end, "", self.file)

    def index(self, array: Traced, index: Index) -> Traced:
        parts: tuple[Part, ...] = index if isinstance(index, tuple) else (index,)
        operands: list[int] = [array._handle]
        pattern: list[tuple[Any, ...]] = []
        for part in parts:
            if part is Ellipsis:
                pattern.append(("rest",))
            elif part is None:
                pattern.append(("new",))
            elif isinstance(part, slice):
                pattern.append(("cut", part.start, part.stop, part.step))
            elif isinstance(part, (int, np.integer)) and not isinstance(part, bool):
                pattern.append(("at", int(part)))
            elif isinstance(part, (list, np.ndarray)) and np.asarray(part).dtype.kind in "iu":
                pattern.append(("list", _nested(np.asarray(part).tolist())))
            else:
                lifted = self.lifted(np.asarray(part) if isinstance(part, list) else part)
                operands.append(self.machine.handle(lifted, Span(0, 0, 0), self.frame()))
                pattern.append(("by", len(operands) - 2))
        span = self.place()
        try:
            return self.settle(self.builder.apply("index", tuple(operands), (("pattern", tuple(pattern)),), None, span))
        except (Misfit, IndexError) as error:
            start = None if span is None else span.start
            raise ShapeError(
                f"the index does not fit: {error}", self.text, start, None if span is None else span.end, "", self.file
            ) from None

    def replaced(self, array: Traced, index: Index, value: Operand) -> Traced | None:
        """The array with other entries at an index: what ``x[index] = value`` makes of it; None where it has no counterpart."""
        if isinstance(index, Traced) and index.dtype == bool:
            if np.ndim(values(value)):
                self.note("an assignment of several values by truth values", "write np.where(condition, a, b)")
                return None
            return self.call("where", (index, value, array), {})
        parts = index if isinstance(index, tuple) else (index,)
        if any(isinstance(one, Traced) for one in parts):
            self.note("an assignment at computed places", "write np.where(condition, a, b)")
            return None
        places = np.arange(array.size).reshape(array.shape)[index]
        if np.unique(places).size != np.size(places):
            self.note("an assignment that names an entry twice", "add the parts one by one")
            return None
        chosen = np.zeros(array.size, dtype=bool)
        chosen[places] = True
        if np.size(places) == array.size:
            fresh = self.call("broadcast_to", (value, np.shape(places)), {})
            whole = places.reshape(-1).tolist()
            turned = np.argsort(whole).tolist()
            flat = self.index(self.call("ravel", (fresh,), {}), turned) if turned != sorted(turned) else fresh
            return self.call("reshape", (flat, array.shape), {})
        if np.ndim(values(value)):
            spread = np.full(array.size, 0)
            spread[places.reshape(-1)] = np.arange(np.size(places))
            fresh = self.call("ravel", (self.call("broadcast_to", (value, np.shape(places)), {}),), {})
            value = self.call("reshape", (self.index(fresh, spread), array.shape), {})
        return self.call("where", (chosen.reshape(array.shape), value, array), {})

    def frame(self) -> Frame:
        return Frame((), -1, {}, 0)

    def failed(self, error: Exception) -> None:
        """The function itself failed on the stand-ins: say where, and why that may be; with all that was noted before."""
        text, hint = str(error), "the function is run on stand-ins for its arguments; does it run on the example?"
        if "array element with a sequence" in text or "only length-1 arrays" in text or "only 0-dimensional" in text:
            text, hint = "a computed value is put into an array of numbers", "collect the parts in a list and join them: np.stack(parts)"
            if self.problems and self.problems[-1][0] == "a number is asked for":
                del self.problems[-1]  # that was NumPy, filling its array
        span = None
        frames = error.__traceback__
        while frames is not None:
            if frames.tb_frame.f_code.co_filename == self.file and self.text and frames.tb_lineno < len(self.starts):
                start = self.starts[frames.tb_lineno - 1]
                line = linecache.getline(self.file, frames.tb_lineno)
                span = Span(start + len(line) - len(line.lstrip()), start + len(line.rstrip()), start)
            frames = frames.tb_next
        self.problems.append((text, hint, span))
        self.complain()

    # -- the end -----------------------------------------------------------------------------------------------------

    def complain(self) -> None:
        """Raise one error for everything that cannot be in a graph."""
        if not self.problems:
            return
        lines = []
        for what, hint, span in self.problems:
            line = "" if span is None else f"line {self.text.count(chr(10), 0, span.start) + 1}: "
            lines.append(f"{line}{what}" + (f" ({hint})" if hint else ""))
        first = self.problems[0][2]
        message = lines[0].partition(": ")[2] if first is not None else lines[0]
        if len(lines) > 1:
            message = "the function cannot be a graph as it is:\n  " + "\n  ".join(lines)
        raise ParseError(message, self.text, None if first is None else first.start, None if first is None else first.end, "", self.file)


def _changes_nothing(key: str, value: object) -> bool:
    """Whether a keyword argument of NumPy's says what holds here anyway."""
    return key in _NEUTRAL and (value is None or value is np._NoValue or value in _FLOAT)


def _strange(name: str, options: Mapping[str, object]) -> str:
    """What of a call has no counterpart here, an argument or all of it; "" where it has one."""
    for key in options:
        if key in _NEUTRAL:
            return f"np.{name}({key}=…)"
    return f"np.{name}" if resolve(name) is None or resolve(name) in HIDDEN else ""


def _nested(value: Any) -> Any:
    return tuple(_nested(one) for one in value) if isinstance(value, list) else value


def from_python(function: Callable[..., object], *examples: object, **named: object) -> Graph:
    """The graph of a Python function over NumPy; see :func:`graphviz_ad.from_python`."""
    import inspect

    if not callable(function):
        hint = (  # type: ignore[unreachable]
            'gv.parse reads text: gv.parse("x*y")' if isinstance(function, str) else "give a function and example values for its arguments"
        )
        raise ArgumentError(f"from_python reads a function, not {type(function).__name__}", hint=hint)
    called = getattr(function, "__name__", "the function")
    try:
        bound = inspect.signature(function).bind(*examples, **named)
    except (TypeError, ValueError) as error:  # ValueError: a function written in C has no signature
        hint = f"give an example value for each argument, whose shapes are the graph's: gv.from_python({called}, 1.0, …)"
        raise ArgumentError(f"the examples do not fit {called}: {error}", hint=hint) from None
    trace = Trace(function)
    arguments: dict[str, object] = {}
    for name, value in bound.arguments.items():
        kind = inspect.signature(function).parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            arguments[name] = tuple(trace.input(f"{name}{number}", one) for number, one in enumerate(value))
        elif kind is inspect.Parameter.VAR_KEYWORD:
            arguments[name] = {key: trace.input(key, one) for key, one in value.items()}
        else:
            arguments[name] = trace.input(name, value)
    bound.arguments.update(arguments)
    result: object = None
    try:
        result = function(*bound.args, **bound.kwargs)
    except Stop:
        trace.complain()
    except LocatedError:
        raise
    except (ValueError, TypeError, AttributeError) as error:
        trace.failed(error)
    trace.complain()
    machine = trace.machine
    outputs = result if isinstance(result, tuple) else (result,)
    handles = []
    for one in outputs:
        if one is None:
            raise ParseError("the function returns nothing", hint="return the array or number that is to be differentiated")
        handle = machine.handle(trace.lifted(one), Span(0, 0, 0), trace.frame())
        handles.append(handle)
    graph = trace.builder.build(tuple(handles), trace.text, trace.file)
    shapes = {name: np.shape(trace.values[handle]) for name, handle in trace.builder.inputs.items() if trace.values[handle] is not None}
    if any(op == "index" and any(_is_truth(trace.values[one]) for one in graph.operands[h][1:]) for h, op in enumerate(graph.ops)):
        return graph  # how many entries truth values choose is known with the values
    return graph.shaped(shapes)


def _is_truth(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == bool


__all__ = ["COMPOSITES", "Traced", "from_python"]
