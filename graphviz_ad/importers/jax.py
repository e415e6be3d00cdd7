"""JAX functions as graphs: the jaxpr lists their primitives, each becomes one of our operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - stand-ins carry NumPy's arrays

from ..errors import ParseError
from ..graph.structure import Graph
from .jax_operations import CALLS, OPERATIONS
from .reading import Reading, settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jax.extend.core import Jaxpr, JaxprEqn, Literal, Var
    from numpy.typing import ArrayLike

    from .reading import Result
    from .stand_ins import Operand, Value


def from_jax(function: Callable[..., object], *examples: object) -> Graph:
    """The graph of a JAX function; see :func:`graphviz_ad.from_jax`."""
    import inspect

    import jax

    if not callable(function):
        raise ParseError(f"{type(function).__name__} is no function")
    try:
        closed = jax.make_jaxpr(function)(*examples)
    except Exception as error:  # noqa: BLE001 - a user's function may fail in any way while it is traced
        said = str(error).strip().splitlines()
        raise ParseError(
            f"JAX cannot trace the function: {said[0] if said else type(error).__name__}",
            hint="control flow must not depend on values: jnp.where",
        ) from None
    plain = inspect.unwrap(function)
    reading = Reading(plain)
    try:
        names = list(inspect.signature(plain).parameters)
    except (TypeError, ValueError):
        names = []
    inputs = []
    for number, example in enumerate(examples):
        stem = names[number] if number < len(names) else f"x{number}"
        for way, leaf in jax.tree_util.tree_flatten_with_path(example)[0]:
            inputs.append(reading.input(reading.free("_".join([stem, *map(_word, way)])), _array(leaf)))

    def run() -> Graph:
        results = _interpret(reading, closed.jaxpr, [reading.array(np.asarray(one)) for one in closed.consts], inputs)
        if not results:
            raise ParseError("the function returns nothing", hint="return the array that is to be differentiated")
        return reading.finish(results)

    return settled(run, reading)


def _word(key: object) -> str:
    """A step on the way to a leaf, as part of a name."""
    found = getattr(key, "key", getattr(key, "idx", getattr(key, "name", key)))
    return "".join(c if c.isalnum() or c == "_" else "_" for c in str(found))


def _array(value: ArrayLike) -> Value:
    array = np.asarray(value)
    kept = array.astype(float) if array.dtype.kind not in "iub" else array
    return kept if kept.ndim else kept.item()


def _interpret(reading: Reading, jaxpr: Jaxpr, constants: Sequence[Operand], inputs: Sequence[Operand]) -> list[Operand]:
    """The results of a list of primitives over stand-ins; calls of further lists are entered, those open are on a stack."""
    from jax.extend.core import Literal

    def begin(
        program: Jaxpr, values: Sequence[Operand], arguments: Sequence[Operand]
    ) -> tuple[Jaxpr, dict[Var, Operand], Iterator[JaxprEqn]]:
        known = dict(zip([*program.constvars, *program.invars], [*values, *arguments], strict=True))
        return program, known, iter(program.eqns)

    stack = [begin(jaxpr, constants, inputs)]
    waiting: list[JaxprEqn] = []  # the equations whose calls are open
    while True:
        program, known, pending = stack[-1]

        def read(one: Var | Literal, known: dict[Var, Operand] = known) -> Operand:
            return reading.array(np.asarray(one.val)) if isinstance(one, Literal) else known[one]

        equation = next(pending, None)
        if equation is None:
            results = [read(one) for one in program.outvars]
            stack.pop()
            if not stack:
                return results
            stack[-1][1].update(zip(waiting.pop().outvars, results, strict=True))
            continue
        arguments = [read(one) for one in equation.invars]
        name = equation.primitive.name
        _stand_at(reading, equation)
        inner = next((equation.params[key] for key in CALLS if key in equation.params), None) if name not in OPERATIONS else None
        if inner is not None and name not in ("scan", "while", "cond"):
            closed = hasattr(inner, "jaxpr")
            constants = [reading.array(np.asarray(one)) for one in inner.consts] if closed else []
            stack.append(begin(inner.jaxpr if closed else inner, constants, arguments))
            waiting.append(equation)
            continue
        made = _run(reading, name, equation, arguments)
        known.update(zip(equation.outvars, made if isinstance(made, (list, tuple)) else [made], strict=True))


def _run(reading: Reading, name: str, equation: JaxprEqn, arguments: Sequence[Operand]) -> Result:
    """One primitive, over stand-ins."""
    translate = OPERATIONS.get(name)
    if translate is not None:
        try:
            return translate(reading, *arguments, **equation.params)
        except NotImplementedError as reason:
            name = f"{name} ({reason})"
    return reading.unsupported(f"JAX's {name}", lambda plain: _plain(equation, plain), arguments)


def _plain(equation: Any, values: Sequence[Value]) -> np.ndarray | list[np.ndarray]:
    """What the primitive gives on the example's numbers."""
    import jax

    typed = [
        jax.numpy.asarray(value, getattr(one.aval, "dtype", None)) if hasattr(one, "aval") else value
        for value, one in zip(values, equation.invars, strict=True)
    ]
    made = equation.primitive.bind(*typed, **equation.params)
    found = made if equation.primitive.multiple_results else [made]
    numbers = [np.asarray(np.real(one), float) for one in found]
    return numbers if equation.primitive.multiple_results else numbers[0]


def _stand_at(reading: Reading, equation: JaxprEqn) -> None:
    """Tell the recording which of the user's lines made the primitive."""
    trace = getattr(equation.source_info, "traceback", None)
    reading.span = None
    for frame in trace.frames if trace is not None else ():
        if frame.file_name == reading.file:
            reading.at_line(frame.file_name, frame.line_num)
            return
