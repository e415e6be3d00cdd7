"""Targets of the command line, and the self-test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad.check.mutations import self_test
from graphviz_ad.check.target import check_target

AT = np.array([0.3, -0.7, 1.2])


def test_a_target_is_checked_at_a_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "at.npz", x=AT)
    np.save(tmp_path / "at.npy", AT)
    (tmp_path / "at.json").write_text(json.dumps(AT.tolist()))
    for name in ("at.npy", "at.json"):
        assert check_target("scipy.optimize:rosen", str(tmp_path / name)).verdict == "pass"
    assert check_target("scipy.optimize:rosen", AT, "rosen_hess", kind="hessian").verdict == "pass"
    assert check_target("scipy.optimize:rosen", AT, "numpy:ones_like").verdict == "fail"


@pytest.mark.parametrize(
    ("target", "at", "error", "word"),
    [
        ("nothing", AT, gv.BindingError, "module:function"),
        ("no_such_module_here:f", AT, gv.NamingError, "cannot be imported"),
        ("scipy.optimize:no_such", AT, gv.NamingError, "has no"),
        ("math:sin", AT, gv.NamingError, "no gradient of sin"),
        ("scipy.optimize:rosen", "missing.npz", gv.FileError, "missing"),
        ("scipy.optimize:rosen", "point.txt", gv.FileError, "npz"),
    ],
)
def test_what_cannot_be_used_is_named(target: str, at: object, error: type[Exception], word: str) -> None:
    with pytest.raises(error, match=word):
        check_target(target, at)


def test_self_test_tells_what_is_caught() -> None:
    trials = self_test(lambda x, y: np.sum(np.sin(x) * y), lambda x, y: (np.cos(x) * y, np.sin(x)), (AT, AT[::-1] + 2))
    assert len(trials) == 24
    assert [trial.slip for trial in trials if trial.changed and not trial.caught] == []
    assert not next(trial for trial in trials if trial.slip == "transposed, x").changed
