"""How often an app may call: one message a second and channel with short bursts, and a tier per method."""

import math
from collections.abc import Callable

from sandbox.slack.errors import RateLimited

# Calls a minute (documented as "at least"); a quiet app may use a minute's worth at once.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
# Slack lets "short bursts" of messages pass without a figure; four in a row is what this stand-in lets pass.
MESSAGE_BURST = 4
# "Several hundred" messages a minute in the whole workspace, likewise without a figure.
WORKSPACE_MESSAGES = 300


class Limits:
    """Token buckets by key."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str, capacity: float, per_second: float) -> None:
        """Raises RateLimited with the whole seconds until the next call passes."""
        now = self.clock()
        tokens, since = self._buckets.get(key, (capacity, now))
        tokens = min(capacity, tokens + (now - since) * per_second)
        if tokens < 1:
            self._buckets[key] = (tokens, now)
            raise RateLimited(max(1, math.ceil((1 - tokens) / per_second)))
        self._buckets[key] = (tokens - 1, now)

    def method(self, name: str, tier: int) -> None:
        if tier:
            self.take(name, TIERS[tier], TIERS[tier] / 60)

    def message(self, channel: str) -> None:
        self.take("messages", WORKSPACE_MESSAGES, WORKSPACE_MESSAGES / 60)
        self.take(f"message:{channel}", MESSAGE_BURST, 1.0)
