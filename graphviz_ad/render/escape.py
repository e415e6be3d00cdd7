"""Escaping, in one place: text that users wrote on its way into SVG, DOT and HTML-like labels."""

from __future__ import annotations

import re

# control characters, lone surrogates and non-characters, none of which XML can hold; and what would reverse the text around it
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_UNSAFE_ID = re.compile(r"[^A-Za-z0-9_.-]")


def plain(text: str) -> str:
    """Text on one line that every format can hold: what XML forbids, line ends and direction overrides become spaces.

    >>> plain("a\\x00b\\nc")
    'a b c'
    """
    return _UNFIT.sub(" ", text)


def xml(text: str) -> str:
    """Text for SVG, as content or as an attribute in double quotes.

    >>> xml('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def xml_lines(text: str) -> str:
    """As :func:`xml`, but line ends stay: for tooltips.

    >>> xml_lines("a < b\\nc")
    'a &lt; b\\nc'
    """
    return "\n".join(xml(line) for line in text.split("\n"))


def dot(text: str) -> str:
    """Text as a quoted DOT string. Graphviz reads backslash escapes and HTML entities inside one.

    >>> print(dot('a"b\\\\n & c'))
    "a\\"b\\\\n &amp; c"
    """
    return '"' + plain(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') + '"'


def html_label(text: str) -> str:
    """Text inside a Graphviz HTML-like label, which is XML; leading and trailing space would be an error there."""
    return xml(text)


def identifier(text: str) -> str:
    """Text as part of an XML id; the program's own ids pass unchanged.

    >>> identifier("n3"), identifier('x" onload="')
    ('n3', 'x__onload__')
    """
    return _UNSAFE_ID.sub("_", text)
