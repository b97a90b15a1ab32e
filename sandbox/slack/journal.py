"""Numbered logs of what the app called and of what was sent to it."""

from collections import deque
from typing import Any


class Journal:
    """Forgets its oldest entries. Numbers start at 1 and are never used again."""

    def __init__(self, keep: int) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=keep)
        self.count = 0

    def add(self, **facts: Any) -> dict[str, Any]:
        """The entry, which the caller may complete later."""
        self.count += 1
        entry = {"n": self.count, **facts}
        self._entries.append(entry)
        return entry

    def since(self, n: int) -> list[dict[str, Any]]:
        return [entry for entry in self._entries if entry["n"] > n]
