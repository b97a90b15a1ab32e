"""Everything the local Google remembers: calendars with their events, accounts, access tokens, channels, the call log.

Serial numbers rise by one with each change of a calendar; a sync token is a serial with the query it belongs to.
"""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.google.errors import GoogleError
from sandbox.google.quota import Quota
from sandbox.google.times import Resource, stamp

ROLES = ("freeBusyReader", "reader", "writer", "owner")
CALLS_KEPT = 20_000
SYNC_TOKEN_LIFETIME = timedelta(days=28)
LARGEST_QUERY = 50
"""Calendars that one freeBusy query may ask for."""


@dataclass
class Stored:
    """An event with the serial of its last change."""

    resource: Resource
    serial: int


@dataclass
class Ghost:
    """An instance that its series no longer has since `serial`; incremental syncs report it as cancelled."""

    serial: int
    master: str
    original: Resource


@dataclass
class Calendar:
    id: str
    summary: str
    time_zone: str = "Europe/Berlin"
    hue: int = 210
    roles: dict[str, str] = field(default_factory=dict)
    """Account address → freeBusyReader, reader, writer or owner. An account without an entry gets 404."""
    events: dict[str, Stored] = field(default_factory=dict)
    exceptions: dict[str, set[str]] = field(default_factory=dict)
    """Series id → ids of its stored (changed or cancelled) instances."""
    ghosts: dict[str, Ghost] = field(default_factory=dict)
    serial: int = 0
    last_change: datetime = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Account:
    """A service account: the address it signs as and the public key (PEM) its assertions are verified with."""

    email: str
    public_key: str
    client_id: str = ""


@dataclass
class Token:
    account: str
    scopes: frozenset[str]
    expires: float
    """Seconds of the epoch."""


@dataclass
class Channel:
    """A push channel as `events.watch` opened it; `expires` in seconds of the epoch."""

    id: str
    resource_id: str
    calendar: str
    resource_uri: str
    address: str
    token: str | None
    expires: float
    account: str
    number: int = 1


@dataclass(frozen=True)
class Call:
    n: int
    at: str
    method: str
    path: str
    status: int


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _unheard(_: str) -> None:
    return None


