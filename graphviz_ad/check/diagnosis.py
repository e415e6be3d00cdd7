"""What a wrong gradient looks like: candidate repairs are applied to the claim, and a cause is named only if the repair passes.

A repair must agree with the reference at every entry of the argument; where the gradient is a function, it must also agree with
differences at another point, with the same constants. So a coincidence in two numbers is no cause.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np  # noqa: TID253 - only checks of callables load this module, and they need it

from . import habits
from .black_box import BudgetSpent, natural_scales
from .points import variants
from .report import FAIL, PASS, Report

if TYPE_CHECKING:
    from .callables import GradientCheck
    from .structure import Leaf

#: how closely a repair must agree with the reference
CLOSE = 2e-5
#: causes that are named for one argument
MOST = 2

Repair = Callable[[Any, Any], Any]  # (claim, argument) -> repaired claim


class Cause(NamedTuple):
    """A suspected slip: what it is in words, the repair, and whether its constant was fitted to the numbers at hand."""

    text: str
    repair: Repair
    fitted: bool = False


def diagnose(check: GradientCheck, report: Report, matrix: Any) -> list[str]:
    """Likely causes of a failure, proved; the most specific first."""
    if check.box.width != 1:
        return _whole_jacobian(check, matrix)
    told: list[str] = []
    try:
        told.extend(_shapes(check, matrix))
        for point in check.evidence:
            wrong = [leaf for leaf in check.layout.leaves if _is_wrong(point.matrix, point.reference, leaf)]
            sides = {leaf.name: _of_side(check, leaf) for leaf in wrong}
            if wrong and not any(sides.values()):
                told.extend(habits.stale(check, point))
                told.extend(habits.changed_arguments(check, point))
                told.extend(habits.shared_memory(check, wrong))
            told.extend(_exchanged(check, point, wrong))
            for leaf in wrong:
                told.extend(sides[leaf.name] or _of_leaf(check, point, leaf))
            if wrong:
                break
    except BudgetSpent:
        pass  # what was proved before the budget ended stands
    if any("two calls at the same point differ" in note for note in check.notes):
        told.insert(0, "the gradient is not deterministic or keeps something from an earlier call (a stale cache)")
    return list(dict.fromkeys(told))


class Evidence(NamedTuple):
    """Claim and reference at one point, as matrices of one row an output; NaN where no reference is known."""

    text: str
    vector: Any
    matrix: Any
    reference: Any


def _is_wrong(matrix: Any, reference: Any, leaf: Leaf) -> bool:
    claim, truth = matrix[0, leaf.start : leaf.stop], reference[0, leaf.start : leaf.stop]
    return bool(np.all(np.isfinite(truth)) and np.all(np.isfinite(claim)) and not _agrees(claim, truth))


def _agrees(claim: Any, truth: Any) -> bool:
    size = np.max(np.abs(truth), initial=0.0)
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(claim - truth) <= CLOSE * np.abs(truth) + 1e-9 * size))


def _of_leaf(check: GradientCheck, point: Evidence, leaf: Leaf) -> list[str]:
    claim = _array(point.matrix, leaf)
    truth = _array(point.reference, leaf)
    x = _array(point.vector[None, :], leaf)
    found: list[str] = []
    for cause in _candidates(check, point, leaf, claim, truth, x):
        with np.errstate(all="ignore"):
            repaired = cause.repair(claim, x)
        if np.shape(repaired) != claim.shape or not np.all(np.isfinite(repaired)) or not _agrees(repaired, truth):
            continue
        if not _proved_elsewhere(check, leaf, cause, point):
            continue
        named = f" (x is {leaf.name})" if leaf.name != "x" and ("(x)" in cause.text or "·x" in cause.text) else ""
        found.append(f"{leaf.name}: {cause.text}{named}")
        if len(found) == MOST:
            break
    return found[:1]


def _of_side(check: GradientCheck, leaf: Leaf) -> list[str]:
    """The branch of one sign is wrong: every entry of that sign and no other is, at every point that was looked at closely.

    The repair keeps the claim on the other side. Two points at least must say so, or one with several entries of both signs.
    """
    if leaf.complex:
        return []
    for name, sign in (("below 0", -1), ("above 0", 1)):
        witnesses = met = other = 0
        for point in check.evidence:
            x, claim, truth = (
                point.vector[leaf.start : leaf.stop],
                _array(point.matrix, leaf).ravel(),
                _array(point.reference, leaf).ravel(),
            )
            if not (np.all(np.isfinite(truth)) and np.all(np.isfinite(claim))):
                continue
            off = np.array([not _agrees(c, t) for c, t in zip(claim, truth, strict=True)])
            if not np.array_equal(off, np.sign(x) == sign):
                break
            witnesses += 1
            met += int(np.sum(off))
            other += int(np.sum(~off))
        else:
            if met and other and (witnesses >= 2 or (met >= 2 and other >= 2)):
                return [f"{leaf.name}: the branch for arguments {name} is wrong"]
    return []


def _array(matrix: Any, leaf: Leaf) -> Any:
    flat = matrix[0, leaf.start : leaf.stop]
    if leaf.complex:
        flat = flat[: leaf.size] + 1j * flat[leaf.size :]
    return flat.reshape(leaf.shape)


def _candidates(check: GradientCheck, point: Evidence, leaf: Leaf, claim: Any, truth: Any, x: Any) -> Iterator[Cause]:
    if not np.any(claim):
        yield Cause("no gradient reaches it: the claim is zero (detached?)", lambda c, x: truth)
        return
    if not np.any(truth):
        yield Cause("the function does not depend on it, so zero is due", lambda c, x: np.zeros_like(c))
        return
    yield from _negative_branch(claim, truth, x, alone=bool(point.text))
    yield Cause("the sign is wrong", lambda c, x: -c)
    if leaf.complex:
        yield Cause("the complex conjugate is due", lambda c, x: np.conj(c))
    yield from _rearranged(leaf)
    yield from _factors(check, leaf, claim, truth)
    yield from _wrong_axis(check, point, leaf)
    if not leaf.complex:
        yield from _chain(claim, truth, x)
        yield from _terms(claim, truth, x)
        yield from _regularised(claim, truth, x)
    yield from _permuted(claim, truth)
    yield from _missing_entries(claim, truth)


def _rearranged(leaf: Leaf) -> Iterator[Cause]:
    dimensions = len(leaf.shape)
    if 2 <= dimensions <= 4:
        for axes in itertools.permutations(range(dimensions)):
            if axes != tuple(range(dimensions)) and tuple(leaf.shape[k] for k in axes) == leaf.shape:
                what = "it is transposed" if dimensions == 2 else f"its axes are in the order {axes}"
                yield Cause(what, lambda c, x, axes=axes: np.transpose(c, axes))  # type: ignore[misc]
        yield Cause("its entries are in the other memory order (C against Fortran)", lambda c, x: c.ravel().reshape(c.shape, order="F"))
        yield Cause("its entries are in the other memory order (C against Fortran)", lambda c, x: c.ravel(order="F").reshape(c.shape))
    for axis in range(dimensions):
        along = f" along axis {axis}" if dimensions > 1 else ""
        if leaf.shape[axis] > 1:
            for shift in (1, -1):
                yield Cause(f"it is off by one index{along}", lambda c, x, s=shift, a=axis: np.roll(c, s, a))  # type: ignore[misc]
            yield Cause(f"it is reversed{along}", lambda c, x, a=axis: np.flip(c, a))  # type: ignore[misc]


def _factors(check: GradientCheck, leaf: Leaf, claim: Any, truth: Any) -> Iterator[Cause]:
    weight = np.vdot(claim, claim).real
    ratio = float(np.vdot(claim, truth).real / weight) if weight > 0 else np.nan
    if not np.isfinite(ratio) or ratio == 0:
        return
    sizes = {leaf.size: f"the number of entries of {leaf.name}"} if leaf.size > 1 else {}
    for other in check.layout.leaves:
        for axis, length in enumerate(other.shape):
            if length > 1:
                sizes.setdefault(length, f"the length of axis {axis} of {other.name}: sum against mean?")
    for length, what in sizes.items():
        for value, text in ((1.0 / length, f"a factor 1/{length} is missing"), (float(length), f"a factor {length} is missing")):
            if abs(ratio - value) <= CLOSE * abs(value):
                yield Cause(f"{text} ({what})", lambda c, x, v=value: v * c)  # type: ignore[misc]
    simple = Fraction(ratio).limit_denominator(12)
    nice = simple != 0 and abs(float(simple) - ratio) <= CLOSE * abs(ratio)
    text = f"a constant factor {simple if nice else f'{ratio:.6g}'} is missing"
    value = float(simple) if nice else ratio
    yield Cause(text, lambda c, x: value * c, fitted=not nice and leaf.size < 2)


def _wrong_axis(check: GradientCheck, point: Evidence, leaf: Leaf) -> Iterator[Cause]:
    """The claim is a sum of another argument's gradient over one axis, where the sum over another is due."""
    for other in check.layout.leaves:
        if other is leaf or other.complex or len(other.shape) < 2:
            continue
        whole = _array(point.matrix, other)
        claim = _array(point.matrix, leaf)
        for axis in range(whole.ndim):
            summed = whole.sum(axis=axis)
            if summed.shape != claim.shape or not _agrees(summed, claim):
                continue
            for right in range(whole.ndim):
                if right != axis and whole.sum(axis=right).shape == claim.shape:
                    yield Cause(f"it is summed over axis {axis} instead of {right}", lambda c, x, w=whole, r=right: w.sum(axis=r))  # type: ignore[misc]


