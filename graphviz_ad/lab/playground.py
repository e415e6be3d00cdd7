"""The playground: train a network in the browser, on the very graphs that Python trains on.

For each depth and activation the page holds the loss and its gradient as one graph, made by :meth:`Graph.gradient` and written
as tables; sizes stand in it by name, so that one table serves any number of neurons and examples. Operations between numbers
are the package's JavaScript kernels; the page itself adds only the moving of arrays.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..objects.reading import parse
from ..page.embedding import policy, script_json
from ..primitives.kernels.javascript import program
from ..primitives.registry import OPERATIONS
from ..render.theme import DARK, LIGHT
from .canvas import CLASSES
from .models import network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..objects.graph import Graph

ACTIVATIONS = ("relu", "tanh", "sigmoid", "leaky_relu", "elu", "silu", "softplus", "none")
LOSSES = ("softmax", "hinge")
DEPTHS = range(7)
#: sizes that occur nowhere else stand for those the reader chooses
_SIZES = {1009: "N", 17: "C", 101: "H1", 103: "H2", 107: "H3", 109: "H4", 113: "H5", 127: "H6"}
SCRIPTS = ("playground_arrays.js", "playground.js", "playground_views.js")


def write_playground() -> str:
    """The page as one file.

    >>> page = write_playground()
    >>> page[:15], "https://" in page
    ('<!DOCTYPE html>', False)
    """
    kinds = [(depth, activation, loss) for loss in LOSSES for depth in DEPTHS for activation in (ACTIVATIONS if depth else ("none",))]
    tables = {f"{loss}-{depth}-{activation}": tabulate(depth, activation, loss) for depth, activation, loss in kinds}
    ops = sorted({op for table in tables.values() for op in table["op"]})
    elementwise = program(tuple(op for op in ops if op in OPERATIONS))
    folder = files(__package__) / "data"
    source = "\n".join((folder / name).read_text("utf-8") for name in SCRIPTS)
    script = f'(() => {{\n"use strict";\nconst OPS = {elementwise};\n{source}\nstart();\n}})();'
    rest = {name: 0.0 if name == "none" else float(parse(f"{name}(x)").at(x=0).value) for name in ACTIVATIONS}  # answers to a sum of 0
    data = {**_pooled(tables, ops), "colors": CLASSES, "rest": rest}
    bright = ";".join(f"--{role}:{color}" for role, color in LIGHT.items())
    dim = ";".join(f"--{role}:{color}" for role, color in DARK.items())
    page = (folder / "playground.html").read_text("utf-8")
    roles = f":root{{color-scheme:light dark;{bright}}}@media(prefers-color-scheme:dark){{:root{{{dim}}}}}"
    for mark, text in {
        "@policy@": policy(script), "@colors@": roles, "@depth@": str(max(DEPTHS)),
        "@options@": "".join(f"<option>{name}</option>" for name in ACTIVATIONS),
        "@losses@": "".join(f"<option>{name}</option>" for name in LOSSES), "@data@": script_json(data), "@script@": script,
    }.items():  # fmt: skip
        page = page.replace(mark, text)
    return page


def _pooled(tables: dict[str, dict[str, Any]], ops: list[str]) -> dict[str, Any]:
    """The tables with operations and static arguments as places in two lists, each of which holds every entry once."""
    pool: dict[str, int] = {}
    small = {}
    for name, table in tables.items():
        params = [pool.setdefault(json.dumps(one, sort_keys=True), len(pool)) for one in table["params"]]
        small[name] = {**table, "op": [ops.index(op) for op in table["op"]], "params": params}
    return {"tables": small, "ops": ops, "params": [json.loads(one) for one in pool]}


def tabulate(depth: int, activation: str, loss: str = "softmax") -> dict[str, Any]:
    """Loss, scores, gradients of one kind of network as columns: operations, operands, static arguments, names.

    ``slopes`` holds where the gradients of the inner nodes stand: of z, h and S.
    """
    hidden = tuple(size for size, name in _SIZES.items() if name.startswith("H"))[:depth]
    model = network((2, *hidden, 17), activation, loss, l2=1.0)
    text = model.text.replace("R = 0.5*", "R = 0.5*lam*")
    graph = parse(text).shaped({"X": (1009, 2), "y": (1009,), "lam": (), **model.shapes})
    gradient = graph.gradient(*model.shapes)
    wanted = ["L", "S", *gradient.output_names]
    whole = gradient.of(*wanted)
    assert whole.shapes is not None
    columns: dict[str, Any] = {
        "op": list(whole.ops),
        "from": [list(one) for one in whole.operands],
        "params": [],
        "names": {},
        "slopes": {},
    }
    for handle, op in enumerate(whole.ops):
        params: Any = whole.params[handle]
        if op == "constant":
            value = params.value
            columns["params"].append({"value": _SIZES.get(int(value), value) if float(value).is_integer() else value})
        elif op == "input" or not params:
            columns["params"].append({"shape": _named(whole.shapes[handle])})
        else:
            columns["params"].append({**{key: _plain(value) for key, value in dict(params).items()}, "shape": _named(whole.shapes[handle])})
    columns["needed"] = [int(one) for one in whole.needed]
    columns["names"] = {name: whole.handle(name) for name in (*graph.inputs, *[n for n in graph.names if n], *wanted)}
    for layer in range(1, model.layers + 1):
        handle = whole.handle(f"dL_db{layer}")
        assert whole.ops[handle] == "sum"  # what is summed over the examples is the gradient of the layer's sums
        columns["slopes"]["S" if layer == model.layers else f"z{layer}"] = whole.operands[handle][0]
        columns["slopes"].update({f"h{layer - 1}": _back_through(whole, f"W{layer}")} if layer > 1 else {})
    return columns


def _back_through(whole: Graph, weights: str) -> int:
    """The gradient of what is multiplied by a weight matrix: the one product with its transpose."""
    turned = [h for h, op in enumerate(whole.ops) if op == "transpose" and whole.operands[h][0] == whole.handle(weights)]
    (found,) = [h for h, op in enumerate(whole.ops) if op == "matmul" and whole.operands[h][1] in turned]
    return found


def _named(shape: Sequence[int]) -> list[int | str]:
    return [_SIZES.get(size, size) for size in shape]


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _SIZES.get(value, value) if isinstance(value, int) and not isinstance(value, bool) else value
