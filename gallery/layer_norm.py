"""Layer normalization

    y = (x − mean(x))/√(var(x) + ε)

Moving all of x by one amount changes nothing, so the gradient of x sums to 0; x takes part three times, and its gradient is
the sum of three contributions.
"""

import graphviz_ad as gv

point = (
    gv.parse("""
    c = x - mean(x)
    s = sqrt(var(x) + 1e-5)
    y = c/s
    L = sum(y*g)
""")
    .at(x=[1, 2, 4, 3], g=[1, -1, 2, 0])
    .with_respect_to("x")
)
options = {"depth": 0}

if __name__ == "__main__":
    point.save("layer_norm.svg", **options)
