"""Text to tokens: one regular expression without backtracking, and clear words for characters that are not ours."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import ParseError
from .grammar import CHARACTERS, HINTS


class Token(NamedTuple):
    """``kind`` is "number", "name", "string", "operator", "newline" or "end"; ``start`` and ``end`` are offsets."""

    kind: str
    text: str
    start: int
    end: int


# Alternatives begin with different characters, so matching is linear in the text.
_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|\#[^\n]*)
    |(?P<newline>\r?\n|;)
    |(?P<number>(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<operator>\*\*|<=|>=|==|!=|[-+*/%@<>()\[\],=:.])
    """,
    re.VERBOSE,
)
#: operators of other languages that begin like one of ours
_COMPOUND = frozenset(("//", "->", "<>", ":=", "=>", "=<", "+=", "-=", "*=", "/="))
_FOREIGN = ("&&", "||", "^", "&", "|", "~", "!", "?", "{", "}", "\\", "$", "`")


def tokenize(text: str, source: str = "expression") -> list[Token]:
    """Split ``text`` into tokens, the last of kind "end".

    Newlines inside brackets are spaces, as in Python.

    Raises
    ------
    ParseError
        A character or number that the language does not know; with position and hint.
    """
    tokens: list[Token] = []
    position, depth, length = 0, 0, len(text)
    match = _TOKEN.match
    plain = text.isascii()
    while position < length:
        found = match(text, position)
        if found is None:
            if text[position] in "'\"":
                token = _string(text, position, source)
                tokens.append(token)
                position = token.end
                continue
            raise _foreign(text, position, source)
        kind, end, word = found.lastgroup, found.end(), found.group()
        if kind == "space":
            position = end
            continue
        if kind == "operator":
            if text[position : position + 2] in _COMPOUND and word not in ("==", "**"):
                pair = text[position : position + 2]
                raise ParseError(f"{pair} is not part of the language", text, position, position + 2, HINTS[pair], source)
            if word in "([":
                depth += 1
            elif word in ")]":
                depth -= 1
            elif word == "." and text.startswith("...", position):
                word, end = "...", position + 3
        elif kind == "newline":
            if depth > 0 and word != ";":
                position = end
                continue
        elif kind == "number":
            _check_number(text, position, end, source)
            word = word.replace("_", "")
        elif not plain:
            word = _check_name(text, position, end, source)
        tokens.append(Token(kind or "", word, position, end))
        position = end
    tokens.append(Token("end", "", length, length))
    return tokens


def _check_number(text: str, start: int, end: int, source: str) -> None:
    """Refuse what only looks like a number: 2x, 1e, 1_, 0x10, 3j, 1e400."""
    after = text[end : end + 1]
    word = text[start:end]
    if word.endswith("_") or "__" in word or "_." in word or "._" in word or "_e" in word.lower():
        raise ParseError("an underscore in a number stands between two digits", text, start, end, source=source)
    if after in ("e", "E") and not _continues(text, end + 1):
        raise ParseError("the exponent of this number is missing", text, end, end + 1, "write for example 1e-3", source)
    if after and (after == "_" or after.isalpha()):
        stop = end
        while stop < len(text) and (text[stop].isalnum() or text[stop] == "_"):
            stop += 1
        name = text[end:stop]
        if name in ("j", "J"):
            raise ParseError("complex numbers are not part of the language", text, end, stop, "values are real", source)
        if name in ("if", "else", "and", "or"):
            return
        raise ParseError("a number and a name stand side by side", text, end, stop, f"write {word}*{name}", source)
    if float(word.replace("_", "")) == float("inf"):
        raise ParseError("this number is beyond the range of float64 (about 1.8e308)", text, start, end, "write inf for infinity", source)


def _continues(text: str, position: int) -> bool:
    """Whether a name goes on at ``position``."""
    return position < len(text) and (text[position].isalnum() or text[position] == "_")


def _check_name(text: str, start: int, end: int, source: str) -> str:
    """The name in the form Python compares names in (NFKC); refuse characters that only look like letters."""
    word = text[start:end]
    for offset, character in enumerate(word):
        if not character.isascii() and (character in CHARACTERS or not (character.isalpha() or character.isidentifier())):
            category_of_number = character.isnumeric()
            if character in CHARACTERS or category_of_number or not ("a" + character).isidentifier():
                raise _foreign(text, start + offset, source)
    import unicodedata

    return unicodedata.normalize("NFKC", word)


def _string(text: str, start: int, source: str) -> Token:
    """A quoted text: only functions such as einsum take one."""
    quote = text[start]
    stop = text.find(quote, start + 1)
    if stop < 0 or "\n" in text[start:stop]:
        raise ParseError("this quote is not closed", text, start, start + 1, "names are written without quotes", source)
    return Token("string", text[start + 1 : stop], start, stop + 1)


def _foreign(text: str, position: int, source: str) -> ParseError:
    """The error for a character that begins no token."""
    for word in _FOREIGN:
        if text.startswith(word, position):
            return ParseError(f"{word} is not part of the language", text, position, position + len(word), HINTS.get(word, ""), source)
    character = text[position]
    if character in CHARACTERS:
        hint = f"write {CHARACTERS[character]}"
    elif character.isprintable() and not character.isspace():
        hint = "names consist of letters, digits and _"
    else:
        hint = "remove it, or write a plain space"
    return ParseError(f"{describe(character)} is not part of the language", text, position, position + 1, hint, source)


def describe(character: str) -> str:
    """A character made visible: itself when printable, its code point and name when not ASCII.

    >>> describe("х")
    "'х' (U+0445 CYRILLIC SMALL LETTER HA)"
    """
    shown = repr(character) if character.isprintable() else "a control character"
    if character.isascii() and character.isprintable():
        return shown
    import unicodedata

    name = unicodedata.name(character, "")
    return f"{shown} (U+{ord(character):04X}{' ' + name if name else ''})"
