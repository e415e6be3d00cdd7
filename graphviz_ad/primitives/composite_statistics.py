"""Composites of statistics and of special functions that are short formulas of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .composite_record import Composite, composite


def _percentile(given: frozenset[str], static: Mapping[str, Any]) -> str | None:
    q = static["q"]
    return f"quantile(x, {q / 100!r}, axis, keepdims)" if isinstance(q, (int, float)) and not isinstance(q, bool) else None


def _squareplus(given: frozenset[str], static: Mapping[str, Any]) -> str:
    return f"(x + sqrt(x**2 + {'b' if 'b' in given else '4'}))/2"


_CENTRED = "(x - mean(x, axis=-1, keepdims=True))"
_COV = f"{_CENTRED} @ swapaxes({_CENTRED}, -1, -2)"

RECORDS: tuple[Composite, ...] = (
    composite("cov", "x", "ddof=1", "covariances of the rows of a matrix", f"{_COV}/(count(x, axis=-1) - ddof)"),
    composite("corrcoef", "x", "", "correlations of the rows of a matrix",
              f"{_COV}/sqrt(outer(sum({_CENTRED}**2, axis=-1), sum({_CENTRED}**2, axis=-1)))"),
    composite("weighted_mean", "x weights", "axis=None keepdims=False", "mean with weights of the same shape",
              "sum(x*weights, axis=axis, keepdims=keepdims)/sum(weights, axis=axis, keepdims=keepdims)"),
    composite("percentile", "x", "q axis=None keepdims=False", "the entry that q percent lie below, between its neighbours", _percentile),
    composite("all", "x", "axis=None keepdims=False", "whether all entries hold", "min(where(x, 1, 0), axis=axis, keepdims=keepdims) > 0"),
    composite("any", "x", "axis=None keepdims=False", "whether one entry holds", "max(where(x, 1, 0), axis=axis, keepdims=keepdims) > 0"),
    composite("rel_entr", "x y", "", "x*log(x/y), 0 where x is 0", "xlogy(x, x) - xlogy(x, y)"),
    composite("squareplus", "x b=", "", "smooth form of relu, (x + sqrt(x**2 + b))/2", _squareplus),
)  # fmt: skip
