"""The bytes of a regular file. Pipes, devices and folders are refused before anything is read from them."""

from __future__ import annotations

import os
import stat

from ..errors import FileError


def read_bytes(path: str | os.PathLike[str], most: int) -> bytes:
    """All bytes of the file at ``path``.

    It is opened without waiting, so that a pipe without a writer cannot hold the program up, and looked at before it is read.

    Raises
    ------
    FileError
        There is no such file, it may not be read, is no regular file or has more than ``most`` bytes.
    """
    name = os.fspath(path)
    flags = (
        os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
    )
    try:
        handle = os.open(name, flags)
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        raise FileError(f"cannot read {name}: {_reason(error)}") from None
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):  # before Python opens it: of a folder it makes no file
        os.close(handle)
        raise FileError(f"cannot read {name}: it is {_kind(about.st_mode)}, not a regular file")
    with os.fdopen(handle, "rb") as file:
        if about.st_size > most:
            raise FileError(
                f"cannot read {name}: {about.st_size:,} bytes are more than the limit of {most:,}\nhint: GRADVIZ_MAX_FILE_BYTES raises it"
            )
        try:
            data = file.read(most + 1)
        except OSError as error:
            raise FileError(f"cannot read {name}: {_reason(error)}") from None
    if len(data) > most:  # files of /proc claim to be empty, others may have grown
        raise FileError(f"cannot read {name}: more than the limit of {most:,} bytes\nhint: GRADVIZ_MAX_FILE_BYTES raises it")
    return data


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "permission denied"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the name cannot be used"


def _kind(mode: int) -> str:
    for test, kind in (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
        (stat.S_ISSOCK, "a socket"),
    ):
        if test(mode):
            return kind
    return "something else"
