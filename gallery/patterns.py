"""What gates do with a gradient

    p = a + b,  q = c·d,  r = max(m, n),  u twice

An addition hands its gradient to both inputs, a multiplication swaps the factors, a maximum routes everything to one
input, and where a value is used twice the gradients add up.
"""

import graphviz_ad as gv

point = gv.parse("p = a + b; q = c*d; r = max(m, n); 2*p + 5*q + 4*u + 2*u + 9*r").at(a=3, b=4, c=2, d=3, u=7, m=4, n=5)

if __name__ == "__main__":
    point.save("patterns.svg")
