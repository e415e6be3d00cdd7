"""A small network as cards

    L = (y − tanh(u·tanh(W x + b)))²

More than forty operations are drawn as cards, and a smaller graph on request.
"""

import graphviz_ad as gv

point = gv.parse("""
    h1 = tanh(w11*x1 + w12*x2 + b1)
    h2 = tanh(w21*x1 + w22*x2 + b2)
    h3 = tanh(w31*x1 + w32*x2 + b3)
    o = tanh(u1*h1 + u2*h2 + u3*h3)
    d = y - o
    L = d**2
""").at(
    x1=0.5, x2=-1.2, w11=-0.73, w12=0.69, w21=-0.49, w22=-0.01, w31=0.3, w32=0.58,
    b1=0.26, b2=-0.05, b3=-0.41, u1=-0.94, u2=0.67, u3=-0.13, y=1,
)  # fmt: skip
options = {"style": "card"}

if __name__ == "__main__":
    point.save("network.svg", **options)
