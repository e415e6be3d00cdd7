"""The matrix chain rule: what an operation on arrays sends back, as people write it, with the shapes of its factors.

∂L/∂X = ∂L/∂Y·Wᵀ, (3, 2) = (3, 4)·(4, 2). The rules for inverses and determinants are those of M. Giles, An extended collection
of matrix derivative results for forward and reverse mode automatic differentiation, 2008.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..graph.notation import Latex
from ..graph.unicode import Unicode
from ..primitives.array_record import size_of
from ..primitives.call import Shape
from ..primitives.registry import OPERATIONS
from .model import Label
from .numbers import MINUS, shape_text
from .writing import local_label

if TYPE_CHECKING:
    from ..derive.local_maps import LocalMap
    from ..graph.structure import Graph


class Chain(NamedTuple):
    """The right side of a chain rule, and its shapes: ``product`` ∂L/∂Y·Wᵀ, ``shapes`` (3, 2) = (3, 4)·(4, 2); None where they stay."""

    product: Label
    shapes: Label | None


class _Factor(NamedTuple):
    """A matrix in a product: written in both forms, with its shape."""

    text: str
    latex: str
    shape: Shape

    @property
    def turned(self) -> _Factor:
        """Transposed; a vector becomes a row."""
        base = rf"\left({self.latex}\right)" if r"\frac" in self.latex else self.latex
        text = f"({self.text})ᵀ" if "/" in self.text else f"{self.text}ᵀ"
        return _Factor(text, rf"{base}^{{\top}}", (1, *self.shape) if len(self.shape) == 1 else self.shape[:-2] + self.shape[:-3:-1])

    @property
    def column(self) -> _Factor:
        """A vector as a column."""
        return self._replace(shape=(*self.shape, 1))


def chain(graph: Graph, handle: int, position: int, slope: LocalMap, upstream: Label) -> Chain | None:
    """The chain rule of one edge between arrays, None where there is no short one.

    ``upstream`` is how the gradient that arrives is written.
    """
    op, operands = graph.ops[handle], graph.operands[handle]
    up = _Factor(upstream.text, upstream.latex, slope.call.shape)
    target = slope.call.shapes[position]
    if op in OPERATIONS:
        return _entrywise(graph, handle, position, slope, up)
    factors = [_named(graph, one, shape) for one, shape in zip(operands, slope.call.shapes, strict=True)]
    if op in ("matmul", "dot"):
        found = _of_product(factors, position, up)
        return None if found is None else _product(found, target)
    if op == "outer" and all(len(one.shape) == 1 for one in factors):
        return _product([up, factors[1]] if position == 0 else [up.turned, factors[0]], target)
    if op == "transpose" and len(target) == 2:
        return _product([up.turned], target)
    if op in ("sum", "mean"):
        return _spread(slope, up, target)
    told = _moved(op, up, target)
    if told is not None:
        return told
    words = _WORDS.get((op, position))
    if words is None:
        return None
    names = {"out": _named(graph, handle, up.shape), "up": up, **{f"x{k}": one for k, one in enumerate(factors)}}
    return _product([names[word[:-1]].turned if word.endswith("'") else names[word] for word in words[1].split()], target, words[0])


def _named(graph: Graph, handle: int, shape: Shape) -> _Factor:
    """A node under its name; a constant under its number."""
    label = graph.labels[handle]
    if graph.ops[handle] == "constant":
        return _Factor(Unicode().number(label).text, Latex().number(label).text, shape)
    return _Factor(Unicode().name(label).text, Latex().name(label).text, shape)


def _of_product(factors: list[_Factor], position: int, up: _Factor) -> list[_Factor] | None:
    """dX = dY·Wᵀ, dW = Xᵀ·dY and their forms for vectors."""
    a, b = factors
    ranks = (len(a.shape), len(b.shape))
    if max(ranks) > 2 and (min(ranks) < 2 or a.shape[:-2] != b.shape[:-2]):
        return None
    if ranks == (1, 1):
        return [up, factors[1 - position]]
    if position == 0:
        if ranks[1] == 1:  # a matrix, from a matrix times a vector
            return [up.column, b.turned]
        return [b, up] if ranks[0] == 1 else [up, b.turned]
    if ranks[0] == 1:
        return [a.column, up.turned]
    return [a.turned, up]


#: sign, then factors; ' is the transposed
_WORDS = {
    ("inv", 0): ("-", "out' up out'"),
    ("logdet", 0): ("inverse", "up x0'"),
    ("det", 0): ("cofactor", "up x0"),
    ("solve", 1): ("solve", "x0' up"),
}


def _product(factors: list[_Factor], target: Shape, how: str = "") -> Chain:
    text, latex = [one.text for one in factors], [one.latex for one in factors]
    shapes = [one.shape for one in factors]
    if how == "inverse":
        text[-1], latex[-1] = f"({text[-1]})⁻¹", rf"\left({latex[-1]}\right)^{{-1}}"
    elif how == "cofactor":
        text[-1], latex[-1] = f"cofactor({text[-1]})", rf"\operatorname{{cofactor}}\left({latex[-1]}\right)"
    elif how == "solve":
        text[0], latex[0] = f"({text[0]})⁻¹", rf"\left({latex[0]}\right)^{{-1}}"
    sign = how if how == "-" else ""
    product = Label(sign.replace("-", MINUS) + "·".join(text), sign + r" \, ".join(latex))
    return Chain(product, _checked(target, "·".join(map(shape_text, shapes)), r" \cdot ".join(map(shape_text, shapes))))


def _checked(target: Shape, text: str, latex: str) -> Label:
    return Label(f"{shape_text(target)} = {text}", f"{shape_text(target)} = {latex}")


def _from(target: Shape, shape: Shape) -> Label:
    """Of another shape than what arrives."""
    one, two = shape_text(target), shape_text(shape)
    return Label(f"{one} from {two}", rf"{one} \text{{ from }} {two}")


def _spread(slope: LocalMap, up: _Factor, target: Shape) -> Chain:
    """A sum hands its gradient to every entry; a mean divides it by their number."""
    count = size_of(target) // max(size_of(up.shape), 1) if slope.call.op == "mean" else 1
    text, latex = (up.text, up.latex) if count == 1 else (f"{up.text}/{count}", rf"\tfrac{{1}}{{{count}}} {up.latex}")
    product = Label(f"{text} in every entry", rf"{latex} \text{{ in every entry}}")
    return Chain(product, _from(target, up.shape))


def _moved(op: str, up: _Factor, target: Shape) -> Chain | None:
    """What only moves entries moves them back."""
    if op in ("reshape", "ravel", "squeeze", "expand_dims"):
        words = f"in the shape {shape_text(target)}"
    elif op in ("stack", "concatenate", "vstack", "hstack", "dstack", "column_stack"):
        words = "in its part"
    elif op in _PUT_BACK:
        words = "put back to its places"
    else:
        return None
    product = Label(f"{up.text} {words}", rf"{up.latex} \text{{ {words}}}")
    return Chain(product, _from(target, up.shape))


_PUT_BACK = frozenset("index part take take_along_axis pick flip roll repeat tile pad windows diag diagonal tril triu sort".split())


def _entrywise(graph: Graph, handle: int, position: int, slope: LocalMap, up: _Factor) -> Chain:
    """Upstream times slope entry by entry, summed over the axes along which the operand was broadcast."""
    factor, target, shape = local_label(graph, handle, position), slope.call.shapes[position], slope.call.shape
    alone = factor.text in ("1", f"{MINUS}1")
    number = factor.text.lstrip(MINUS).replace(".", "", 1).isdigit()
    if alone:
        sign = factor.text[:-1]
        product = Label(f"{sign}{up.text}", f"{sign.replace(MINUS, '-')}{up.latex}")
    elif number:
        product = Label(f"{up.text}·{_wrapped(factor.text)}", rf"{up.latex} \cdot {factor.latex}")
    else:
        plain = factor.text.isidentifier() or (factor.text.endswith(")") and " " not in factor.text)
        text, latex = (factor.text, factor.latex) if plain else (f"({factor.text})", rf"\left({factor.latex}\right)")
        product = Label(f"{up.text} ⊙ {text}", rf"{up.latex} \odot {latex}")
    told = shape_text(shape)
    if target == shape:
        if alone or number:
            return Chain(product, None)
        return Chain(product, _checked(target, f"{told} ⊙ {told}", rf"{told} \odot {told}"))
    extra = len(shape) - len(target)
    axes = [axis for axis in range(len(shape)) if axis < extra or target[axis - extra] != shape[axis]]
    over = f"axis {axes[0]}" if len(axes) == 1 else "axes " + ", ".join(map(str, axes))
    return Chain(
        Label(f"sum over {over} of {product.text}", rf"\textstyle\sum_{{\text{{{over}}}}} {product.latex}"),
        _from(target, shape),
    )


def _wrapped(text: str) -> str:
    return f"({text})" if text.startswith(MINUS) else text
