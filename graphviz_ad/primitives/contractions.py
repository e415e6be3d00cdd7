"""Contractions: operations that are one einsum string. Their pullbacks are contractions again.

A contraction is ``out[o] = sum over the rest of the product of operand_k[s_k]``, with index strings decided from the
shapes. Two freedoms beyond NumPy's einsum make the family closed under pullbacks: an index that occurs only in the output
is broadcast over (the pullback of a sum), and one repeated in the output writes a diagonal (the pullback of a trace).
"""

from __future__ import annotations

from functools import lru_cache
from string import ascii_letters
from typing import TYPE_CHECKING, Any, NamedTuple

from .array_record import ArrayOperation, Misfit, axis_list, broadcast, size_of
from .call import Call, Shape

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .types import Array, ArrayKernels, Kernels, Numbers, V


class Terms(NamedTuple):
    """A contraction with its indices decided: numbers instead of letters.

    ``sizes`` has the size of every index; ``divisor`` is what the sum is divided by (a mean); ``folded`` is the shape of the
    result where it differs from the output indices (kron).
    """

    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    sizes: dict[int, int]
    divisor: int = 1
    folded: Shape | None = None

    @property
    def core(self) -> Shape:
        """The shape by output indices."""
        return tuple(self.sizes[index] for index in self.output)

    def written(self, order: str = "ijklmnpqrstuvwabcdefghoxyz") -> tuple[list[str], str]:
        """The index strings in the letters that people use."""
        letters = order + "".join(c for c in ascii_letters if c not in order)
        names: dict[int, str] = {}
        for index in (*(i for one in self.inputs for i in one), *self.output):
            if index not in names:
                names[index] = letters[len(names)]
        return ["".join(names[i] for i in one) for one in self.inputs], "".join(names[i] for i in self.output)


# ------------------------------------------------------------------------------------------------------- index patterns


def _matmul(call: Call) -> Terms:
    a, b = call.shapes
    needs = "needs (i, j) @ (j, k)"
    if not a or not b:
        raise Misfit(f"{needs}, not a scalar; write * to scale")
    batch = max(len(a), len(b)) - 2 if len(a) > 1 or len(b) > 1 else 0
    batch = max(batch, 0)
    inner = batch
    row, column = inner + 1, inner + 2
    if a[-1] != (b[-2] if len(b) > 1 else b[0]):
        raise Misfit(needs)
    sizes = {inner: a[-1]}
    left: tuple[int, ...] = (inner,)
    right: tuple[int, ...] = (inner,)
    output: tuple[int, ...] = ()
    if len(a) > 1:
        left, output = (row, inner), (row,)
        sizes[row] = a[-2]
    if len(b) > 1:
        right, output = (inner, column), (*output, column)
        sizes[column] = b[-1]
    heads = (a[:-2], b[:-2])
    full = broadcast(heads)
    fresh = column + 1
    leads = []
    for head in heads:
        lead = []
        for position, size in enumerate(head):
            index = len(full) - len(head) + position
            if size == 1 and full[index] != 1:
                sizes[fresh] = 1
                lead.append(fresh)
                fresh += 1
            else:
                lead.append(index)
        leads.append(tuple(lead))
    sizes.update(enumerate(full))
    return Terms((leads[0] + left, leads[1] + right), tuple(range(len(full))) + output, sizes)


def _dot(call: Call) -> Terms:
    a, b = call.shapes
    if not a or not b:
        return _product(call)
    if a[-1] != (b[-2] if len(b) > 1 else b[0]):
        raise Misfit("needs the last axis of the first to fit the second to last of the other")
    left = tuple(range(len(a)))
    joint = left[-1]
    free = tuple(range(len(a), len(a) + len(b) - 1))
    right = (*free[:-1], joint, free[-1]) if len(b) > 1 else (joint,)
    return _terms((left, right), left[:-1] + free, call.shapes)


def _inner(call: Call) -> Terms:
    a, b = call.shapes
    if not a or not b:
        return _product(call)
    if a[-1] != b[-1]:
        raise Misfit("needs equal last axes")
    left = tuple(range(len(a)))
    free = tuple(range(len(a), len(a) + len(b) - 1))
    return _terms((left, (*free, left[-1])), left[:-1] + free, call.shapes)


def _vdot(call: Call) -> Terms:
    a, b = call.shapes
    if a != b:
        raise Misfit("needs equal shapes")
    index = tuple(range(len(a)))
    return _terms((index, index), (), call.shapes)


def _outer(call: Call) -> Terms:
    a, b = call.shapes
    left, right = tuple(range(len(a))), tuple(range(len(a), len(a) + len(b)))
    terms = _terms((left, right), left + right, call.shapes)
    return terms._replace(folded=(size_of(a), size_of(b)))


