"""ONNX models as graphs: each operator of the model becomes one of our operations; initializers are inputs with their values."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np  # noqa: TID253 - stand-ins carry NumPy's arrays

from ..errors import FileError, GradvizError, ShapeError
from ..graph.structure import Graph
from .onnx_operators import OPERATORS
from .reading import Reading, settled
from .stand_ins import Traced

if TYPE_CHECKING:
    from typing import TypeAlias

    import onnx

    from .reading import Result
    from .stand_ins import Operand, Value

    #: what a model is read from: a path, or a model that is loaded
    Model: TypeAlias = str | os.PathLike[str] | onnx.ModelProto

MOST_BYTES = 2 << 30  # protobuf's own limit


def from_onnx(model: Model, **examples: object) -> Graph:
    """The graph of an ONNX model; see :func:`graphviz_ad.from_onnx`."""
    import onnx

    if isinstance(model, onnx.ModelProto):
        loaded, name = model, "ONNX model"
    else:
        loaded, name = _load(os.fspath(model)), os.fspath(model)
    reading = Reading(from_onnx)
    reading.text, reading.file = "", name
    return settled(lambda: _read(loaded, reading, examples), reading)


def _load(path: str) -> onnx.ModelProto:
    import onnx
    from google.protobuf.message import DecodeError

    from ..values.regular import read_bytes

    try:
        loaded = onnx.load_model_from_string(read_bytes(path, MOST_BYTES))
        onnx.checker.check_model(loaded)
    except (DecodeError, onnx.checker.ValidationError) as error:
        raise FileError(f"{path} is no ONNX model: {str(error).splitlines()[0]}") from None
    return loaded


def _read(model: onnx.ModelProto, reading: Reading, examples: Mapping[str, object]) -> Graph:
    from onnx import numpy_helper

    graph = model.graph
    found: dict[str, Operand | None] = {"": None}
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        floating = array.dtype.kind == "f"
        found[tensor.name] = reading.parameter(reading.free(_word(tensor.name)), array) if floating else np.asarray(array)
    unknown = set(examples) - {_word(one.name) for one in graph.input}
    if unknown:
        raise GradvizError(f"the model has no input {', '.join(sorted(unknown))}")
    for one in graph.input:
        if one.name not in found:
            word = _word(one.name)
            found[one.name] = reading.input(reading.free(word), examples[word] if word in examples else _example(one))
    opset = max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=1)
    for node in graph.node:
        made = _run(reading, node, [found[name] for name in node.input], opset)
        found.update(zip(node.output, made if isinstance(made, (list, tuple)) else [made], strict=False))
    outputs = [reading.array(np.asarray(value)) if not isinstance(value := found[one.name], Traced) else value for one in graph.output]
    return reading.finish(outputs, [_word(one.name) for one in graph.output])


def _word(name: str) -> str:
    """An ONNX name as one of the language."""
    word = re.sub(r"\W", "_", name).strip("_") or "x"
    return f"x{word}" if word[0].isdigit() else word


def _example(value: onnx.ValueInfoProto) -> Value:
    """Numbers in the shape that the model states."""
    sizes = []
    for place, size in enumerate(value.type.tensor_type.shape.dim):
        if not size.HasField("dim_value"):
            open_axis = size.dim_param or f"axis {place}"
            raise ShapeError(
                f"the model leaves {open_axis} of its input {value.name} open", hint=f"give an example: from_onnx(…, {_word(value.name)}=…)"
            )
        sizes.append(size.dim_value)
    whole = value.type.tensor_type.elem_type in (2, 3, 4, 5, 6, 7, 12, 13)  # the integers of onnx.TensorProto.DataType
    return np.zeros(sizes, dtype=int) if whole else np.full(sizes, 0.5) if sizes else 0.5


def _run(reading: Reading, node: onnx.NodeProto, operands: Sequence[Any], opset: int) -> Result:
    """One operator, over stand-ins; over known arrays alone by ONNX's reference."""
    from onnx import helper

    options = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    options = {key: one.decode() if isinstance(one, bytes) else one for key, one in options.items()}
    if node.op_type == "Shape":
        return np.array(np.shape(operands[0]._value if isinstance(operands[0], Traced) else operands[0]), dtype=np.int64)
    if not any(isinstance(one, Traced) for one in operands):
        return _computed(node, operands, opset)
    translate = OPERATORS.get(node.op_type)
    name = node.op_type
    if translate is not None and node.domain in ("", "ai.onnx"):
        try:
            return translate(reading, *operands, **options)
        except NotImplementedError as reason:
            name = f"{name} ({reason})"
        except TypeError as error:  # an attribute that the table does not know
            name = f"{name} ({str(error).partition(') ')[2] or error})"
    return reading.unsupported(f"ONNX's {name}", lambda plain: _computed(node, plain, opset), operands)


def _computed(node: onnx.NodeProto, operands: Sequence[Value | None], opset: int) -> Result:
    """What ONNX's reference gives for one operator."""
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    given = {name: np.asarray(value) for name, value in zip(node.input, operands, strict=True) if name}
    inputs = [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(one.dtype), one.shape) for name, one in given.items()]
    outputs = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in node.output if name]
    alone = helper.make_model(helper.make_graph([node], "one", inputs, outputs), opset_imports=[helper.make_opsetid("", opset)])
    made: list[Operand] = ReferenceEvaluator(alone).run(None, given)  # type: ignore[assignment]
    return made if len(made) > 1 else made[0]
