"""Operator precedence: the tokens of an expression become postfix code, with explicit stacks in place of recursion.

The reader is in one of two positions. Where an operand is expected, a number or a name is written to the code, and a prefix
operator or an opening bracket begins to wait on a stack. Where an operator is expected, all operators on the stack that
bind at least as tightly as the new one have both operands: they are written (``reduce``), and the new one waits. A closing
bracket, a comma and the end of the line write all operators down to the innermost bracket. The tables at the end of this
file say what each token does in each position. Depth is limited by memory alone.
"""

from __future__ import annotations

from collections.abc import Callable

from .cursor import Bracket, Cursor, Waiting
from .grammar import BINARY, COMPARISON, COMPARISONS, CONDITIONAL, NOT, OR, POWER, PREFIX, SUM
from .program import APPLY, ATTRIBUTE, CALL, COMPARE, INDEX, LIST, NAME, NUMBER, STRING, TUPLE, WORD, Instruction
from .tokens import Token


class ExpressionReader(Cursor):
    """Reads one expression after another; ``is_function`` knows the functions by name, for a hint."""

    def __init__(self, text: str, tokens: list[Token], source: str, is_function: Callable[[str], bool]) -> None:
        super().__init__(text, tokens, source)
        self.is_function = is_function
        self.code: list[Instruction] = []
        self.extents: list[tuple[int, int]] = []  # of the values on the machine's stack, parentheses included
        self.waiting: list[Waiting] = []  # operators and open brackets, the innermost last
        self.brackets: list[Bracket] = []  # the open brackets alone

    def expression(self) -> list[Instruction]:
        """The postfix code of the expression that ends with the line; the end stays in place."""
        self.code = []
        self.extents.clear()
        token, operand_next = self.token, True
        while operand_next or token.kind not in _ENDS:
            by_text, otherwise = (_OPERAND if operand_next else _OPERATOR)[token.kind]
            operand_next = by_text.get(token.text, otherwise)(self, token)
            token = self.advance()
        self.reduce(CONDITIONAL)
        if self.brackets:
            raise self.unclosed(self.brackets[-1])
        return self.code

    # -- where an operand is expected: each says whether one is still expected after the token ---------------------------

    def number(self, token: Token) -> bool:
        self.push_token(NUMBER, token)
        return False

    def string(self, token: Token) -> bool:
        self.push_token(STRING, token)
        return False

    def word(self, token: Token) -> bool:
        """True, False, None."""
        self.push_token(WORD, token)
        return False

    def name(self, token: Token) -> bool:
        """A name; with a parenthesis behind it a call, with = behind it a named argument of one."""
        self.check_name(token)
        following = self.tokens[self.at + 1]
        if following.kind == "operator":
            if following.text == "(":
                return self.open_call(token, following)
            if following.text == "=" and self.innermost_is("call"):
                return self.keyword(token)
        self.push_token(NAME, token)
        return False

    def keyword(self, token: Token) -> bool:
        call = self.brackets[-1]
        if not call.keywords:
            call.positional = call.count
        call.keywords.append(token.text)
        self.advance()
        return True

    def prefix(self, token: Token) -> bool:
        precedence, operation = PREFIX[token.text]
        self.waiting.append(Waiting("prefix", precedence, token.start, operation))
        return True

    def negation(self, token: Token) -> bool:
        """`not` binds more loosely than what may wait on its left: 2*not c."""
        if self.waiting and self.waiting[-1].precedence > NOT:
            raise self.error("`not` needs parentheses here", token.start, token.end, "write (not c)")
        return self.prefix(token)

    def open_call(self, token: Token, parenthesis: Token) -> bool:
        call = Bracket("call", token.start, "(", parenthesis.start)
        call.name, call.keywords = token.text, []
        self.open(call)
        self.advance()
        following = self.tokens[self.at + 1]
        if following.text == ")" and following.kind == "operator":
            raise self.error(f"{token.text} needs an argument", parenthesis.start, parenthesis.end, f"write {token.text}(x)")
        return True

    def open_group(self, token: Token) -> bool:
        self.open(Bracket("(", token.start, "(", token.start))
        return True

    def open_list(self, token: Token) -> bool:
        self.open(Bracket("[", token.start, "[", token.start))
        return True

    def close_list_early(self, token: Token) -> bool:
        """The bracket of an empty list, or behind a comma."""
        if not self.innermost_is("["):
            return self.no_operand(token)
        self.close_list(self.pop_bracket(), token)
        return False

    def close_early(self, token: Token) -> bool:
        """The parenthesis behind a comma: (x,) and f(x,)."""
        if not (self.innermost_is("(", "call") and self.brackets[-1].count):
            return self.no_operand(token)
        bracket = self.pop_bracket()
        if bracket.code == "call":
            self.close_call(bracket, token)
        else:
            self.push(TUPLE, None, bracket.count, bracket.start, token.end, bracket.start)
        return False

    def index_mark_first(self, token: Token) -> bool:
        """A colon or an ellipsis that begins a part of an index, or follows a colon."""
        if not self.innermost_is("index"):
            return self.no_operand(token)
        return self.index_mark(token)

    def no_operand(self, token: Token) -> bool:
        raise self.missing_operand(self.waiting[-1] if self.waiting else None)

    # -- where an operator is expected: each says whether an operand is expected after the token ------------------------

    def binary(self, token: Token) -> bool:
        precedence, operation = BINARY[token.text]
        self.reduce(precedence if precedence != POWER else POWER + 1)  # a power groups from the right
        self.waiting.append(Waiting("binary", precedence, token.start, operation))
        return True

    def comparison(self, token: Token) -> bool:
        """One more link of a chain; a chain is one operator."""
        self.reduce(SUM)
        if not self.innermost_is("compare"):
            self.waiting.append(Waiting("compare", COMPARISON, token.start))
            self.waiting[-1].links = []
        self.waiting[-1].links.append(COMPARISONS[token.text])
        return True

    def condition(self, token: Token) -> bool:
        self.reduce(OR)
        if self.innermost_is("if"):
            raise self.error(
                "a conditional inside a condition needs parentheses", token.start, token.end, "write a if (c if d else e) else b"
            )
        self.waiting.append(Waiting("if", CONDITIONAL, token.start))
        return True

    def alternative(self, token: Token) -> bool:
        self.reduce(OR)
        if not self.innermost_is("if"):
            raise self.error("`else` without `if`", token.start, token.end, "write a if condition else b")
        self.waiting[-1].code = "ifelse"
        return True

    def comma(self, token: Token) -> bool:
        self.reduce(CONDITIONAL)
        if not self.brackets:
            raise self.error(
                "a comma stands between arguments or list entries only", token.start, token.end, "separate statements by ; or a new line"
            )
        bracket = self.brackets[-1]
        bracket.count += 1
        if bracket.code == "index":
            self.end_index_part(bracket)
            bracket.parts.append("")
        elif bracket.code == "call":
            self.check_keyword_order(bracket)
        return True

    def colon(self, token: Token) -> bool:
        """A colon behind an operand has a meaning directly inside an index."""
        if not (self.brackets and self.brackets[-1].code == "index"):
            return self.misplaced(token)
        self.reduce(CONDITIONAL)
        self.end_index_part(self.brackets[-1])
        return self.index_mark(token)

    def attribute(self, dot: Token) -> bool:
        """``x.T`` and ``x.mT``; anything else after a dot is refused."""
        name = self.peek()
        if name.kind != "name" or name.start != dot.end:
            raise self.error("an operator is missing before this dot", dot.start, dot.end)
        if name.text not in ("T", "mT"):
            word = name.text[:40]
            function = f"{word}(x, …)" if self.is_function(word) else "sum(x)"
            hint = f"functions are called by name: {function}; the transpose is x.T"
            raise self.error(f"there is no attribute .{word}", dot.start, name.end, hint)
        self.push(ATTRIBUTE, name.text, 1, self.extents[-1][0], name.end, dot.start)
        self.advance()
        return False

    def open_index(self, token: Token) -> bool:
        bracket = Bracket("index", token.start, "[", token.start)
        bracket.parts, bracket.values = [""], 0
        self.open(bracket)
        return True

    def call_of_value(self, token: Token) -> bool:
        raise self.error("only a function's name can be called", token.start, token.end, "write * for a product")

    def close(self, token: Token) -> bool:
        """End the innermost bracket, which must be of the token's kind."""
        self.reduce(CONDITIONAL)
        opener = "(" if token.text == ")" else "["
        if not self.brackets:
            raise self.error(f"this {token.text} closes nothing", token.start, token.end, f"remove it, or open a {opener}")
        bracket = self.brackets[-1]
        if bracket.opener != opener:
            column = self.column(bracket.opened)
            raise self.error(f"this {token.text} does not match the bracket opened at column {column}", token.start, token.end)
        self.pop_bracket()
        bracket.count += 1
        _CLOSINGS[bracket.code](self, bracket, token)
        return False

    def misplaced(self, token: Token) -> bool:
        self.reduce(CONDITIONAL)  # an `if` without `else` is the earlier fault
        raise self.unexpected()

    # -- brackets ----------------------------------------------------------------------------------------------------

    def open(self, bracket: Bracket) -> None:
        self.waiting.append(bracket)
        self.brackets.append(bracket)

    def pop_bracket(self) -> Bracket:
        self.waiting.pop()
        return self.brackets.pop()

    def innermost_is(self, *codes: str) -> bool:
        """Whether what waits last is of one of these kinds."""
        return bool(self.waiting) and self.waiting[-1].code in codes

    def close_group(self, bracket: Bracket, token: Token) -> None:
        """Parentheses around one value only widen its extent; around several they make a tuple."""
        if bracket.count > 1:
            self.push(TUPLE, None, bracket.count, bracket.start, token.end, bracket.start)
        else:
            self.extents[-1] = (bracket.start, token.end)

    def close_call(self, bracket: Bracket, token: Token) -> None:
        self.check_keyword_order(bracket)
        self.push(CALL, (bracket.name, tuple(bracket.keywords)), bracket.count, bracket.start, token.end, bracket.start)

    def close_list(self, bracket: Bracket, token: Token) -> None:
        self.push(LIST, None, bracket.count, bracket.start, token.end, bracket.start)

    def close_index(self, bracket: Bracket, token: Token) -> None:
        self.end_index_part(bracket)
        arity = bracket.values + 1  # the array, then its parts
        self.push(INDEX, tuple(bracket.parts), arity, self.extents[-arity][0], token.end, bracket.start)

    def index_mark(self, token: Token) -> bool:
        """A ``:`` or ``...`` inside an index; whether an operand may follow."""
        self.brackets[-1].parts[-1] += token.text
        following = self.peek()
        return not (following.text in ("]", ",") and following.kind == "operator")

    def end_index_part(self, bracket: Bracket) -> None:
        """Count the operand that ends at the current token, unless the part ended with a colon or an ellipsis."""
        before = self.tokens[self.at - 1]
        if before.kind != "operator" or before.text not in (":", "..."):
            bracket.parts[-1] += "x"
            bracket.values += 1

    def check_keyword_order(self, bracket: Bracket) -> None:
        """Named arguments come last: each argument closed since the first named one must have a name."""
        if not bracket.keywords or bracket.count - bracket.positional == len(bracket.keywords):
            return
        raise self.error("a positional argument follows a named one", self.token.start, hint="put name=value arguments last")

    # -- what waits is written out -----------------------------------------------------------------------------------

    def reduce(self, precedence: int) -> None:
        """Write out all that waits since the innermost bracket and binds at least as tightly."""
        waiting = self.waiting
        while waiting and waiting[-1].precedence >= precedence:
            operator = waiting.pop()
            _REDUCTIONS[operator.code](self, operator)

    def reduce_binary(self, operator: Waiting) -> None:
        end = self.extents.pop()[1]
        start = self.extents[-1][0]
        self.extents[-1] = (start, end)
        self.code.append(Instruction(APPLY, operator.operation, 2, start, end, operator.start))

    def reduce_prefix(self, operator: Waiting) -> None:
        end = self.extents[-1][1]
        self.extents[-1] = (operator.start, end)
        if operator.operation != "pos":  # a plus changes nothing
            self.code.append(Instruction(APPLY, operator.operation, 1, operator.start, end, operator.start))

    def reduce_comparison(self, operator: Waiting) -> None:
        self.push_apply(COMPARE, tuple(operator.links), len(operator.links) + 1, operator.start)

    def reduce_conditional(self, operator: Waiting) -> None:
        self.push_apply(APPLY, "if_else", 3, operator.start)

    def refuse_conditional(self, operator: Waiting) -> None:
        raise self.error("this `if` has no `else`", operator.start, operator.start + 2, "write a if condition else b")

    def push_token(self, code: str, token: Token) -> None:
        """Write an instruction that is one token."""
        _, text, start, end = token
        self.extents.append((start, end))
        self.code.append(Instruction(code, text, 0, start, end, start))

    def push_apply(self, code: str, payload: object, arity: int, mark: int) -> None:
        """Write an instruction that spans its operands."""
        self.push(code, payload, arity, self.extents[-arity][0], self.extents[-1][1], mark)

    def push(self, code: str, payload: object, arity: int, start: int, end: int, mark: int) -> None:
        """Write an instruction: the values of its operands leave the stack, its own takes their place."""
        if arity:
            del self.extents[-arity:]
        self.extents.append((start, end))
        self.code.append(Instruction(code, payload, arity, start, end, mark))


