"""The self-test: known slips injected into a claim, and which of them this check catches at this point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from .adapters import is_both
from .callables import check_gradient, prepared
from .report import Trial
from .structure import Layout

Slip = Callable[[Any], Any]


def _one_entry(factor: float) -> Slip:
    def slip(g: Any) -> Any:
        changed = np.array(g, dtype=np.result_type(g, float))
        flat = changed.reshape(-1)
        if flat.size:
            flat[int(np.argmax(np.abs(flat)))] *= factor
        return changed

    return slip


SLIPS: dict[str, Slip] = {
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
    "an axis not summed": lambda g: np.broadcast_to(g, (2, *np.shape(g))),
    "not finite": lambda g: g + np.nan,
}


def self_test(f: Any, gradient: Any, at: Any, *, kind: str = "gradient", **options: Any) -> tuple[Trial, ...]:
    """Every slip applied to every argument's gradient in turn, and the verdict of the check on it.

    A slip that changes nothing at any point looked at (the sign of a zero) is marked so, and cannot be caught.

    >>> [t.slip for t in self_test(np.sum, np.ones_like, np.array([1.0, 2.0])) if t.changed and not t.caught]
    []
    """
    f, gradient, at = prepared(f, gradient, at, kind)
    layout = Layout(at, f)
    trials = []
    many = layout.many or layout.named
    by_argument = is_both(gradient) or kind in ("gradient", "jacobian", "vjp")
    places = [(leaf.name, leaf.path if many else leaf.path[1:]) for leaf in layout.leaves] if by_argument else [("", ())]
    parts = [("vjp" if is_both(gradient) else "", *place) for place in places]
    if is_both(gradient):
        parts.append(("jvp", "jvp", ()))
    for name, slip in SLIPS.items():
        for product, place, path in parts:
            mutated = _Mutated(gradient[product] if product else gradient, path, slip)
            claim = {**gradient, product: mutated} if product else mutated
            verdict = check_gradient(f, claim, at, kind=kind, **{**options, "diagnose": False}).verdict
            trials.append(Trial(name, verdict, mutated.changed, place if len(parts) > 1 else ""))
    return tuple(trials)


class _Mutated:
    """A gradient with a slip in one place of what it returns; ``changed`` once the slip has made a difference."""

    def __init__(self, gradient: Any, path: tuple[Any, ...], slip: Slip) -> None:
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


def _replace(tree: Any, path: tuple[Any, ...], slip: Slip) -> Any:
    if not path:
        return slip(np.asarray(tree))
    if isinstance(tree, dict):
        return {key: _replace(value, path[1:], slip) if key == path[0] else value for key, value in tree.items()}
    parts = [_replace(value, path[1:], slip) if key == path[0] else value for key, value in enumerate(tree)]
    return parts if isinstance(tree, list) else tuple(parts)
