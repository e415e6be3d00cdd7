"""What a wrong gradient looks like."""
from typing import Any


def diagnose(check: Any, report: Any, matrix: Any) -> list[str]:
    return []