class Google:
    """The state of the local Google. Methods may be called from any thread."""

    def __init__(self, clock: Callable[[], datetime] = _utc_now) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.calendars: dict[str, Calendar] = {}
        self.accounts: dict[str, Account] = {}
        self.listed: dict[str, list[str]] = {}
        """Account → the calendars in its calendar list. Sharing alone lists nothing for a service account."""
        self.tokens: dict[str, Token] = {}
        self.channels: dict[str, Channel] = {}
        self.quota = Quota()
        self.generation = 1
        """Part of each sync token; raising it makes all the earlier ones too old."""
        self.token_seconds = 3599
        self.short_pages = False
        """True: the first page of a listing is empty and the others half full, as Google's may be."""
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self.call_number = 0
        self.on_change: Callable[[str], None] = _unheard
        """Called with the calendar's id after each change; the page's live notices hang here."""
        self.on_push: Callable[[str], None] = _unheard
        """Called likewise; the push channels hang here."""

    def add_calendar(
        self, calendar_id: str, summary: str, *, time_zone: str = "Europe/Berlin", hue: int = 210
    ) -> Calendar:
        made = Calendar(calendar_id, summary, time_zone, hue)
        with self.lock:
            self.calendars[calendar_id] = made
        return made

    def add_account(self, email: str, public_key: str, client_id: str = "") -> None:
        self.accounts[email] = Account(email, public_key, client_id)

    def share(self, calendar_id: str, account: str, role: str | None = "writer") -> None:
        """Grant a role on a calendar, or take it away with None."""
        roles = self.calendars[calendar_id].roles
        if role is None:
            roles.pop(account, None)
        elif role in ROLES:
            roles[account] = role
        else:
            raise ValueError(f"unknown role {role!r}")

    def calendar(self, calendar_id: str, account: str | None, needs: str = "reader") -> Calendar:
        """A calendar as an account may use it; None acts as the calendar's owner (a person).

        404 `notFound` without any role, 403 `requiredAccessLevel` below the needed one.
        """
        found = self.calendars.get(account if calendar_id == "primary" and account else calendar_id)
        if found is None:
            raise GoogleError(404, "notFound")
        if account is not None:
            role = found.roles.get(account)
            if role is None:
                raise GoogleError(404, "notFound")
            if ROLES.index(role) < ROLES.index(needs):
                level = "writer" if needs == "writer" else needs
                raise GoogleError(403, "requiredAccessLevel", f"You need to have {level} access to this calendar.")
        return found

    def touch(self, calendar: Calendar, resource: Resource, at: datetime | None = None) -> Stored:
        """Store a resource as changed now (or `at`): next serial, new `updated` (strictly rising) and new etag."""
        with self.lock:
            calendar.serial += 1
            now = (at or self.clock()).astimezone(UTC)
            now = now.replace(microsecond=now.microsecond // 1000 * 1000)
            changed = max(now, calendar.last_change + timedelta(milliseconds=1))
            calendar.last_change = changed
            resource["updated"] = stamp(changed)
            resource["etag"] = f'"{round(changed.timestamp() * 1000) * 2}"'
            stored = Stored(resource, calendar.serial)
            calendar.events[resource["id"]] = stored
            if "recurringEventId" in resource:
                calendar.exceptions.setdefault(resource["recurringEventId"], set()).add(resource["id"])
        return stored

    def changed(self, calendar_id: str) -> None:
        self.on_change(calendar_id)
        self.on_push(calendar_id)

    def issue_token(self, account: str, scopes: frozenset[str]) -> str:
        token = "ya29." + secrets.token_urlsafe(40)
        with self.lock:
            now = time.time()
            self.tokens = {key: kept for key, kept in self.tokens.items() if kept.expires > now}
            self.tokens[token] = Token(account, scopes, now + self.token_seconds)
        return token

    def expire_access_tokens(self) -> None:
        """From now on each request answers 401 until the client has fetched a new token."""
        self.tokens.clear()

    def expire_sync_tokens(self) -> None:
        """Each sync token given so far answers 410 `fullSyncRequired` from now on."""
        self.generation += 1

    def log(self, method: str, path: str, status: int) -> None:
        with self.lock:
            self.call_number += 1
            self.calls.append(Call(self.call_number, stamp(self.clock()), method, path, status))

    def snapshot(self) -> dict[str, Any]:
        """The state as JSON values; access tokens and the call log are left out, as a restart of Google would."""
        with self.lock:
            return {
                "generation": self.generation,
                "accounts": [asdict(account) for account in self.accounts.values()],
                "listed": {key: list(value) for key, value in self.listed.items()},
                "channels": [asdict(channel) for channel in self.channels.values()],
                "calendars": [
                    {
                        "id": calendar.id,
                        "summary": calendar.summary,
                        "time_zone": calendar.time_zone,
                        "hue": calendar.hue,
                        "roles": dict(calendar.roles),
                        "serial": calendar.serial,
                        "last_change": calendar.last_change.isoformat(),
                        "events": [[stored.serial, dict(stored.resource)] for stored in calendar.events.values()],
                        "ghosts": {key: asdict(ghost) for key, ghost in calendar.ghosts.items()},
                    }
                    for calendar in self.calendars.values()
                ],
            }

    def restore(self, kept: dict[str, Any]) -> None:
        """Take over a snapshot in place of everything here."""
        with self.lock:
            self.generation = kept["generation"]
            self.accounts = {row["email"]: Account(**row) for row in kept["accounts"]}
            self.listed = {key: list(value) for key, value in kept["listed"].items()}
            self.channels = {row["id"]: Channel(**row) for row in kept["channels"]}
            self.tokens.clear()
            self.calendars.clear()
            for row in kept["calendars"]:
                calendar = Calendar(row["id"], row["summary"], row["time_zone"], row["hue"], dict(row["roles"]))
                calendar.serial = row["serial"]
                calendar.last_change = datetime.fromisoformat(row["last_change"])
                for serial, resource in row["events"]:
                    calendar.events[resource["id"]] = Stored(resource, serial)
                    if "recurringEventId" in resource:
                        calendar.exceptions.setdefault(resource["recurringEventId"], set()).add(resource["id"])
                calendar.ghosts = {key: Ghost(**ghost) for key, ghost in row["ghosts"].items()}
                self.calendars[calendar.id] = calendar
