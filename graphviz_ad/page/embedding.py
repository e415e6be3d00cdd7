"""Putting data, scripts and text into a page, in one place.

Text of users reaches a page as text of an element, as an attribute, or inside the JSON of one inert script element. The
page's own policy lets exactly one script run, by its hash, so that nothing else can, whatever it contains.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files

from ..render.escape import xml

__all__ = ["asset", "policy", "quoted", "script_json", "xml"]

#: what HTML, its comments and old JavaScript would read in the middle of a script
_SPECIAL = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def script_json(data: object) -> str:
    """Data as JSON that no HTML parser takes for anything else; numbers that are not finite become null.

    >>> script_json({"a": "</script><!--"})
    '{"a":"\\\\u003c/script\\\\u003e\\\\u003c!--"}'
    """
    return (
        json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_SPECIAL).encode("utf-8", "replace").decode()
    )


def asset(name: str) -> str:
    """A file of the page's own, without its comments and indentation."""
    text = (files(__package__) / "data" / name).read_text("utf-8")
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def policy(script: str) -> str:
    """A content security policy under which this script runs and nothing else does; nothing is loaded from anywhere."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def quoted(html: str) -> str:
    """A whole document as an attribute in double quotes (``srcdoc``), every character of it kept.

    >>> quoted('<p title="a">&amp;')
    '<p title=&quot;a&quot;>&amp;amp;'
    """
    return html.replace("&", "&amp;").replace('"', "&quot;")
