"""The picture in the terminal itself: as text, or as an image where the terminal shows those."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..requests.arguments import CommandLine, UsageError
from .output import produce, width
from .tables import paint

if TYPE_CHECKING:
    from .. import Graph, Point

IMAGES = ("kitty", "iterm", "sixel")
MOST_ROWS = 44  # of a picture that nobody asked for
WAIT = 0.25  # seconds for a terminal to say what it can
_QUESTION = b"\x1b[c"  # device attributes; every terminal answers, and 4 among the numbers means sixels


def wanted(line: CommandLine) -> str:
    """How the picture is shown in the terminal: a word of ``--picture``.

    Raises
    ------
    UsageError
        A picture is asked for where standard output holds something else.
    """
    asked = line.text("--picture")
    if line.flag("--json") or "-" in line.many("--output"):
        if asked not in (None, "none"):
            raise UsageError("standard output can hold one thing only: choose --picture, --json or -o -")
        return "none"
    return asked or ("auto" if sys.stdout.isatty() else "none")


def picture(subject: Graph | Point, kind: str, options: dict[str, Any], *, asked: bool) -> str | bytes:
    """What shows the picture: text, or the bytes of an image; "" for none. ``asked``: by the user, so that no size is too large.

    Raises
    ------
    EngineError
        The image cannot be drawn.
    """
    if kind == "none":
        return ""
    if kind == "auto":
        kind = known_by(os.environ) or ("sixel" if asked and answers_sixel() else "text")
        kind = "text" if kind == "sixel" and not _has_pillow() else kind
    if kind in IMAGES:
        from ..render.inline import encode, size_of

        png = produce(subject, ".png", options)
        cells, pixels = _room()
        return encode(png, kind, columns=min(cells, max(1, round(size_of(png)[0] / 2 / 9))), pixels=pixels)
    from ..render.textpicture import render_text

    scene = subject.scene(**{key: value for key, value in options.items() if key not in ("theme", "palette", "math", "animate")})
    form = "tree" if kind == "tree" else "graph" if asked else "auto"
    text = render_text(scene, width(), form=form, paint=paint).rstrip("\n")
    if not _can_write(text):
        text = render_text(scene, width(), form=form, paint=paint, ascii=True).rstrip("\n")
    return text if asked or text.count("\n") < MOST_ROWS else ""


def known_by(environment: Mapping[str, str]) -> str:
    """The protocol of a terminal that says its name in the environment; "" for others, and inside of tmux and screen.

    >>> known_by({"TERM": "xterm-kitty"}), known_by({"TERM_PROGRAM": "iTerm.app"}), known_by({"TERM": "xterm-kitty", "TMUX": "x"})
    ('kitty', 'iterm', '')
    """
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if environment.get("TMUX") or term.startswith(("screen", "tmux", "dumb")):
        return ""
    if environment.get("KITTY_WINDOW_ID") or "kitty" in term or "ghostty" in term or program == "ghostty":
        return "kitty"
    if program in ("iTerm.app", "WezTerm", "mintty") or environment.get("LC_TERMINAL") == "iTerm2":
        return "iterm"
    if term.startswith(("foot", "mlterm", "yaft")):
        return "sixel"
    return ""


def answers_sixel() -> bool:
    """Whether the terminal says that it draws sixels; False after a quarter of a second without an answer.

    What the user types meanwhile is lost, so it is asked only for an explicit ``--picture auto``.
    """
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        return False
    try:
        import select
        import termios
        import tty
    except ImportError:  # Windows
        return False
    source, answer = sys.stdin.fileno(), b""
    before = termios.tcgetattr(source)
    try:
        tty.setcbreak(source, termios.TCSANOW)
        os.write(sys.stdout.fileno(), _QUESTION)
        until = time.monotonic() + WAIT
        while not answer.endswith(b"c") and len(answer) < 100 and (left := until - time.monotonic()) > 0:
            if select.select([source], [], [], left)[0]:
                answer += os.read(source, 1)
    except OSError:
        return False
    finally:
        termios.tcsetattr(source, termios.TCSANOW, before)
    return answer.startswith(b"\x1b[?") and b"4" in answer[3:-1].split(b";")


def _has_pillow() -> bool:
    from importlib.util import find_spec

    return find_spec("PIL") is not None


def _room() -> tuple[int, int]:
    """The terminal's columns, and its width in pixels: told by it, or guessed at nine a column."""
    cells = width()
    try:
        import fcntl
        import struct
        import termios

        _, _, pixels, _ = struct.unpack("4H", fcntl.ioctl(sys.stdout.fileno(), termios.TIOCGWINSZ, b"\0" * 8))
    except (ImportError, OSError, ValueError):
        pixels = 0
    return cells, pixels or 9 * cells


def _can_write(text: str) -> bool:
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