_Handler = Callable[[ExpressionReader, Token], bool]
_ENDS = ("newline", "end")

#: what to do with a token where an operand is expected: by its kind and text, or for every other text of the kind
_OPERAND: dict[str, tuple[dict[str, _Handler], _Handler]] = {
    "number": ({}, ExpressionReader.number),
    "string": ({}, ExpressionReader.string),
    "name": (
        {
            "True": ExpressionReader.word,
            "False": ExpressionReader.word,
            "None": ExpressionReader.word,
            "not": ExpressionReader.negation,
        },
        ExpressionReader.name,
    ),
    "operator": (
        {
            "-": ExpressionReader.prefix,
            "+": ExpressionReader.prefix,
            "(": ExpressionReader.open_group,
            "[": ExpressionReader.open_list,
            ")": ExpressionReader.close_early,
            "]": ExpressionReader.close_list_early,
            ":": ExpressionReader.index_mark_first,
            "...": ExpressionReader.index_mark_first,
        },
        ExpressionReader.no_operand,
    ),
    "newline": ({}, ExpressionReader.no_operand),
    "end": ({}, ExpressionReader.no_operand),
}

#: what to do with a token where an operator is expected; the end of a line ends the expression there
_OPERATOR: dict[str, tuple[dict[str, _Handler], _Handler]] = {
    "number": ({}, ExpressionReader.misplaced),
    "string": ({}, ExpressionReader.misplaced),
    "name": (
        {
            "and": ExpressionReader.binary,
            "or": ExpressionReader.binary,
            "if": ExpressionReader.condition,
            "else": ExpressionReader.alternative,
        },
        ExpressionReader.misplaced,
    ),
    "operator": (
        {
            **dict.fromkeys(BINARY, ExpressionReader.binary),
            **dict.fromkeys(COMPARISONS, ExpressionReader.comparison),
            ")": ExpressionReader.close,
            "]": ExpressionReader.close,
            ",": ExpressionReader.comma,
            ":": ExpressionReader.colon,
            ".": ExpressionReader.attribute,
            "[": ExpressionReader.open_index,
            "(": ExpressionReader.call_of_value,
        },
        ExpressionReader.misplaced,
    ),
}

#: how a bracket of each kind ends
_CLOSINGS: dict[str, Callable[[ExpressionReader, Bracket, Token], None]] = {
    "(": ExpressionReader.close_group,
    "call": ExpressionReader.close_call,
    "[": ExpressionReader.close_list,
    "index": ExpressionReader.close_index,
}

#: how an operator of each kind is written out; an "if" becomes an "ifelse" when it meets its `else`
_REDUCTIONS: dict[str, Callable[[ExpressionReader, Waiting], None]] = {
    "binary": ExpressionReader.reduce_binary,
    "prefix": ExpressionReader.reduce_prefix,
    "compare": ExpressionReader.reduce_comparison,
    "ifelse": ExpressionReader.reduce_conditional,
    "if": ExpressionReader.refuse_conditional,
}
