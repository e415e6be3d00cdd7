"""Tokens to postfix programs: operator precedence with an explicit stack, so that depth is limited by memory alone.

A statement becomes a list of instructions for a stack machine. The same small form serves the author's text, the
derivative rules of the operations, and the printing of formulas.
"""

from __future__ import annotations

from ..errors import ParseError
from .cursor import BRACKETS, Cursor, Entry, keyword_hint
from .grammar import AND, BINARY, COMPARISON, COMPARISONS, CONDITIONAL, KEYWORDS, NOT, OR, POWER, PREFIX, SUM
from .program import APPLY, ATTRIBUTE, CALL, COMPARE, INDEX, LIST, NAME, NUMBER, STRING, TUPLE, WORD, Instruction, Program, Statement
from .tokens import Token, tokenize


def parse_program(text: str, source: str = "expression") -> Program:
    """Parse a whole text.

    >>> program = parse_program("q = x + y; q*z")
    >>> [(s.name, len(s.code)) for s in program.statements]
    [('q', 3), (None, 3)]

    Raises
    ------
    ParseError
        With line, column, caret and hint.
    """
    reader = _Reader(text, tokenize(text, source), source)
    statements = []
    while True:
        reader.skip_newlines()
        if reader.token.kind == "end":
            break
        statements.append(reader.statement())
    if not statements:
        raise ParseError("there is no expression", hint='for example: gradviz "(x+y)*z" x=-2 y=5 z=-4', source=source)
    return Program(text, statements, source)


def parse_expression(text: str, source: str = "expression") -> list[Instruction]:
    """Parse one expression without statements around it; the postfix code."""
    reader = _Reader(text, tokenize(text, source), source)
    code = reader.expression()
    if reader.token.kind != "end":
        raise reader.unexpected()
    return code