def _product(call: Call) -> Terms:
    left = tuple(range(len(call.shapes[0])))
    right = tuple(range(len(left), len(left) + len(call.shapes[1])))
    return _terms((left, right), left + right, call.shapes)


def _kron(call: Call) -> Terms:
    a, b = call.shapes
    width = max(len(a), len(b))
    full_a, full_b = (1,) * (width - len(a)) + a, (1,) * (width - len(b)) + b
    left = tuple(range(width - len(a), width))
    right = tuple(range(2 * width - len(b), 2 * width))
    sizes = dict(zip((*range(width), *range(width, 2 * width)), (*full_a, *full_b)))
    output = tuple(
        index for axis in range(width) for index in ((axis,) if axis in left else ()) + ((width + axis,) if width + axis in right else ())
    )
    return Terms((left, right), output, sizes, folded=tuple(p * q for p, q in zip(full_a, full_b)))


def _sum(call: Call) -> Terms:
    (shape,) = call.shapes
    axes = axis_list(call.params["axis"], len(shape))
    index = tuple(range(len(shape)))
    sizes = dict(enumerate(shape))
    output = []
    for axis in index:
        if axis not in axes:
            output.append(axis)
        elif call.params["keepdims"]:
            sizes[len(shape) + axis] = 1
            output.append(len(shape) + axis)
    return Terms((index,), tuple(output), sizes)


def _mean(call: Call) -> Terms:
    terms = _sum(call)
    count = size_of(tuple(call.shapes[0][axis] for axis in axis_list(call.params["axis"], len(call.shapes[0]))))
    return terms._replace(divisor=count)


def _transpose(call: Call) -> Terms:
    (shape,) = call.shapes
    axes = call.params["axes"]
    index = tuple(range(len(shape)))
    order = index[::-1] if axes is None else axis_list(axes, len(shape))
    if len(order) != len(shape):
        raise Misfit(f"needs {len(shape)} axes, {len(order)} are given")
    return _terms((index,), order, call.shapes)


def _swapaxes(call: Call) -> Terms:
    (shape,) = call.shapes
    first, second = axis_list(call.params["axis1"], len(shape))[0], axis_list(call.params["axis2"], len(shape))[0]
    order = list(range(len(shape)))
    order[first], order[second] = order[second], order[first]
    return _terms((tuple(range(len(shape))),), tuple(order), call.shapes)


def _moveaxis(call: Call) -> Terms:
    (shape,) = call.shapes
    source, target = axis_list(call.params["source"], len(shape)), axis_list(call.params["destination"], len(shape))
    if len(source) != len(target):
        raise Misfit("needs as many places as axes to move")
    order = [axis for axis in range(len(shape)) if axis not in source]
    for place, axis in sorted(zip(target, source)):
        order.insert(place, axis)
    return _terms((tuple(range(len(shape))),), tuple(order), call.shapes)


def _tensordot(call: Call) -> Terms:
    a, b = call.shapes
    axes = call.params["axes"]
    if isinstance(axes, int) and not isinstance(axes, bool):
        if not 0 <= axes <= min(len(a), len(b)):
            raise Misfit(f"cannot sum over {axes} axes")
        mine, other = tuple(range(len(a) - axes, len(a))), tuple(range(axes))
    elif isinstance(axes, tuple) and len(axes) == 2:
        mine, other = axis_list(axes[0], len(a)), axis_list(axes[1], len(b))
    else:
        raise Misfit("takes a number of axes, or the axes of both as a pair")
    if len(mine) != len(other) or any(a[i] != b[j] for i, j in zip(mine, other)):
        raise Misfit("needs axes of equal sizes to sum over")
    left, right = list(range(len(a))), list(range(len(a), len(a) + len(b)))
    for i, j in zip(mine, other):
        right[j] = i
    output = tuple(i for i in left if i not in mine) + tuple(i for j, i in enumerate(right) if j not in other)
    return _terms((tuple(left), tuple(right)), output, call.shapes)


def _trace(call: Call) -> Terms:
    shape = call.shapes[0]
    if len(shape) < 2 or shape[0] != shape[1]:
        raise Misfit("needs a square matrix")
    rest = tuple(range(2, len(shape)))
    return _terms(((0, 0, *rest),), rest, call.shapes)


