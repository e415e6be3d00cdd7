"""Tables of the typesetter: what a token of LaTeX mathematics looks like and how it behaves in a row.

Classes and the space between them are those of *The TeXbook*, chapter 18.
"""

from __future__ import annotations

_GREEK = (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon "
    "varphi chi psi omega"
)
# the italic Greek letters of Unicode stand in the order of the plain ones; after them come ∂ and six variants
_LOWER = {name: chr(0x1D6FC + place) for place, name in enumerate(_GREEK.split())}
_VARIANTS = {"epsilon": "𝜖", "vartheta": "𝜗", "varkappa": "𝜘", "phi": "𝜙", "varrho": "𝜚", "varpi": "𝜛"}
_UPPER = {name: chr(0x391 + place) for place, name in enumerate(
    "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho . Sigma Tau Upsilon Phi Chi Psi Omega".split()
) if name != "."}  # fmt: skip

# a letter of the source and its italic form
ITALIC = {
    c: chr((0x1D44E if c.islower() else 0x1D434) + ord(c.lower()) - ord("a"))
    for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
}
ITALIC["h"] = "ℎ"
ITALIC.update({chr(0x3B1 + place): italic for place, italic in enumerate(_LOWER.values())})
ITALIC.update({"ϵ": "𝜖", "ϑ": "𝜗", "ϰ": "𝜘", "ϕ": "𝜙", "ϱ": "𝜚", "ϖ": "𝜛", "∂": "𝜕"})

# a character of the source: its glyph and class
CHARACTERS = {c: (c, "ord") for c in '0123456789./|!?@"#$%∞∇…°'}
CHARACTERS.update({
    "!": ("!", "close"),
    "-": ("−", "bin"), "−": ("−", "bin"), "+": ("+", "bin"), "*": ("∗", "bin"), "×": ("×", "bin"), "·": ("⋅", "bin"), "⋅": ("⋅", "bin"),
    "±": ("±", "bin"), "∘": ("∘", "bin"), "÷": ("÷", "bin"),
    "=": ("=", "rel"), "<": ("<", "rel"), ">": (">", "rel"), "≤": ("≤", "rel"), "≥": ("≥", "rel"), "≠": ("≠", "rel"), "≈": ("≈", "rel"),
    ":": (":", "rel"), "→": ("→", "rel"), "∈": ("∈", "rel"),
    "(": ("(", "open"), "[": ("[", "open"), "⌊": ("⌊", "open"), "⌈": ("⌈", "open"), "⟨": ("⟨", "open"),
    ")": (")", "close"), "]": ("]", "close"), "⌋": ("⌋", "close"), "⌉": ("⌉", "close"), "⟩": ("⟩", "close"),
    ",": (",", "punct"), ";": (";", "punct"),
    "~": (" ", "ord"),
})  # fmt: skip

