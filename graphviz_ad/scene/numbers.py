"""How numbers are shown: two decimals as the lecture prints them, integers where all shown numbers are integers.

Rounding happens here and only here: nothing computes with a shown number, and every label carries the exact one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from .model import Label

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np

    #: a number or a truth value, Python's or NumPy's, or an array of them
    Value: TypeAlias = float | np.generic | np.ndarray

MINUS = "\N{MINUS SIGN}"
SMALLEST, LARGEST = 0.01, 1e4  # outside of these: significant digits instead of decimals
PLAIN_SMALLEST = 1e-4  # smaller ones are written with a power of ten
LARGEST_INTEGER = 10**9  # larger ones are written with a power of ten, exactly representable or not
ROUNDED = "≈"  # in place of a label's exact form, in derivations: what is shown is not the number itself
_NOISE = 1e-14  # the rounding of a few operations in float64
MOST_ENTRIES = 6  # rows and columns of a matrix that are shown; the others are elided


class Figures(NamedTuple):
    """The way in which all numbers of one picture or text are shown.

    ``integers``: every number of it is an integer, so none gets decimals. ``decimals``: otherwise how many; numbers
    outside 0.01 … 10 000 get one significant digit more than that.

    >>> Figures().text(-0.19661193324148185), Figures(integers=True).text(-12.0), Figures().text(-12.0)
    ('−0.20', '−12', '−12.00')
    >>> Figures().text(0.00153), Figures().text(1.2345e-7), Figures().text(123456.0), Figures(decimals=4).text(2 / 3)
    ('0.00153', '1.23e−7', '1.23e5', '0.6667')
    """

    integers: bool = False
    decimals: int = 2

    def text(self, number: Value) -> str:
        """A number, truth value or array in Unicode."""
        if isinstance(number, (bool, int, float)):
            return self._scalar(number)
        shape = getattr(number, "shape", ())
        if shape == ():
            return self._scalar(_unwrapped(number))
        return self._array(number, len(shape))

    def latex(self, number: Value) -> str:
        r"""The same in LaTeX; vectors are columns, matrices are bracketed, more than two dimensions are told by their shape.

        >>> Figures().latex(-1.5e-9), Figures().latex(float("inf"))
        ('-1.50 \\cdot 10^{-9}', '\\infty')
        """
        if getattr(number, "shape", ()) == ():
            return latex_of(self.text(number))
        return self._matrix(number)

    def label(self, number: Value | None) -> Label | None:
        """A number as a label with its exact form; no label for None, where there is nothing to show."""
        if number is None:
            return None
        if getattr(number, "shape", ()) == ():
            return Label(self.text(number), "", exact(number))
        return Label(self.text(number), self.latex(number), exact(number))

    def _scalar(self, number: bool | int | float) -> str:
        if isinstance(number, bool):
            return "true" if number else "false"
        number = float(number)
        if not math.isfinite(number):
            return "NaN" if number != number else "∞" if number > 0 else MINUS + "∞"
        sign = MINUS if number < 0 else ""
        size = abs(number)
        if self.integers and size == math.floor(size) and size < LARGEST_INTEGER:
            return sign + str(int(size))
        shown = f"{size:.{self.decimals}f}"
        if number == 0:
            return shown
        if size >= SMALLEST and float(shown) < LARGEST:
            return sign + shown if float(shown) else shown
        if PLAIN_SMALLEST <= size < SMALLEST:
            places = self.decimals - math.floor(math.log10(size))
            return sign + f"{size:.{places}f}"
        mantissa, _, power = f"{size:.{self.decimals}e}".partition("e")
        return f"{sign}{mantissa}e{MINUS if power.startswith('-') else ''}{int(power.lstrip('+-'))}"

    def _array(self, array: np.ndarray | np.generic, dimensions: int) -> str:
        if dimensions > 2 or 0 in array.shape:
            return f"array {shape_text(array.shape)}"
        rows = array.tolist() if dimensions == 2 else [array.tolist()]
        written = ["[" + ", ".join(_elided([self._scalar(entry) for entry in row])) + "]" for row in _elided(rows, keep=True)]
        if len(rows) > MOST_ENTRIES:
            written.insert(MOST_ENTRIES - 1, "…")
        return written[0] if dimensions == 1 else "[" + ", ".join(written) + "]"

    def _matrix(self, array: Any) -> str:
        if len(array.shape) > 2 or 0 in array.shape:
            return rf"\mathrm{{array}}\;{shape_text(array.shape)}"
        rows = array.tolist() if len(array.shape) == 2 else [[entry] for entry in array.tolist()]
        lines = [" & ".join(_elided([latex_of(self._scalar(e)) for e in row], r"\cdots")) for row in _elided(rows, keep=True)]
        if len(rows) > MOST_ENTRIES:
            lines.insert(MOST_ENTRIES - 1, " & ".join([r"\vdots"] * min(len(rows[0]), MOST_ENTRIES + 1)))
        return r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}"


def choose(numbers: Iterable[Value | None], precision: int | None = None) -> Figures:
    """The figures for everything that is shown: integers where all are, else two decimals; ``precision`` decimals when it is given.

    Raises
    ------
    ValueError
        ``precision`` is negative or more than 17.

    >>> choose([3.0, -4.0]).integers, choose([3.0, -4.5]).integers, choose([3.0], precision=3).text(3.0)
    (True, False, '3.000')
    """
    if precision is not None:
        if not 0 <= precision <= 17:
            raise ValueError(f"precision is {precision}; it must lie between 0 and 17")
        return Figures(False, precision)
    return Figures(all(_is_integer(number) for number in numbers))


def exact(number: Value) -> str:
    """The number itself, all digits of it; an array of many entries by its shape."""
    if isinstance(number, (bool, int, float)):
        return repr(number)
    shape = getattr(number, "shape", ())
    if shape == ():
        return repr(_unwrapped(number))
    return repr(number.tolist()) if number.size <= MOST_ENTRIES**2 else f"array {shape_text(shape)}"


def rounds(figures: Figures, number: Value) -> bool:
    """Whether what is shown of a number, or of an entry of an array, is another number, beyond the rounding of float64 itself.

    >>> rounds(Figures(), 0.25), rounds(Figures(), 0.0101), rounds(Figures(), -2.0)
    (False, True, False)
    """
    if isinstance(number, bool):
        return False
    if isinstance(number, (int, float)) or getattr(number, "shape", ()) == ():
        plain = _unwrapped(number)
        if not isinstance(plain, float) or not math.isfinite(plain):
            return False
        shown = float(figures.text(plain).replace(MINUS, "-"))
        return not math.isclose(shown, plain, rel_tol=_NOISE, abs_tol=0.0)
    if len(number.shape) > 2 or number.size > MOST_ENTRIES**2:
        return False  # its shape, or some of its entries, are shown
    return any(rounds(figures, entry) for entry in number.ravel().tolist())


def told(number: Value, figures: Figures) -> Label:
    """A number in a derivation: in its figures, marked where what is shown is another number.

    >>> told(0.25, Figures()), told(-1 / 3, Figures())
    (Label(text='0.25', latex='0.25', exact=''), Label(text='−0.33', latex='-0.33', exact='≈'))
    """
    return Label(figures.text(number), figures.latex(number), ROUNDED if rounds(figures, number) else "")


def full(number: Value, figures: Figures) -> Label:
    """A number that is a result: the shortest digits that tell it, where its figures would round it; arrays in their figures.

    >>> full(-0.204, Figures()).text, full(-4.0, Figures()).text
    ('−0.204', '−4.00')
    """
    if getattr(number, "shape", ()) != () or not rounds(figures, number):
        return told(number, figures)
    text = repr(_unwrapped(number)).replace("-", MINUS).replace("e+", "e")
    return Label(text, latex_of(text))


def latex_of(text: str) -> str:
    """A number as :meth:`Figures.text` writes it, in LaTeX."""
    text = text.replace(MINUS, "-")
    if text in ("NaN", "true", "false"):
        return rf"\mathrm{{{text}}}"
    text = text.replace("∞", r"\infty")
    mantissa, _, power = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{power}}}" if power else text


def shape_text(shape: tuple[int, ...] | None) -> str:
    """A shape for people: "" for a scalar or an unknown one.

    >>> shape_text((3, 2)), shape_text((4,)), shape_text(())
    ('(3, 2)', '(4,)', '')
    """
    return str(tuple(shape)) if shape else ""


def _unwrapped(number: Value) -> bool | int | float:
    """A scalar of an array library as Python's own."""
    plain = number.item() if hasattr(number, "item") else number
    return plain if isinstance(plain, (bool, int, float)) else float(plain)


def _is_integer(number: Value | None) -> bool:
    """Whether a number can be shown without decimals; what is not finite has none to show."""
    if number is None or isinstance(number, (bool, int)):
        return True
    if isinstance(number, float):
        return number == math.floor(number) if math.isfinite(number) else True
    if getattr(number, "shape", ()) == ():
        return _is_integer(_unwrapped(number))
    return all(_is_integer(entry) for entry in number.ravel().tolist())


def _elided(entries: list[Any], mark: str = "…", keep: bool = False) -> list[Any]:
    """The first entries and the last one, with a mark between (or, with ``keep``, without one)."""
    if len(entries) <= MOST_ENTRIES:
        return entries
    return [*entries[: MOST_ENTRIES - 1], *([] if keep else [mark]), entries[-1]]
