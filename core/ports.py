"""What the engine asks of outside services. `integrations/` fulfils these; tests may too."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class CalendarError(Exception):
    """Something is wrong with a calendar; the subclasses say what to do about it."""


class CalendarUnavailable(CalendarError):
    """The service is down, slow or out of quota: try later. `known`: the call surely changed nothing."""

    def __init__(self, reason: str, *, known: bool, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.known = known
        self.retry_after = retry_after


class CalendarRefused(CalendarError):
    """The calendar does not exist, is not shared with the service account, or the request is wrong: an admin must act."""


class SyncTokenExpired(CalendarError):
    """The sync token is too old: everything has to be listed again."""


class EventChanged(CalendarError):
    """Somebody changed the event since it was last seen (the etag differs)."""


@dataclass(frozen=True)
class RemoteEvent:
    """An event as the calendar has it. A gone one (deleted or cancelled) has its id alone for certain."""

    id: str
    gone: bool
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    all_day: bool = False
    busy: bool = True  # counts against availability: not transparent, not declined, not a working location
    private: bool = False
    title: str = ""
    colour: str | None = None
    etag: str = ""
    changed_at: datetime | None = None
    appointment_id: str | None = None


@dataclass(frozen=True)
class EventDraft:
    """An event to be written. `id` is ours: writing it twice is writing it once."""

    id: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    title: str
    description: str
    appointment_id: str
    colour: str | None = None


@dataclass(frozen=True)
class ChangePage:
    """A page of changes; the last one carries the next sync token."""

    events: tuple[RemoteEvent, ...]
    next_sync_token: str | None
    timezone: str | None


@dataclass(frozen=True)
class WatchChannel:
    """A push channel that the calendar notifies until `expires_at`."""

    id: str
    resource: str
    expires_at: datetime


@dataclass(frozen=True)
class CalendarAccess:
    """What the service account may do with a calendar."""

    title: str
    timezone: str
    writable: bool


class CalendarPort(Protocol):
    """A calendar service. Every method is one or more blocking network calls and raises CalendarError."""

    @property
    def account(self) -> str:
        """The address that calendars have to be shared with. No call."""
        ...

    def changes(self, calendar: str, sync_token: str | None, since: datetime) -> Iterator[ChangePage]:
        """What changed since the token was given, or, without one, everything that ends after `since`."""
        ...

    def put(self, calendar: str, event: EventDraft, etag: str | None) -> RemoteEvent:
        """Write the event, new or not. With an etag, only if nobody else changed it (EventChanged)."""
        ...

    def get(self, calendar: str, event_id: str) -> RemoteEvent | None:
        """The event, None when the calendar has never had it."""
        ...

    def remove(self, calendar: str, event_id: str) -> None:
        """Delete the event; one that is gone already is fine."""
        ...

    def watch(self, calendar: str, channel_id: str, address: str, token: str, ttl: timedelta) -> WatchChannel:
        """Have changes notified to `address`."""
        ...

    def stop(self, channel_id: str, resource: str) -> None:
        """End a push channel; one that has ended already is fine."""
        ...

    def access(self, calendar: str) -> CalendarAccess:
        """Whether and how the calendar can be reached."""
        ...
