"""Files of values: every format there and back, and every way to be wrong."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_ad import FileError, GradvizError
from graphviz_ad.values.files import load, load_all
from graphviz_ad.values.npy import read_npy, read_npz
from graphviz_ad.values.tables import read_table


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", "<f2", "i1", "u1", "<i4", ">i8", "<u8", "?"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 0), (1, 2, 3)])
def test_npy_reads_back_what_numpy_writes(tmp_path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    written = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    for order in "CF":
        np.save(tmp_path / "a.npy", np.asarray(written, order=order))
        found = load(tmp_path / "a.npy")
        assert found.shape == shape
        assert found.dtype in (np.float64, np.int64, np.bool_)
        np.testing.assert_array_equal(found, written)


def test_unsigned_numbers_beyond_int64_become_real() -> None:
    import io

    buffer = io.BytesIO()
    np.save(buffer, np.array([2**63 + 2**40], dtype=np.uint64))
    assert read_npy(buffer.getvalue(), "a.npy").dtype == np.float64


def test_npz_by_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", a=np.ones(2), b=np.zeros((2, 2)))
    assert set(load_all(tmp_path / "two.npz")) == {"a", "b"}
    assert load(tmp_path / "two.npz", "b").shape == (2, 2)
    with pytest.raises(FileError, match="no W in it"):
        load(tmp_path / "two.npz", "W")
    np.savez_compressed(tmp_path / "one.npz", a=np.arange(3.0))
    assert load(tmp_path / "one.npz", "W").tolist() == [0, 1, 2]


def test_npz_that_would_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / "zeros.npz", a=np.zeros(200_000))
    assert (tmp_path / "zeros.npz").stat().st_size < 10_000
    monkeypatch.setenv("GRADVIZ_MAX_FILE_BYTES", "100000")
    with pytest.raises(GradvizError, match="when unpacked"):
        load(tmp_path / "zeros.npz")


def test_npz_that_lies_about_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lie.npz"
    np.savez_compressed(path, a=np.zeros(200_000))
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, central + 24, 1000)
    path.write_bytes(bytes(data))
    with pytest.raises(FileError):
        load(path)


def test_npz_with_paths_as_names(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "slip.npz", "w") as archive:
        archive.writestr("../../evil.npy", b"")
    with pytest.raises(FileError, match="not that of an array"):
        load(tmp_path / "slip.npz")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.csv", "1,2\n3,4\n", [[1, 2], [3, 4]]),
        ("a.csv", "1;2\n3;4\n", [[1, 2], [3, 4]]),
        ("a.csv", "1.5, 2\r\n3, nan\r\n", [[1.5, 2], [3, float("nan")]]),
        ("a.csv", "1,2,\n3,4,\n", [[1, 2], [3, 4]]),
        ("a.csv", "\ufeff1\n2\n", [1, 2]),
        ("a.csv", "1,2,3", [1, 2, 3]),
        ("a.txt", "# heading\n1 2\n 3\t4\n", [[1, 2], [3, 4]]),
        ("a.txt", "7", 7),
        ("a.json", "[[1, 2], [3, 4.5]]", [[1, 2], [3, 4.5]]),
        ("a.json", '["NaN", "-Infinity", 1]', [float("nan"), float("-inf"), 1]),
        ("a.json", "2.5", 2.5),
        ("a.json", '{"W": [1, 2], "b": 0}', [1, 2]),
    ],
)
def test_texts(tmp_path: Path, name: str, text: str, expected: Any) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    np.testing.assert_array_equal(load(tmp_path / name, "W"), expected)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "no numbers"),
        ("a.csv", b"1,2\n3\n", "line 2: 1 numbers, the first line has 2"),
        ("a.csv", b"a,b\n1,2\n", "line 1, field 1: not a number\nhint: remove the heading"),
        ("a.csv", b"1,1_0\n", "field 2: not a number"),
        ("a.csv", b"\xff\xfe1\x00", "UTF-16"),
        ("a.csv", b"1,\xff", "not UTF-8"),
        ("a.csv", b"1,\x00", "not a text file"),
        ("a.json", b"[1, 2", "line 1, column"),
        ("a.json", b'{"a": 1, "a": 2}', "twice"),
        ("a.json", b"[NaN]", "in quotes"),
        ("a.json", b"[1, [2]]", "a list beside numbers"),
        ("a.json", b"[[1], [2, 3]]", "different lengths"),
        ("a.json", b"[true]", "truth value"),
        ("a.json", b"[null]", "no number"),
        ("a.json", b'["one"]', "a text"),
        ("a.json", b"[1e999]", "beyond the range"),
        ("a.json", b"[" + b"9" * 5000 + b"]", "beyond the range"),
        ("a.json", b"[" * 100_000 + b"]" * 100_000, "levels of brackets"),
        ("a.json", b'{"a": {"b": 1}}', "no W in it|is an object"),
        ("a.npy", b"", "empty"),
        ("a.npy", b"not one", "not a .npy file"),
        ("a.npy", b"\x93NUMPY\x01\x00\xff\xff", "damaged"),
        ("a.npz", b"not one", "not a .npz file"),
        ("a.xls", b"1", "by suffix"),
        ("a", b"1", "by suffix"),
    ],
)
def test_wrong_files(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FileError, match=message):
        load(tmp_path / name, "W")


def test_the_content_of_a_wrong_file_is_never_repeated(tmp_path: Path) -> None:
    secret = "swordfish:0:0"
    for suffix in (".csv", ".txt", ".json", ".npy", ".npz", ".conf"):
        (tmp_path / f"secret{suffix}").write_text(secret + "\n")
        with pytest.raises(FileError) as caught:
            load(tmp_path / f"secret{suffix}")
        assert "swordfish" not in str(caught.value)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} or __import__('os')",
        "{'fortran_order': False, 'shape': (1,), }",
        "(" * 5000,
        "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "1," * 40 + "), }",
    ],
)
def test_headers_of_npy_files(header: str) -> None:
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + b"\0" * 8
    with pytest.raises(GradvizError):
        read_npy(data, "a.npy")


@given(st.binary(max_size=200))
def test_no_bytes_can_do_more_than_be_refused(data: bytes) -> None:
    for read in (read_npy, read_npz, read_table):
        for prefix in (b"", b"\x93NUMPY\x01\x00", b"PK\x03\x04"):
            try:
                read(prefix + data, "file")
            except GradvizError:
                continue


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_document_can_do_more_than_be_refused(document: Any) -> None:
    from graphviz_ad.values.documents import read_json, to_value

    try:
        to_value(read_json(json.dumps(document).encode(), "file"), "file", "it")
    except GradvizError:
        return


@pytest.mark.parametrize("name", ["folder", "folder.json", "folder.npz"])
def test_a_folder_is_told_as_one(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(FileError, match=rf"cannot read .*{name}: it is a folder"):
        load(tmp_path / name)
