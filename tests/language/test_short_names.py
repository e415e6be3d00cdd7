"""The short forms and other spellings that users of NumPy, SciPy, PyTorch and SymPy bring along: values as SciPy has them."""

from __future__ import annotations

import math

import pytest
from scipy import special

import graphviz_ad as gv

X, Y = 0.3, 1.7
SHORT = {
    "exp10(x)": special.exp10(X), "rsqrt(y)": 1 / math.sqrt(Y), "frac(-y)": -math.modf(Y)[0], "fma(x, y, 2)": X * Y + 2,
    "lerp(x, y, 0.25)": 0.75 * X + 0.25 * Y, "fdim(y, x)": Y - X, "fdim(x, y)": 0.0, "copysign(x, -y)": -X,
    "factorial(y)": special.factorial(Y),
    "betaln(x, y)": special.betaln(X, Y), "logaddexp2(x, y)": math.log2(2**X + 2**Y), "xlog1py(x, y)": special.xlog1py(X, Y),
    "entr(x)": special.entr(X), "ndtr(-y)": special.ndtr(-Y), "log_ndtr(-y*20)": special.log_ndtr(-Y * 20),
    "log_ndtr(y)": special.log_ndtr(Y), "ndtri(x)": special.ndtri(X), "hardshrink(x)": 0.0, "hardshrink(x, 0.2)": X,
    "threshold(x, 1, 7)": 7.0, "threshold(y, 1, 7)": Y, "Max(x, y, 1)": Y, "Min(x, y, 1)": X, "fmax(x, y)": Y, "fmin(x, y)": X,
    "Abs(-x)": X, "sgn(-x)": -1.0, "ceiling(x)": 1.0, "loggamma(x)": special.loggamma(X), "LambertW(y)": special.lambertw(Y).real,
    "Heaviside(0*x)": 0.5, "kv(2, x)": special.kv(2, X), "Ei(x)": special.expi(X), "E1(x)": special.exp1(X), "erfi(x)": special.erfi(X),
    "gammainc(y, x)": special.gammainc(Y, X), "gammaincc(y, x)": special.gammaincc(Y, X), "erfcinv(x)": special.erfcinv(X),
}  # fmt: skip


@pytest.mark.parametrize("text", SHORT)
def test_values_are_those_of_scipy(text: str) -> None:
    assert gv.parse(text + " + 0*x + 0*y").at(x=X, y=Y).value == pytest.approx(SHORT[text], rel=4e-15, abs=1e-300)


@pytest.mark.parametrize("text", [text for text in SHORT if text not in ("gammainc(y, x)", "gammaincc(y, x)")])
def test_their_gradients_pass(text: str) -> None:
    assert gv.parse(text + " + 0*x + 0*y").at(x=X, y=Y).check().verdict in ("pass", "pass-at-kink")


def test_log_ndtr_does_not_underflow() -> None:
    """Its slope far left is -x - 1/x + …, by the asymptotic series of the Mills ratio (DLMF 7.12.1)."""
    point = gv.parse("log_ndtr(x)").at(x=-1000.0)
    assert point.gradients["x"] == pytest.approx(1000 + 1 / 1000 - 2 / 1000**3, rel=1e-12)
