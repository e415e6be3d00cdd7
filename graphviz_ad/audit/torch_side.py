"""PyTorch's answer: float64, reverse mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .walk import Counterpart, Table, against_zero, run, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType
    from typing import TypeAlias

    import torch

    from ..objects.graph import Graph
    from ..objects.point import Point

    Axis: TypeAlias = int | tuple[int, ...] | None
    Function: TypeAlias = Callable[..., torch.Tensor]

_SAME = (
    "add", "sub", "mul", "div", "neg", "reciprocal", "square", "sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp",
    "xlogy", "hypot", "abs", "sign", "floor", "ceil", "round", "trunc", "maximum", "minimum", "fmod", "sin", "cos", "tan", "asin", "acos",
    "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid", "logit", "relu", "erf", "erfc", "erfinv", "lgamma",
    "digamma", "less", "less_equal", "greater", "greater_equal", "matmul", "dot", "outer", "kron", "logical_and", "logical_or",
    "logical_not", "deg2rad", "rad2deg", "det", "logdet",
)  # fmt: skip
_RENAMED = {"power": "pow", "mod": "remainder", "equal": "eq", "not_equal": "ne"}
_FUNCTIONAL = {
    "relu6": "relu6", "leaky_relu": "leaky_relu", "elu": "elu", "selu": "selu", "celu": "celu", "silu": "silu", "mish": "mish",
    "softsign": "softsign", "hardtanh": "hardtanh", "hardsigmoid": "hardsigmoid", "hardswish": "hardswish", "tanhshrink": "tanhshrink",
    "logsigmoid": "logsigmoid", "gelu": "gelu",
}  # fmt: skip


def version() -> str:
    """The version that answers."""
    import torch

    return str(torch.__version__)


def answers(point: Point) -> Iterator[tuple[str, dict[str, Any]]]:
    """(spelling, gradient by input) for the plain spelling, then for others of the same operations."""
    import torch

    graph = point.graph
    for table in _tables(torch, graph):
        inputs = {h: torch.tensor(value, dtype=torch.float64) for h, value in point.inputs.items()}
        moving = [inputs[graph.input_handles[name]].requires_grad_() for name in point.wrt]
        result = run(graph, inputs, table, lambda value: torch.tensor(value, dtype=torch.float64))
        slopes: Sequence[torch.Tensor | None] = [None] * len(moving)
        if result.requires_grad:
            slopes = torch.autograd.grad(result, moving, allow_unused=True)
        yield (
            spelled(graph, table),
            {
                name: (torch.zeros_like(tensor) if slope is None else slope).numpy()
                for name, tensor, slope in zip(point.wrt, moving, slopes, strict=True)
            },
        )


def _tables(torch: ModuleType, graph: Graph) -> Iterator[Table]:
    table = {name: Counterpart(f"torch.{name}", getattr(torch, name)) for name in _SAME}
    table |= {name: Counterpart(f"torch.{theirs}", getattr(torch, theirs)) for name, theirs in _RENAMED.items()}
    table |= {name: Counterpart(f"F.{theirs}", _plain(getattr(torch.nn.functional, theirs))) for name, theirs in _FUNCTIONAL.items()}
    table |= {
        "softplus": Counterpart("F.softplus", torch.nn.functional.softplus),
        "softshrink": Counterpart("F.softshrink", lambda x, a: torch.nn.functional.softshrink(x, float(a))),
        "clip": Counterpart("torch.clamp", torch.clamp),
        "where": Counterpart("torch.where", lambda c, a, b: torch.where(c != 0, a, b)),
        "heaviside": Counterpart("torch.heaviside", torch.heaviside),
        "cbrt": Counterpart("x.sign() * x.abs() ** (1/3)", lambda x: x.sign() * x.abs() ** (1 / 3)),
        "sum": Counterpart("torch.sum", _reduced(torch.sum)),
        "mean": Counterpart("torch.mean", _reduced(torch.mean)),
        "prod": Counterpart("torch.prod", lambda x, axis, keepdims: x.prod() if axis is None else x.prod(axis, keepdims)),
        "max": Counterpart("torch.amax", _reduced(torch.amax)),
        "min": Counterpart("torch.amin", _reduced(torch.amin)),
        "median": Counterpart("torch.median", lambda x, axis, keepdims: x.median()),
        "sort": Counterpart("torch.sort", lambda x, axis=-1, **_: x.sort(axis).values),
        "norm": Counterpart("torch.linalg.vector_norm", _norm(torch)),
        "stack": Counterpart("torch.stack", lambda *xs, axis=0: torch.stack(xs, axis)),
        "transpose": Counterpart("x.T", lambda x, **_: x.T),
        "inv": Counterpart("torch.linalg.inv", torch.linalg.inv),
        "stop_gradient": Counterpart("x.detach()", lambda x: x.detach()),
        "index": Counterpart("x[…]", _indexed),
    }
    yield table
    if against_zero(graph):
        zero = torch.zeros((), dtype=torch.float64)
        yield {**table, "maximum": Counterpart("torch.relu", lambda a, b: torch.relu(_moving(a, b)) + zero)}
        yield {**table, "maximum": Counterpart("torch.clamp(min=0)", lambda a, b: _moving(a, b).clamp(min=0))}
    if "max" in graph.ops:
        yield {**table, "max": Counterpart("torch.max(dim)", _picked(torch.max))}
    if "min" in graph.ops:
        yield {**table, "min": Counterpart("torch.min(dim)", _picked(torch.min))}


def _moving(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The operand of a maximum that is no constant."""
    return a if a.requires_grad else b


def _plain(function: Function) -> Function:
    """A function whose further operands are Python numbers there."""
    return lambda x, *more, **_: function(x, *(float(one) for one in more))


def _reduced(function: Function) -> Function:
    return lambda x, axis, keepdims: function(x) if axis is None and not keepdims else function(x, dim=_axes(x, axis), keepdim=keepdims)


def _axes(x: torch.Tensor, axis: Axis) -> Axis:
    return tuple(range(x.dim())) if axis is None else axis


def _picked(function: Callable[..., Any]) -> Function:
    """Along one axis: the first largest entry alone; the flattened array where no axis is named."""
    return lambda x, axis, keepdims: function(x.reshape(-1), 0).values if axis is None else function(x, axis, keepdims).values


def _norm(torch: ModuleType) -> Function:
    return lambda x, ord, axis, keepdims: torch.linalg.vector_norm(x, 2 if ord is None else ord, axis, keepdims)


def _indexed(x: torch.Tensor, pattern: Sequence[tuple[Any, ...]]) -> torch.Tensor:
    if any(kind != "at" for kind, *_ in pattern):
        from .walk import NoCounterpart

        raise NoCounterpart("index with slices")
    return x[tuple(place for _, place in pattern)]