def _negative_branch(claim: Any, truth: Any, x: Any, alone: bool) -> Iterator[Cause]:
    """Right where the argument is positive, wrong by one factor or one constant where it is negative, or the other way."""
    if np.iscomplexobj(claim):
        return
    for name, side in (("below 0", x < 0), ("above 0", x > 0)):
        if not np.any(side) or (np.all(side) and not alone) or not _agrees(np.where(side, truth, claim), truth):
            continue
        part, due = claim[side], truth[side]
        weight = float(np.sum(part * part))
        if weight > 0:
            factor = float(np.sum(part * due)) / weight
            yield Cause(f"the branch for arguments {name} is wrong", lambda c, x, f=factor, n=name: np.where(_side(x, n), f * c, c))  # type: ignore[misc]
        constant = float(np.mean(due))
        yield Cause(f"the branch for arguments {name} is wrong", lambda c, x, k=constant, n=name: np.where(_side(x, n), k, c))  # type: ignore[misc]


def _side(x: Any, name: str) -> Any:
    return x < 0 if name == "below 0" else x > 0


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
            for text, values, inverse in ((name, shape(x), False), (f"1/({name})", shape(x), True)):
                due = claim / values if inverse else claim * values
                weight = float(np.sum(due * due)) if np.all(np.isfinite(due)) else 0.0
                if weight <= 0:
                    continue
                factor = float(np.sum(due * truth)) / weight
                simple = Fraction(factor).limit_denominator(12) if np.isfinite(factor) else Fraction(0)
                nice = simple != 0 and abs(float(simple) - factor) <= CLOSE * abs(factor)
                constant = float(simple) if nice else factor
                shown = text if constant == 1 else f"{simple if nice else f'{constant:.6g}'}·{text}"

                def repair(c: Any, x: Any, s: Any = shape, k: float = constant, inverse: bool = inverse) -> Any:
                    return k * (c / s(x) if inverse else c * s(x))

                yield Cause(f"a factor {shown} of the chain rule is missing", repair, fitted=claim.size < 3)


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
        yield Cause(f"{what} is missing ({extra})" if factor > 0 else f"{what} must be subtracted ({extra})", repair, fitted=claim.size < 3)


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
        yield Cause(f"an epsilon of {eps:.3g} under the root is missing", lambda c, x: c / np.sqrt(1 + eps / x**2))


