"""Wakes the other processes of an installation when something was committed.

Only a hint: whoever misses it finds the work by polling. So Redis may be away, and nothing waits for it.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import Redis

log = logging.getLogger(__name__)

CHANNEL = "slotquest:committed"
TIMEOUT_S = 0.3  # the client's defaults would wait 4 s for a dead server
RECONNECT_S = 2.0


class Signal:
    """A wake-up over Redis; without a URL it is silent, for a single process wakes itself."""

    def __init__(self, url: str | None) -> None:
        self._client = _client(url) if url else None
        self._told = threading.Event()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.reachable: bool | None = None if url is None else False

    def start(self, heard: Callable[[], None]) -> None:
        """Listen for other processes and pass on what this one tells."""
        if self._client is None:
            return
        for work in (lambda: self._listen(heard), self._speak):
            thread = threading.Thread(target=work, name="signal", daemon=True)
            thread.start()
            self._threads.append(thread)

    def tell(self) -> None:
        """Something was committed; returns at once."""
        self._told.set()

    def stop(self) -> None:
        """End listening and speaking."""
        self._stopping.set()
        self._told.set()
        for thread in self._threads:
            thread.join(RECONNECT_S + 1)
        if self._client is not None:
            self._client.close()

    def _speak(self) -> None:
        from redis import RedisError

        assert self._client is not None
        while not self._stopping.is_set():
            self._told.wait()
            self._told.clear()
            with contextlib.suppress(RedisError):
                self._client.publish(CHANNEL, "1")

    def _listen(self, heard: Callable[[], None]) -> None:
        from redis import RedisError

        assert self._client is not None
        while not self._stopping.is_set():
            try:
                with self._client.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
                    channel.subscribe(CHANNEL)
                    self.reachable = True
                    while not self._stopping.is_set():
                        if channel.get_message(timeout=TIMEOUT_S / 2):
                            heard()
            except RedisError as error:
                if self.reachable is not False:
                    log.warning("Redis cannot be reached; this process goes on alone: %s", error)
                self.reachable = False
                self._stopping.wait(RECONNECT_S)


def _client(url: str) -> "Redis":
    """Redis is imported by those who have one: it costs an eighth of a second and 20 MB."""
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0))
