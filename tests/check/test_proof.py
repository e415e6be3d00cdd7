"""Proofs: balls that hold the exact value and slope of every operation, and what a check makes of them."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from mpmath.ctx_mp import MPContext

import graphviz_ad as gv
from graphviz_ad.primitives.kernels import mpmath as precise
from graphviz_ad.primitives.registry import OPERATIONS
from graphviz_ad.primitives.rules import partial_rule
from tests.check.planting import plant

pytestmark = pytest.mark.needs_arb
CASES = json.loads((Path(__file__).parents[1] / "data" / "scalar.json").read_text(encoding="utf-8"))
PLACES = (-2.7, -0.6, 0.3, 0.8, 1.4, 3.2)
#: what Arb has no series of
WITHOUT = {
    "ierfcx", "erfinv", "erfcinv", "digamma", "trigamma", "polygamma", "polygamma_gap", "lowergamma", "gammainc",
    "gammaincc", "j0", "j1", "y0", "y1", "besselj", "bessely", "i0", "i1", "besseli", "k0", "k1", "besselk", "spherical_jn", "lambertw",
}  # fmt: skip
#: parameters that must not be negative
POSITIVE = {"celu": ("alpha",), "softshrink": ("lambd",)}


def kernels() -> Any:
    from graphviz_ad.primitives.kernels import arb

    return arb


def test_every_operation_has_an_enclosure_or_is_known_to_have_none() -> None:
    assert {name for name in OPERATIONS if not hasattr(kernels(), name)} == WITHOUT


@pytest.mark.parametrize("name", [name for name, record in OPERATIONS.items() if name not in WITHOUT and not record.boolean])
def test_a_ball_holds_the_value_and_the_slope(name: str) -> None:
    """Against 60 digits: the value by the other kernel, the slope by the rule of the table, which this one does not use."""
    from flint import arb, arb_series

    from graphviz_ad.check.references.enclosures import _precision, _second

    mp: Any = MPContext()
    mp.dps = 60
    record, k = OPERATIONS[name], precise.Arithmetic(mp)
    tried = 0
    places = [PLACES if operand not in POSITIVE.get(name, ()) else PLACES[2:] for operand in record.names]
    for point in itertools.product(*places):
        exact = [mp.mpf(one) for one in point]
        value = getattr(precise, name)(mp, *exact)
        for position, text in enumerate(record.partials):
            if text is None or not mp.isfinite(value):
                continue
            rule = partial_rule(name, position)
            assert rule is not None
            slope = mp.mpf(rule(k, *exact, value))
            with _precision(300):
                try:
                    made = getattr(kernels(), name)(*[arb_series([arb(x), 1]) if p == position else arb(x) for p, x in enumerate(point)])
                except kernels().Undecided:
                    continue
                for ball, truth in ((kernels().value_of(made), value), (_second(made), slope)):
                    wide = abs(truth) * mp.mpf(10) ** -55 + mp.mpf(10) ** -70  # what 60 digits of the other side know
                    middle = mp.mpf(ball.mid().str(80, radius=False))
                    assert abs(middle - truth) <= wide + mp.mpf(float(ball.rad())), (name, point, position)
                    assert float(ball.rad()) <= 1e-60 * (1 + abs(float(truth)))
            tried += 1
    assert tried >= 2


@pytest.mark.parametrize(
    ("text", "values", "proven", "verdict"),
    [
        ("(x+y)*z", {"x": -2, "y": 5, "z": -4}, 3, "pass"),
        ("sin(x)**2 + cos(x)**2", {"x": 0.5}, 1, "pass"),
        ("sec(tan(z))", {"z": 1e-300}, 1, "pass"),
        ("(x + 1e300) - 1e300", {"x": 1e-300}, 1, "pass"),
        ("relu(x)*y", {"x": 0, "y": 2}, 1, "pass-at-kink"),
        ("x*besselj(0, y)", {"x": 1, "y": 2}, 0, "pass"),
        ("floor(x*10)*x", {"x": 0.7}, 0, "inconclusive"),
        ("where(x > y, x**2, y)", {"x": 3, "y": 2}, 2, "pass"),
        ("sin(pi*x) + e", {"x": 0.25}, 1, "pass"),
        ("x**y", {"x": 2.5, "y": 0.5}, 2, "pass"),
        ("x**(-3) + 2**x", {"x": -1.5}, 1, "pass"),
    ],
)
def test_a_proof_says_how_many_derivatives_it_proves(text: str, values: dict[str, float], proven: int, verdict: str) -> None:
    report = gv.parse(text).at(values).check(proof=True)
    assert report.verdict == verdict
    assert report.notes[0].startswith(f"{proven} of {len(values)} derivatives are proven")
    assert sum(row.method == "a ball of Arb that encloses it" for row in report.rows) == proven


@pytest.mark.parametrize("case", CASES[::7], ids=[case["id"] for case in CASES[::7]])
def test_a_proof_and_differences_agree(case: dict[str, Any]) -> None:
    point = gv.parse(case["formula"]).at(case["bindings"])
    plain, proof = point.check(), point.check(proof=True)
    assert proof.verdict == plain.verdict
    for one, other in zip(plain.rows, proof.rows, strict=True):
        if other.method == "a ball of Arb that encloses it":
            assert other.reference == pytest.approx(one.reference, rel=1e-15, abs=1e-300)


def test_a_wrong_rule_fails_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, "exp", 1 + 1e-9)
    row = gv.parse("exp(x)*x").at(x=1.5).check(proof=True).rows[0]
    assert (row.verdict, row.method) == ("fail", "a ball of Arb that encloses it")


def test_the_precision_of_others_is_left_as_it_was() -> None:
    from flint import ctx

    before = ctx.prec, ctx.cap
    gv.parse("exp(x)").at(x=1).check(proof=True)
    assert (ctx.prec, ctx.cap) == before


def test_arrays_are_not_proven_and_quick_proofs_refused() -> None:
    report = gv.parse("sum(x**2)").at(x=[1.0, 2.0]).check(proof=True)
    assert report.verdict == "pass"
    assert "nothing is proven" in report.notes[-1]
    with pytest.raises(gv.GradvizError, match="quick or proof"):
        gv.parse("x").at(x=1).check(quick=True, proof=True)


def test_without_the_extra_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flint", None)
    monkeypatch.delitem(sys.modules, "graphviz_ad.check.references.enclosures", raising=False)
    monkeypatch.delitem(sys.modules, "graphviz_ad.primitives.kernels.arb", raising=False)
    with pytest.raises(gv.GradvizError, match=r"graphviz_ad\[arb\]"):
        gv.parse("x").at(x=1).check(proof=True)
