"""How often an account may ask, by Calendar's quota for one user: a service account is one, however many it works for."""

import threading
import time
from collections import deque

from sandbox.google.errors import GoogleError

PER_MINUTE = 600
MINUTE = 60.0  # seconds


class Quota:
    """A window that slides over the real time, wherever the sandbox's clock stands. `per_minute` None: no limit."""

    def __init__(self, per_minute: int | None = PER_MINUTE) -> None:
        self.per_minute = per_minute
        self._asked: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def spend(self, account: str) -> None:
        """Counts a request; 403 `rateLimitExceeded` beyond the quota, and such a refusal does not count."""
        if self.per_minute is None:
            return
        now = time.monotonic()
        with self._lock:
            asked = self._asked.setdefault(account, deque())
            while asked and asked[0] <= now - MINUTE:
                asked.popleft()
            if len(asked) >= self.per_minute:
                raise GoogleError(403, "rateLimitExceeded", "Quota exceeded: queries per minute per user")
            asked.append(now)
