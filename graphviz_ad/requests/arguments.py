"""Verbs and options in one table, and how an argument list is read by it.

An expression may begin with ``-`` and hold ``=``, and options may stand anywhere between the bindings, so the usual
readers of options do not fit: they would take ``-x*o`` for a cluster of short options. The rule here: the first
argument that is neither a verb nor an option is the expression. An argument is an option when it is one of the exact
short ones or looks like ``--word``; what else begins with ``-`` may be the expression, and after the expression nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..errors import GradvizError


class UsageError(GradvizError, ValueError):
    """The command line cannot be read."""


class Option(NamedTuple):
    """One option. ``metavar`` is empty for a flag; ``choices`` are the words it takes.

    ``verbs`` are those that know it; "" is the plain form. ``most`` is the largest number.
    """

    name: str
    help: str
    metavar: str = ""
    short: str = ""
    choices: tuple[str, ...] = ()
    number: bool = False
    repeated: bool = False
    verbs: tuple[str, ...] = ("",)
    group: str = "Options"
    most: int = 17  # the greatest number that it takes


_DRAWING = "Options of the drawing"
_TARGET = "Options of module:function"
_CLAIM = "its {}: NAME or MODULE:NAME{}"
_POINT = ("", "check", "explain", "practice")

OPTIONS = (
    Option("--output", "where to write; may be repeated; - is standard output",
           "FILE", "-o", repeated=True, verbs=("", "check", "explain", "ops", "practice", "conventions")),
    Option("--no-draw", "write no picture file"),
    Option("--picture", "how the terminal shows the picture", "KIND",
           choices=("auto", "text", "tree", "kitty", "iterm", "sixel", "none")),
    Option("--json", "one JSON object; a picture only where -o asks for it", verbs=("", "check", "ops", "conventions")),
    Option("--of", "the named statement that is the output (the last)", "NAME", verbs=(*_POINT, "conventions")),
    Option("--wrt", "the inputs to differentiate by, such as x,y (all)", "NAMES", verbs=(*_POINT, "conventions")),
    Option("--mode", "from the output back, or from the inputs on", "MODE", choices=("reverse", "forward"), verbs=("", "explain")),
    Option("--direction", "how the inputs move in forward mode, such as x=1,y=0", "MOVES", repeated=True, verbs=("", "explain")),
    Option("--second", "the second derivatives too"),
    Option("--gradient-graph", "the graph of the gradient instead", verbs=("", "check")),
    Option("--form", "how the derivation is written", "FORM", choices=("text", "markdown", "latex", "html"), verbs=("explain",)),
    Option("--seed", "which random choices are made",
           "NUMBER", number=True, verbs=("check", "practice"), most=2**32 - 1),
    Option("--quick", "in float64, many digits for what that does not settle", verbs=("check",)),
    Option("--proof", "enclose the derivatives in balls of Arb (extra arb)", verbs=("check",)),
    Option("--self-test", "inject known slips and tell which are caught", verbs=("check",)),
    Option("--answers", "where to write the answer key", "FILE", verbs=("practice",)),
    Option("--at", "the point: values, or .npz .npy .json .csv", "FILE", verbs=("check",), group=_TARGET),
    Option("--gradient", _CLAIM.format("gradient", "; or torch, jax, autograd"), "NAME", verbs=("check",), group=_TARGET),
    Option("--jacobian", _CLAIM.format("Jacobian", ""), "NAME", verbs=("check",), group=_TARGET),
    Option("--vjp", "f_vjp(*x, v): v times the Jacobian", "NAME", verbs=("check",), group=_TARGET),
    Option("--jvp", "f_jvp(*x, u): the Jacobian times u", "NAME", verbs=("check",), group=_TARGET),
    Option("--hessian", _CLAIM.format("Hessian", ""), "NAME", verbs=("check",), group=_TARGET),
    Option("--hvp", "f_hvp(x, u): the Hessian times u", "NAME", verbs=("check",), group=_TARGET),
    Option("--points", "other points looked at (4)", "NUMBER", number=True, verbs=("check",), group=_TARGET, most=1000),
    Option("--budget", "evaluations that may be spent (200000)", "NUMBER", number=True, verbs=("check",), group=_TARGET, most=10**9),
    Option("--title", "a title instead of the formula", "TEXT", verbs=("", "practice"), group=_DRAWING),
    Option("--style", "gates on wires, or cards", "STYLE", choices=("wire", "card"), group=_DRAWING),
    Option("--theme", "light or dark", "THEME", choices=("auto", "light", "dark"), verbs=("", "ops"), group=_DRAWING),
    Option("--animate", "let the steps of an SVG play", group=_DRAWING),
    Option("--palette", "colours", "PALETTE", choices=("default", "colorblind"), verbs=("", "ops"), group=_DRAWING),
    Option("--precision", "digits after the point", "DIGITS", number=True, group=_DRAWING),
    Option("--math", "formulas", "MATH", choices=("typeset", "unicode"), group=_DRAWING),
    Option("--depth", "levels of functions that are drawn open", "LEVELS", number=True, group=_DRAWING),
    Option("--expand", "a function to draw open, a node to draw by itself", "NAME", repeated=True, group=_DRAWING),
    Option("--focus", "draw only the surroundings of a node", "NAME", group=_DRAWING),
    Option("--radius", "how many arrows around the focus (2)", "STEPS", number=True, group=_DRAWING, most=1_000),
    Option("--help", "this text", short="-h", verbs=("", "check", "explain", "ops", "practice", "conventions", "completion")),
    Option("--version", "the version", verbs=("", "check", "explain", "ops", "practice", "conventions", "completion")),
)  # fmt: skip

#: verb -> what it does, in one line; the plain form has none
VERBS = {
    "check": "check every gradient; the exit code is the verdict",
    "explain": "write the chain rule line by line",
    "ops": "list the operations, or explain one with a plot",
    "conventions": "compare what other frameworks give at a kink",
    "practice": "write a page that asks for values and gradients",
    "serve": "type expressions and see them in the browser",
    "train": "train a classifier; pictures, report and weights into a folder",
    "boundary": "draw the regions of a trained classifier",
    "activations": "chart activations with their derivatives",
    "net": "draw a network's layers and count its parameters",
    "completion": "print the completion script for bash, zsh or fish",
}
#: verbs that read their own options: all that stands behind them is theirs
FORWARDED = ("serve", "train", "boundary", "activations", "net")

BY_NAME = {option.name: option for option in OPTIONS}
_BY_SHORT = {option.short: option for option in OPTIONS if option.short}
_LONG = re.compile(r"(--[A-Za-z][A-Za-z-]*)(?:=(.*))?", re.DOTALL)


class CommandLine(NamedTuple):
    """What was asked: a verb ("" for the plain form), options by name (lists for repeated ones), and the other words in order."""

    verb: str
    options: dict[str, str | list[str]]
    words: list[str]

    def flag(self, name: str) -> bool:
        """Whether a flag was given."""
        return name in self.options

    def text(self, name: str) -> str | None:
        """An option's word, or None."""
        value = self.options.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        """An option's number, or None."""
        value = self.text(name)
        return None if value is None else int(value)

    def many(self, name: str) -> list[str]:
        """All words of a repeated option."""
        value = self.options.get(name, [])
        return value if isinstance(value, list) else [value]