def _permuted(claim: Any, truth: Any) -> Iterator[Cause]:
    if claim.size < 3 or np.iscomplexobj(claim) or len(np.unique(truth)) < 3:
        return
    ours, due = np.argsort(claim, axis=None), np.argsort(truth, axis=None)

    def repair(c: Any, x: Any) -> Any:
        result = np.empty(c.size)
        result[due] = c.ravel()[ours]
        return result.reshape(c.shape)

    yield Cause("its entries are permuted", repair)


def _missing_entries(claim: Any, truth: Any) -> Iterator[Cause]:
    empty = (claim == 0) & (truth != 0)
    count = int(np.sum(empty))
    if 0 < count < claim.size:
        places = [tuple(int(k) for k in place) for place in np.argwhere(empty)[:4]]
        shown = ", ".join(str(list(place)) for place in places) + (", …" if count > 4 else "")
        yield Cause(f"{count} of its entries are zero and should not be: {shown}", lambda c, x: np.where(empty, truth, c))


# -- proof -------------------------------------------------------------------------------------------------------------


def _proved_elsewhere(check: GradientCheck, leaf: Leaf, cause: Cause, point: Evidence) -> bool:
    """Whether the repair also holds at another point; where there is none to try, whether its constant was not fitted."""
    if check.plain or "zero" in cause.text or "permuted" in cause.text or "summed over" in cause.text:
        return not cause.fitted
    scales = natural_scales(check.layout, point.vector)
    for _, vector in variants(check.layout, point.vector, scales, 3, check.options.seed + 17)[1:]:
        base = check.box(vector)
        if not np.all(np.isfinite(base)):
            continue
        matrix, faults = check.claim(vector)
        if faults or not np.all(np.isfinite(matrix[:, leaf.start : leaf.stop])):
            continue
        with np.errstate(all="ignore"):
            repaired = cause.repair(_array(matrix, leaf), _array(vector[None, :], leaf))
        matrix[0, leaf.start : leaf.stop] = _flat(repaired, leaf)
        if not np.all(np.isfinite(matrix[0, leaf.start : leaf.stop])):
            continue
        examiner = check.examiner(vector, base, check.noise_at(base), natural_scales(check.layout, vector))
        direction = np.zeros(check.layout.size)
        signs = check.rng.choice([-1.0, 1.0], leaf.stop - leaf.start)
        direction[leaf.start : leaf.stop] = signs * examiner.scales[leaf.start : leaf.stop]
        examiner.tolerance = max(examiner.tolerance, CLOSE)  # fitted constants are known to this many digits
        return examiner.examine(direction, matrix @ direction, sharpen=False)[0].verdict == PASS
    return not cause.fitted


