"""Where every node of a large graph stands on the page's canvas: a column and a row for each, in bands as lines of a text.

Columns are the layers of :mod:`graphviz_ad.render.layers`. A graph that is very long and low (a recurrence, a long sum) is cut
into bands one below the other, so that the whole of it has about the shape of a screen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..render.layers import layers, ordered

if TYPE_CHECKING:
    from ..graph.structure import Graph

ASPECT = 0.7  # columns for each row of the whole: cells are wider than high, and screens wider still
NOWHERE = -1


def places(graph: Graph) -> dict[str, list[int]]:
    """``{"column": …, "row": …}`` with one entry a node; -1 for constants and for what no output needs.

    >>> from graphviz_ad import parse
    >>> places(parse("sin(x)*y"))
    {'column': [0, 1, 1, 2], 'row': [0, 0, 1, 0]}
    """
    shown = [h for h, op in enumerate(graph.ops) if graph.needed[h] and op != "constant"]
    number = {h: k for k, h in enumerate(shown)}
    arrows = [(number[source], k) for k, h in enumerate(shown) for source in graph.operands[h] if source in number]
    columns = ordered(len(shown), arrows, layers(len(shown), arrows))
    tallest = max(map(len, columns), default=1)
    bands = max(1, round(math.sqrt(len(columns) / (tallest + 1) / ASPECT)))
    wide = math.ceil(len(columns) / bands)
    column, row = [NOWHERE] * len(graph.ops), [NOWHERE] * len(graph.ops)
    for index, nodes in enumerate(columns):
        band, at = divmod(index, wide)
        first = band * (tallest + 1) + (tallest - len(nodes)) // 2
        for rank, k in enumerate(nodes):
            column[shown[k]], row[shown[k]] = at, first + rank
    return {"column": column, "row": row}
