"""Repairs of a claimed gradient, one for every slip that is known: what it looks like in words, and the claim without it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from ..causes import CauseKind
from . import normalisation
from .cause import CLOSE, Cause, agrees

if TYPE_CHECKING:
    from ..claims.rows import Evidence
    from ..probing.layout import Layout, Leaf
    from ..probing.vectors import Flags

#: the sides of zero that a branch may be wrong on
SIDES: tuple[tuple[str, Callable[[Any], Flags]], ...] = (("below 0", lambda x: x < 0), ("above 0", lambda x: x > 0))


def array_of(vector: Any, leaf: Leaf, start: int | None = None) -> Any:
    """One argument of a vector of all entries, or its part of one that begins at ``start``."""
    begin = leaf.start if start is None else start
    flat = vector[begin : begin + leaf.stop - leaf.start]
    if leaf.complex:
        flat = flat[: leaf.size] + 1j * flat[leaf.size :]
    return flat.reshape(leaf.shape)


def flat_of(array: Any, leaf: Leaf) -> Any:
    """The real numbers that an argument is, as in a vector of all entries."""
    flat = np.asarray(array).ravel()
    return np.concatenate([flat.real, flat.imag]) if leaf.complex else flat.real


def wrong_branch(side: str) -> str:
    """What is wrong where the branch for one sign of the argument is."""
    return f"the branch for arguments {side} is wrong"


def candidates(layout: Layout, point: Evidence, leaf: Leaf, claim: Any, truth: Any, x: Any) -> Iterator[Cause]:
    """Causes for a gradient of one output, of one argument: the more specific ones first."""
    if not np.any(claim):
        yield Cause("no gradient reaches it: the claim is zero (detached?)", lambda c, x: truth, CauseKind.DETACHED, here=True)
        return
    if not np.any(truth):
        yield Cause("the function does not depend on it, so zero is due", lambda c, x: np.zeros_like(c), here=True)
        return
    yield from _negative_branch(claim, truth, x, alone=bool(point.text))
    yield Cause("the sign is wrong", lambda c, x: -c, CauseKind.SIGN)
    if leaf.complex:
        yield Cause("the complex conjugate is due", lambda c, x: np.conj(c), CauseKind.CONJUGATE)
    yield from _rearranged(leaf)
    yield from _factors(layout, leaf, claim, truth)
    yield from _wrong_axis(layout, point, leaf)
    if not leaf.complex:
        yield from _chain(claim, truth, x)
        yield from _terms(claim, truth, x)
        yield from _regularised(claim, truth, x)
        yield from normalisation.normalised(claim, truth, x)
    yield from _permuted(claim, truth)
    yield from _missing_entries(claim, truth)
    yield from _of_each_entry(claim, truth, x)


def _rearranged(leaf: Leaf) -> Iterator[Cause]:
    dimensions = len(leaf.shape)
    if 2 <= dimensions <= 4:
        for axes in itertools.permutations(range(dimensions)):
            if axes != tuple(range(dimensions)) and tuple(leaf.shape[k] for k in axes) == leaf.shape:
                what = "it is transposed" if dimensions == 2 else f"its axes are in the order {axes}"
                yield Cause(what, lambda c, x, axes=axes: np.transpose(c, axes), CauseKind.TRANSPOSE)  # type: ignore[misc]
        memory = "its entries are in the other memory order (C against Fortran)"
        yield Cause(memory, lambda c, x: c.ravel().reshape(c.shape, order="F"), CauseKind.ORDER)
        yield Cause(memory, lambda c, x: c.ravel(order="F").reshape(c.shape), CauseKind.ORDER)
    for axis in range(dimensions):
        along = f" along axis {axis}" if dimensions > 1 else ""
        if leaf.shape[axis] > 1:
            for shift in (1, -1):
                text = f"it is off by one index{along}"
                yield Cause(text, lambda c, x, s=shift, a=axis: np.roll(c, s, a), CauseKind.ORDER)  # type: ignore[misc]
            yield Cause(f"it is reversed{along}", lambda c, x, a=axis: np.flip(c, a), CauseKind.ORDER)  # type: ignore[misc]


def _factors(layout: Layout, leaf: Leaf, claim: Any, truth: Any) -> Iterator[Cause]:
    weight = np.vdot(claim, claim).real
    ratio = float(np.vdot(claim, truth).real / weight) if weight > 0 else np.nan
    if not np.isfinite(ratio) or ratio == 0:
        return
    sizes = {leaf.size: f"the number of entries of {leaf.name}"} if leaf.size > 1 else {}
    for other in layout.leaves:
        for axis, length in enumerate(other.shape):
            if length > 1:
                sizes.setdefault(length, f"the length of axis {axis} of {other.name}: sum against mean?")
    for length, what in sizes.items():
        for value, text in ((1.0 / length, f"a factor 1/{length} is missing"), (float(length), f"a factor {length} is missing")):
            if abs(ratio - value) <= CLOSE * abs(value):
                yield Cause(f"{text} ({what})", lambda c, x, v=value: v * c, CauseKind.FACTOR)  # type: ignore[misc]
    simple = Fraction(ratio).limit_denominator(12)
    nice = simple != 0 and abs(float(simple) - ratio) <= CLOSE * abs(ratio)
    text = f"a constant factor {simple if nice else f'{ratio:.6g}'} is missing"
    value = float(simple) if nice else ratio
    yield Cause(text, lambda c, x: value * c, CauseKind.FACTOR, fitted=not nice and leaf.size < 2)


def _wrong_axis(layout: Layout, point: Evidence, leaf: Leaf) -> Iterator[Cause]:
    """The claim is a sum of another argument's gradient over one axis, where the sum over another is due."""
    for other in layout.leaves:
        if other is leaf or other.complex or len(other.shape) < 2:
            continue
        whole = array_of(point.matrix[0], other)
        claim = array_of(point.matrix[0], leaf)
        for axis in range(whole.ndim):
            summed = whole.sum(axis=axis)
            if summed.shape != claim.shape or not agrees(summed, claim):
                continue
            for right in range(whole.ndim):
                if right != axis and whole.sum(axis=right).shape == claim.shape:
                    text = f"it is summed over axis {axis} instead of {right}"
                    yield Cause(text, lambda c, x, w=whole, r=right: w.sum(axis=r), CauseKind.SUM, here=True)  # type: ignore[misc]


