"""Every link inside built pages leads somewhere: the file is there, and so is the anchor.

    python docs/check_links.py FOLDER_OR_PAGE…

Links to other sites are not followed: continuous integration has no network to rely on. The exit code is 1 where a link is lost.
"""

from __future__ import annotations

import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what leads away and what can be led to."""
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif name in ("href", "src") and tag != "base":
                self.links.append(value)


@cache
def read(path: Path) -> Page:
    """A page, read once."""
    return Page(path.read_text("utf-8"))


def lost(page: Path) -> list[str]:
    """The links of one page that lead nowhere."""
    found = []
    for link in read(page).links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if target.is_dir():
            target = target / "index.html"
        anchor = unquote(parts.fragment)
        if not target.is_file():
            found.append(f"{page}: {link}: there is no such file")
        elif anchor and "=" not in anchor and target.suffix == ".html" and anchor not in read(target).anchors:  # a=b sets a control
            found.append(f"{page}: {link}: there is no such place")
    return found


def main(words: list[str]) -> int:
    """Check every page given, and every page in the folders given."""
    pages = [page for word in words for page in (sorted(Path(word).rglob("*.html")) if Path(word).is_dir() else [Path(word)])]
    if not pages:
        raise SystemExit("no pages to check")
    faults = [fault for page in pages for fault in lost(page.resolve())]
    print("\n".join(faults) or f"{len(pages)} pages, {sum(len(read(page.resolve()).links) for page in pages)} links: none is lost")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
