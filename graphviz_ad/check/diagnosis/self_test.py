"""The self-test: known slips injected into a claim, and which of them this check catches at this point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - slips are put into arrays

from ..probing.layout import Layout
from ..probing.signatures import is_both
from ..results import FAIL, Note, NoteKind, Report, Trial
from ..rules_in_many_digits import Slip

if TYPE_CHECKING:
    from ...derive.derivatives import Point

Change = Callable[[Any], Any]


def _one_entry(factor: float) -> Change:
    def slip(g: Any) -> Any:
        changed = np.array(g, dtype=np.result_type(g, float))
        flat = changed.reshape(-1)
        if flat.size:
            flat[int(np.argmax(np.abs(flat)))] *= factor
        return changed

    return slip


_RESHAPED, _NOT_FINITE = "an axis not summed", "not finite"
#: no slips of a graph's own gradients: those have their shapes, and what is not finite in them is inconclusive by contract
_OTHERS_ONLY = (_RESHAPED, _NOT_FINITE)
SLIPS: dict[str, Change] = {
    "sign": lambda g: -g,
    "factor 2": lambda g: 2 * g,
    "factor 1.001": lambda g: 1.001 * g,
    "factor 1 + 1e-5": lambda g: (1 + 1e-5) * g,
    "factor 1/n": lambda g: g / max(np.size(g), 2),
    "transposed": lambda g: np.transpose(g) if np.ndim(g) == 2 and np.shape(g)[0] == np.shape(g)[1] else g,
    "off by one index": lambda g: np.roll(g, 1),
    "one entry off by 1 %": _one_entry(1.01),
    "one entry zero": _one_entry(0.0),
    "detached": lambda g: 0 * g,
    _RESHAPED: lambda g: np.broadcast_to(g, (2, *np.shape(g))),
    _NOT_FINITE: lambda g: g + np.nan,
}


def self_test(check: Callable[..., Report], f: Any, gradient: Any, at: Any, *, kind: str = "gradient", **options: Any) -> tuple[Trial, ...]:
    """Every slip applied to every argument's gradient in turn, and the verdict of the check on it.

    ``check`` is called like :func:`graphviz_ad.check_gradient`, with a function of arrays and its claim. A slip that changes nothing at
    any point looked at (the sign of a zero) is marked so, and cannot be caught.

    >>> from graphviz_ad import check_gradient
    >>> [t.slip for t in self_test(check_gradient, np.sum, np.ones_like, np.array([1.0, 2.0])) if t.changed and not t.caught]
    []
    """
    trials = []
    places = _places(Layout(at, f), gradient, kind)
    for name, slip in SLIPS.items():
        for product, place, path in places:
            mutated = _Mutated(gradient[product] if product else gradient, path, slip)
            claim = {**gradient, product: mutated} if product else mutated
            verdict = check(f, claim, at, kind=kind, **{**options, "diagnose": False}).verdict
            trials.append(Trial(name, verdict, mutated.changed, place if len(places) > 1 else ""))
    return tuple(trials)


def _places(layout: Layout, gradient: Any, kind: str) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Where slips go: the product (of a claim of both), what the place is called, and the path in what is returned."""
    both = is_both(gradient)
    if not both and kind not in ("gradient", "jacobian", "vjp"):
        return [("", "", ())]
    many = layout.many or layout.named
    places = [("vjp" if both else "", leaf.name, leaf.path if many else leaf.path[1:]) for leaf in layout.leaves]
    return [*places, ("jvp", "jvp", ())] if both else places


NO_TEST = Note("no self-test, because the claim itself is wrong", NoteKind.SELF_TEST)
#: inputs of a graph that slips are put into; of more, so many evenly chosen ones
MOST = 12


def self_test_graph(
    report: Report,
    outputs: Sequence[tuple[str, Point]],
    check: Callable[[Point, Slip], Report],
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """The report of a graph's point with the trials of slips in its own gradients, in many digits and in float64.

    ``outputs`` are the points of each output with its name, "" where there is one; ``check`` checks such a point with a slip in it.
    Ctrl-C ends it with the trials that were made (``report.interrupted``).
    """
    if report.verdict == FAIL:
        return report.noting(NO_TEST)
    inputs = outputs[0][1].wrt
    step = -(-len(inputs) // MOST)
    names = inputs[::step] if step else ()
    if len(names) < len(inputs):
        report = report.noting(Note(f"the self-test puts its slips into {len(names)} of {len(inputs):,} inputs", NoteKind.SELF_TEST))
    planned = [(slip, output, part, name) for slip in SLIPS if slip not in _OTHERS_ONLY for output, part in outputs for name in names]
    trials: list[Trial] = []
    try:
        for done, (slip, output, part, name) in enumerate(planned):
            if progress is not None:
                progress(done, len(planned))
            change = _Kept(SLIPS[slip])
            result = check(part, Slip(name, change))
            if result.interrupted:
                raise KeyboardInterrupt
            place = f"{name} of {output}" if output else name if len(names) > 1 else ""
            trials.append(Trial(slip, result.verdict, change.changed, place))
    except KeyboardInterrupt:
        return report.replace(trials=trials, interrupted=True)
    return report.replace(trials=trials)


class _Kept:
    """A slip in floats or numbers of many digits, plain ones and arrays, as they came; ``changed`` once it has made a difference."""

    def __init__(self, slip: Change) -> None:
        self.slip, self.changed = slip, False

    def __call__(self, claim: Any) -> Any:
        before = np.asarray(claim)
        after = np.asarray(self.slip(before), dtype=before.dtype)
        self.changed |= not np.array_equal(before, after)
        return after if np.ndim(claim) else after.item()


class _Mutated:
    """A gradient with a slip in one place of what it returns; ``changed`` once the slip has made a difference."""

    def __init__(self, gradient: Any, path: tuple[Any, ...], slip: Change) -> None:
        self.right: Callable[..., Any] = gradient if callable(gradient) else lambda *_, **__: gradient
        self.path, self.slip, self.changed = path, slip, False
        if hasattr(gradient, "__code__"):
            self.__code__ = gradient.__code__  # whether it reads its arguments is seen there

    def __call__(self, *positional: Any, **named: Any) -> Any:
        right = self.right(*positional, **named)
        # one argument in a tuple may be claimed without it
        path = self.path if not self.path or isinstance(right, (dict, list, tuple)) else self.path[1:]
        return _replace(right, path, self._slipped)

    def _slipped(self, before: Any) -> Any:
        after = self.slip(before)
        self.changed |= np.shape(before) != np.shape(after) or not np.array_equal(np.asarray(before), np.asarray(after))
        return after


def _replace(tree: Any, path: tuple[Any, ...], slip: Change) -> Any:
    if not path:
        return slip(np.asarray(tree))
    if isinstance(tree, dict):
        return {key: _replace(value, path[1:], slip) if key == path[0] else value for key, value in tree.items()}
    parts = [_replace(value, path[1:], slip) if key == path[0] else value for key, value in enumerate(tree)]
    return parts if isinstance(tree, list) else tuple(parts)
