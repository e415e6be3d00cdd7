"""The picture in the terminal: captured from a pseudo-terminal of 80 columns, as a person would see it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from base64 import b64decode
from pathlib import Path

import pytest

from graphviz_ad.cli.main import main
from graphviz_ad.render.letters import columns

from .materials import ROOT

XYZ = ["(x+y)*z", "x=-2", "y=5", "z=-4", "--no-draw"]
FIRST_ROW = "x ────‹1›─╮     3"


def seen(folder: Path, *arguments: str, answer: bytes = b"", **environment: str) -> str:
    """What the command writes to a terminal of 80 columns; ``answer`` is typed when it asks the terminal what it can."""
    if sys.platform == "win32":
        pytest.skip("needs pseudo-terminals")
    import fcntl
    import struct
    import termios

    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 800, 480))
    plain = {
        key: value for key, value in os.environ.items() if key not in ("TMUX", "TERM_PROGRAM", "KITTY_WINDOW_ID", "LC_TERMINAL", "NO_COLOR")
    }
    known = {**plain, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "graphviz_ad", *arguments], stdin=slave, stdout=slave, stderr=slave, env=known, cwd=folder
    )
    os.close(slave)
    written, asked, until = b"", False, time.monotonic() + 60
    while time.monotonic() < until:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        written += part
        if answer and not asked and b"\x1b[c" in written:
            os.write(master, answer)
            asked = True
    os.close(master)
    assert process.wait(timeout=60) == 0, written
    return written.decode().replace("\r\n", "\n")


def uncolored(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_a_terminal_shows_the_picture_unasked(tmp_path: Path) -> None:
    text = seen(tmp_path, *XYZ)
    assert FIRST_ROW in uncolored(text)
    assert "\x1b[32m3\x1b[0m" in text  # values are green, as in the table
    assert "\x1b[31m−4\x1b[0m" in text
    assert all(columns(line) <= 80 for line in uncolored(text).splitlines())
    assert "\x1b[c" not in text  # no question that could swallow what is typed


def test_what_nobody_asked_for_stays_short_and_can_be_switched_off(tmp_path: Path) -> None:
    assert FIRST_ROW not in uncolored(seen(tmp_path, *XYZ, "--picture", "none"))
    long = "f = x" + " + 1/x" * 60
    assert "∂(wire)" not in seen(tmp_path, long, "x=2", "--no-draw")


def test_images_go_to_terminals_that_say_their_name(tmp_path: Path) -> None:
    assert "\x1b_Ga=T,f=100" in seen(tmp_path, *XYZ, TERM="xterm-kitty")
    text = seen(tmp_path, *XYZ, TERM_PROGRAM="iTerm.app")
    found = re.search(r"\x1b\]1337;File=inline=1;size=\d+;width=\d+;preserveAspectRatio=1:([A-Za-z0-9+/=]+)\x07", text)
    assert found is not None
    assert b64decode(found[1]).startswith(b"\x89PNG")
    assert "\x1b_G" not in seen(tmp_path, *XYZ, TERM="xterm-kitty", TMUX="1")


@pytest.mark.needs_animation
def test_a_terminal_is_asked_for_sixels_and_need_not_answer(tmp_path: Path) -> None:
    assert "\x1bP0;1;0q" in seen(tmp_path, *XYZ, "--picture", "auto", answer=b"\x1b[?62;4;22c")
    assert FIRST_ROW in uncolored(seen(tmp_path, *XYZ, "--picture", "auto", answer=b"\x1b[?62;22c"))
    assert FIRST_ROW in uncolored(seen(tmp_path, *XYZ, "--picture", "auto"))


def test_piped_output_has_a_picture_on_request_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(XYZ) == 0
    assert "‹" not in capsys.readouterr().out
    assert main([*XYZ, "--picture", "text"]) == 0
    assert FIRST_ROW in capsys.readouterr().out
    assert main([*XYZ, "--picture=tree"]) == 0
    assert "├─ v₁ = x + y" in capsys.readouterr().out


def test_a_terminal_without_those_letters_gets_plain_ones() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "graphviz_ad", *XYZ, "--picture", "text"]
    out = subprocess.run(command, capture_output=True, env=environment, check=True, timeout=60).stdout
    assert out.isascii()
    assert b"x ----<1>-.     3" in out


@pytest.mark.parametrize("other", [["--json"], ["-o", "-"]])
def test_standard_output_holds_one_thing(other: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["x*y", "x=1", "y=2", "--picture", "text", *other]) == 2
    assert "one thing only" in capsys.readouterr().err
