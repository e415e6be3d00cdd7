"""A computation in stages

    f = (x + σ(y))/(σ(x) + (x + y)²)

Every stage has the name that the text gives it. Both inputs are used several times, so their gradients are sums.
"""

import graphviz_ad as gv

point = gv.parse("""
    sigy = sigmoid(y)
    num = x + sigy
    sigx = sigmoid(x)
    xpy = x + y
    xpysqr = xpy**2
    den = sigx + xpysqr
    invden = 1/den
    f = num*invden
""").at(x=3, y=-4)

if __name__ == "__main__":
    point.save("staged.svg")