def _negative_branch(claim: Any, truth: Any, x: Any, alone: bool) -> Iterator[Cause]:
    """Right where the argument is positive, wrong by one factor or one constant where it is negative, or the other way."""
    if np.iscomplexobj(claim):
        return
    for name, on_side in SIDES:
        side = on_side(x)
        if not np.any(side) or (np.all(side) and not alone) or not agrees(np.where(side, truth, claim), truth):
            continue
        text, part, due = wrong_branch(name), claim[side], truth[side]
        weight = float(np.sum(part * part))
        if weight > 0:
            factor = float(np.sum(part * due)) / weight
            yield Cause(text, lambda c, x, f=factor, on=on_side: np.where(on(x), f * c, c), CauseKind.BRANCH)  # type: ignore[misc]
        constant = float(np.mean(due))
        yield Cause(text, lambda c, x, k=constant, on=on_side: np.where(on(x), k, c), CauseKind.BRANCH)  # type: ignore[misc]


_SHAPES: dict[str, Callable[[Any], Any]] = {
    "x": lambda x: x, "1/x": lambda x: 1 / x, "x²": lambda x: x * x, "1/x²": lambda x: 1 / x**2, "sqrt(x)": np.sqrt,
    "exp(x)": np.exp, "exp(-x)": lambda x: np.exp(-x), "cos(x)": np.cos, "sin(x)": np.sin, "1 - x²": lambda x: 1 - x * x,
    "1 - tanh(x)²": lambda x: 1 - np.tanh(x) ** 2, "tanh(x)": np.tanh, "s(x)": lambda x: 1 / (1 + np.exp(-x)),
    "1 - s(x)": lambda x: 1 / (1 + np.exp(x)), "s(x)(1 - s(x))": lambda x: 1 / (2 + np.exp(x) + np.exp(-x)),
    "1/(1 + x²)": lambda x: 1 / (1 + x * x),
}  # fmt: skip


def _chain(claim: Any, truth: Any, x: Any) -> Iterator[Cause]:
    """A factor of the chain rule that is a function of the argument itself."""
    for name, shape in _SHAPES.items():
        with np.errstate(all="ignore"):
            for formula, values, inverse in ((name, shape(x), False), (f"1/({name})", shape(x), True)):
                due = claim / values if inverse else claim * values
                weight = float(np.sum(due * due)) if np.all(np.isfinite(due)) else 0.0
                if weight <= 0:
                    continue
                factor = float(np.sum(due * truth)) / weight
                simple = Fraction(factor).limit_denominator(12) if np.isfinite(factor) else Fraction(0)
                nice = simple != 0 and abs(float(simple) - factor) <= CLOSE * abs(factor)
                constant = float(simple) if nice else factor
                shown = formula if constant == 1 else f"{simple if nice else f'{constant:.6g}'}·{formula}"

                def repair(c: Any, x: Any, s: Any = shape, k: float = constant, inverse: bool = inverse) -> Any:
                    return k * (c / s(x) if inverse else c * s(x))

                text = f"a factor {shown} of the chain rule is missing"
                yield Cause(text, repair, CauseKind.FACTOR, fitted=claim.size < 3, of_x=_of_x(shown))


