"""Everything that one sandbox holds, and how it is saved."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.faults import Faults
from sandbox.google.state import Google
from sandbox.hub import Hub
from sandbox.slack.delivery import Delivery
from sandbox.slack.journal import Journal
from sandbox.slack.limits import Limits
from sandbox.slack.state import Slack, Timing

SAVE_AFTER = 1.0  # seconds; what a killed process may lose at least


def _now() -> datetime:
    return datetime.now(UTC)


class World:
    """One Slack workspace, one Google, and what is between them. There are no globals: two worlds do not meet.

    directory: where the state is kept; without one nothing is written. rate_limits: False lifts the limits of both for
    throughput tests. events_url: where signed requests go when no socket is connected.
    """

    def __init__(
        self,
        *,
        directory: Path | None = None,
        events_url: str | None = None,
        rate_limits: bool = True,
        timing: Timing | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.directory = directory
        self.clock = clock
        self.hub = Hub()
        self.faults = Faults()
        self.google = Google(clock)
        if not rate_limits:
            self.google.quota.per_minute = None
        self.slack = Slack(lambda: clock().timestamp(), self.hub)
        self.slack.rate_limits = rate_limits
        self.slack.timing = timing or Timing()
        self.limits = Limits(self.slack.clock)
        self.calls = Journal(5000)
        self.delivery = Delivery(self.slack, Journal(3000))
        self.delivery.events_url = events_url
        self._dirty: set[str] = set()
        self.slack.changed = lambda: self._dirty.add("slack")
        self.google.on_change = self._calendar_changed

    @property
    def base_url(self) -> str:
        return self.slack.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self.slack.base_url = url

    @property
    def events_url(self) -> str | None:
        return self.delivery.events_url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self.delivery.events_url = url

    def _calendar_changed(self, calendar: str) -> None:
        self._dirty.add("google")
        self.hub.tell("calendar", calendar=calendar)

    # Saving

    def _parts(self) -> dict[str, Any]:
        return {"slack": self.slack, "google": self.google}

    def load(self) -> bool:
        """Restores what an earlier run saved; False when there is nothing."""
        if self.directory is None:
            return False
        found = {name: self.directory / f"{name}.json" for name in self._parts()}
        if not found["slack"].exists():
            return False
        for name, part in self._parts().items():
            if found[name].exists():
                part.restore(json.loads(found[name].read_text("utf-8")))
        for id in self.slack.files:
            path = self.directory / "files" / id
            if path.exists():
                self.slack.file_bytes[id] = path.read_bytes()
        return True

    def save(self, *, everything: bool = False) -> None:
        """Writes the parts that changed, each in one atomic rename."""
        if self.directory is None:
            return
        names = set(self._parts()) if everything else set(self._dirty)
        self._dirty -= names
        for name in sorted(names):
            self._write(self.directory / f"{name}.json", json.dumps(self._parts()[name].snapshot()).encode())
        if "slack" in names:
            for id, content in self.slack.file_bytes.items():
                path = self.directory / "files" / id
                if not path.exists():
                    self._write(path, content)

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        fresh.write_bytes(content)
        fresh.replace(path)

    async def keep_saved(self) -> None:
        """Runs beside the server. Saving takes at most a twentieth of the time, however large the calendars grow."""
        pause = SAVE_AFTER
        while True:
            await asyncio.sleep(pause)
            if self._dirty:
                began = time.perf_counter()
                self.save()
                pause = max(SAVE_AFTER, 20 * (time.perf_counter() - began))
