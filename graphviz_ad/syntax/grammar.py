"""The grammar of the language, in one place: operators, precedence, reserved words, statements.

::

    program     statement { (newline | ";") statement }
    statement   NAME "=" expression                     a named node; a constant makes an input with a default
                NAME "(" NAME { "," NAME } ")" "=" expression      a function, drawn as a cluster
                expression                              the last statement may stay without a name
    expression  infix operators as in the table below, calls NAME(…, name=…), indexing x[i, a:b:c], x.T,
                lists [x, y], numbers, names, "a if c else b"; # starts a comment

Precedence is Python's. Every binary operator groups from the left, except ``**`` and the conditional, which group
from the right; ``**`` binds tighter than a minus on its left and looser than one on its right; comparisons chain.
The parser is driven by these tables alone.
"""

from __future__ import annotations

# Binding strength of everything that is not a call or an index; a larger number binds tighter.
CONDITIONAL, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER = range(1, 10)

#: operator token -> (precedence, operation)
BINARY: dict[str, tuple[int, str]] = {
    "or": (OR, "logical_or"),
    "and": (AND, "logical_and"),
    "+": (SUM, "add"),
    "-": (SUM, "sub"),
    "*": (PRODUCT, "mul"),
    "/": (PRODUCT, "div"),
    "%": (PRODUCT, "mod"),
    "@": (PRODUCT, "matmul"),
    "**": (POWER, "power"),
}

#: comparison token -> operation
COMPARISONS: dict[str, str] = {
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "==": "equal",
    "!=": "not_equal",
}

#: prefix token -> (precedence, operation); a plus keeps its operand as it is
PREFIX: dict[str, tuple[int, str]] = {"-": (SIGN, "neg"), "+": (SIGN, "pos"), "not": (NOT, "logical_not")}

#: names that are inputs with a default, outside the gradients unless the user binds them
CONSTANTS: tuple[str, ...] = ("pi", "e", "inf")

#: words that Python reserves, and so do we
KEYWORDS: frozenset[str] = frozenset(
    "False None True and as assert async await break class continue def del elif else except finally for from global if import in is"
    " lambda nonlocal not or pass raise return try while with yield".split()
)

#: keywords that are part of an expression here
EXPRESSION_KEYWORDS: frozenset[str] = frozenset(("and", "or", "not", "if", "else", "True", "False", "None"))

#: operators of other languages, and what to write here
HINTS: dict[str, str] = {
    "^": "write ** for a power",
    "&": "write `and` between conditions",
    "&&": "write `and` between conditions",
    "|": "write `or` between conditions",
    "||": "write `or` between conditions",
    "~": "write `not` before a condition",
    "!": "write `not` before a condition",
    "//": "write floor(x/y)",
    "=": "write == to compare; a statement `name = expression` stands on its own line or after ;",
    "->": "write > for a comparison",
    "<>": "write != for a comparison",
    ":": "a colon has a meaning only inside an index, x[a:b]",
    "?": "write `a if c else b`",
    "{": "write ( ) to group and [ ] for lists",
    "}": "write ( ) to group and [ ] for lists",
    "\\": "statements are separated by ; or a new line",
    "$": "names consist of letters, digits and _",
    "`": "names consist of letters, digits and _",
    "=>": "write >= for a comparison",
    "=<": "write <= for a comparison",
    "+=": "names are assigned once; give the new value a name of its own",
    "-=": "names are assigned once; give the new value a name of its own",
    "*=": "names are assigned once; give the new value a name of its own",
    "/=": "names are assigned once; give the new value a name of its own",
    ":=": "write a statement of its own: name = expression",
    "...": "an ellipsis has a meaning only inside an index",
}

#: characters people paste, and what to write instead
CHARACTERS: dict[str, str] = {
    "·": "*",
    "×": "*",
    "∗": "*",
    "⋅": "*",
    "÷": "/",
    "∕": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "²": "**2",
    "³": "**3",
    "√": "sqrt(…)",
    "∞": "inf",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "“": "no quotes",
    "”": "no quotes",
    "‘": "no quotes",
    "’": "no quotes",
}
