"""One check spread over threads, processes and the workers of a Dask cluster: the same call, the same report."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

AT = np.linspace(-1.5, 2.0, 40)


def f(x: Any) -> Any:
    return np.sum(np.sin(x) * x)


def right(x: Any) -> Any:
    return np.cos(x) * x + np.sin(x)


def wrong(x: Any) -> Any:
    slope = right(x)
    slope[7] *= 1.01
    return slope


def _same(one: gv.Report, other: gv.Report) -> bool:
    numbers = [(row.wrt, row.entry, row.verdict, row.reference) for row in one.rows]
    return numbers == [(row.wrt, row.entry, row.verdict, row.reference) for row in other.rows] and one.evaluations == other.evaluations


@pytest.fixture(params=["threads", "processes", pytest.param("dask", marks=pytest.mark.needs_dask)])
def executor(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "threads":
        with ThreadPoolExecutor(2) as pool:
            yield pool
    elif request.param == "processes":
        with ProcessPoolExecutor(2) as pool:
            yield pool
    else:
        from distributed import Client, LocalCluster

        with (
            LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
            Client(cluster) as client,
            client.get_executor() as pool,
        ):
            yield pool


def test_the_report_is_the_same(executor: Any) -> None:
    good = gv.check_gradient(f, right, AT, executor=executor)
    assert good.verdict == "pass"
    assert _same(good, gv.check_gradient(f, right, AT))
    bad = gv.check_gradient(f, wrong, AT, executor=executor)
    assert bad.verdict == "fail"
    assert [row.entry for row in bad.rows if row.verdict == "fail" and not row.reason] == [(7,)]
    assert gv.check_gradient(f, lambda x, v: v * right(x), AT, kind="vjp", executor=executor).verdict == "pass"


def test_progress_counts_up_to_the_whole() -> None:
    seen: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as pool:
        gv.check_gradient(f, right, AT, executor=pool, progress=lambda done, total: seen.append((done, total)))
    assert seen
    assert all(0 < done <= total for done, total in seen)
    assert seen[-1][0] == seen[-1][1]


class _Stopped(Executor):
    """An executor whose user presses Ctrl-C while the first results arrive."""

    def __init__(self) -> None:
        self.cancelled = 0

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        waiting: Future[Any] = Future()
        cancel = waiting.cancel

        def counted() -> bool:
            self.cancelled += 1
            return cancel()

        waiting.cancel = counted  # type: ignore[method-assign]
        waiting.result = self._interrupt  # type: ignore[method-assign]
        return waiting

    def _interrupt(self, timeout: float | None = None) -> Any:
        raise KeyboardInterrupt


def test_control_c_gives_the_partial_report_and_cancels_what_waits() -> None:
    pool = _Stopped()
    report = gv.check_gradient(f, right, AT, executor=pool)
    assert report.interrupted
    assert report.verdict == "inconclusive"
    assert pool.cancelled > 1


@pytest.mark.parametrize(
    ("kind", "claim"),
    [("vjp", lambda x, v: v * right(x)), ("jvp", lambda x, u: right(x) @ u), ("hessian", lambda x: np.diag(2 * np.cos(x) - x * np.sin(x)))],
)
@pytest.mark.parametrize("after", [5, 60])
def test_control_c_gives_the_partial_report_of_every_kind(kind: str, claim: Any, after: int) -> None:
    calls = 0

    def stopped(x: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == after:
            raise KeyboardInterrupt
        if any(isinstance(entry, object) and not isinstance(entry, float) for entry in np.ravel(x)):
            raise TypeError("floats only")
        return f(x)

    report = gv.check_gradient(stopped, claim, AT[:6], kind=kind)
    assert report.interrupted
    assert report.verdict in ("inconclusive", "pass")
    assert any("interrupted" in told for told in (*report.notes, *(row.reason for row in report.rows)))
