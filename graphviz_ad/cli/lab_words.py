"""Reading the command lines of the lab's verbs, whose options are their own."""

from __future__ import annotations

import argparse
import os
import shutil
from typing import TYPE_CHECKING, NoReturn

from ..errors import FileError
from ..requests.arguments import UsageError
from .output import require_ours

if TYPE_CHECKING:
    from ..lab.canvas import Picture

#: the picture that every training leaves in its folder
TRAINED = "history.svg"


class Unasked(str):
    """A name that gradviz chose itself: what stands there is replaced only where gradviz wrote it."""

    __slots__ = ("folder",)
    folder: bool

    def __new__(cls, name: str, folder: bool = False) -> Unasked:
        """The name of a file, or of a folder."""
        made = super().__new__(cls, name)
        made.folder = folder
        return made


class Parser(argparse.ArgumentParser):
    """Standard options, with the package's way to say what is wrong."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\nhint: {self.prog} --help lists the options")


class _Manual(argparse.ArgumentDefaultsHelpFormatter):
    """The options with their defaults, no wider than the other verbs' manuals."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=min(80, shutil.get_terminal_size().columns) - 2)


def parser(verb: str, about: str, example: str) -> Parser:
    """A parser for one verb."""
    return Parser(
        prog=f"gradviz {verb}", description=about, epilog=f"example: {example}", allow_abbrev=False,
        formatter_class=_Manual,
    )  # fmt: skip


def read(reader: Parser, words: list[str]) -> argparse.Namespace | None:
    """What was asked; None where that was only the manual, which is printed by then.

    Raises
    ------
    UsageError
        The words make no command.
    FileError
        Nobody said where to write, and the file of the default name is not from gradviz.
    """
    try:
        asked = reader.parse_args(words)
    except SystemExit:
        return None
    if isinstance(getattr(asked, "output", None), Unasked):
        if asked.output.folder:
            _require_our_folder(asked.output)
        else:
            require_ours(asked.output)
    return asked


def _require_our_folder(path: str) -> None:
    """Raise FileError unless the folder is not there yet, is empty, or was filled by a training before."""
    if not os.path.lexists(path) or (os.path.isdir(path) and not os.listdir(path)):
        return
    from ..render import written_by_gradviz

    if not written_by_gradviz(os.path.join(path, TRAINED)):
        hint = f"-o {path} writes into it, -o OTHER elsewhere"
        raise FileError(f"{path} is there already, and gradviz did not write it\nhint: {hint}")


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


def written(picture: Picture, path: str, theme: str) -> None:
    """Save a picture; ``auto`` means light for pixels."""
    picture.save(path, theme=None if theme == "auto" else theme)
