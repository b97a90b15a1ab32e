"""Live notices: who looks at the page hears at once what changed, and asks for the new state itself."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Notice = dict[str, Any]


@dataclass(eq=False)
class Subscription:
    """One open page. `user` limits the private topics; None hears all of them."""

    user: str | None
    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[Notice] = field(default_factory=lambda: asyncio.Queue(maxsize=1000))

    def put(self, notice: Notice) -> None:
        if not self.queue.full():
            self.queue.put_nowait(notice)


class Hub:
    """Hands notices to every subscriber. A subscriber that does not read loses notices, never blocks the others."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    @contextmanager
    def subscribe(self, user: str | None) -> Iterator[Subscription]:
        subscription = Subscription(user, asyncio.get_running_loop())
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def tell(self, topic: str, *, only: str | None = None, **facts: str) -> None:
        """`only` names the one user whom this concerns. May be called from any thread."""
        notice: Notice = {"topic": topic, **facts}
        for subscription in list(self._subscriptions):
            if only is not None and subscription.user not in (None, only):
                continue
            subscription.loop.call_soon_threadsafe(subscription.put, notice)