def read(arguments: Sequence[str]) -> CommandLine:
    """The command line that these arguments are.

    >>> read(["-x*o", "x=1", "-o", "f.svg", "o=2"])
    CommandLine(verb='', options={'--output': ['f.svg']}, words=['-x*o', 'x=1', 'o=2'])
    >>> read(["--", "check", "check=1"]).words
    ['check', 'check=1']

    Raises
    ------
    UsageError
        An option that does not exist, lacks its value or belongs to another verb.
    """
    verb, options, words, open_for_options = "", {}, [], True  # type: tuple[str, dict[str, str | list[str]], list[str], bool]
    pending = iter(arguments)
    for argument in pending:
        if not open_for_options:
            words.append(argument)
        elif argument == "--":
            open_for_options = False
        elif (found := _option(argument, first=not words)) is not None:
            option, value = found
            if not option.metavar:
                if value is not None:
                    raise UsageError(f"{option.name} takes no value")
                options[option.name] = ""
                continue
            if value is None:
                value = next(pending, None)
                if value is None:
                    raise UsageError(f"{argument} needs a value: {option.name} {option.metavar}")
            _store(options, option, value)
        elif not words and not verb and argument in FORWARDED:
            if options:
                raise UsageError(f"the options of gradviz {argument} stand after it")
            rest = list(pending)
            return CommandLine(argument, {}, rest[1:] if rest[:1] == ["--"] else rest)
        elif not words and not verb and argument in VERBS:
            verb = argument
        else:
            words.append(argument)
    for name in options:
        if verb not in BY_NAME[name].verbs:
            raise UsageError(
                f"{name} is not an option of gradviz {verb or 'EXPRESSION'}\nhint: gradviz {verb + ' ' if verb else ''}--help lists them"
            )
    return CommandLine(verb, options, words)


