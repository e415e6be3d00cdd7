"""``python -m graphviz_ad``: the same as the command ``gradviz``."""

from __future__ import annotations

from .cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
