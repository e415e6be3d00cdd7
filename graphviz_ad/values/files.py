"""One door to files of values; the suffix says the format."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..errors import FileError
from ..limits import limit
from .regular import read_bytes

if TYPE_CHECKING:
    import numpy as np

SUFFIXES = (".npy", ".npz", ".csv", ".txt", ".json")


def load(path: str | os.PathLike[str], name: str | None = None) -> float | np.ndarray:
    """The value in a file: a number or an ndarray (float64, int64 or bool).

    A .npz or .json file may hold several by name: then ``name`` chooses; one that holds a single array needs no name.

    Raises
    ------
    FileError
        The file cannot be read, is damaged, of another format, or holds something else than real numbers.
    LimitError
        It holds more than GRADVIZ_MAX_ENTRIES or unpacks to more than GRADVIZ_MAX_FILE_BYTES.
    """
    found = read(path)
    if not isinstance(found, dict):
        return found
    if name is not None and name in found:
        return found[name]
    if len(found) == 1 and os.fspath(path).lower().endswith(".npz"):
        return next(iter(found.values()))
    wanted = f"there is no {name} in it" if name is not None else "it holds several values"
    raise FileError(f"{os.fspath(path)}: {wanted}\nhint: it has {', '.join(list(found)[:8]) or 'nothing'}{' …' * (len(found) > 8)}")


def load_all(path: str | os.PathLike[str]) -> dict[str, Any]:
    """All values of a .npz or .json file by name.

    Raises
    ------
    FileError
        As :func:`load`; also for a file without names.
    """
    found = read(path)
    if not isinstance(found, dict):
        raise FileError(f"{os.fspath(path)}: it holds no names\nhint: bind it to one: NAME=@{os.fspath(path)}")
    return found


def read(path: str | os.PathLike[str], *, as_saved: bool = False) -> Any:
    """What is in a file: one value, or several by name (a dictionary). Raises as :func:`load` does.

    ``as_saved``: arrays of NumPy's files keep their type (single precision, complex numbers), and names may be those of parameters in
    a module (``layer.0.weight``).
    """
    name = os.fspath(path)
    suffix = os.path.splitext(name)[1].lower()
    if suffix not in SUFFIXES:
        # regular files alone get the friendlier answer; the others are refused for what they are
        read_bytes(path, limit("GRADVIZ_MAX_FILE_BYTES"))
        raise FileError(f"{name}: values are read from {', '.join(SUFFIXES)} files, by suffix")
    data = read_bytes(path, limit("GRADVIZ_MAX_FILE_BYTES"))
    if suffix == ".npy":
        from .npy import read_npy

        return read_npy(data, name, as_saved)
    if suffix == ".npz":
        from .npy import read_npz

        return read_npz(data, name, as_saved)
    if suffix == ".json":
        from .documents import read_json, to_value

        document = read_json(data, name)
        if isinstance(document, dict):
            return {key: to_value(value, name, key if key.isidentifier() else "an entry") for key, value in document.items()}
        return to_value(document, name, "the list")
    from .tables import read_table

    return read_table(data, name)
