"""The rows of a report as all who tell of them read them."""

from __future__ import annotations

import pytest

from graphviz_ad.check.reading import leading, rank, read
from graphviz_ad.check.rows import AT_KINK, FAIL, INCONCLUSIVE, PASS, Method, Row, Verdict, Where


def _row(wrt: str, verdict: Verdict, error: float | None = 0.0, where: Where = Where.HERE) -> Row:
    return Row(wrt, (), 1.0, 1.0, error, 0.5, Method(), verdict, where=where)


def test_the_worst_come_first_and_equals_stay_in_order() -> None:
    rows = [_row("a", PASS), _row("b", FAIL), _row("c", AT_KINK), _row("d", INCONCLUSIVE), _row("e", FAIL)]
    assert [row.wrt for row in rank(rows)] == ["b", "e", "d", "c", "a"]
    assert [row.wrt for row in leading(rows, 5)] == ["a", "b", "c", "d", "e"]
    assert [row.wrt for row in leading(rows, 4)] == ["b", "e", "d", "c", "a"]


def test_arguments_count_the_given_point_alone() -> None:
    rows = [_row("x", FAIL, 2.0), _row("y", PASS), _row("x", INCONCLUSIVE, None), _row("y", FAIL, 9.0, Where.ELSEWHERE)]
    x, y = read(rows).arguments
    assert (x.name, x.entries, x.wrong, x.undecided, x.verdict, x.excess) == ("x", 2, 1, 1, FAIL, 4.0)
    assert (y.name, y.entries, y.wrong, y.undecided, y.verdict, y.excess) == ("y", 1, 0, 0, PASS, 0.0)
    assert (x.share(x.wrong), y.share(0)) == ("x (1 of 2 entries)", "y")


@pytest.mark.parametrize(("here", "listed"), [(FAIL, ["x"]), (PASS, ["x", "y"])])
def test_other_points_are_listed_where_only_they_are_wrong(here: Verdict, listed: list[str]) -> None:
    reading = read([_row("x", here), _row("y", FAIL, where=Where.ELSEWHERE)])
    assert [row.wrt for row in reading.listed(10)] == listed
    assert [row.wrt for row in reading.unsettled] == [listed[-1]]