# a command: its glyph and class
SYMBOLS = {"\\" + name: (c, "ord") for table in (_LOWER, _VARIANTS, _UPPER) for name, c in table.items()}
SYMBOLS.update({
    "\\partial": ("𝜕", "ord"), "\\infty": ("∞", "ord"), "\\nabla": ("∇", "ord"), "\\ell": ("ℓ", "ord"), "\\prime": ("′", "ord"),
    "\\ldots": ("…", "inner"), "\\dots": ("…", "inner"), "\\cdots": ("⋯", "inner"), "\\vdots": ("⋮", "ord"), "\\ddots": ("⋱", "inner"),
    "\\times": ("×", "bin"), "\\cdot": ("⋅", "bin"), "\\div": ("÷", "bin"), "\\pm": ("±", "bin"), "\\mp": ("∓", "bin"),
    "\\ast": ("∗", "bin"), "\\star": ("⋆", "bin"), "\\circ": ("∘", "bin"), "\\bullet": ("•", "bin"), "\\odot": ("⊙", "bin"),
    "\\otimes": ("⊗", "bin"), "\\oplus": ("⊕", "bin"), "\\oslash": ("⊘", "bin"), "\\wedge": ("∧", "bin"), "\\land": ("∧", "bin"),
    "\\vee": ("∨", "bin"), "\\lor": ("∨", "bin"), "\\cup": ("∪", "bin"), "\\cap": ("∩", "bin"),
    "\\neg": ("¬", "ord"), "\\lnot": ("¬", "ord"), "\\forall": ("∀", "ord"), "\\exists": ("∃", "ord"), "\\emptyset": ("∅", "ord"),
    "\\top": ("⊤", "ord"), "\\intercal": ("⊤", "ord"), "\\bot": ("⊥", "ord"), "\\degree": ("°", "ord"),
    "\\leq": ("≤", "rel"), "\\le": ("≤", "rel"), "\\geq": ("≥", "rel"), "\\ge": ("≥", "rel"), "\\neq": ("≠", "rel"), "\\ne": ("≠", "rel"),
    "\\lt": ("<", "rel"), "\\gt": (">", "rel"), "\\approx": ("≈", "rel"), "\\equiv": ("≡", "rel"), "\\sim": ("∼", "rel"),
    "\\propto": ("∝", "rel"), "\\in": ("∈", "rel"), "\\notin": ("∉", "rel"), "\\to": ("→", "rel"), "\\rightarrow": ("→", "rel"),
    "\\leftarrow": ("←", "rel"), "\\mapsto": ("↦", "rel"), "\\mid": ("|", "rel"),
    "\\sum": ("∑", "op"), "\\prod": ("∏", "op"), "\\int": ("∫", "op"),
    "\\{": ("{", "open"), "\\}": ("}", "close"), "\\lbrace": ("{", "open"), "\\rbrace": ("}", "close"),
    "\\lfloor": ("⌊", "open"), "\\rfloor": ("⌋", "close"), "\\lceil": ("⌈", "open"), "\\rceil": ("⌉", "close"),
    "\\langle": ("⟨", "open"), "\\rangle": ("⟩", "close"), "\\lvert": ("|", "open"), "\\rvert": ("|", "close"),
    "\\lVert": ("‖", "open"), "\\rVert": ("‖", "close"), "\\vert": ("|", "ord"), "\\|": ("‖", "ord"), "\\Vert": ("‖", "ord"),
    "\\_": ("_", "ord"), "\\%": ("%", "ord"), "\\#": ("#", "ord"), "\\&": ("&", "ord"), "\\$": ("$", "ord"),
})  # fmt: skip

FUNCTIONS = {
    "\\" + name
    for name in "sin cos tan sec csc cot arcsin arccos arctan sinh cosh tanh coth exp log ln max min arg det dim gcd inf sup lim Pr".split()
}

# after \left and \right; "" is the empty delimiter
FENCES = {
    ".": "", "(": "(", ")": ")", "[": "[", "]": "]", "\\{": "{", "\\}": "}", "\\lbrace": "{", "\\rbrace": "}", "|": "|", "\\vert": "|",
    "\\lvert": "|", "\\rvert": "|", "\\|": "‖", "\\Vert": "‖", "\\lVert": "‖", "\\rVert": "‖", "\\lfloor": "⌊", "\\rfloor": "⌋",
    "\\lceil": "⌈", "\\rceil": "⌉", "\\langle": "⟨", "\\rangle": "⟩", "⌊": "⌊", "⌋": "⌋", "⌈": "⌈", "⌉": "⌉",
}  # fmt: skip

SPACES = {  # in ems
    "\\,": 3 / 18, "\\:": 4 / 18, "\\>": 4 / 18, "\\;": 5 / 18, "\\!": -3 / 18, "\\ ": 0.25, "~": 0.25, "\\quad": 1.0, "\\qquad": 2.0,
    "\\displaystyle": 0.0,
}  # fmt: skip

# mu between two classes; negative: only in display and text style
SPACING = {
    ("ord", "op"): 3, ("ord", "bin"): -4, ("ord", "rel"): -5, ("ord", "inner"): -3,
    ("op", "ord"): 3, ("op", "op"): 3, ("op", "rel"): -5, ("op", "inner"): -3,
    ("bin", "ord"): -4, ("bin", "op"): -4, ("bin", "open"): -4, ("bin", "inner"): -4,
    ("rel", "ord"): -5, ("rel", "op"): -5, ("rel", "open"): -5, ("rel", "inner"): -5,
    ("close", "op"): 3, ("close", "bin"): -4, ("close", "rel"): -5, ("close", "inner"): -3,
    ("punct", "ord"): -3, ("punct", "op"): -3, ("punct", "rel"): -3, ("punct", "open"): -3, ("punct", "close"): -3,
    ("punct", "punct"): -3, ("punct", "inner"): -3,
    ("inner", "ord"): -3, ("inner", "op"): 3, ("inner", "bin"): -4, ("inner", "rel"): -5, ("inner", "open"): -3,
    ("inner", "punct"): -3, ("inner", "inner"): -3,
}  # fmt: skip
