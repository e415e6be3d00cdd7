"""How numbers are shown."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_ad.scene.numbers import Figures, choose, latex_of


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (3.0, "3.00"), (-4.0, "−4.00"), (0.0, "0.00"), (-0.0, "0.00"), (0.19661193324148185, "0.20"), (-0.5898357997244456, "−0.59"),
        (0.01, "0.01"), (0.00999, "0.00999"), (0.00153, "0.00153"), (1e-4, "0.000100"), (9.99e-5, "9.99e−5"), (9999.99, "9999.99"),
        (9999.999, "1.00e4"), (12345.0, "1.23e4"), (-1.5e300, "−1.50e300"), (5e-324, "4.94e−324"), (math.inf, "∞"), (-math.inf, "−∞"),
        (math.nan, "NaN"), (True, "true"), (np.float64(0.5), "0.50"), (np.bool_(False), "false"),
    ],
)  # fmt: skip
def test_two_decimals(number: float, shown: str) -> None:
    assert Figures().text(number) == shown


def test_integers_only_where_all_are() -> None:
    assert choose([3.0, -4.0, None, math.inf]) == Figures(integers=True)
    assert choose([3.0, 0.5]) == Figures()
    assert choose([np.array([1.0, 2.5])]) == Figures()
    assert Figures(True).text(-12.0) == "−12"
    assert Figures(True).text(10.0**20) == "1.00e20"


def test_precision_is_taken_at_its_word() -> None:
    assert choose([3.0], 4).text(3.0) == "3.0000"
    assert choose([3.0], 0).text(2.6) == "3"
    with pytest.raises(ValueError, match="between 0 and 17"):
        choose([], 99)


@given(st.floats(min_value=-1e300, max_value=1e300))
def test_what_is_shown_is_near_the_number(number: float) -> None:
    text = Figures().text(number)
    shown, size = float(text.replace("−", "-")), abs(number)
    decimals = 0.01 <= size < 9999.99
    assert abs(shown - number) <= (0.0050001 if decimals else 0.00501 * size + 1e-320)
    assert len(text) <= 11


def test_exact_number_stays_with_the_label() -> None:
    label = Figures().label(1 / 3)
    assert label is not None
    assert (label.text, label.exact) == ("0.33", repr(1 / 3))
    assert Figures().label(None) is None


def test_arrays_are_written_whole_or_elided() -> None:
    assert Figures().text(np.array([1.0, -0.5])) == "[1.00, −0.50]"
    assert Figures().latex(np.array([[1.0, 2.0]])) == r"\begin{bmatrix} 1.00 & 2.00 \end{bmatrix}"
    big = Figures().latex(np.zeros((9, 9)))
    assert big.count(r"\\") == 6
    assert big.count(r"\cdots") == 6
    assert big.count(r"\vdots") == 7
    assert Figures().text(np.zeros((2, 3, 4))) == "array (2, 3, 4)"
    assert latex_of("1.23e−7") == r"1.23 \cdot 10^{-7}"
