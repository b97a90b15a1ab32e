"""The reading half of the `/control` client: what stands in Slack and Google, and waiting until it does."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

from sandbox.connections import Connections

Json = dict[str, Any]
Found = TypeVar("Found")
POLL = 0.01  # seconds between two looks
PATIENCE_S = 20.0  # what has not come by then, on a busy machine too, is not coming


class ControlRefused(Exception):
    """The sandbox did not do it: nobody in front of Slack could have (unknown user, element, option, closed view)."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.code = str(body.get("error", ""))
        self.body = body


class NothingCame(AssertionError):
    """What was waited for did not happen in time; the message says what was there instead."""


class Watching:
    """Reads everything, with anybody's eyes. Safe to use from several threads at once."""

    def __init__(self, url: str, *, timeout: float = 30.0) -> None:
        self.url = url.rstrip("/")
        self.http = Connections(self.url, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shut()

    def shut(self) -> None:
        self.http.close()

    def _call(self, method: str, path: str, body: Json | None = None, **query: Any) -> Json:
        asked = urlencode({key: value for key, value in query.items() if value is not None})
        status, found = self.http.request(method, f"/control{path}" + (f"?{asked}" if asked else ""), body)
        if status >= 400:
            raise ControlRefused(status, found)
        return found

    def _post(self, path: str, **body: Any) -> Json:
        return self._call("POST", path, {key: value for key, value in body.items() if value is not None})

    def wait_until_up(self, timeout: float = PATIENCE_S) -> None:
        end = time.monotonic() + timeout
        while True:
            try:
                self.workspace()
                return
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(POLL)

    # Reading

    @property
    def bot_id(self) -> str:
        return "U0SLOTBOT1"

    def workspace(self) -> Json:
        return self._call("GET", "/workspace")

    def messages(self, user: str, channel: str, limit: int = 100) -> list[Json]:
        """Oldest first. `channel` may be a person or the bot: their direct message with `user`."""
        found: list[Json] = self._call("GET", "/messages", user=user, channel=channel, limit=limit)["messages"]
        return found

    def conversations(self, user: str) -> list[Json]:
        found: list[Json] = self._call("GET", "/conversations", user=user)["channels"]
        return found

    def views(self, user: str) -> list[Json]:
        """The open modals, root first."""
        found: list[Json] = self._call("GET", "/views", user=user)["stack"]
        return found

    def home(self, user: str) -> Json | None:
        found: Json | None = self._call("GET", "/home", user=user)["view"]
        return found

    def calls(self, since: int = 0, method: str | None = None) -> list[Json]:
        """What the app called, oldest first, of one method or of all."""
        found: list[Json] = self._call("GET", "/calls", since=since)["calls"]
        return [call for call in found if method in (None, call["method"])]

    def last_call(self) -> int:
        """The number to give as `since` later."""
        number: int = self._call("GET", "/calls", since=10**12)["next"]
        return number

    def deliveries(self, since: int = 0, kind: str | None = None) -> list[Json]:
        """What was sent to the app: kind slash_commands, interactive, events_api or raw."""
        found: list[Json] = self._call("GET", "/deliveries", since=since)["deliveries"]
        return [delivery for delivery in found if kind in (None, delivery["kind"])]

    def last_delivery(self) -> int:
        number: int = self._call("GET", "/deliveries", since=10**12)["next"]
        return number

    def scheduled(self) -> list[Json]:
        found: list[Json] = self._call("GET", "/scheduled")["scheduled"]
        return found

    def calendars(self) -> list[Json]:
        found: list[Json] = self._call("GET", "/calendars")["calendars"]
        return found

    def events(self, start: str, end: str) -> list[Json]:
        """Calendar events between two instants (ISO), recurring ones expanded."""
        found: list[Json] = self._call("GET", "/events", None, **{"from": start, "to": end})["events"]
        return found

    def google_calls(self, since: int = 0) -> list[Json]:
        found: list[Json] = self._call("GET", "/google/calls", since=since)["calls"]
        return found

    # Waiting

    def wait_for(self, look: Callable[[], Found | None], timeout: float = PATIENCE_S, what: str = "it") -> Found:
        """Looks again and again until there is something other than None."""
        end = time.monotonic() + timeout
        while True:
            found = look()
            if found is not None:
                return found
            if time.monotonic() > end:
                raise NothingCame(f"{what} did not come within {timeout:g} s")
            time.sleep(POLL)

    def wait_for_view(
        self,
        user: str,
        callback_id: str | None = None,
        *,
        other_than: str | None = None,
        changed_from: str | None = None,
        timeout: float = PATIENCE_S,
    ) -> Json:
        """The modal on top. other_than: not this view id. changed_from: not with this hash."""

        def look() -> Json | None:
            for view in self.views(user)[-1:]:
                right = callback_id in (None, view["callback_id"])
                if right and view["id"] != other_than and view["hash"] != changed_from:
                    return view
            return None

        return self.wait_for(look, timeout, f"a view {callback_id or ''} for {user}")

    def wait_for_home(self, user: str, *, changed_from: str | None = None, timeout: float = PATIENCE_S) -> Json:
        def look() -> Json | None:
            view = self.home(user)
            return view if view is not None and view["hash"] != changed_from else None

        return self.wait_for(look, timeout, f"the home of {user}")

    def wait_for_message(
        self,
        user: str,
        channel: str,
        matches: str | Callable[[Json], bool] = "",
        *,
        after: str = "0",
        timeout: float = PATIENCE_S,
    ) -> Json:
        """The newest message after `after` (a ts) whose text contains `matches`, or for which `matches` is true."""

        def look() -> Json | None:
            for message in reversed(self.messages(user, channel)):
                if message["ts"] <= after:
                    continue
                right = matches in message["text"] if isinstance(matches, str) else matches(message)
                if right:
                    return message
            return None

        return self.wait_for(look, timeout, f"a message {matches!r} for {user} in {channel}")

    def wait_until_connected(self, timeout: float = PATIENCE_S) -> None:
        self.wait_for(lambda: self.workspace()["bot"]["connected"] or None, timeout, "the app")
