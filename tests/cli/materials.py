"""The hostile cases: their arguments and files made real, and a command run under watch."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
CASES: list[dict[str, Any]] = json.loads((ROOT / "tests" / "data" / "hostile.json").read_text(encoding="utf-8"))
MARKER = "GRADVIZ_PWNED"
#: what the command may use where the case does not say
SECONDS, MEGABYTES = 2.0, 500


class _Trap:
    """An object whose pickle creates the marker file when it is loaded, and does nothing else."""

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (MARKER, "w")


def expand(argument: str | dict[str, Any]) -> list[str]:
    """The arguments that one entry of a case stands for."""
    if isinstance(argument, str):
        return [argument]
    kind, n = argument["gen"], argument.get("n", 0)
    if kind == "manybind":
        return [f"v{i}=1" for i in range(n)]
    if kind == "repeat":
        return [argument["s"] * n]
    if kind == "nest":
        return [argument["l"] * n + argument["core"] + argument["r"] * n]
    if kind == "concat":
        return ["".join(text for part in argument["parts"] for text in expand(part))]
    if kind == "manyvars":
        return ["+".join(f"v{i}" for i in range(n))]
    assert kind == "share", kind
    text = "x"
    for _ in range(n):
        text = f"({text}+{text})"
    return [text]


def arguments(case: dict[str, Any]) -> list[str]:
    """The command line of a case."""
    return [text for argument in case["argv"] for text in expand(argument)]


def _npy(header: str, data: bytes = b"\0" * 64) -> bytes:
    text = header.encode("latin-1")
    text += b" " * (63 - (10 + len(text)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def _saved(array: Any, **options: Any) -> bytes:
    import io

    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def _plain_header(shape: str) -> str:
    return "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }"


def make_file(about: dict[str, Any], folder: Path) -> None:
    """Create one file of a case."""
    path, kind = folder / about["name"], about["kind"]
    if kind == "dir":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "symlink":
        path.symlink_to(about["target"])
    elif kind == "npz_multi":
        np.savez(path, a=np.ones(2), b=np.ones(3))
    elif kind == "npz_slip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("../../evil.npy", _saved(np.ones(2)))
    else:
        path.write_bytes(_content(about))


def _content(about: dict[str, Any]) -> bytes:
    kind = about["kind"]
    if kind == "bytes":
        return bytes.fromhex(about["hex"])
    if kind == "text":
        return str(about["text"]).encode()
    if kind == "repeat_text":
        return (about["s"] * about["n"]).encode()
    if kind == "nest_text":
        return (about["l"] * about["n"] + about["core"] + about["r"] * about["n"]).encode()
    if kind == "npy_object_pickle":
        return _saved(np.array([_Trap()], dtype=object), allow_pickle=True)
    if kind == "pickle_exec":
        return pickle.dumps(_Trap())
    headers = {
        "npy_bad_header": f"{{'descr': __import__('os').system('touch {MARKER}'), 'fortran_order': False, 'shape': (1,), }}",
        "npy_huge_shape": _plain_header("(1000000000000,)"),
        "npy_neg_shape": _plain_header("(-4,)"),
    }
    if kind in headers:
        return _npy(headers[kind])
    arrays = {
        "npy_truncated": np.arange(100.0),
        "npy_strings": np.array(["a", "b"]),
        "npy_complex": np.array([1 + 2j]),
        "npy_nan": np.array([1.0, np.nan, np.inf]),
        "npy_int8": np.array([100, 100], dtype=np.int8),
        "npy_bigendian": np.array([1.0, 2.0, 3.0], dtype=">f8"),
        "npy_fortran": np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]),
        "npy_float16": np.array([0.5, 1.5], dtype=np.float16),
    }
    return _saved(arrays[kind])[: 200 if kind == "npy_truncated" else None]


class Outcome(NamedTuple):
    """What a run of the command did. ``code`` is negative when a signal ended it."""

    code: int
    out: str
    err: str
    cpu: float
    megabytes: float


def run(argv: list[str], folder: Path, stdin: bytes = b"", limit_s: float = 60.0, **environment: str) -> Outcome:
    """Run the installed command in a folder, watching its time and memory."""
    out, err, given = folder.parent / "out", folder.parent / "err", folder.parent / "in"
    given.write_bytes(stdin)
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1", **environment}
    used = folder.parent / "used"
    command = [sys.executable, "-S", "-c", _LAUNCHER, str(used), sys.executable, "-m", "graphviz_ad", *argv]
    with given.open("rb") as source, out.open("wb") as good, err.open("wb") as bad:
        process = subprocess.Popen(command, cwd=folder, stdin=source, stdout=good, stderr=bad, env=settings, start_new_session=True)
        try:
            process.wait(limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise AssertionError(f"still running after {limit_s} s: {argv[:3]!r:.300}") from None
    code, cpu, peak = json.loads(used.read_text("utf-8"))
    return Outcome(code, _text(out), _text(err), cpu, peak / (2**20 if sys.platform == "darwin" else 2**10))


#: Starts the command and writes down what it used. A process is charged with the memory of the one that started it, so a
#: small one must stand between the command and the test run.
_LAUNCHER = """
import json, os, resource, sys
code = os.spawnv(os.P_WAIT, sys.argv[2], sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump([code, used.ru_utime + used.ru_stime, used.ru_maxrss], file)
"""


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
