"""Standard output and error, and the pictures: where results and diagnostics go."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from ..errors import FileError
from ..requests.arguments import CommandLine, UsageError

if TYPE_CHECKING:
    from ..objects.pictured import Pictured

MOST_WARNINGS = 10
DEFAULT_PICTURE = "gradviz.svg"
#: option of the command -> keyword of the library
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ASCII = str.maketrans({"∂": "d", "·": "*", "×": "x", "→": "->", "←": "<-", "−": "-", "–": "-", "—": "-", "…": "...", "─": "-", "│": "|",
                        "≤": "<=", "≥": ">=", "≠": "!=", "½": "1/2", "✓": "ok", "√": "sqrt", "∞": "inf", "π": "pi"})  # fmt: skip


def prepare() -> None:
    """Let neither a closed stream nor a character that the terminal lacks end in an error."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it stays open as long as the program runs
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def put(text: str) -> None:
    """A result, on standard output; in plain letters where it knows no others."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        "∂─…".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = text.translate(_ASCII)
    print(text)


def put_bytes(data: bytes) -> None:
    """Bytes on standard output, in their turn."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def put_json(document: dict[str, Any]) -> None:
    """A document as strict JSON, each node, edge and row on a line of its own."""
    sys.stdout.writelines(json_lines(document))


def json_lines(document: dict[str, Any]) -> Iterator[str]:
    """The lines of a JSON object: readable, linear in its size, strict (numbers that are not finite raise ValueError)."""
    from json import JSONEncoder

    encode = JSONEncoder(allow_nan=False, ensure_ascii=True).encode
    yield "{\n"
    for count, (key, value) in enumerate(document.items(), 1):
        end = ",\n" if count < len(document) else "\n"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f" {encode(key)}: [\n"
            for place, item in enumerate(value, 1):
                yield f"  {encode(item)}{',' * (place < len(value))}\n"
            yield f" ]{end}"
        else:
            yield f" {encode(key)}: {encode(value)}{end}"
    yield "}\n"


def say(text: str) -> None:
    """A diagnostic, on standard error. Names of files may hold anything, so control characters are shown as marks."""
    try:
        print(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), file=sys.stderr, flush=True)
    except OSError:  # nobody can be told; the exit code still says it
        give_up(sys.stderr)


def warn(texts: Iterable[str]) -> None:
    """What may mislead whoever does not know it: warnings, one a line, each once, and no flood of them."""
    _tell("warning", texts)


def note(texts: Iterable[str]) -> None:
    """What is worth knowing and misleads nobody, in the same way."""
    _tell("note", texts)


def _tell(kind: str, texts: Iterable[str]) -> None:
    listed = list(dict.fromkeys(texts))
    for text in listed[:MOST_WARNINGS]:
        say(f"gradviz: {kind}: {text}")
    if len(listed) > MOST_WARNINGS:
        say(f"gradviz: {kind}: … and {len(listed) - MOST_WARNINGS:,} more; --json has them all")


def give_up(stream: TextIO) -> None:
    """Point a stream that cannot be written at nothing, so that the interpreter does not fail once more at exit."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)


def width(stream: TextIO | None = None) -> int:
    """The terminal's columns, 80 where there is none."""
    import shutil

    return max(40, min(shutil.get_terminal_size((80, 24)).columns, 120)) if colored(stream) else 80


def colored(stream: TextIO | None = None) -> bool:
    """Whether colour is wanted: on a terminal, unless NO_COLOR is set or the terminal is dumb."""
    target = stream or sys.stdout
    return bool(target.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def picture_paths(line: CommandLine) -> list[str]:
    """Where pictures go; looked at before anything is computed.

    Raises
    ------
    UsageError
        Options that exclude each other.
    GradvizError
        A suffix that is not known.
    FileError
        A folder that does not exist; the default file is there and was not written by gradviz.
    """
    wanted = line.many("--output")
    if line.flag("--no-draw") and wanted:
        raise UsageError("--no-draw and -o exclude each other")
    if wanted.count("-") > 1 or (line.flag("--json") and "-" in wanted):
        raise UsageError("standard output can hold one thing only: choose --json or one -o -")
    for path in wanted:
        require_writable(path)
    if wanted or line.flag("--no-draw") or line.flag("--json"):
        return wanted
    require_ours(DEFAULT_PICTURE, ", --no-draw neither")
    return [DEFAULT_PICTURE]


def require_writable(path: str) -> None:
    """Raise the error that writing would end in, where the name alone shows it: no result is printed before it then."""
    if path == "-":
        return
    from .. import format_of

    format_of(path)
    folder = os.path.dirname(path) or os.curdir
    if not os.path.isdir(folder):
        raise FileError(f"{path} cannot be written: there is no folder {folder}")
    if os.path.isdir(path):
        raise FileError(f"{path} cannot be written: it is a folder")


def require_ours(path: str, way_out: str = "") -> None:
    """Raise FileError when ``path``, a name that nobody asked for, exists and is not a file that gradviz wrote.

    ``way_out`` ends the hint: what else can be done.
    """
    if not os.path.lexists(path):
        return
    from ..render import written_by_gradviz

    if os.path.islink(path) or not os.path.isfile(path) or not written_by_gradviz(path):
        hint = f"-o {path} overwrites it, -o OTHER{os.path.splitext(path)[1]} writes elsewhere{way_out}"
        raise FileError(f"{path} is there already, and gradviz did not write it\nhint: {hint}")


def save(subject: Pictured, path: str, options: dict[str, Any]) -> None:
    """Write a point or a graph to a file, or as SVG to standard output for ``-``; what must be known of it is said."""
    import warnings

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)
        if path == "-":
            write_bytes("-", produce(subject, ".svg", options))
        else:
            subject.save(path, **options)
    warn(f"{path}: {one.message}" for one in told)


def produce(subject: Pictured, suffix: str, options: dict[str, Any]) -> bytes:
    """What a file of this suffix would hold."""
    with tempfile.TemporaryDirectory(prefix="gradviz-") as folder:
        target = os.path.join(folder, f"produced{suffix}")
        subject.save(target, **options)
        with open(target, "rb") as file:
            return file.read()


def write_bytes(path: str, data: bytes) -> None:
    """Write bytes to a file, or to standard output for ``-``.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    if path == "-":
        put_bytes(data)
        return
    try:
        with open(path, "wb") as file:
            file.write(data)
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        raise FileError(f"cannot write {path}: {getattr(error, 'strerror', None) or 'the name cannot be used'}") from None
