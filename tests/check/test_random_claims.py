"""A seeded sample of benchmarks/checker_verdicts.py and of its sibling on accuracy: verdicts on black boxes that take doubles only."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mpmath import mp

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERDICTS, ACCURACY = _load("checker_verdicts"), _load("checker_accuracy")


def test_right_gradients_never_fail() -> None:
    found = VERDICTS.right_gradients(VERDICTS.boxes()[7::11], 60, 2, seed=3)
    assert len(found) == 60
    assert [one for one in found if one.verdict == "fail"] == []
    assert sum(one.verdict == "inconclusive" for one in found) <= 4


def test_mutated_gradients_never_pass() -> None:
    found = VERDICTS.mutations(VERDICTS.boxes()[::15], 25, seed=3)
    assert {one.verdict for one in found} <= {"fail", "inconclusive"}
    assert sum(one.verdict == "fail" for one in found) >= 24


# where differences in float64 once said more than they knew: fast oscillation, rounding inside that goes in steps, flat tails
HARD = [
    "go-Trigonometric02", "dlmf-24.2.1-0", "dlmf-1.11.3-0", "feynman-III.4.32-hard7", "feynman-III.4.33-hard6", "rule-logsigmoid-1",
    "sr-Livermore2-Vars6-18", "go-Hartmann6", "go-AMGM-opt",
]  # fmt: skip


@pytest.mark.parametrize("name", HARD)
def test_no_right_gradient_fails_at_a_hard_point(name: str) -> None:
    (box,) = (one for one in VERDICTS.boxes() if one.name == name)
    for number, at in VERDICTS.places(box, 3, seed=5):
        assert VERDICTS.judged(box, box.gradient, at, number).verdict != "fail"


@pytest.mark.parametrize("point", ACCURACY.POINTS, ids=lambda point: f"{point.text} at {point.x:g}")
def test_the_reference_of_a_graph_is_right_at_hard_points(point: Any) -> None:
    with mp.workdps(60), np.errstate(all="ignore"):
        assert ACCURACY.right(ACCURACY.own_graph, point)
