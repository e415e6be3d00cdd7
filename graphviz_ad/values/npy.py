"""NumPy's own files, .npy and .npz.

The header of a .npy file is a Python literal. Here it is matched, never evaluated; object arrays, whose data would be a
pickle, are refused. Format: NumPy Enhancement Proposal 1 and the documentation of ``numpy.lib.format``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import FileError
from ..limits import limit, require

if TYPE_CHECKING:
    import numpy as np

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 65_536
_MOST_MEMBERS = 10_000
_DESCR = re.compile(r"""(['"])descr\1\s*:\s*(['"])([<>|=]?[A-Za-z]\d{0,4})\2\s*,?\s*""")
_ORDER = re.compile(r"""(['"])fortran_order\1\s*:\s*(True|False)\s*,?\s*""")
_SHAPE = re.compile(r"""(['"])shape\1\s*:\s*\(([\d, L-]*)\)\s*,?\s*""")
#: what a parameter of a module may be called: layer.0.weight
_DOTTED = re.compile(r"\w+(\.\w+)*")
_REFUSED = {
    "O": "it holds Python objects, which only a pickle could bring back, and pickles can run code",
    "c": "it holds complex numbers; values are real",
    "S": "it holds texts, not numbers",
    "U": "it holds texts, not numbers",
    "V": "it holds records, not numbers",
    "M": "it holds dates, not numbers",
    "m": "it holds durations, not numbers",
}


def read_npy(data: bytes, name: str, as_saved: bool = False) -> np.ndarray:
    """The array of a .npy file: float64, int64 or bool; ``as_saved``: in its own type, which may be complex.

    Raises
    ------
    FileError
        Not a .npy file, a damaged one, or one of something else than real numbers.
    """
    import numpy as np

    kind, fortran, shape, offset = _header(data, name)
    letter = kind.lstrip("<>|=")[0]
    if letter in _REFUSED and not (as_saved and letter == "c"):
        raise FileError(f"{name}: {_REFUSED[letter]}")
    if not re.fullmatch(r"[<>|=]?(f[248]|c8|c16|[iu][1248]|b1|\?)", kind):
        raise FileError(f"{name}: entries of the type {kind} are not read; save it as float64")
    dtype = np.dtype(kind)
    count = 1
    for side in shape:
        count *= side
    require("GRADVIZ_MAX_ENTRIES", count, f"{name}: entries of the array")
    if len(data) - offset < count * dtype.itemsize:
        raise FileError(
            f"{name}: the file ends too early: {count * dtype.itemsize:,} bytes of data are announced, {len(data) - offset:,} are there"
        )
    array = np.frombuffer(data, dtype, count, offset).reshape(shape, order="F" if fortran else "C")
    return array.astype(dtype.newbyteorder("=")) if as_saved else plain(array)


def plain(array: np.ndarray) -> np.ndarray:
    """The array in this machine's float64, int64 or bool, so that no arithmetic on it wraps around."""
    import numpy as np

    if array.dtype.kind == "b":
        return array.astype(np.bool_)
    if array.dtype.kind in "iu" and not (array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.int64).max):
        return array.astype(np.int64)
    return array.astype(np.float64)


def _header(data: bytes, name: str) -> tuple[str, bool, tuple[int, ...], int]:
    """Type, order, shape, and where the data begin."""
    if not data:
        raise FileError(f"{name}: the file is empty")
    if data[:6] != _MAGIC or len(data) < 10:
        raise FileError(f"{name}: this is not a .npy file")
    wide = data[6] >= 2
    start = 12 if wide else 10
    length = int.from_bytes(data[8:start], "little")
    if length > _LONGEST_HEADER or len(data) < start + length:
        raise FileError(f"{name}: the header of the .npy file is damaged")
    text = data[start : start + length].decode("latin-1").strip()
    descr, order, shape = _DESCR.search(text), _ORDER.search(text), _SHAPE.search(text)
    rest = text
    for match in (descr, order, shape):
        rest = rest.replace(match[0], "", 1) if match else rest
    if descr is None or order is None or shape is None or re.sub(r"\s", "", rest) != "{}":
        raise FileError(f"{name}: the header of the .npy file is not one of a plain array of numbers")
    sides = shape[2].replace("L", "").split(",")
    if not all(re.fullmatch(r"\s*\d{1,15}\s*", side) for side in sides[:-1] + [side for side in sides[-1:] if side.strip()]):
        raise FileError(f"{name}: the header of the .npy file has an impossible shape")
    extents = tuple(int(side) for side in sides if side.strip())
    if len(extents) > limit("GRADVIZ_MAX_NESTING"):
        raise FileError(f"{name}: an array of {len(extents)} dimensions")
    return descr[3], order[2] == "True", extents, start + length


def read_npz(data: bytes, name: str, as_saved: bool = False) -> dict[str, np.ndarray]:
    """The arrays of a .npz file by name; ``as_saved``: in their own types, and names may have dots in them.

    Sizes are looked at before anything is unpacked, so that a small file cannot fill the memory.

    Raises
    ------
    FileError
        Not a .npz file, a damaged one, one that would unpack to more than GRADVIZ_MAX_FILE_BYTES.
    """
    import io
    import zipfile
    import zlib

    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise FileError(f"{name}: this is not a .npz file") from None
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise FileError(f"{name}: {len(members):,} arrays in one file are too many")
    require("GRADVIZ_MAX_FILE_BYTES", sum(member.file_size for member in members), f"{name}: bytes when unpacked")
    arrays = {}
    for member in members:
        key, dot, suffix = member.filename.rpartition(".")
        if dot + suffix != ".npy" or not (key.isidentifier() or (as_saved and _DOTTED.fullmatch(key))):
            raise FileError(f"{name}: it holds something whose name is not that of an array")
        if key in arrays:
            raise FileError(f"{name}: it holds two arrays named {key}")
        try:
            content = archive.read(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            reason = "it is encrypted" if "encrypted" in str(error) else "it is damaged"
            raise FileError(f"{name}: {key} cannot be unpacked: {reason}") from None
        arrays[key] = read_npy(content, f"{name}, {key}", as_saved)
    return arrays
