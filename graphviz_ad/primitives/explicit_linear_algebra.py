"""Linear algebra with both rules written by hand. Matrices stand in the last two axes, batches in front.

Sources of the formulas: M. Giles, An extended collection of matrix derivative results for forward and reverse mode
automatic differentiation, 2008; I. Murray, Differentiation of the Cholesky decomposition, 2016; G. Golub and V. Pereyra, The
differentiation of pseudo-inverses and nonlinear least squares problems, 1973; N. Higham, Functions of Matrices, 2008,
section 3.2 (the derivative of the exponential from a block triangular one).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import DerivativeError
from .array_record import ArrayOperation, Misfit, broadcast
from .call import Call, Shape

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .types import ArrayKernels, Kernels, Numbers, Rule, ShapeRule, V, ValueRule


def _square(call: Call) -> Shape:
    shape = call.shapes[0]
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise Misfit("needs a square matrix")
    return shape


def _lead(call: Call) -> Shape:
    return _square(call)[:-2]


def _t(k: Kernels[V], x: V) -> V:
    return k.swapaxes(x, axis1=-1, axis2=-2)


def _scaled(k: Kernels[V], scalar: V, matrix: V) -> V:
    """A matrix of a batch times the scalar of its place."""
    return k.expand_dims(k.expand_dims(scalar, axis=-1), axis=-1) * matrix


def _inner(k: Kernels[V], one: V, two: V) -> V:
    return k.einsum(one, two, subscripts="...ij,...ij->...")


def _value(name: str) -> ValueRule:
    def value(k: ArrayKernels, call: Call, *operands: ArrayLike) -> Numbers | None:
        return k.linear(name, *operands)

    return value


def _inv_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    turned = _t(k, out)
    return -k.matmul(k.matmul(turned, upstream), turned)


def _inv_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    return -k.matmul(k.matmul(out, tangent), out)


def _det_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    return _scaled(k, upstream, k.cofactor(operands[0]))


def _det_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    return _inner(k, k.cofactor(operands[0]), tangent)


def _cofactor_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    """For regular matrices: C = det(A) A⁻ᵀ."""
    turned = _t(k, k.inv(operands[0]))
    along = _scaled(k, _inner(k, out, upstream), turned)
    return along - k.matmul(k.matmul(turned, _t(k, upstream)), out)


def _cofactor_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    turned = _t(k, k.inv(operands[0]))
    return _scaled(k, _inner(k, turned, tangent), out) - k.matmul(k.matmul(turned, _t(k, tangent)), out)


def _logdet_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    return _scaled(k, upstream, _t(k, k.inv(operands[0])))


def _logdet_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    return _inner(k, _t(k, k.inv(operands[0])), tangent)


def _solve_shape(call: Call) -> Shape:
    a, b = call.shapes
    _square(call)
    if len(b) == 1:
        if b[0] != a[-1]:
            raise Misfit("needs (n, n) and (n,) or (n, k)")
        return (*a[:-2], b[0])
    if len(b) < 2 or b[-2] != a[-1]:
        raise Misfit("needs (n, n) and (n,) or (n, k)")
    return (*broadcast([a[:-2], b[:-2]]), *b[-2:])


def _solve_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    from .contractions import sum_to

    a, b = call.shapes
    vector = len(b) == 1
    if vector and len(a) > 2:
        upstream, out = k.expand_dims(upstream, axis=-1), k.expand_dims(out, axis=-1)
    back = k.solve(_t(k, operands[0]), upstream)
    shape = call.shape if not (vector and len(a) > 2) else (*call.shape, 1)
    if position == 1:
        if vector and len(a) > 2:
            return sum_to(k, k.squeeze(back, axis=-1), call.shape, b)
        return sum_to(k, back, shape, b)
    product = k.outer(back, out) if vector and len(a) == 2 else k.matmul(back, _t(k, out))
    return sum_to(k, -product, (*shape[:-2], a[-2], a[-1]) if len(shape) >= 2 else a, a)


def _solve_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    a, b = call.shapes
    if len(b) == 1 and len(a) > 2:
        column = k.expand_dims(tangent, axis=-1) if position == 1 else -k.matmul(tangent, k.expand_dims(out, axis=-1))
        return k.squeeze(k.solve(operands[0], column), axis=-1)
    moved = tangent if position == 1 else -k.matmul(tangent, out)
    return k.solve(operands[0], moved)


def _lower_half(k: Kernels[V], x: V) -> V:
    """The lower triangle with half of the diagonal."""
    return k.div(k.tril(x, k=0) + k.tril(x, k=-1), 2)


def _symmetric(k: Kernels[V], x: V) -> V:
    return k.div(x + _t(k, x), 2)


def _cholesky_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    back = _lower_half(k, k.matmul(_t(k, out), upstream))
    turned = _t(k, out)
    middle = k.solve(turned, back)
    return _symmetric(k, _t(k, k.solve(turned, _t(k, middle))))


def _cholesky_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    inner = k.solve(out, _symmetric(k, tangent))
    return k.matmul(out, _lower_half(k, k.solve(out, _t(k, inner))))


def _expm_block(k: Kernels[V], a: V, direction: V, size: int) -> V:
    """The derivative of the exponential at a in a direction: the corner of the exponential of [[a, d], [0, a]]."""
    zero = a - a
    upper = k.concatenate(a, direction, axis=-1)
    lower = k.concatenate(zero, a, axis=-1)
    whole = k.expm(k.concatenate(upper, lower, axis=-2))
    return k.index(whole, pattern=(("rest",), ("cut", None, size, None), ("cut", size, None, None)))


def _expm_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    return _expm_block(k, _t(k, operands[0]), upstream, call.shape[-1])


def _expm_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    return _expm_block(k, operands[0], tangent, call.shape[-1])


def _pinv_shape(call: Call) -> Shape:
    shape = call.shapes[0]
    if len(shape) < 2:
        raise Misfit("needs a matrix")
    return (*shape[:-2], shape[-1], shape[-2])


def _pinv_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    a, p, u = operands[0], out, upstream
    pt, ut = _t(k, p), _t(k, u)
    outside = ut - k.matmul(a, k.matmul(p, ut))
    inside = ut - k.matmul(ut, k.matmul(p, a))
    return k.matmul(outside, k.matmul(p, pt)) + k.matmul(k.matmul(pt, p), inside) - k.matmul(k.matmul(pt, u), pt)


def _pinv_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    a, p, d = operands[0], out, tangent
    pt, dt = _t(k, p), _t(k, d)
    left = k.matmul(k.matmul(p, pt), dt - k.matmul(dt, k.matmul(a, p)))
    right = k.matmul(dt - k.matmul(k.matmul(p, a), dt), k.matmul(pt, p))
    return left + right - k.matmul(k.matmul(p, d), p)


def _eigen_shape(call: Call) -> Shape:
    return _square(call)[:-1]


def _eigvalsh_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    v = k.eigenvectors(operands[0])
    return k.einsum(v, upstream, v, subscripts="...ik,...k,...jk->...ij")


def _eigvalsh_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    v = k.eigenvectors(operands[0])
    return k.einsum(v, tangent, v, subscripts="...ik,...ij,...jk->...k")


def _singular_shape(call: Call) -> Shape:
    shape = call.shapes[0]
    if len(shape) < 2:
        raise Misfit("needs a matrix")
    return (*shape[:-2], min(shape[-2:]))


def _left_shape(call: Call) -> Shape:
    return (*call.shapes[0][:-1], min(call.shapes[0][-2:]))


def _right_shape(call: Call) -> Shape:
    shape = call.shapes[0]
    return (*shape[:-2], shape[-1], min(shape[-2:]))


def _svdvals_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    u, v = k.left_singular(operands[0]), k.right_singular(operands[0])
    return k.einsum(u, upstream, v, subscripts="...ik,...k,...jk->...ij")


def _svdvals_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    u, v = k.left_singular(operands[0]), k.right_singular(operands[0])
    return k.einsum(u, tangent, v, subscripts="...ik,...ij,...jk->...k")


# ------------------------------------------------------------------------- eigenvectors and singular vectors, where distinct


def _distinct(k: ArrayKernels, call: Call, values: Numbers) -> Numbers:
    """The values themselves; refused where two are equal, because then their vectors have no derivative."""
    import numpy as np

    array = np.asarray(values)
    sizes = np.sort(array, axis=-1)
    gaps = sizes[..., 1:] - sizes[..., :-1]
    close = k.rounding * len(call.shape) * max(call.shape[-1:], default=1) * np.max(np.abs(array), axis=-1, keepdims=True, initial=0)
    if np.any(gaps <= close):
        raise DerivativeError(
            f"{call.params['what']} has two equal values here, and a single one of them has no second derivative; "
            "a function of all of them alike may have one: write it with trace, det or norm(X, 'fro')"
        )
    return values


def _inverse_gaps(k: Kernels[V], values: V, count: int, what: str) -> V:
    """1/(v_j - v_i) at place i, j; 0 on the diagonal."""
    apart = k.distinct(values, what=what)
    gaps = k.expand_dims(apart, axis=-2) - k.expand_dims(apart, axis=-1)
    same = k.equal(k.eye(n=count, m=None), 1)
    return k.where(same, 0, k.div(1, k.where(same, 1, gaps)))


def _eigenvectors_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    inverse = _inverse_gaps(k, k.eigvalsh(operands[0]), call.shape[-1], "eigvalsh")
    inner = k.matmul(_t(k, out), k.matmul(_symmetric(k, tangent), out))
    return k.matmul(out, inverse * inner)


def _eigenvectors_pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
    inverse = _inverse_gaps(k, k.eigvalsh(operands[0]), call.shape[-1], "eigvalsh")
    inner = inverse * k.matmul(_t(k, out), upstream)
    return _symmetric(k, k.matmul(out, k.matmul(inner, _t(k, out))))


def _columns(k: Kernels[V], matrix: V, factors: V) -> V:
    """A matrix with its columns scaled."""
    return matrix * k.expand_dims(factors, axis=-2)


def _singular_parts(k: Kernels[V], a: V, count: int) -> tuple[V, V, V, V]:
    """Both sets of vectors, the values, and the inverse gaps of their squares."""
    u, v, s = k.left_singular(a), k.right_singular(a), k.svdvals(a)
    return u, v, s, _inverse_gaps(k, s * s, count, "svdvals")


def _outside(k: Kernels[V], basis: V, x: V) -> V:
    """The part of the columns of x that is orthogonal to a basis."""
    return x - k.matmul(basis, k.matmul(_t(k, basis), x))


def _singular_push(right: bool) -> Rule:
    def push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
        rows, count = call.shape[-2:]
        u, v, s, inverse = _singular_parts(k, operands[0], count)
        if right:  # the right vectors are the left ones of the transposed matrix
            u, v, tangent = v, u, _t(k, tangent)
        inner = k.matmul(_t(k, u), k.matmul(tangent, v))
        moved = k.matmul(u, inverse * (_columns(k, inner, s) + _t(k, _columns(k, inner, s))))
        return moved + _columns(k, _outside(k, u, k.matmul(tangent, v)), k.div(1, s)) if rows > count else moved

    return push


def _singular_pull(right: bool) -> Rule:
    def pull(k: Kernels[V], call: Call, position: int, upstream: V, operands: tuple[V, ...], out: V) -> V:
        rows, count = call.shape[-2:]
        u, v, s, inverse = _singular_parts(k, operands[0], count)
        if right:
            u, v = v, u
        inner = inverse * k.matmul(_t(k, u), upstream)
        back = k.matmul(k.matmul(u, _columns(k, inner + _t(k, inner), s)), _t(k, v))
        if rows > count:
            back = back + k.matmul(_columns(k, _outside(k, u, upstream), k.div(1, s)), _t(k, v))
        return _t(k, back) if right else back

    return pull


def _same_push(k: Kernels[V], call: Call, position: int, tangent: V, operands: tuple[V, ...], out: V) -> V:
    return tangent


def _eye_like(k: ArrayKernels, call: Call, x: Numbers) -> Numbers:
    import numpy as np

    return k.exact(np.broadcast_to(np.eye(call.shape[-1], dtype=np.int64), call.shape))


def _record(
    name: str,
    summary: str,
    shape: ShapeRule,
    push: Rule,
    pull: Rule,
    operands: tuple[str, ...] = ("a",),
    aliases: tuple[str, ...] = (),
    kink: str = "",
) -> ArrayOperation:
    return ArrayOperation(name, "explicit", operands, (), summary, shape, _value(name), push, pull, aliases, kink=kink, batched="front")


_DISTINCT = "no derivative of single values where two are equal"

RECORDS: tuple[ArrayOperation, ...] = (
    _record("inv", "inverse matrix", _square, _inv_push, _inv_pull, aliases=("inverse",)),
    _record("det", "determinant", _lead, _det_push, _det_pull),
    _record("cofactor", "matrix of cofactors: the gradient of the determinant", _square, _cofactor_push, _cofactor_pull),
    _record("logdet", "logarithm of the size of the determinant", _lead, _logdet_push, _logdet_pull),
    _record("solve", "the x of a @ x = b", _solve_shape, _solve_push, _solve_pull, ("a", "b")),
    _record("cholesky", "lower factor of the symmetric part", _square, _cholesky_push, _cholesky_pull),
    _record("expm", "matrix exponential", _square, _expm_push, _expm_pull),
    _record("pinv", "pseudo-inverse, at constant rank", _pinv_shape, _pinv_push, _pinv_pull),
    _record("eigvalsh", "eigenvalues of the symmetric part, ascending", _eigen_shape, _eigvalsh_push, _eigvalsh_pull, kink=_DISTINCT),
    _record("svdvals", "singular values, descending", _singular_shape, _svdvals_push, _svdvals_pull, kink=_DISTINCT),
    _record(
        "eigenvectors",
        "eigenvectors of the symmetric part, in columns",
        _square,
        _eigenvectors_push,
        _eigenvectors_pull,
        kink="none where two eigenvalues are equal",
    ),
    _record(
        "left_singular",
        "left singular vectors, in columns",
        _left_shape,
        _singular_push(False),
        _singular_pull(False),
        kink="none where two singular values are equal",
    ),
    _record(
        "right_singular",
        "right singular vectors, in columns",
        _right_shape,
        _singular_push(True),
        _singular_pull(True),
        kink="none where two singular values are equal",
    ),
    ArrayOperation(
        "distinct",
        "explicit",
        ("values",),
        ("what",),
        "the values, which must differ",
        lambda call: call.shapes[0],
        _distinct,
        _same_push,
        _same_push,
        linear=True,
        batched="first",
    ),
    ArrayOperation("eye_like", "explicit", ("a",), (), "the identity matrix of the same size", _square, _eye_like, passive=(-2,)),
)
