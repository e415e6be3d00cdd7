"""A computation in stages

    f = (σ(y) + x)/((x + y)² + σ(x))

Every stage has the name that the text gives it. Both inputs are used several times, so their gradients are sums.
"""

import graphviz_ad as gv

point = gv.parse("""
    sigy = sigmoid(y)
    num = sigy + x
    xpy = x + y
    xpysqr = xpy**2
    sigx = sigmoid(x)
    den = xpysqr + sigx
    invden = 1/den
    f = num*invden
""").at(x=3, y=-4)

if __name__ == "__main__":
    point.save("staged.svg")
