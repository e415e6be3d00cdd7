"""One command line from its arguments to its exit code.

Exit codes: 0 fine, 1 a gradient check failed, 2 the input is wrong, 3 could not be decided or evaluated, 4 no drawing engine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from ..errors import DerivativeError, EngineError, GradvizError, LimitError
from ..requests.arguments import CommandLine, misspelt_verb, read
from .output import give_up, prepare, say

FINE, FAILED, WRONG_INPUT, UNDECIDED, NO_ENGINE = range(5)
_HINT = "\nhint: "
INTERRUPTED, _CLOSED_PIPE = 130, 141  # what shells give a program that ends by SIGINT, SIGPIPE

#: verb -> module with ``run(line) -> exit code``
_VERBS = {"": "drawing", "check": "checking", "explain": "explanation", "ops": "vocabulary", "completion": "completion",
          "conventions": "conventions", "practice": "practising", "serve": "serving",
          "train": "lab_train", "boundary": "lab_boundary", "activations": "lab_activations", "net": "lab_net"}  # fmt: skip


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments ask for; every error that bad input can cause ends in a message and its exit code."""
    prepare()
    try:
        code = _run(read(arguments))
        sys.stdout.flush()
    except GradvizError as error:
        verb = misspelt_verb(arguments)
        say(f"gradviz: {error}" if not verb else f"gradviz: {str(error).partition(_HINT)[0]}{_HINT}did you mean gradviz {verb}?")
        return _code(error)
    except KeyboardInterrupt:
        say("gradviz: interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # the reader has gone
        give_up(sys.stdout)
        return _CLOSED_PIPE
    except OSError as error:  # a full disk behind standard output; files have errors of their own
        give_up(sys.stdout)
        say(f"gradviz: cannot write the output: {error.strerror or error}")
        return WRONG_INPUT
    except MemoryError:
        say("gradviz: there is not enough memory for this")
        return UNDECIDED
    except Exception as fault:  # a fault of ours must not look like a fault of the user's
        if os.environ.get("GRADVIZ_TRACEBACK"):
            raise
        say(f"gradviz: internal fault ({type(fault).__name__}: {str(fault)[:300]})")
        say("hint: this is a fault of gradviz, please report it; GRADVIZ_TRACEBACK=1 shows where it is")
        return UNDECIDED
    return code


def _run(line: CommandLine) -> int:
    if line.flag("--version"):
        from .. import __version__

        print(f"gradviz {__version__}")
        return FINE
    if line.flag("--help") or (not line.verb and line.words == ["help"]):  # as an expression the lone word shows nothing
        from .manual import write_help

        write_help(line.verb)
        return FINE
    if line.verb in ("", "check", "explain", "practice", "conventions") and not line.words:
        from .manual import write_usage

        write_usage(line.verb)
        return WRONG_INPUT
    code = import_module(f".{_VERBS[line.verb]}", __package__).run(line)
    assert isinstance(code, int)
    return code


def _code(error: GradvizError) -> int:
    if isinstance(error, EngineError):
        return NO_ENGINE
    return UNDECIDED if isinstance(error, (DerivativeError, LimitError)) else WRONG_INPUT
