"""``--help``: made from the table of verbs and options, with examples that run."""

from __future__ import annotations

from ..requests.arguments import OPTIONS, VERBS, Option
from .output import put, say
from .tables import Cell, Row, layout, paint

_USAGE = {
    "": "gradviz EXPRESSION [NAME=VALUE …] [OPTION …]",
    "check": "gradviz check EXPRESSION NAME=VALUE … [OPTION …]\n       gradviz check MODULE:FUNCTION --at FILE [NAME=VALUE …] [OPTION …]",
    "explain": "gradviz explain EXPRESSION NAME=VALUE … [OPTION …]",
    "ops": "gradviz ops [NAME] [OPTION …]",
    "conventions": "gradviz conventions EXPRESSION NAME=VALUE … [OPTION …]",
    "practice": "gradviz practice EXPRESSION [NAME=VALUE …] [OPTION …]",
    "completion": "gradviz completion bash|zsh|fish",
}
_ABOUT = {
    "": "See, derive and prove every gradient. Draws the expression as a computational\n"
    "graph with the value and the gradient on every wire, prints the chain rule, and\n"
    "checks the gradient against an independent reference.",
    "check": "Checks every gradient of an expression, or the one that goes with a function of\n"
    "yours: module:function or file.py:function (no expression reads like that).\n"
    "The module is imported and the function called: their code runs.",
    "explain": "Writes the derivation: forward values, then for each arrow the local derivative\nand upstream × local.",
    "ops": "Lists every operation, or shows one: formula, local derivatives, domain, the\nvalue chosen at kinks, a plot.",
    "conventions": "Shows what PyTorch, JAX, CasADi, SymPy, the lecture and gradviz give as the\n"
    "gradient at this point, and which of these are valid there (subgradients at a\n"
    "kink). What is installed is asked; of what is not, recorded answers are shown.",
    "practice": "Writes a page that hides the numbers and asks for them; wrong answers are\nexplained.",
    "completion": "Prints a script that completes verbs, options and operations. To use it, add to\n"
    "the shell's start file:\n"
    '  bash   eval "$(gradviz completion bash)"\n'
    '  zsh    eval "$(gradviz completion zsh)"      after compinit\n'
    "  fish   gradviz completion fish | source",
}
_EXAMPLES = {
    "": (
        ('gradviz "(x+y)*z" x=-2 y=5 z=-4', "draws gradviz.svg"),
        ('gradviz "q = x+y; f = q*z" x=-2 y=5 z=-4 -o f.png', "named steps"),
        ('gradviz "s(t) = 1/(1+exp(-t)); s(w*x)" w=2 x=-1', "a function: a cluster"),
        ('gradviz "sin(t)**2" t=pi/4 --json', "for programs"),
        ('gradviz "x*y"', "no values: formulas"),
        ("gradviz @model.gv @values.json", "from files"),
        ("gradviz -- check check=2", "-- ends options and verbs"),
    ),
    "check": (
        ('gradviz check "sqrt(x*x + y*y)" x=3 y=4', ""),
        ('gradviz check "max(x, y)" x=1 y=1', "a tie"),
        ('gradviz check "exp(x)*sin(y)" x=1 y=2 --proof', "enclosed"),
        ('gradviz check "sum(tanh(W@x))" W=@w.npy x=@x.npy --quick', ""),
        ("gradviz check layer.py:loss --at point.npz", ""),
        ("gradviz check layer:loss --gradient slope --at point.npz", ""),
        ("gradviz check layer:loss --at point.npz -o report.html", ""),
        ("gradviz check scipy.optimize:rosen --hessian rosen_hess 'x=[0.5,2]'", ""),
    ),
    "conventions": (('gradviz conventions "max(x, 0)" x=0', ""), ('gradviz conventions "max(x, y)" x=1 y=1 --json', "a tie")),
    "explain": (('gradviz explain "(x+y)*z" x=-2 y=5 z=-4', ""), ('gradviz explain "x*exp(x)" x=1 --form latex', "")),
    "ops": (("gradviz ops", "all"), ("gradviz ops tanh", "one"), ("gradviz ops relu -o relu.svg", "its chart")),
    "practice": (('gradviz practice "(x+y)*z" x=-2 y=5 z=-4 --seed 7 --answers key.html', ""),),
    "completion": (('eval "$(gradviz completion bash)"', ""),),
}
_AFTER = {
    "check": (
        "The derivative of a function f is named by an option, or stands beside it as\n"
        "f_gradient f_grad f_der f_prime df d_f grad_f gradient_f, f_jac f_jacobian,\n"
        "f_vjp, f_jvp, f_hess f_hessian, f_hvp f_hess_prod, or is f.gradient;\n"
        "MODULE:PAIR may be a tuple (f, gradient). torch.autograd.Function, nn.Module\n"
        "and jax.custom_vjp are differentiated by their library. An .npz or .json file\n"
        "gives arguments by name, as NAME=VALUE does; whole numbers are held fixed where\n"
        "others have a decimal point.\n"
        "-o FILE      report as .html, .md or .json; - is Markdown on standard output\n"
        "\n"
        "Exit codes: 0 pass or pass-at-kink; 1 fail; 2 the input is wrong, or the\n"
        "function raised; 3 inconclusive; 130 interrupted, with a report of what was\n"
        "known by then."
    ),
    "": (
        "EXPRESSION   Python's infix, NumPy's names; - is standard input, @FILE a file\n"
        'NAME=VALUE   a number, a constant expression (t=pi/4), a list ("v=[1,2,3]"),\n'
        "             nan, inf\n"
        "NAME=@FILE   values from .npy .npz .csv .txt .json; @values.json or @values.npz\n"
        "             alone binds all its names\n"
        "-o FILE      by suffix: svg png pdf gif apng html dot tikz mmd json; with the\n"
        "             derivation tex md txt; without -o and --json the picture goes to\n"
        "             gradviz.svg\n"
        "\n"
        "Exit codes: 0 fine; 1 a gradient check failed; 2 the input is wrong; 3 could not\n"
        "be decided or evaluated; 4 no drawing engine."
    ),
}