def _broadcast_to(call: Call) -> Terms:
    (shape,), target = call.shapes, call.params["shape"]
    target = (target,) if isinstance(target, int) else tuple(target)
    if len(shape) > len(target) or any(a not in (1, b) for a, b in zip(shape[::-1], target[::-1])):
        raise Misfit(f"cannot be broadcast to {target}")
    sizes = dict(enumerate(target))
    index = []
    for position, size in enumerate(shape):
        axis = len(target) - len(shape) + position
        if size == 1 and target[axis] != 1:
            sizes[len(target) + axis] = 1
            axis = len(target) + axis
        index.append(axis)
    return Terms((tuple(index),), tuple(range(len(target))), sizes)


def _einsum(call: Call) -> Terms:
    text = call.params["subscripts"].replace(" ", "")
    left, arrow, right = text.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(call.shapes):
        raise Misfit(f"has {len(inputs)} index strings for {len(call.shapes)} operands")
    hidden = [0 if "..." not in one else len(shape) - len(one) + 3 for one, shape in zip(inputs, call.shapes)]
    dots = max(hidden, default=0)
    if min(hidden, default=0) < 0:
        raise Misfit(f"has more indices in {text!r} than axes")
    pool = [c for c in reversed(ascii_letters) if c not in text][:dots]
    spelled = [one.replace("...", "".join(pool[dots - many :])) for one, many in zip(inputs, hidden)]
    if not arrow:
        flat = "".join(inputs).replace(".", "")
        right = ("..." if dots else "") + "".join(sorted(c for c in set(flat) if flat.count(c) == 1))
    output = right.replace("...", "".join(pool))
    extra = dict(call.params.get("sizes") or ())
    sizes: dict[int, int] = {ord(letter): size for letter, size in extra.items()}
    for one, shape in zip(spelled, call.shapes):
        if len(one) != len(shape) or not one.isalpha() * (one != "") + (one == ""):
            raise Misfit(f"has indices {one!r} for an operand of shape {shape}")
        for letter, size in zip(one, shape):
            if sizes.setdefault(ord(letter), size) != size:
                raise Misfit(f"uses index {letter} for sizes {sizes[ord(letter)]} and {size}")
    for letter in output:
        if ord(letter) not in sizes:
            raise Misfit(f"has an output index {letter} that no operand has")
    if not extra and len(set(output)) != len(output):
        raise Misfit(f"repeats an index in the output {output!r}")
    return Terms(tuple(tuple(map(ord, one)) for one in spelled), tuple(map(ord, output)), sizes)


def _terms(inputs: tuple[tuple[int, ...], ...], output: tuple[int, ...], shapes: tuple[Shape, ...]) -> Terms:
    sizes = {index: size for one, shape in zip(inputs, shapes) for index, size in zip(one, shape)}
    return Terms(inputs, output, sizes)


#: operation -> its indices, from a call
PATTERNS = {
    "matmul": _matmul,
    "dot": _dot,
    "inner": _inner,
    "vdot": _vdot,
    "outer": _outer,
    "tensordot": _tensordot,
    "kron": _kron,
    "sum": _sum,
    "mean": _mean,
    "transpose": _transpose,
    "swapaxes": _swapaxes,
    "moveaxis": _moveaxis,
    "trace": _trace,
    "broadcast_to": _broadcast_to,
    "einsum": _einsum,
}


def terms_of(call: Call) -> Terms:
    """The indices of a contraction.

    >>> terms_of(Call("matmul", {}, ((2, 3), (3, 4)), ())).written()
    (['ij', 'jk'], 'ik')
    """
    return _terms_of(call.op, tuple(call.params.items()), call.shapes)


@lru_cache(maxsize=4096)
def _terms_of(op: str, params: tuple[tuple[str, Any], ...], shapes: tuple[Shape, ...]) -> Terms:
    """The same by what can be looked up: sweeps ask for the same indices again and again."""
    return PATTERNS[op](Call(op, dict(params), shapes, ()))


# ----------------------------------------------------------------------------------------------------------- the rules


def _shape(call: Call) -> Shape:
    terms = terms_of(call)
    return terms.core if terms.folded is None else terms.folded


def _value(k: ArrayKernels, call: Call, *operands: ArrayLike) -> Numbers:
    terms = terms_of(call)
    result = k.contract(terms, operands)
    if terms.divisor != 1:
        result = k.div(result, terms.divisor)
    return result if terms.folded is None else k.reshape(result, shape=terms.folded)


