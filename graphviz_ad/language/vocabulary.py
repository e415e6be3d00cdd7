"""The functions of the language: which operation a call stands for, its arguments put in their places."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..errors import NamingError
from ..graph.parts import Literal, Span
from ..primitives.registry import OPERATIONS, family, names, resolve
from .stack import Frame, Listing, Quantity, Several, Text, Word

if TYPE_CHECKING:
    from ..primitives.array_record import ArrayOperation
    from ..primitives.composite_record import Composite
    from .stack import Machine

CONSTANT_VALUES = {"pi": math.pi, "e": math.e, "inf": math.inf}

#: functions of two or more positional arguments that fold a binary operation from the left
FOLDED = {
    **dict.fromkeys(("max", "maximum", "fmax", "Max", "maxout"), "maximum"),
    **dict.fromkeys(("min", "minimum", "fmin", "Min"), "minimum"),
}

#: functions that people know from elsewhere, and what says the same here
INSTEAD = {
    "eigh": "eigvalsh(a) has the eigenvalues of a symmetric matrix, eigenvectors(a) their vectors",
    "eig": "eigvalsh(a) has the eigenvalues of a symmetric matrix; those of others are complex",
    "eigvals": "eigvalsh(a) has the eigenvalues of a symmetric matrix; those of others are complex",
    "svd": "svdvals(a) has the singular values, left_singular(a) and right_singular(a) the vectors",
    "qr": "cholesky(a.T @ a).T is the triangle of a QR decomposition, up to signs",
    "lu": "solve, inv and det do not need the factors",
    "lstsq": "the least squares solution is pinv(a) @ b, or solve(a.T @ a, a.T @ b)",
    "sqrtm": "the root of a symmetric matrix is v*sqrt(eigvalsh(a)) @ v.T with v = eigenvectors(a)",
    "logm": "the logarithm of a symmetric matrix is v*log(eigvalsh(a)) @ v.T with v = eigenvectors(a)",
    "matrix_rank": "the rank is a whole number without a derivative; count what is not 0 in svdvals(a)",
    "multi_dot": "write the product: A @ B @ C",
    "chain_matmul": "write the product: A @ B @ C",
    "addmm": "write c + a @ b",
    "addmv": "write c + a @ x",
    "dropout": "a random mask is an input of its own: x*mask/(1 - p)",
    "fmax": "write maximum(x, y); what is NaN stays NaN",
    "fmin": "write minimum(x, y); what is NaN stays NaN",
    "select": "write where(c, a, where(d, b, other)), or a if c else b",
    "piecewise": "write where(c, a, where(d, b, other)), or a if c else b",
    "split": "parts are slices: x[:2], x[2:]; of n equal ones the first is part(x, 0, n)",
    "array_split": "parts are slices: x[:2], x[2:]",
    "chunk": "parts are slices: x[:2], x[2:]; of n equal ones the first is part(x, 0, n)",
    "unbind": "entries have numbers: x[0], x[1]",
    "meshgrid": "broadcasting does it: x[:, None] and y[None, :]",
    "array": "a list is an array: [x, y]",
    "asarray": "a list is an array: [x, y]",
    "tensor": "a list is an array: [x, y]",
    "len": "the number of entries is count(x), along an axis count(x, axis=0)",
    "isnan": "write x != x",
    "nansum": "leave the entries out first: sum(where(x == x, x, 0))",
    "nanmean": "leave the entries out first: sum(where(x == x, x, 0))/sum(where(x == x, 1, 0))",
    "floor_divide": "write floor(x/y)",
    "range": "write arange(n)",
    "unique": "the set of values has no derivative",
    "searchsorted": "a place has no derivative; compare instead: sum(where(x < v, 1, 0))",
    "fft": "values are real; the transform is a matrix product with cosines and sines",
    "grad": "the gradient is always computed; `gradviz explain` writes it out",
    "print": "the value is always printed",
    "lambda": "define a function: s(t) = 1/(1 + exp(-t))",
}


def call(machine: Machine, name: str, arguments: list[object], keywords: tuple[str, ...], span: Span, frame: Frame) -> Any:
    """The node of ``name(arguments)``, or the frame of its definition; the last ``len(keywords)`` arguments are named."""
    if name in FOLDED and not keywords and len(arguments) >= 2:
        handles = [machine.handle(value, span, frame) for value in arguments]
        result = handles[0]
        for other in handles[1:]:
            result = machine.builder.apply(FOLDED[name], (result, other), (), None, span, frame.group)
        return result
    if name in FOLDED and keywords and len(arguments) - len(keywords) >= 2:
        most = FOLDED[name].removesuffix("imum")
        raise machine.at(
            span, f"{name} of several arguments is elementwise, and takes no {keywords[0]}",
            f"write {most}(a, b) without it; {most}(a, axis=0) is that of the entries along an axis",
        )  # fmt: skip
    canonical = resolve(name)
    if canonical is None or canonical not in OPERATIONS:
        return _call_array(machine, name, arguments, keywords, span, frame)
    record = OPERATIONS[canonical]
    if canonical == "clip":
        found = _one_sided(machine, arguments, span, frame) if not keywords else None
        if found is not None:
            return found
    placed = _place(machine, name, record.operands, arguments, keywords, span, frame)
    return machine.builder.apply(canonical, placed, (), None, span, frame.group)


def _one_sided(machine: Machine, arguments: list[object], span: Span, frame: Frame) -> int | None:
    """clip with None for one of its bounds: the larger or the smaller of two."""
    absent = [isinstance(one, Word) and one.value is None for one in arguments]
    if len(arguments) not in (2, 3) or absent[0] or sum(absent) + (3 - len(arguments)) != 1:
        return None
    op, bound = ("minimum", arguments[2]) if absent[1] else ("maximum", arguments[1])
    handles = (machine.handle(arguments[0], span, frame), machine.handle(bound, span, frame))
    return machine.builder.apply(op, handles, (), None, span, frame.group)


def _call_array(machine: Machine, name: str, arguments: list[object], keywords: tuple[str, ...], span: Span, frame: Frame) -> Any:
    """An operation on arrays, or one defined in the language itself."""
    from ..primitives.arrays import ARRAY_OPERATIONS
    from ..primitives.composites import COMPOSITES, HIDDEN

    canonical = resolve(name)
    if name == "block":
        return _block(machine, arguments, keywords, span, frame)
    if canonical is None:
        raise _unknown(machine, name, span)
    if canonical == "full" and len(arguments) == 2 and not keywords and not isinstance(arguments[1], Several):
        arguments.reverse()  # NumPy's order: the shape first
    if canonical == "trace" and len(arguments) > 1:  # of another diagonal, or of other axes
        if "offset" not in keywords and len(arguments) == len(keywords) + 1:
            arguments, keywords = [*arguments, _default_object("0")], (*keywords, "offset")
        return _call_composite(machine, name, COMPOSITES["offset_trace"], arguments, keywords, span, frame)
    if family(name) == "composite" and (canonical not in HIDDEN or frame.builtin):
        return _call_composite(machine, name, COMPOSITES[canonical], arguments, keywords, span, frame)
    if canonical in HIDDEN and not frame.builtin:
        raise _unknown(machine, name, span)
    record = ARRAY_OPERATIONS[canonical]
    if canonical == "einsum":
        return _einsum(machine, arguments, keywords, span, frame)
    if record.operands[-1:] == ("*arrays",):
        handles, params = _joined(machine, name, record, arguments, keywords, span, frame)
    else:
        given = _arrange(machine, name, (*record.operands, *record.parameters), arguments, keywords, span)
        handles = tuple(machine.handle(given[one], span, frame) for one in record.operands)
        params = _parameters(machine, name, record.parameters, given, span)
    return machine.builder.apply(canonical, handles, params, None, span, frame.group)


def _call_composite(
    machine: Machine,
    name: str,
    record: Composite,
    arguments: list[object],
    keywords: tuple[str, ...],
    span: Span,
    frame: Frame,
) -> Any:
    given = _arrange(machine, name, (*record.operands, *record.parameters), arguments, keywords, span)
    operands, known, static = {}, {}, {}
    for one in record.operands:
        key = one.partition("=")[0]
        if key in given:
            operands[key] = machine.handle(given[key], span, frame)
    for one in record.parameters:
        key, equals, default = one.partition("=")
        value = given.get(key) if key in given else _default_object(default) if equals else None
        if value is None:
            raise machine.at(span, f"{name} needs an argument {key}", f"write {record.signature}")
        known[key] = value
        static[key] = value if isinstance(value, int) else static_value(machine, name, value, span)
    text = record.body if isinstance(record.body, str) else record.body(frozenset(operands), static)
    if text is None:
        raise machine.at(span, f"{name} cannot take these arguments", f"write {record.signature}")
    label = machine.program.text[span.start : span.end] if not frame.builtin else name
    return machine.enter_definition(record.name, text, " ".join(label.split()), known, operands, span, frame)


def _einsum(machine: Machine, arguments: list[object], keywords: tuple[str, ...], span: Span, frame: Frame) -> int:
    if keywords or len(arguments) < 2 or not isinstance(arguments[0], Text):
        raise machine.at(span, "einsum takes index strings in quotes and arrays", "write einsum('ij,jk->ik', A, B)")
    handles = tuple(machine.handle(value, span, frame) for value in arguments[1:])
    params = (("subscripts", str(arguments[0]).strip("'\"")), ("sizes", ()))
    return machine.builder.apply("einsum", handles, params, None, span, frame.group)


def _joined(
    machine: Machine, name: str, record: ArrayOperation, arguments: list[object], keywords: tuple[str, ...], span: Span, frame: Frame
) -> tuple[tuple[int, ...], object]:
    """stack and concatenate take one list or tuple of arrays."""
    given = _arrange(machine, name, ("arrays", *record.parameters), arguments, keywords, span)
    arrays = given["arrays"]
    entries = arrays.entries if isinstance(arrays, Listing) else arrays
    if not isinstance(arrays, (Listing, Several)):
        raise machine.at(span, f"{name} takes a list of arrays", f"write {name}((a, b), axis=0)")
    handles = tuple(machine.handle(value, span, frame) for value in entries)  # type: ignore[attr-defined]
    return handles, _parameters(machine, name, record.parameters, given, span)


def _block(machine: Machine, arguments: list[object], keywords: tuple[str, ...], span: Span, frame: Frame) -> int:
    """A matrix of matrices: rows of blocks next to each other, the rows below each other."""
    from ..primitives.arrays import ARRAY_OPERATIONS

    assert ARRAY_OPERATIONS  # joining is an operation on arrays: now it is known
    rows = arguments[0].entries if len(arguments) == 1 and not keywords and isinstance(arguments[0], Listing) else ()
    if not rows:
        raise machine.at(span, "block takes a list of rows of blocks", "write block([[A, B], [C, D]])")

    def joined(parts: tuple[int, ...], axis: int) -> int:
        return machine.builder.apply("concatenate", parts, (("axis", axis),), None, span, frame.group)

    nested = any(isinstance(row, Listing) for row in rows)
    lines = [row.entries if isinstance(row, Listing) else (row,) for row in rows] if nested else [rows]
    made = [joined(tuple(machine.handle(value, span, frame) for value in line), -1) for line in lines]
    return made[0] if len(made) == 1 else joined(tuple(made), -2)


def index(machine: Machine, parts: list[object], pattern: tuple[str, ...], span: Span, frame: Frame) -> int:
    """The node of ``x[…]``: what is known in the text goes into its pattern, what is computed becomes an operand."""
    operands = [machine.handle(parts[0], span, frame)]
    queue = iter(parts[1:])
    found: list[tuple[object, ...]] = []
    for part in pattern:
        if part in ("", "..."):
            if part == "...":
                found.append(("rest",))
            continue
        if ":" not in part:
            value = next(queue)
            if isinstance(value, Word) and value.value is None:
                found.append(("new",))
            elif isinstance(value, Word):
                raise machine.at(span, "an index is a number, not a truth value", "write x[0]")
            elif isinstance(value, Listing) and not any(isinstance(one, int) for one in _flat(value)):
                found.append(("list", static_value(machine, "an index", value, span)))
            elif isinstance(value, (int, Listing)):
                operands.append(machine.handle(value, span, frame))
                found.append(("by", len(operands) - 2))
            else:
                found.append(("at", _whole(machine, value, span)))
            continue
        ends: list[int | None] = []
        for piece in part.split(":"):
            ends.append(_whole(machine, next(queue), span) if piece else None)
        if len(ends) > 3:
            raise machine.at(span, "a slice has at most a start, a stop and a step", "write x[start:stop:step]")
        if len(ends) == 3 and ends[2] == 0:
            raise machine.at(span, "a slice has a step other than 0")
        found.append(("cut", *ends, *((None,) * (3 - len(ends)))))
    if sum(part == ("rest",) for part in found) > 1:
        raise machine.at(span, "an index has one ellipsis at most")
    from ..primitives import arrays

    assert arrays.ARRAY_OPERATIONS  # indexing is an operation on arrays: now it is known
    return machine.builder.apply("index", tuple(operands), (("pattern", tuple(found)),), None, span, frame.group)


def _flat(listing: Any) -> list[object]:
    found: list[object] = []
    waiting = list(listing.entries)
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, Listing):
            waiting.extend(entry.entries)
        else:
            found.append(entry)
    return found


def _whole(machine: Machine, value: object, span: Span) -> int:
    if isinstance(value, Quantity) and value.literal.integer and len(value.literal.text) < 19:
        return int(value.literal.text)
    if isinstance(value, Quantity):
        raise machine.at(span, f"an index is a whole number, not {value.literal.text}")
    raise machine.at(span, "the ends of a slice are whole numbers in the text", "an index that is computed selects entries: x[i]")


def static_value(machine: Machine, what: str, value: object, span: Span) -> Any:
    """A static argument (an axis, a shape, an order) as a plain value."""
    if isinstance(value, Quantity):
        literal = value.literal
        return int(literal.text) if literal.integer and len(literal.text) < 19 else literal.value
    if isinstance(value, Word):
        return value.value
    if isinstance(value, Text):
        return str(value).strip("'\"")
    if isinstance(value, (Several, Listing)):
        if len(_flat(value) if isinstance(value, Listing) else value) > 1_000_000:
            raise machine.at(span, f"{what} is given too long a list")
        entries = value.entries if isinstance(value, Listing) else value
        return tuple(static_value(machine, what, one, span) for one in entries)
    if isinstance(value, int):
        builder = machine.builder
        turned = builder.ops[value] == "neg"
        handle = builder.operands[value][0] if turned else value
        if builder.ops[handle] == "input" and builder.names[handle] == "inf":
            return "-inf" if turned else "inf"
    raise machine.at(span, f"{what} takes numbers in the text here, nothing computed", "write axis=0, shape (2, 3)")


def _default_object(text: str) -> object:
    """A default in a signature as the machine would have it."""
    if text in ("None", "True", "False"):
        return Word({"None": None, "True": True, "False": False}[text])
    if text[:1] in "'\"":
        return Text(text.strip("'\""))
    return Quantity(Literal(text, float(text), implied=True))


def _parameters(machine: Machine, name: str, parameters: tuple[str, ...], given: dict[str, object], span: Span) -> tuple[Any, ...]:
    """Static arguments and defaults as the node's parameters."""
    found = []
    for parameter in parameters:
        key, equals, default = parameter.partition("=")
        if key in given:
            found.append((key, static_value(machine, f"{name}: {key}", given[key], span)))
        elif equals:
            found.append((key, static_value(machine, name, _default_object(default), span)))
        else:
            raise machine.at(span, f"{name} needs an argument {key}")
    return tuple(found)