def _of_x(formula: str) -> bool:
    """Whether a reader of a formula must know which argument x is."""
    return "(x)" in formula or "·x" in formula


def _terms(claim: Any, truth: Any, x: Any) -> Iterator[Cause]:
    """A term that was dropped, as a multiple of a function of the argument."""
    missing = truth - claim
    terms: dict[str, Callable[[Any], Any]] = {"1": np.ones_like, **_SHAPES}
    for name, shape in terms.items():
        with np.errstate(all="ignore"):
            values = shape(x)
            weight = float(np.sum(values * values)) if np.all(np.isfinite(values)) else 0.0
            if weight <= 0:
                continue
            factor = float(np.sum(values * missing)) / weight
        if factor == 0 or not np.isfinite(factor):
            continue
        if not np.all(np.abs(factor * values - missing) <= 1e-3 * np.max(np.abs(missing))):  # the term itself must fit, not only the sum
            continue

        def repair(c: Any, x: Any, s: Any = shape, k: float = factor) -> Any:
            return c + k * s(x)

        what = "a constant" if name == "1" else f"a term {abs(factor):.6g}·{name}"
        extra = "a term of a sum or one way of a fork, or too much of it" if factor < 0 else "a term of a sum or one way of a fork"
        text = f"{what} is missing ({extra})" if factor > 0 else f"{what} must be subtracted ({extra})"
        yield Cause(text, repair, CauseKind.DROPPED, fitted=claim.size < 3, of_x=_of_x(what))


def _regularised(claim: Any, truth: Any, x: Any) -> Iterator[Cause]:
    """sqrt(x² + eps) differentiated as |x|."""
    with np.errstate(all="ignore"):
        each = x**2 * ((claim / truth) ** 2 - 1)
    good = np.isfinite(each)
    if not np.any(good) or each.size < 2:
        return
    # large entries hardly show eps: the one that shows it best decides
    with np.errstate(all="ignore"):
        eps = float(each[good][np.argmax(np.abs(claim / truth - 1)[good])])
    if eps > 0:
        text = f"an epsilon of {eps:.3g} under the root is missing"
        yield Cause(text, lambda c, x: c / np.sqrt(1 + eps / x**2), CauseKind.DROPPED)


def _permuted(claim: Any, truth: Any) -> Iterator[Cause]:
    if claim.size < 3 or np.iscomplexobj(claim) or len(np.unique(truth)) < 3:
        return
    ours, due = np.argsort(claim, axis=None), np.argsort(truth, axis=None)

    def repair(c: Any, x: Any) -> Any:
        result = np.empty(c.size)
        result[due] = c.ravel()[ours]
        return result.reshape(c.shape)

    yield Cause("its entries are permuted", repair, CauseKind.ORDER, here=True)


def _of_each_entry(claim: Any, truth: Any, x: Any) -> Iterator[Cause]:
    """What is missing is the same function of every entry: it is known at the values that entries have, in whatever arrangement."""
    values, places = np.unique(x, return_index=True)
    if x.size < 3 or len(values) < 2 or np.iscomplexobj(x):
        return
    missing = (truth - claim).ravel()[places]
    text = "what is missing is a function of each entry alone: a term of a sum, one way of a fork, or a wrong slope"
    yield Cause(text, lambda c, x: c + missing[np.searchsorted(values, x)], CauseKind.DROPPED, drawn=True)


def _missing_entries(claim: Any, truth: Any) -> Iterator[Cause]:
    empty = (claim == 0) & (truth != 0)
    count = int(np.sum(empty))
    if 0 < count < claim.size:
        places = [tuple(int(k) for k in place) for place in np.argwhere(empty)[:4]]
        shown = ", ".join(str(list(place)) for place in places) + (", …" if count > 4 else "")
        text = f"{count} of its entries are zero and should not be: {shown}"
        yield Cause(text, lambda c, x: np.where(empty, truth, c), CauseKind.DROPPED, here=True)