def write_help(verb: str) -> None:
    """Print the manual of a verb ("" for the plain form)."""
    put(f"usage: {paint(_USAGE[verb], 'strong')}")
    if not verb:
        put(f"       {paint('gradviz check|explain|ops|completion …', 'strong')}")
    put(f"\n{_ABOUT[verb]}")
    put(f"\n{paint('Examples', 'strong')}")
    put(layout(("", ""), [Row((Cell(command), Cell(note, "muted"))) for command, note in _EXAMPLES[verb]]))
    if not verb:
        put(f"\n{paint('Verbs', 'strong')}")
        put(layout(("", ""), [Row((Cell(name), Cell(about))) for name, about in VERBS.items()]))
    for group in dict.fromkeys(option.group for option in OPTIONS):
        rows = _rows([option for option in OPTIONS if option.group == group and verb in option.verbs])
        if rows:
            put(f"\n{paint(group, 'strong')}")
            put(layout(("", ""), rows))
    if verb in _AFTER:
        put(f"\n{_AFTER[verb]}")


def write_usage(verb: str) -> None:
    """Say, on standard error, what is missing."""
    say(f"usage: {_USAGE[verb]}")
    say(f"for example: {_EXAMPLES[verb][0][0]}")
    say(f"gradviz {verb + ' ' if verb else ''}--help shows more")


def _spelled(option: Option) -> str:
    return ", ".join(part for part in (option.short, option.name) if part) + (f" {option.metavar}" if option.metavar else "")


def _rows(options: list[Option]) -> list[Row]:
    """An option a row; the words that it takes behind its help, or below it where that is too long."""
    first = max((len(_spelled(option)) for option in options), default=0)
    rows = []
    for option in options:
        words = f"({', '.join(option.choices)})" if option.choices else ""
        fits = first + len(option.help) + len(words) < 72
        rows.append(
            Row(
                (Cell(_spelled(option)), Cell(f"{option.help} {words}".rstrip() if fits else option.help)),
                "" if fits else " " * first + words,
            )
        )
    return rows