class _Reader(Cursor):
    def statement(self) -> Statement:
        start = self.token.start
        name: str | None = None
        parameters: tuple[str, ...] = ()
        kind = "value"
        if self.token.kind == "name":
            if self.peek().text == "=" and self.peek().kind == "operator":
                name = self.check_name(self.token)
                self.advance()
                self.advance()
            else:
                found = self.function_head()
                if found is not None:
                    kind, (name, parameters) = "function", found
        if self.token.kind in ("newline", "end") and name is not None:
            raise self.error(f"the value of {name} is missing", self.token.start, hint=f"write {name} = expression")
        code = self.expression()
        if self.token.kind not in ("newline", "end"):
            raise self.unexpected()
        return Statement(kind, name, parameters, code, start, code[-1].end)

    def function_head(self) -> tuple[str, tuple[str, ...]] | None:
        """Recognise ``name(a, b) =`` and step over it; otherwise stay in place."""
        if self.peek().text != "(":
            return None
        index, parameters = self.at + 2, []
        while True:
            token = self.tokens[index] if index < len(self.tokens) else self.tokens[-1]
            if token.kind != "name":
                return None
            parameters.append(token)
            separator = self.tokens[index + 1]
            index += 2
            if separator.text == ")":
                break
            if separator.text != ",":
                return None
        if self.tokens[index].text != "=" or self.tokens[index].kind != "operator":
            return None
        name = self.check_name(self.token)
        seen: list[str] = []
        for token in parameters:
            if self.check_name(token) in seen:
                raise self.error(f"{name} has two parameters named {token.text}", token.start, token.end)
            seen.append(token.text)
        self.at = index
        self.advance()
        return name, tuple(seen)

    def check_name(self, token: Token) -> str:
        name = token.text
        if name in KEYWORDS:
            raise self.error(f"{name} is a reserved word", token.start, token.end, keyword_hint(name))
        if name.startswith("__"):
            raise self.error(f"{name} is not a name of the language", token.start, token.end, "names do not begin with two underscores")
        return name

    # -- expressions -------------------------------------------------------------------------------------------------

    def expression(self) -> list[Instruction]:
        """Read one expression up to a token that cannot belong to it; leave that token in place."""
        code: list[Instruction] = []
        extents: list[tuple[int, int]] = []  # of the values on the machine's stack, parentheses included
        stack: list[Entry] = []
        operand_next = True

        def emit(kind: str, payload: object, arity: int, start: int | None = None, end: int | None = None, mark: int | None = None) -> None:
            first = start if start is not None else extents[-arity][0]
            last = end if end is not None else extents[-1][1]
            if arity:
                del extents[-arity:]
            extents.append((first, last))
            code.append(Instruction(kind, payload, arity, first, last, first if mark is None else mark))

        def reduce(precedence: int) -> None:
            while stack and stack[-1].precedence >= precedence:
                entry = stack.pop()
                if entry.code == "binary":
                    emit(APPLY, entry.payload, 2, mark=entry.start)
                elif entry.code == "prefix":
                    if entry.payload == "pos":  # a plus changes nothing; the operand keeps its own span
                        extents[-1] = (entry.start, extents[-1][1])
                    else:
                        emit(APPLY, entry.payload, 1, start=entry.start)
                elif entry.code == "compare":
                    emit(COMPARE, tuple(entry.parts), len(entry.parts) + 1, mark=entry.start)
                elif entry.code == "ifelse":
                    emit(APPLY, "if_else", 3, mark=entry.start)
                else:  # an `if` that never met its `else`
                    raise self.error("this `if` has no `else`", entry.start, entry.start + 2, "write a if condition else b")

        while True:
            token = self.token
            kind, word = token.kind, token.text
            if operand_next:
                if kind == "number":
                    emit(NUMBER, word, 0, token.start, token.end)
                    operand_next = False
                elif kind == "name":
                    if word == "not":
                        if stack and stack[-1].precedence > NOT:
                            raise self.error("`not` needs parentheses here", token.start, token.end, "write (not c)")
                        stack.append(Entry("prefix", NOT, "logical_not", token.start, 3))
                    elif word in ("True", "False", "None"):
                        emit(WORD, word, 0, token.start, token.end)
                        operand_next = False
                    else:
                        following = self.peek()
                        if following.text == "=" and following.kind == "operator" and stack and stack[-1].code == "call":
                            if not stack[-1].keywords:
                                stack[-1].positional = stack[-1].count
                            stack[-1].keywords.append(self.check_name(token))
                            self.advance()
                        else:
                            self.check_name(token)
                            if following.text == "(" and following.kind == "operator":
                                entry = Entry("call", 0, None, token.start, token.end - token.start)
                                entry.name = word
                                entry.values = following.start
                                stack.append(entry)
                                self.advance()
                                if self.peek().text == ")" and self.peek().kind == "operator":
                                    raise self.error(f"{word} needs an argument", following.start, following.end, f"write {word}(x)")
                            else:
                                emit(NAME, word, 0, token.start, token.end)
                                operand_next = False
                elif kind == "string":
                    emit(STRING, word, 0, token.start, token.end)
                    operand_next = False
                elif kind == "operator" and word in PREFIX:
                    precedence, operation = PREFIX[word]
                    stack.append(Entry("prefix", precedence, operation, token.start, 1))
                elif word == "(":
                    stack.append(Entry("(", 0, None, token.start, 1))
                elif word == "[":
                    stack.append(Entry("[", 0, None, token.start, 1))
                elif word == "]" and stack and stack[-1].code == "[" and kind == "operator":
                    entry = stack.pop()  # an empty list, or a comma before the end
                    emit(LIST, None, entry.count, entry.start, token.end)
                    operand_next = False
                elif word == ")" and stack and stack[-1].code in ("(", "call") and stack[-1].count and kind == "operator":
                    operand_next = self.close(stack, emit, extents, trailing=True)
                    continue
                elif word in (":", "...") and stack and stack[-1].code == "index":
                    operand_next = self.index_mark(stack[-1])
                else:
                    raise self.missing_operand(stack)
            else:
                if kind == "operator" and word in BINARY:
                    precedence, operation = BINARY[word]
                    reduce(precedence if precedence != POWER else POWER + 1)
                    stack.append(Entry("binary", precedence, operation, token.start, len(word)))
                    operand_next = True
                elif kind == "name" and word in ("and", "or"):
                    precedence = AND if word == "and" else OR
                    reduce(precedence)
                    stack.append(Entry("binary", precedence, BINARY[word][1], token.start, len(word)))
                    operand_next = True
                elif kind == "operator" and word in COMPARISONS:
                    reduce(SUM)
                    if not (stack and stack[-1].code == "compare"):
                        stack.append(Entry("compare", COMPARISON, None, token.start, len(word)))
                    stack[-1].parts.append(COMPARISONS[word])
                    operand_next = True
                elif kind == "name" and word == "if":
                    reduce(OR)
                    if stack and stack[-1].code == "if":
                        raise self.error(
                            "a conditional inside a condition needs parentheses",
                            token.start,
                            token.end,
                            "write a if (c if d else e) else b",
                        )
                    stack.append(Entry("if", CONDITIONAL, None, token.start, 2))
                    operand_next = True
                elif kind == "name" and word == "else":
                    reduce(OR)
                    if not (stack and stack[-1].code == "if"):
                        raise self.error("`else` without `if`", token.start, token.end, "write a if condition else b")
                    stack[-1].code = "ifelse"
                    operand_next = True
                elif word in (")", "]") and kind == "operator":
                    reduce(CONDITIONAL)
                    if not stack:
                        raise self.error(
                            f"this {word} closes nothing", token.start, token.end, f"remove it, or open a {'(' if word == ')' else '['}"
                        )
                    operand_next = self.close(stack, emit, extents)
                    continue
                elif word == "," and kind == "operator":
                    reduce(CONDITIONAL)
                    if not stack:
                        raise self.error(
                            "a comma stands between arguments or list entries only",
                            token.start,
                            token.end,
                            "separate statements by ; or a new line",
                        )
                    entry = stack[-1]
                    entry.count += 1
                    if entry.code == "index":
                        self.end_index_part(entry)
                        entry.parts.append("")
                    elif entry.code == "call":
                        self.check_keyword_order(entry)
                    operand_next = True
                elif word == ":" and kind == "operator" and self.innermost(stack, reduce) == "index":
                    self.end_index_part(stack[-1])
                    operand_next = self.index_mark(stack[-1])
                elif word == "." and kind == "operator":
                    self.attribute(emit)
                elif word == "[" and kind == "operator":
                    entry = Entry("index", 0, None, token.start, 1)
                    entry.parts.append("")
                    stack.append(entry)
                    operand_next = True
                elif word == "(" and kind == "operator":
                    raise self.error("only a function's name can be called", token.start, token.end, "write * for a product")
                elif kind in ("newline", "end"):
                    reduce(CONDITIONAL)
                    if stack:
                        raise self.unclosed(stack[-1])
                    return code
                else:
                    reduce(CONDITIONAL)
                    raise self.unexpected()
            self.advance()

    def innermost(self, stack: list[Entry], reduce: object) -> str:
        """The kind of bracket we are in, after everything up to it has been reduced."""
        depth = len(stack) - 1
        while depth >= 0 and stack[depth].code not in BRACKETS:
            depth -= 1
        if depth < 0 or stack[depth].code != "index":
            return ""
        reduce(CONDITIONAL)  # type: ignore[operator]
        return "index"

    def index_mark(self, entry: Entry) -> bool:
        """A ``:`` or ``...`` where an operand could stand inside an index; whether an operand may follow."""
        entry.parts[-1] += self.token.text
        after = self.peek()
        return not (after.text in ("]", ",") and after.kind == "operator")

    def end_index_part(self, entry: Entry) -> None:
        """Count the operand that ends at the current token, unless the part ended with a colon or an ellipsis."""
        before = self.tokens[self.at - 1]
        if before.kind != "operator" or before.text not in (":", "..."):
            entry.parts[-1] += "x"
            entry.values += 1

    def check_keyword_order(self, entry: Entry) -> None:
        """Named arguments come last: each argument closed since the first named one must have a name."""
        if not entry.keywords or entry.count - entry.positional == len(entry.keywords):
            return
        raise self.error("a positional argument follows a named one", self.token.start, hint="put name=value arguments last")

    def close(self, stack: list[Entry], emit: object, extents: list[tuple[int, int]], trailing: bool = False) -> bool:
        """Close the innermost bracket at the current token; returns whether an operand is expected next (never)."""
        token, entry = self.token, stack[-1]
        opener = "(" if token.text == ")" else "["
        if (entry.code in ("(", "call")) != (opener == "("):
            raise self.error(f"this {token.text} does not match the bracket opened at column {self.column(entry)}", token.start, token.end)
        stack.pop()
        if not trailing:
            entry.count += 1
        if entry.code == "(":
            if entry.count > 1 or trailing:
                emit(TUPLE, None, entry.count, entry.start, token.end)  # type: ignore[operator]
            else:
                extents[-1] = (entry.start, token.end)
        elif entry.code == "call":
            self.check_keyword_order(entry)
            emit(CALL, (entry.name, tuple(entry.keywords)), entry.count, entry.start, token.end)  # type: ignore[operator]
        elif entry.code == "[":
            emit(LIST, None, entry.count, entry.start, token.end)  # type: ignore[operator]
        else:
            self.end_index_part(entry)
            begin = extents[-entry.values - 1][0]
            emit(INDEX, tuple(entry.parts), entry.values + 1, begin, token.end, entry.start)  # type: ignore[operator]
        self.advance()
        return False

    def column(self, entry: Entry) -> int:
        start = entry.values if entry.code == "call" else entry.start
        return start - (self.text.rfind("\n", 0, start) + 1) + 1

    def attribute(self, emit: object) -> None:
        """``x.T`` and ``x.mT``; anything else after a dot is refused."""
        dot, name = self.token, self.peek()
        if name.kind != "name" or name.start != dot.end:
            raise self.error("an operator is missing before this dot", dot.start, dot.end)
        if name.text not in ("T", "mT"):
            from ..primitives import composites  # only to help: every family registers its names
            from ..primitives.registry import resolve

            assert composites.RECORDS
            word = name.text[:40]
            known = resolve(word) is not None
            hint = f"functions are called by name: {word if known else 'sum'}(x{', …' * known}); the transpose is x.T"
            raise self.error(f"there is no attribute .{name.text[:40]}", dot.start, name.end, hint)
        emit(ATTRIBUTE, name.text, 1, None, name.end, dot.start)  # type: ignore[operator]
        self.advance()
