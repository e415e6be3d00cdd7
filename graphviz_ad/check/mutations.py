"""The self-test: known slips injected into a claim, and which of them this check catches at this point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from .callables import check_gradient
from .structure import Layout


class Trial(NamedTuple):
    """One slip: what it is, the verdict, and whether it changed anything at this point at all."""

    slip: str
    verdict: str
    changed: bool

    @property
    def caught(self) -> bool:
        """Whether the check called it a fault."""
        return self.verdict == "fail"


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


def self_test(f: Any, gradient: Any, at: Any, **options: Any) -> list[Trial]:
    """Every slip applied to every argument's gradient in turn, and the verdict of the check on it.

    A slip that changes nothing at this point (the sign of a zero) is marked so, and cannot be caught.

    >>> [t.slip for t in self_test(np.sum, np.ones_like, np.array([1.0, 2.0])) if t.changed and not t.caught]
    []
    """
    layout = Layout(at, f)
    trials = []
    many = layout.many or layout.named
    for name, slip in SLIPS.items():
        for leaf in layout.leaves:
            mutated = _Mutated(gradient, leaf.path if many else leaf.path[1:], slip)
            positional, named = layout.arguments(layout.vector)
            before, after = _at(mutated.right(*positional, **named), mutated.path), _at(mutated(*positional, **named), mutated.path)
            same = np.shape(before) == np.shape(after) and np.array_equal(np.asarray(before), np.asarray(after))
            where = f"{name}, {leaf.name}" if len(layout.leaves) > 1 else name
            verdict = check_gradient(f, mutated, at, diagnose=False, **options).verdict
            trials.append(Trial(where, verdict, not same))
    return trials


class _Mutated:
    """A gradient with a slip in one place of what it returns."""

    def __init__(self, gradient: Any, path: tuple[Any, ...], slip: Slip) -> None:
        self.right: Callable[..., Any] = gradient if callable(gradient) else lambda *_, **__: gradient
        self.path, self.slip = path, slip

    def __call__(self, *positional: Any, **named: Any) -> Any:
        return _replace(self.right(*positional, **named), self.path, self.slip)


def _at(tree: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def _replace(tree: Any, path: tuple[Any, ...], slip: Slip) -> Any:
    if not path:
        return slip(np.asarray(tree))
    if isinstance(tree, dict):
        return {key: _replace(value, path[1:], slip) if key == path[0] else value for key, value in tree.items()}
    parts = [_replace(value, path[1:], slip) if key == path[0] else value for key, value in enumerate(tree)]
    return parts if isinstance(tree, list) else tuple(parts)
