"""A document as JSON text: strict, one node and one edge a line, the same bytes for the same document."""

from __future__ import annotations

import json
from typing import Any

_LISTS = ("nodes", "edges", "groups")  # one entry a line: readable, and small differences stay small


def dumps(document: dict[str, Any]) -> str:
    r"""The text of a document, a newline at its end. Cost is linear in the document.

    Raises
    ------
    ValueError
        A number that is not finite stands in it; :func:`graphviz_ad.scene.document.plain` makes strings of those.

    >>> dumps({"value": 1.0, "nodes": [{"id": "n0"}, {"id": "n1"}]})
    '{\n"value": 1.0,\n"nodes": [\n  {"id": "n0"},\n  {"id": "n1"}\n]\n}\n'
    """
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    lines = []
    for key, value in document.items():
        if key in _LISTS and value:
            lines.append(f"{encode(key)}: [\n  " + ",\n  ".join([encode(entry) for entry in value]) + "\n]")
        else:
            lines.append(f"{encode(key)}: {encode(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