def _pushforward(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    moved = [*operands[:position], tangent, *operands[position + 1 :]]
    return getattr(k, call.op)(*moved, **call.params)


def _pullback(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    terms = terms_of(call)
    if terms.folded is not None:
        upstream = k.reshape(upstream, shape=terms.core)
    others = [(one, terms.inputs[p]) for p, one in enumerate(operands) if p != position]
    result = _contraction(k, [(upstream, terms.output), *others], terms.inputs[position], terms.sizes)
    return result if terms.divisor == 1 else k.div(result, terms.divisor)


def _contraction(k: Kernels[V], factors: list[tuple[V, tuple[int, ...]]], target: tuple[int, ...], sizes: dict[int, int]) -> V:
    """The contraction of ``factors`` onto ``target`` as an einsum with letters."""
    letters: dict[int, str] = {}
    for index in (*(i for _, one in factors for i in one), *target):
        letters.setdefault(index, ascii_letters[len(letters)])
    known = {index for _, one in factors for index in one}
    only = tuple((letters[index], sizes[index]) for index in dict.fromkeys(target) if index not in known)
    left = ",".join("".join(letters[i] for i in one) for _, one in factors)
    subscripts = f"{left}->{''.join(letters[i] for i in target)}"
    if not only and len(set(target)) != len(target):
        only = ((letters[target[0]], sizes[target[0]]),)  # says that a repeated output index is meant
    return k.einsum(*(one for one, _ in factors), subscripts=subscripts, sizes=only)


def sum_to(k: Kernels[V], value: V, shape: Shape, target: Shape) -> V:
    """Sum an array of ``shape`` over the axes along which an operand of shape ``target`` was broadcast."""
    if shape == target:
        return value
    call = Call("broadcast_to", {"shape": shape}, (target,), shape)
    return _pullback(k, call, 0, value, (), value)


def _structure(call: Call, position: int) -> str:
    terms = terms_of(call)
    mine, output = terms.inputs[position], terms.output
    others = [index for p, one in enumerate(terms.inputs) if p != position for index in one]
    if not others:
        real = [i for i in mine if terms.sizes[i] != 1]
        onto = [i for i in output if terms.sizes[i] != 1]
        if real == onto and terms.divisor == 1:
            return "identity"
        if sorted(real) == sorted(onto) and len(set(real)) == len(real):
            return "permutation"
        if set(onto) >= set(real) and len(set(real)) == len(real):
            return "broadcast"
        return "broadcast-sum" if len(set(mine)) == len(mine) else "selection"
    shared = set(mine) & set(output)  # an index that passes through is a delta: an identity factor
    if call.op == "kron" or (shared and not shared & set(others)):
        return "Kronecker"
    return "block diagonal" if shared else "dense"


def _reach(k: ArrayKernels, call: Call, position: int, mask: Array) -> Array:
    """Entries of one operand that reach a marked output: the pullback with every factor 1."""
    terms = terms_of(call)
    mask = mask.reshape(terms.core)
    others = [(k.ones(shape=shape), index) for p, (shape, index) in enumerate(zip(call.shapes, terms.inputs)) if p != position]
    return _contraction(k, [(mask * 1.0, terms.output), *others], terms.inputs[position], terms.sizes) > 0


def _record(
    name: str, operands: tuple[str, ...], parameters: tuple[str, ...], summary: str, aliases: tuple[str, ...] = (), symbol: str = ""
) -> ArrayOperation:
    single = len(operands) == 1 and not operands[0].startswith("*")
    return ArrayOperation(
        name, "contraction", operands, parameters, summary, _shape, _value, _pushforward, _pullback, aliases,
        structure=_structure, reach=_reach, linear=single, symbol=symbol,
    )  # fmt: skip


RECORDS: tuple[ArrayOperation, ...] = (
    _record("matmul", ("a", "b"), (), "matrix product, over batches", symbol="@"),
    _record("dot", ("a", "b"), (), "scalar product of vectors; the last axis with the second to last"),
    _record("inner", ("a", "b"), (), "product over the last axes"),
    _record("vdot", ("a", "b"), (), "scalar product of two arrays of one shape, entry by entry"),
    _record("outer", ("a", "b"), (), "every product of two entries"),
    _record("tensordot", ("a", "b"), ("axes=2",), "sum of products over pairs of axes"),
    _record("kron", ("a", "b"), (), "Kronecker product", symbol="⊗"),
    _record("sum", ("x",), ("axis=None", "keepdims=False"), "sum over axes", symbol="Σ"),
    _record("mean", ("x",), ("axis=None", "keepdims=False"), "mean over axes", ("average",)),
    _record("transpose", ("x",), ("axes=None",), "axes in another order", ("permute_dims",), symbol="T"),
    _record("swapaxes", ("x",), ("axis1", "axis2"), "two axes exchanged"),
    _record("moveaxis", ("x",), ("source", "destination"), "one axis moved to another place"),
    _record("trace", ("x",), (), "sum of the diagonal"),
    _record("broadcast_to", ("x",), ("shape",), "repeated along new axes"),
    _record("einsum", ("*operands",), ("subscripts", "sizes=None"), "sum of products by an index string"),
)