def _flat(array: Any, leaf: Leaf) -> Any:
    flat = np.asarray(array).ravel()
    return np.concatenate([flat.real, flat.imag]) if leaf.complex else flat.real


# -- shapes, several arguments, Jacobians ------------------------------------------------------------------------------


def _shapes(check: GradientCheck, matrix: Any) -> Iterator[str]:
    """Claims of another shape whose sum over the axes that broadcasting added, or whose transpose, is right."""
    positional, named = check.layout.arguments(check.layout.vector)
    with np.errstate(all="ignore"):
        raw = check.gradient(*positional, **named)
    if check.layout.misfit(raw):
        return  # one for all arguments, or too few: none of them belongs to an argument for certain
    for leaf in check.layout.leaves:
        if leaf.name not in check.faulty:
            continue
        value: Any = raw if check.layout.named or check.layout.many else (raw,)
        try:
            for key in leaf.path:
                value = value[key]
            array = np.asarray(value, float)
            if value is None:
                continue
        except (TypeError, ValueError, KeyError, IndexError):  # there is no such array in the claim
            continue
        for text, repaired in _reshaped(array, leaf.shape):
            whole = matrix.copy()
            whole[0, leaf.start : leaf.stop] = repaired.ravel()
            examiner = check.examiner(check.layout.vector, check.box.base, check.noise, natural_scales(check.layout, check.layout.vector))
            rows = check.check_entries(examiner, whole, list(range(leaf.start, leaf.stop)))
            if all(row.verdict == PASS for row in rows):
                yield f"{leaf.name}: {text}"
                break


def _reshaped(array: Any, shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    for count in range(1, array.ndim + 1):
        for axes in itertools.combinations(range(array.ndim), count):
            for keep in (False, True):
                summed = array.sum(axis=axes, keepdims=keep)
                if summed.shape == shape:
                    plural = f"axes {axes}" if count > 1 else f"axis {axes[0]}"
                    yield f"the sum over {plural} that broadcasting added is missing", summed
    if array.T.shape == shape and sum(length > 1 for length in shape) > 1:
        yield "it is transposed", array.T
    if array.size == int(np.prod(shape)):
        yield "it has the right entries in another shape", array.reshape(shape)


def _exchanged(check: GradientCheck, point: Evidence, wrong: list[Leaf]) -> Iterator[str]:
    for one, other in itertools.combinations(wrong, 2):
        if one.shape == other.shape and not one.complex and not other.complex:
            first, second = _array(point.matrix, one), _array(point.matrix, other)
            if _agrees(first, _array(point.reference, other)) and _agrees(second, _array(point.reference, one)):
                yield f"the gradients of {one.name} and {other.name} are exchanged"


def _whole_jacobian(check: GradientCheck, matrix: Any) -> list[str]:
    """Sign, factor and transpose of a whole Jacobian."""
    for point in check.evidence:
        truth = point.reference
        if not (np.all(np.isfinite(truth)) and np.all(np.isfinite(point.matrix))) or _agrees(point.matrix, truth):
            continue
        claim = point.matrix
        if _agrees(-claim, truth):
            return ["the sign is wrong"]
        if claim.shape[0] == claim.shape[1] and _agrees(claim.T, truth):
            return ["the Jacobian is transposed"]
        ratio = float(np.sum(claim * truth) / np.sum(claim * claim)) if np.any(claim) else np.nan
        if np.isfinite(ratio) and _agrees(ratio * claim, truth):
            return [f"a constant factor {Fraction(ratio).limit_denominator(12)} is missing"]
    return []


def evidence(check: GradientCheck, text: str, vector: Any, matrix: Any, rows: Any) -> Evidence:
    """The references of rows as a matrix."""
    reference = np.full_like(matrix, np.nan)
    for row in rows:
        place = check.where.get((row.wrt, row.entry))
        if place is not None and row.reference is not None and (row.verdict == PASS or row.verdict == FAIL):
            reference[place] = row.reference
    return Evidence(text, vector, matrix, reference)
