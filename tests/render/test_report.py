"""The pages and pictures of a report of the check: what is drawn is what was found."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

import graphviz_ad as gv
from graphviz_ad import Report
from graphviz_ad.check.causes import LikelyCause
from graphviz_ad.check.results import FAIL, PASS, Method, Note, Row, Where
from graphviz_ad.render.report_charts import STRONG, fitted, heat_maps, step_curve
from graphviz_ad.render.report_html import _EXTRA
from graphviz_ad.render.theme import colors
from tests.render.test_theme import contrast


def _rows(verdicts: list[list[str]]) -> list[dict[str, object]]:
    return [
        {"wrt": "W", "index": [i, j], "analytic": 2.0, "reference": 1.0 if verdict == "fail" else 2.0, "error": float(verdict == "fail"),
         "bound": 1e-9, "verdict": verdict, "reason": ""}
        for i, row in enumerate(verdicts) for j, verdict in enumerate(row)
    ]  # fmt: skip


def test_a_heat_map_marks_the_wrong_entries_and_only_them() -> None:
    page = heat_maps(_rows([["pass", "fail", "pass"], ["pass", "pass", "inconclusive"]]))
    cells = re.findall(r'<rect class="(cell[^"]*)"(?: fill-opacity="([\d.]+)")?[^>]*><title>([^<]*)', page)
    shown = {title.split(" ")[0] + title.split(" ")[1]: (look, opacity) for look, opacity, title in cells}
    assert len(cells) == 6
    assert page.count('class="cross') == 1
    assert [look for look, _ in shown.values()].count("cell undecided") == 1
    assert float(shown["W[0,1]"][1]) > 0.9
    assert float(shown["W[0,0]"][1]) == 0
    assert "1 of 6 entries are wrong, 1 undecided" in page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_cross_of_a_wrong_entry_is_seen_on_every_colour(theme: str) -> None:
    """WCAG 2.2 asks for 3 of graphics; the colour of a cell lies between that of the map and that of a wrong digit."""
    role, bad = colors(theme), _EXTRA["bad"][theme == "dark"]
    for share in np.linspace(0, 1, 101):
        ends = ([int(color[k : k + 2], 16) for k in (1, 3, 5)] for color in (role["cluster-fill"], bad))
        cell = "#" + "".join(f"{round(one + share * (other - one)):02x}" for one, other in zip(*ends, strict=True))
        assert contrast(role["background" if share >= STRONG else "text"], cell) >= 3, share


def test_crosses_take_the_colour_that_is_seen() -> None:
    rows = _rows([["fail", "fail"]])
    rows[0]["error"], rows[1]["error"] = 1.0, 1e-6
    crosses = re.findall('class="(cross[^"]*)"', heat_maps(rows))
    assert crosses == ["cross strong", "cross"]


def test_what_was_wrong_at_other_points_is_not_in_the_map_of_this_one() -> None:
    here = [Row("W", (0, k), 2.0, 2.0, 0.0, 1e-9, Method(), PASS) for k in range(2)]
    elsewhere = Row("W", (0, 0), 2.0, 1.0, 1.0, 1e-9, Method(), FAIL, "with all signs turned", where=Where.ELSEWHERE)
    page = Report([*here, elsewhere]).html()
    assert "none of 2 entries is wrong" in page
    assert "with all signs turned" in page


def test_the_curve_of_an_exponential_follows_both_laws() -> None:
    report = gv.check_gradient(np.exp, np.exp, 1.0, curve=True)
    points = [(math.log10(h), math.log10(e)) for h, e in report.curve if e > 0]
    best = min(points, key=lambda point: point[1])
    fits = {fit.slope: fit for fit in fitted(sorted(points), best[0])}
    # f(x+h) - f(x-h) over 2h is off by h² f'''/6, so the line of slope 2 passes log10(e/6) at h = 1
    assert fits[2].offset == pytest.approx(math.log10(math.e / 6), abs=0.05)
    assert -17.5 < fits[-1].offset < -14.5  # rounding: some 2⁻⁵³ times f, over h
    assert -6.5 < best[0] < -4  # the cube root of the precision
    assert "truncation ∝ h²" in step_curve(report.curve)


def test_a_kink_draws_no_truncation() -> None:
    report = gv.check_gradient(lambda x: abs(x) * (1 + x * 0), lambda x: 0.25, 0.0, curve=True)
    assert report.verdict == "pass-at-kink"
    points = [[2.0**-k, 0.25 + 1e-9 * k] for k in range(1, 40)]
    assert "truncation ∝ h²" not in step_curve(points)
    assert "does not fall as h²" in step_curve(points)


def test_curves_of_expressions() -> None:
    point = gv.parse("sum(tanh(W@x)**2)").at(W=[[0.1, 0.5], [-0.3, 0.8]], x=[0.2, 0.4])
    curve = point.check(curve=True).curve
    assert len(curve) > 40
    assert min(error for _, error in curve) < 1e-9 < max(error for _, error in curve)


def test_foreign_text_is_escaped_everywhere() -> None:
    nasty = "<script>alert(1)</script>"
    method = Method(nasty)
    rows = [Row(nasty, (0,), 1.0, 2.0, 1.0, 1e-9, method, FAIL, nasty), Row(nasty, (1,), 1.0, 1.0, 0.0, 1e-9, method, PASS)]
    report = Report(rows, None, (Note(nasty),), causes=(LikelyCause(nasty),), power=nasty, title=nasty)
    assert "<script" not in report.html()
    assert "<script" not in report.markdown()


def test_numbers_that_are_not_finite_are_strings_in_json() -> None:
    report = gv.check_gradient(lambda x: np.sum(x**2), lambda x: x * np.inf, np.array([0.5, -1.0]))
    rows = json.loads(report.json(), parse_constant=lambda constant: pytest.fail(constant))["rows"]
    assert [row["analytic"] for row in rows][:2] == ["Infinity", "-Infinity"]


def test_save_writes_by_suffix(tmp_path: Path) -> None:
    report = gv.check_gradient(np.sum, np.ones_like, np.array([0.5, -1.0]))
    for name, begin in (("r.html", "<!doctype html>"), ("r.md", "## Gradient check: pass"), ("r.json", "{")):
        report.save(tmp_path / name)
        assert (tmp_path / name).read_text("utf-8").startswith(begin)
    with pytest.raises(gv.FileError, match=r"\.html, \.md or \.json"):
        report.save(tmp_path / "r.pdf")