def misspelt_verb(arguments: Sequence[str]) -> str:
    """The verb that the first argument is close to, of a command line that made no sense; "" where it is none, or a bound name.

    >>> misspelt_verb(["tran", "--data", "spiral"]), misspelt_verb(["tran", "tran=2", "--data"]), misspelt_verb(["x*y", "--data"])
    ('train', '', '')
    """
    import difflib

    first = arguments[0] if arguments else ""
    if len(first) < 3 or not first.isidentifier() or first in VERBS or any(word.startswith(f"{first}=") for word in arguments[1:]):
        return ""
    return next(iter(difflib.get_close_matches(first, VERBS, n=1, cutoff=0.75)), "")


def _option(argument: str, first: bool) -> tuple[Option, str | None] | None:
    """The option that an argument is, with the value after its ``=``; None for a word."""
    if argument in _BY_SHORT:
        return _BY_SHORT[argument], None
    match = _LONG.fullmatch(argument)
    if match is not None:
        option = BY_NAME.get(match[1])
        if option is not None:
            return option, match[2]
    elif first or argument == "-" or not argument.startswith("-"):
        return None
    raise UsageError(_no_such_option(argument, match[1] if match else argument, first))


def _no_such_option(argument: str, name: str, first: bool) -> str:
    import difflib

    near = difflib.get_close_matches(name, BY_NAME, n=1)
    if not near and (prefixed := [known for known in BY_NAME if known.startswith(name) and len(name) > 3]):
        near = prefixed[:1]
    attached = next((option for option in OPTIONS if option.short and option.metavar and argument.startswith(option.short)), None)
    lines = [f"there is no option {_short(name)}"]
    if near:
        lines.append(f"hint: did you mean {near[0]}?")
    elif attached is not None:
        lines.append(f"hint: put a space after {attached.short}: {attached.short} {_short(argument[2:])}")
    elif first:
        lines.append(f"hint: if it is the expression, put -- before it: gradviz -- {_short(argument)}")
    else:
        lines.append("hint: gradviz --help lists the options; the expression comes before its values")
    return "\n".join(lines)


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _store(options: dict[str, str | list[str]], option: Option, value: str) -> None:
    if option.choices and value not in option.choices:
        import difflib

        near = difflib.get_close_matches(value, option.choices, n=1)
        raise UsageError(
            f"{option.name} is one of {', '.join(option.choices)}, not {_short(value)!r}"
            + (f"\nhint: did you mean {near[0]}?" if near else "")
        )
    if option.number and not (value.isascii() and value.isdigit() and len(value) <= 12 and int(value) <= option.most):
        raise UsageError(f"{option.name} is a whole number from 0 to {option.most}, not {_short(value)!r}")
    if not value and option.name != "--title":
        raise UsageError(f"{option.name} needs a value: {option.name} {option.metavar}")
    if option.repeated:
        entry = options.setdefault(option.name, [])
        assert isinstance(entry, list)
        entry.append(value)
    elif option.name in options:
        raise UsageError(f"{option.name} is given twice")
    else:
        options[option.name] = value
