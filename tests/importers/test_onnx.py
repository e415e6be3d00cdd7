"""ONNX models as graphs: values against ONNX's own reference, gradients against PyTorch's of the same formula."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphviz_ad as gv

pytestmark = pytest.mark.needs_onnx
onnx = pytest.importorskip("onnx")
helper, numpy_helper, FLOAT = onnx.helper, onnx.numpy_helper, onnx.TensorProto.DOUBLE
DRAWN = np.random.default_rng(5)
draw = DRAWN.normal


def model(nodes: list[Any], inputs: dict[str, Any], initializers: dict[str, Any], output: str = "out") -> Any:
    """A model from nodes; inputs are told by example arrays (or by a shape with open axes)."""
    told = []
    for name, one in inputs.items():
        whole = getattr(getattr(one, "dtype", None), "kind", "f") == "i"
        shape = one if isinstance(one, list) else np.shape(one)
        told.append(helper.make_tensor_value_info(name, onnx.TensorProto.INT64 if whole else FLOAT, shape))
    tensors = [numpy_helper.from_array(np.asarray(one), name) for name, one in initializers.items()]
    graph = helper.make_graph(nodes, "tested", told, [helper.make_tensor_value_info(output, FLOAT, [])], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])


def node(op: str, inputs: str, output: str, **attributes: Any) -> Any:
    return helper.make_node(op, inputs.split(), output.split(), **attributes)


MLP = model(
    [
        node("Gemm", "x fc1.weight fc1.bias", "a", transB=1),
        node("Relu", "a", "b"),
        node("MatMul", "b w2", "c"),
        node("SoftmaxCrossEntropyLoss", "c y", "out"),
    ],
    {"x": (x := draw(size=(4, 3))), "y": (y := np.array([0, 1, 1, 0]))},
    {"fc1.weight": (w1 := draw(size=(5, 3))), "fc1.bias": (b1 := draw(size=5)), "w2": (w2 := draw(size=(5, 2)))},
)
CONVOLUTION = model(
    [
        node("Conv", "x w b", "a", pads=[1, 1, 1, 1]),
        node("BatchNormalization", "a g h m v", "n"),
        node("MaxPool", "n", "p", kernel_shape=[2, 2], strides=[2, 2]),
        node("GlobalAveragePool", "p", "q"),
        node("Flatten", "q", "r"),
        node("ReduceL2", "r", "out", keepdims=0),
    ],
    {"x": draw(size=(2, 2, 4, 4))},
    {
        "w": draw(size=(3, 2, 3, 3)),
        "b": draw(size=3),
        "g": draw(size=3),
        "h": draw(size=3),
        "m": draw(size=3),
        "v": np.array([1.0, 2.0, 0.5]),
    },
)
ATTENTION = model(
    [
        node("LayerNormalization", "x g h", "n"),
        node("MatMul", "n w", "all"),
        node("Split", "all", "q k v", axis=-1, num_outputs=3),
        node("Transpose", "k", "kt", perm=[0, 2, 1]),
        node("MatMul", "q kt", "s"),
        node("Shape", "x", "shape"),
        node("Gather", "shape last", "width"),
        node("Cast", "width", "real", to=FLOAT),
        node("Sqrt", "real", "root"),
        node("Div", "s root", "t"),
        node("Softmax", "t", "u"),
        node("MatMul", "u v", "m"),
        node("Slice", "m zero two one", "cut"),
        node("Unsqueeze", "cut zero", "wide"),
        node("Concat", "wide wide", "twice", axis=0),
        node("Erf", "twice", "e"),
        node("ReduceSum", "e", "out", keepdims=0),
    ],
    {"x": draw(size=(2, 3, 4))},
    {
        "g": draw(size=4),
        "h": draw(size=4),
        "w": draw(size=(4, 12)),
        "last": np.array(2),
        "zero": np.array([0]),
        "two": np.array([2]),
        "one": np.array([1]),
    },
)


@pytest.mark.parametrize(("tested", "given", "near"), [
    (MLP, {"x": x, "y": y}, 1e-12),
    (CONVOLUTION, {"x": draw(size=(2, 2, 4, 4))}, 1e-12),
    (ATTENTION, {"x": draw(size=(2, 3, 4))}, 1e-6),  # the reference normalizes layers in single precision
], ids=["mlp", "convolution", "attention"])  # fmt: skip
def test_values_are_those_of_the_reference(tested: Any, given: dict[str, Any], near: float) -> None:
    from onnx.reference import ReferenceEvaluator

    point = gv.from_onnx(tested).at(given)
    np.testing.assert_allclose(point.value, ReferenceEvaluator(tested).run(None, given)[0], rtol=near)
    assert point.check().verdict == "pass"


@pytest.mark.needs_torch
def test_gradients_are_those_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    leaves = [torch.tensor(one, requires_grad=True) for one in (x, w1, b1, w2)]
    loss = torch.nn.functional.cross_entropy(torch.relu(leaves[0] @ leaves[1].T + leaves[2]) @ leaves[3], torch.tensor(y))
    loss.backward()
    point = gv.from_onnx(MLP).at(x=x, y=y)
    np.testing.assert_allclose(point.value, loss.item(), rtol=1e-12)
    for key, leaf in zip(("x", "fc1_weight", "fc1_bias", "w2"), leaves, strict=True):
        np.testing.assert_allclose(point.gradients[key], leaf.grad.numpy(), rtol=1e-9, atol=1e-13)


def test_files_and_open_shapes(tmp_path: Path) -> None:
    tested = model([node("ReduceSumSquare", "x", "out", keepdims=0)], {"x": ["batch", 2]}, {})
    onnx.save(tested, tmp_path / "m.onnx")
    with pytest.raises(gv.ShapeError, match="leaves batch of its input x open"):
        gv.from_onnx(tmp_path / "m.onnx")
    assert gv.from_onnx(tmp_path / "m.onnx", x=np.ones((3, 2))).at(x=np.ones((3, 2))).value == 6.0
    (tmp_path / "bad.onnx").write_bytes(b"no model at all")
    with pytest.raises(gv.FileError, match="is no ONNX model"):
        gv.from_onnx(tmp_path / "bad.onnx")
    with pytest.raises(gv.FileError):
        gv.from_onnx(tmp_path / "missing.onnx")
    with pytest.raises(gv.GradvizError, match="has no input z"):
        gv.from_onnx(tested, z=1)


def test_everything_that_has_no_counterpart_is_listed() -> None:
    nodes = [node("LRN", "i", "l", size=3), node("Hardmax", "l", "h"), node("ReduceSum", "h", "out", keepdims=0)]
    tested = model(nodes, {"i": np.ones((1, 3, 2, 2))}, {})
    with pytest.raises(gv.ParseError) as caught:
        gv.from_onnx(tested)
    assert "ONNX's LRN" in str(caught.value)
    assert "ONNX's Hardmax" in str(caught.value)
