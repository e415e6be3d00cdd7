"""The same without values

    f = (x + y)·z

With nothing bound the arrows carry the local derivatives as formulas.
"""

import graphviz_ad as gv

graph = gv.parse("q = x + y; f = q*z")

if __name__ == "__main__":
    graph.save("symbolic.svg")
