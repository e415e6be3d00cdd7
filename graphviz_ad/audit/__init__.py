"""What other frameworks give as the gradient at a point, and which of their answers are valid there.

conventions   the question, its answers, and what is valid
walk          a graph run by another library's functions
torch_side, jax_side, casadi_side, sympy_side, lecture_side
              one library each: the functions that stand for our operations, and its gradient
recorded      answers on record, for libraries that are not installed
"""
