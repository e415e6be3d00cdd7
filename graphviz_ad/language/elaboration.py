"""Postfix programs to graphs: names become inputs, calls become operations or the bodies of functions.

An explicit stack of frames runs the bodies, so that functions may call functions to any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..engine.evaluation import value_at
from ..errors import ArgumentError, NamingError, ParseError
from ..graph.builder import Builder
from ..graph.parts import Group, Literal, Span
from ..graph.structure import Graph
from ..limits import require
from ..syntax.grammar import CONSTANTS
from ..syntax.machine import compiled
from ..syntax.parser import parse_program
from ..syntax.program import (
    APPLY,
    ATTRIBUTE,
    CALL,
    COMPARE,
    INDEX,
    LIST,
    NAME,
    NUMBER,
    STRING,
    TUPLE,
    WORD,
    Instruction,
    Program,
    Statement,
)
from . import vocabulary
from .stack import Frame, Listing, Quantity, Several, Text, Word


def parse(text: str, source: str = "expression") -> Graph:
    """The graph of a text in the language; see :func:`graphviz_ad.parse`."""
    if not isinstance(text, str):
        hint = "decode it: text.decode()" if isinstance(text, (bytes, bytearray)) else "quote it: gv.parse('x*y')"  # type: ignore[unreachable]
        if callable(text):
            hint = "gv.from_python(function, example values) reads a function"
        raise ArgumentError(f"parse reads a text, not {type(text).__name__}", hint=hint)
    program = parse_program(text, source, vocabulary.is_function)
    return Elaborator(program).run()


class Elaborator:
    """Runs a program statement by statement into a builder."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.builder = Builder()
        self.values: dict[str, int] = {}
        self.functions: dict[str, Statement] = {}
        self.ranks: dict[str, int] = {}
        self.called: set[str] = set()
        self.first_use: dict[str, Span] = {}
        self.calls: dict[object, int] = {}

    def run(self) -> Graph:
        statements = self.program.statements
        self.check_duplicates(statements)
        output = -1
        for position, statement in enumerate(statements):
            last = position == len(statements) - 1
            if statement.kind == "function":
                if last:
                    raise self.syntax(
                        f"the text ends with the definition of {statement.name}", statement, f"add a line that uses it: {statement.name}(x)"
                    )
                self.ranks[str(statement.name)] = len(self.functions)
                self.functions[str(statement.name)] = statement
            elif statement.name is None:
                if not last:
                    raise self.syntax("this result is not used", statement, "give it a name: q = …")
                output = self.expression(statement.code)
            elif not last and self.is_constant(statement):
                self.default(statement)
            else:
                output = self.named(statement)
                self.values[statement.name] = output
        return self.builder.build((output,), self.program.text, self.program.source, frozenset(self.called))

    # -- statements --------------------------------------------------------------------------------------------------

    def check_duplicates(self, statements: list[Statement]) -> None:
        seen: dict[str, Statement] = {}
        for statement in statements:
            if statement.name is None:
                continue
            if statement.name in seen:
                line = self.program.text.count("\n", 0, seen[statement.name].start) + 1
                raise NamingError(
                    f"{statement.name} is assigned twice (first in line {line})", self.program.text, statement.start,
                    statement.start + len(statement.name), "give the second one a name of its own", self.program.source,
                )  # fmt: skip
            seen[statement.name] = statement

    def is_constant(self, statement: Statement) -> bool:
        """Whether the statement names no input: then it is an input with a default."""
        for step in statement.code:
            if step.code == NAME and (step.payload not in CONSTANTS or step.payload in self.values):
                return False
            if step.code == CALL and step.payload[0] in self.functions:  # type: ignore[index]
                return False
        return True

    def default(self, statement: Statement) -> None:
        name = str(statement.name)
        scratch = Elaborator(self.program)
        handle = scratch.expression(statement.code)
        graph = scratch.builder.build((handle,), self.program.text, self.program.source)
        span = Span(statement.start, statement.start + len(name), statement.start)
        self.values.pop(name, None)
        value = value_at(graph, {})
        if name in self.builder.inputs:  # used in a line above
            handle = self.builder.inputs[name]
            self.builder.set_default(handle, value)
        else:
            self.builder.input(name, span, value)

    def named(self, statement: Statement) -> int:
        name = str(statement.name)
        if name in self.builder.inputs:
            use = self.first_use[name]
            raise NamingError(
                f"{name} is used before it is defined", self.program.text, use.start, use.end, "move its definition up", self.program.source
            )
        builder = self.builder
        before = len(builder.ops)
        handle = self.expression(statement.code)
        computed = builder.ops[handle] not in ("constant", "input") and builder.group_of[handle] < 0 and builder.names[handle] is None
        if computed and handle >= before:
            builder.name(handle, name)
            return handle
        if computed:  # an equal anonymous node exists already; the named one is a node of its own
            span = builder.spans[handle].pop()
            return builder.apply(builder.ops[handle], builder.operands[handle], builder.params[handle], name, span)
        span = Span(statement.start, statement.start + len(name), statement.start)
        return builder.apply("copy", (handle,), (), name, span)

    # -- expressions -------------------------------------------------------------------------------------------------

    def expression(self, code: list[Instruction]) -> int:
        """Run postfix code into the builder; the handle of its value."""
        return self.run_frame(Frame(code, -1, {}, len(self.functions)))

    def run_frame(self, first: Frame) -> int:
        """Run a frame and all that it calls; the handle of its value."""
        frames = [first]
        while True:
            frame = frames[-1]
            if frame.at == len(frame.code):
                value = self.handle(frame.stack.pop(), frame.code[-1], frame)
                frames.pop()
                if not frames:
                    return value
                self.remember(frame, value)
                frames[-1].stack.append(value)
                continue
            step = frame.code[frame.at]
            frame.at += 1
            kind, _, _, start, end, mark = step
            result = _STEPS[kind](self, step, frame.builtin or Span(start, end, mark), frame)
            if kind == CALL and isinstance(result, Frame):
                frames.append(result)
            else:
                frame.stack.append(result)

    def remember(self, frame: Frame, value: int) -> None:
        """The value of a call: an equal one is not run again, and its cluster knows its output."""
        if frame.memo is None:
            return
        self.calls[frame.memo] = value
        if frame.group >= 0:
            self.builder.close_group(frame.group, value)

    # -- what each kind of instruction leaves on the stack: a value, or the frame of a body that will -------------------

    def step_name(self, step: Instruction, span: Span, frame: Frame) -> object:
        """A parameter, an earlier statement, a constant, or else an input."""
        name = str(step.payload)
        if name in frame.locals:
            return frame.locals[name]
        if name in self.values:
            return self.values[name]
        if name in self.functions:
            raise NamingError(
                f"{name} is a function",
                self.program.text,
                span.start,
                span.end,
                f"call it: {name}({', '.join(self.functions[name].parameters)})",
                self.program.source,
            )
        if name == "newaxis" and name not in self.builder.inputs:
            return Word(None)  # as in NumPy: x[:, newaxis]
        self.first_use.setdefault(name, span)
        if name in CONSTANTS and name not in self.builder.inputs:
            return self.builder.input(name, span, vocabulary.CONSTANT_VALUES[name], constant=True)
        return self.builder.input(name, span)

    def step_number(self, step: Instruction, span: Span, frame: Frame) -> Quantity:
        word = str(step.payload)
        return Quantity(Literal(word, float(word)), span)

    def step_apply(self, step: Instruction, span: Span, frame: Frame) -> object:
        operation, arity, stack = str(step.payload), step.arity, frame.stack
        operands = stack[-arity:]
        del stack[-arity:]
        if operation == "neg" and isinstance(operands[0], Quantity) and operands[0].literal.text[0] != "-":
            literal = operands[0].literal  # -2 is a constant, not a gate and a constant
            return Quantity(Literal("-" + literal.text, -literal.value), span)
        handles = tuple([self.handle(operand, step, frame) for operand in operands])
        if operation == "if_else":
            then, condition, other = handles
            operation, handles = "where", (condition, then, other)
        return self.builder.apply(operation, handles, (), None, span, frame.group)

    def step_call(self, step: Instruction, span: Span, frame: Frame) -> object:
        """A call of the author's function or, also inside of definitions of our own, of an operation."""
        name: str
        keywords: tuple[str, ...]
        name, keywords = step.payload  # type: ignore[misc]
        arguments = frame.take(step.arity)
        function = None if frame.builtin else self.functions.get(name)
        if function is not None:
            return self.enter(function, arguments, keywords, step, frame)
        if not frame.builtin:
            self.called.add(name)
        result: object = vocabulary.call(self, name, arguments, keywords, span, frame)
        return result

    def step_compare(self, step: Instruction, span: Span, frame: Frame) -> int:
        """``a < b <= c`` is ``a < b and b <= c``, with b once."""
        operations: tuple[str, ...] = step.payload  # type: ignore[assignment]
        values = [self.handle(value, step, frame) for value in frame.take(step.arity)]
        result = -1
        for position, operation in enumerate(operations):
            link = self.builder.apply(operation, (values[position], values[position + 1]), (), None, span, frame.group)
            result = link if result < 0 else self.builder.apply("logical_and", (result, link), (), None, span, frame.group)
        return result

    def step_list(self, step: Instruction, span: Span, frame: Frame) -> Listing:
        return Listing(tuple(frame.take(step.arity)), span)

    def step_tuple(self, step: Instruction, span: Span, frame: Frame) -> Several:
        return Several(frame.take(step.arity))

    def step_string(self, step: Instruction, span: Span, frame: Frame) -> Text:
        return Text(step.payload)

    def step_word(self, step: Instruction, span: Span, frame: Frame) -> Word:
        return Word({"True": True, "False": False, "None": None}[str(step.payload)])

    def step_index(self, step: Instruction, span: Span, frame: Frame) -> object:
        pattern: tuple[str, ...] = step.payload  # type: ignore[assignment]
        return vocabulary.index(self, frame.take(step.arity), pattern, span, frame)

    def step_attribute(self, step: Instruction, span: Span, frame: Frame) -> int:
        """``x.T`` turns all axes round, ``x.mT`` the last two."""
        operand = self.handle(frame.stack.pop(), step, frame)
        last_two: tuple[str, object] = ("swapaxes", (("axis1", -1), ("axis2", -2)))
        op, params = last_two if step.payload == "mT" else ("transpose", (("axes", None),))
        return self.builder.apply(op, (operand,), params, None, span, frame.group)

    # -- calls ---------------------------------------------------------------------------------------------

    def enter(
        self, function: Statement, arguments: list[object], keywords: tuple[str, ...], step: Instruction, frame: Frame
    ) -> Frame | int:
        """Begin the body of a user's function, or give back the value of an equal call."""
        name, parameters = str(function.name), function.parameters
        rank = self.ranks[name]
        if rank >= frame.rank:
            raise self.at(step, f"{name} calls itself", "recursion is refused: a graph is finite")
        require("GRADVIZ_MAX_CALLS", len(self.builder.groups) + 1, "calls of functions defined in the text")
        if keywords or len(arguments) != len(parameters):
            raise self.at(step, f"{name} takes {len(parameters)} argument{'s' * (len(parameters) != 1)}: {name}({', '.join(parameters)})")
        handles = tuple(self.handle(value, step, frame) for value in arguments)
        memo = (name, handles, frame.group)
        if memo in self.calls:
            return self.calls[memo]
        group = len(self.builder.groups)
        label = " ".join(self.program.text[function.start : function.end].split())
        span = Span(step.start, step.end, step.mark)
        self.builder.groups.append(Group(name, label, parameters, handles, -1, frame.group, span))
        entered = Frame(function.code, group, dict(zip(parameters, handles, strict=True)), rank)
        entered.memo = memo
        return entered

    # -- helpers, also for vocabulary.py -----------------------------------------------------------------------------

    def enter_definition(
        self, name: str, text: str, label: str, known: Mapping[str, object], operands: dict[str, int], span: Span, frame: Frame
    ) -> Frame | int:
        """Begin a definition of our own, written in the language; ``known`` has its static arguments besides its operands."""
        memo = (name, text, tuple(operands.items()), repr([(key, _static_text(value)) for key, value in known.items()]), frame.group)
        if memo in self.calls:
            return self.calls[memo]
        require("GRADVIZ_MAX_CALLS", len(self.builder.groups) + 1, "calls of functions")
        group = len(self.builder.groups)
        self.builder.groups.append(Group(name, label, tuple(operands), tuple(operands.values()), -1, frame.group, span, builtin=True))
        entered = Frame(compiled(text), group, {**known, **operands}, 0, span)
        entered.memo = memo
        return entered

    def handle(self, value: object, step: Instruction | Span, frame: Frame) -> int:
        """A value of the machine as a node; words and texts are none."""
        if isinstance(value, int):
            return value
        if isinstance(value, Quantity):
            return self.builder.constant(value.literal, value.span, frame.group)
        if isinstance(value, Listing):
            return self.stacked(value, step, frame)
        if isinstance(value, Word) and value.value is not None:
            return self.builder.constant(Literal(str(int(value.value)), float(value.value)), None, frame.group)
        if isinstance(value, Several):
            raise self.at(step, "a tuple is not a value here", "write [ ] for a list")
        what = "a quoted text" if isinstance(value, Text) else "None"
        raise self.at(step, f"{what} is not a value here", "names are written without quotes")

    def stacked(self, listing: Listing, step: Instruction | Span, frame: Frame) -> int:
        """The node of a list; lists in lists are stacked first, with an explicit stack of those still open."""
        waiting: list[tuple[Listing, list[int]]] = [(listing, [])]
        while True:
            current, done = waiting[-1]
            if len(done) == len(current.entries):
                made = self.builder.apply("stack", tuple(done), (("axis", 0),), None, current.span, frame.group)
                waiting.pop()
                if not waiting:
                    return made
                waiting[-1][1].append(made)
                continue
            entry = current.entries[len(done)]
            if isinstance(entry, Listing):
                waiting.append((entry, []))
            else:
                done.append(self.handle(entry, step, frame))

    def at(self, where: Instruction | Span, message: str, hint: str = "") -> ParseError:
        """A syntax error at an instruction."""
        return ParseError(message, self.program.text, where.start, where.end, hint, self.program.source)

    def syntax(self, message: str, statement: Statement, hint: str = "") -> ParseError:
        return ParseError(message, self.program.text, statement.start, statement.end, hint, self.program.source)


_STEPS: dict[str, Callable[[Elaborator, Instruction, Span, Frame], object]] = {
    NAME: Elaborator.step_name,
    NUMBER: Elaborator.step_number,
    APPLY: Elaborator.step_apply,
    CALL: Elaborator.step_call,
    COMPARE: Elaborator.step_compare,
    LIST: Elaborator.step_list,
    TUPLE: Elaborator.step_tuple,
    STRING: Elaborator.step_string,
    WORD: Elaborator.step_word,
    INDEX: Elaborator.step_index,
    ATTRIBUTE: Elaborator.step_attribute,
}


def _static_text(value: object) -> str:
    """A static argument in a form that tells equal ones."""
    return value.literal.text if isinstance(value, Quantity) else repr(value)