def _arrange(
    machine: Machine, name: str, signature: tuple[str, ...], arguments: list[object], keywords: tuple[str, ...], span: Span
) -> dict[str, object]:
    """Positional and named arguments by name; every argument without a default is there."""
    written = f"{name}({', '.join(one.removesuffix('=') if one.endswith('=') else one for one in signature)})"
    known = [one.partition("=")[0] for one in signature]
    if len(arguments) > len(known):
        most = len(known)
        raise machine.at(span, f"{name} takes {most} argument{'s' * (most != 1)}, {len(arguments)} are given", f"write {written}")
    given: dict[str, object] = {}
    positional = len(arguments) - len(keywords)
    for position, value in enumerate(arguments):
        key = known[position] if position < positional else keywords[position - positional]
        if key not in known:
            raise machine.at(span, f"{name} has no argument named {key}", f"write {written}")
        if key in given:
            raise machine.at(span, f"{name} is given {key} twice", f"write {written}")
        given[key] = value
    for one in signature:
        if "=" not in one and one not in given:
            raise machine.at(span, f"{name} needs an argument {one}", f"write {written}")
    return given


def _place(
    machine: Machine,
    name: str,
    operands: tuple[str, ...],
    arguments: list[object],
    keywords: tuple[str, ...],
    span: Span,
    frame: Frame,
) -> tuple[int, ...]:
    """Positional, named and default arguments in the order of the operation's operands."""
    given = _arrange(machine, name, operands, arguments, keywords, span)
    placed = []
    for operand in operands:
        key, _, default = operand.partition("=")
        if key in given:
            placed.append(machine.handle(given[key], span, frame))
        else:
            placed.append(machine.builder.constant(_default(default), None, frame.group))
    return tuple(placed)


def _default(text: str) -> Literal:
    """A default argument; written as a decimal or a simple quotient."""
    numerator, _, denominator = text.partition("/")
    value = float(numerator) / float(denominator or 1)
    return Literal(repr(value) if denominator else text, value, implied=True)


def is_function(name: str) -> bool:
    """Whether a call of this name means an operation of any family."""
    from ..primitives import composites  # every family registers its names

    assert composites.RECORDS
    return resolve(name) is not None


def _unknown(machine: Machine, name: str, span: Span) -> NamingError:
    """The error for a function that does not exist, with the nearest names that do."""
    import difflib

    known = sorted({*names(), "block", *FOLDED, *machine.functions})
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else "`gradviz ops` lists every function; s(t) = … defines one"
    hint = INSTEAD.get(name, hint)
    text = machine.program.text
    return NamingError(f"there is no function {name[:60]}", text, span.start, span.start + len(name), hint, machine.program.source)
