"""Reading the command lines of the lab's verbs, whose options are their own."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from .arguments import UsageError


class Parser(argparse.ArgumentParser):
    """Standard options, with the package's way to say what is wrong."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\nhint: {self.prog} --help lists the options")


def parser(verb: str, about: str, example: str) -> Parser:
    """A parser for one verb."""
    return Parser(
        prog=f"gradviz {verb}", description=about, epilog=f"example: {example}", allow_abbrev=False,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )  # fmt: skip


def read(reader: Parser, words: list[str]) -> argparse.Namespace | None:
    """What was asked; None where that was only the manual, which is printed by then."""
    try:
        return reader.parse_args(words)
    except SystemExit:
        return None


def sizes(text: str) -> tuple[int, ...]:
    """Layer sizes: 100 or 64,32 or 64-32; 0 for none.

    >>> sizes("64,32"), sizes("0")
    ((64, 32), ())
    """
    parts = text.replace("-", ",").split(",")
    if not all(part.isascii() and part.isdigit() and len(part) < 8 for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of layer sizes such as 100 or 64,32")
    found = tuple(int(part) for part in parts)
    if found == (0,):
        return ()
    if min(found) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} has an empty layer")
    return found


def theme(reader: Parser) -> None:
    """The option of the pictures' colours."""
    reader.add_argument("--theme", choices=("auto", "light", "dark"), default="auto", help="light or dark")


def written(picture: Any, path: str, theme: str) -> None:
    """Save a picture; ``auto`` means light for pixels."""
    picture.save(path, theme=None if theme == "auto" else theme)
