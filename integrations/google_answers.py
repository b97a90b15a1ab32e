"""What Google Calendar answers, in the engine's words: events, and why something did not work."""

import json
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.ports import CalendarRefused, CalendarUnavailable, EventDraft, RemoteEvent

PROPERTY = "slotquest"
QUOTA = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "limitExceeded"}
)
SHUT_OUT = frozenset({"accessNotConfigured", "insufficientPermissions", "forbiddenForServiceAccounts"})
NEVER_BUSY = frozenset({"workingLocation", "birthday"})

BAD_KEY = "The service account's key is not valid. Create a new key and set it as GOOGLE_CREDS_BASE64."
NOT_SHARED = (
    "The calendar does not exist or is not shared with the service account. Share it with the account's address."
)
READ_ONLY = "Slotquest may not change this calendar. Share it with the service account to “make changes to events”."
NO_ACCESS = "Google does not let the service account in. Check its key, and that the Calendar API is switched on."


class Failed(Exception):
    """A request that did not succeed: the status, if there was an answer, and whether it surely changed nothing."""

    def __init__(
        self,
        said: str,
        status: int | None = None,
        *,
        known: bool,
        reasons: frozenset[str] = frozenset(),
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(said)
        self.said = said
        self.status = status
        self.known = known
        self.reasons = reasons
        self.retry_after = retry_after

    def as_error(self, *, write: bool) -> CalendarUnavailable | CalendarRefused:
        """Later (no answer, 5xx, 429, quota), or an admin's matter."""
        limited = self.status == 429 or (self.status == 403 and bool(self.reasons & QUOTA))
        if self.status is None or self.status >= 500 or limited:
            return CalendarUnavailable(
                self.said, known=limited or self.known or not write, retry_after=self.retry_after
            )
        not_owner = write and not self.reasons & SHUT_OUT
        words = {401: NO_ACCESS, 403: READ_ONLY if not_owner else NO_ACCESS, 404: NOT_SHARED}
        return CalendarRefused(words.get(self.status, f"Google refuses the request: {self.said}"))


def answered(error: Any) -> Failed:
    """What an HttpError of Google's client says. Below 500 the request surely changed nothing."""
    try:
        details = json.loads(error.content)["error"]
        message, errors = details.get("message", ""), details.get("errors", ())
    except (ValueError, TypeError, KeyError, AttributeError):
        message, errors = "", ()
    reasons = frozenset(str(one.get("reason")) for one in errors if isinstance(one, dict))
    status = int(error.resp.status)
    said = " ".join(filter(None, (str(status), ", ".join(sorted(reasons)), message)))
    return Failed(said, status, known=status < 500, reasons=reasons, retry_after=wait(error.resp.get("retry-after")))


def wait(header: str | None) -> timedelta | None:
    """Retry-After: seconds, or a date."""
    if not header:
        return None
    if header.strip().isdigit():
        return timedelta(seconds=int(header))
    try:
        return max(parsedate_to_datetime(header) - datetime.now(UTC), timedelta(0))
    except (ValueError, TypeError):
        return None


def body_of(event: EventDraft) -> dict[str, Any]:
    """The draft as Google takes a new event; without a colour of its own it keeps the one that it has."""
    body: dict[str, Any] = {
        "status": "confirmed",
        "summary": event.title,
        "description": event.description,
        "start": {"dateTime": event.starts_at.astimezone(UTC).isoformat(), "timeZone": event.timezone},
        "end": {"dateTime": event.ends_at.astimezone(UTC).isoformat(), "timeZone": event.timezone},
        "extendedProperties": {"private": {PROPERTY: event.appointment_id}},
    }
    if event.colour is not None:
        body["colorId"] = event.colour
    return body


def change_of(event: EventDraft) -> dict[str, Any]:
    """The draft as a patch: an event that a person stretched over whole days gets its hours back."""
    body = body_of(event)
    for side in ("start", "end"):
        body[side]["date"] = None
    return body


def says(there: dict[str, Any], event: EventDraft, zone: ZoneInfo) -> bool:
    """Whether the stored event is the draft, apart from its colour when the draft keeps the colour."""
    found = remote_event(there, zone)
    same = (found.starts_at, found.ends_at, found.title) == (event.starts_at, event.ends_at, event.title)
    text = there.get("description", "") == event.description
    return same and text and event.colour in (None, found.colour)


def remote_event(item: dict[str, Any], zone: ZoneInfo) -> RemoteEvent:
    """Google's busy rule: not transparent, not declined by the calendar's owner, not a working location or birthday."""
    declined = any(one.get("self") and one.get("responseStatus") == "declined" for one in item.get("attendees", ()))
    start, end = item.get("start", {}), item.get("end", {})
    updated = item.get("updated")
    busy = item.get("transparency") != "transparent" and item.get("eventType") not in NEVER_BUSY and not declined
    return RemoteEvent(
        id=item["id"],
        gone=item.get("status") == "cancelled",
        starts_at=_instant(start, zone),
        ends_at=_instant(end, zone),
        all_day="date" in start,
        busy=busy,
        private=item.get("visibility") in ("private", "confidential"),
        title=item.get("summary", ""),
        colour=item.get("colorId"),
        etag=item.get("etag", ""),
        changed_at=datetime.fromisoformat(updated).astimezone(UTC) if updated else None,
        appointment_id=item.get("extendedProperties", {}).get("private", {}).get(PROPERTY),
    )


def _instant(value: dict[str, Any], zone: ZoneInfo) -> datetime | None:
    """A day begins at midnight of the calendar's zone; on a day without a midnight, when the day begins."""
    if "date" in value:
        return datetime.combine(date.fromisoformat(value["date"]), time(), zone).astimezone(UTC)
    if "dateTime" not in value:
        return None
    at = datetime.fromisoformat(value["dateTime"])
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(value.get("timeZone") or zone.key))).astimezone(UTC)
