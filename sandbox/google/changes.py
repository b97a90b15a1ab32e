"""What happens to events: found, inserted, patched, replaced, deleted, moved.

`account` is the service account that acts; None is a person in Google's own interface (the control routes).
Each function stores the change, then tells the calendar's listeners.
"""

import base64
import secrets
from datetime import timedelta
from typing import Any

from sandbox.google.errors import GoogleError, invalid
from sandbox.google.recurrence import instance_id, instances, starts
from sandbox.google.resources import KEPT, OWN_ID, check, merged, new_resource, writable
from sandbox.google.state import Calendar, Ghost, Google
from sandbox.google.times import Resource, instant_of, stamp

GHOST_SPAN = timedelta(days=730)
"""How far either side of now the instances that a changed series has lost are reported."""


def html_link(event_id: str, calendar_id: str) -> str:
    eid = base64.urlsafe_b64encode(f"{event_id} {calendar_id}".encode()).decode().rstrip("=")
    return f"https://www.google.com/calendar/event?eid={eid}"


def find(calendar: Calendar, event_id: str) -> Resource:
    """A stored event, or an instance of a series that nobody has changed yet. 404 `notFound`."""
    stored = calendar.events.get(event_id)
    if stored is not None:
        master = calendar.events.get(stored.resource.get("recurringEventId", ""))
        if master is not None and master.resource["status"] == "cancelled":
            return {**stored.resource, "status": "cancelled"}
        return stored.resource
    master_id, _, _ = event_id.rpartition("_")
    series = calendar.events.get(master_id)
    if series is not None and "recurrence" in series.resource:
        horizon = calendar.last_change + 5 * GHOST_SPAN
        for one in instances(series.resource, calendar.time_zone, None, horizon):
            if one["id"] == event_id:
                return one
    raise GoogleError(404, "notFound")


def precondition(resource: Resource, if_match: str | None) -> None:
    """412 `conditionNotMet` if the caller's etag is not the present one; `*` fits any."""
    if if_match is not None and if_match != "*":
        offered = {etag.strip().removeprefix("W/") for etag in if_match.split(",")}
        if resource["etag"] not in offered:
            raise GoogleError(412, "conditionNotMet", location="If-Match", location_type="header")


def insert(google: Google, calendar: Calendar, body: Any, account: str | None) -> Resource:
    """An id may be chosen ([a-v0-9], 5 to 1,024 letters); one that was ever used answers 409 `duplicate`."""
    asked = {key: value for key, value in writable(body).items() if value is not None}
    with google.lock:
        event_id = asked.pop("id", None) or secrets.token_hex(13)
        if not isinstance(event_id, str) or not OWN_ID.fullmatch(event_id):
            raise invalid("Invalid resource id value.", "id")
        if event_id in calendar.events:
            raise GoogleError(409, "duplicate")
        author = account or calendar.id
        made = new_resource(event_id, calendar, author, stamp(google.clock()), html_link(event_id, calendar.id))
        stored = google.touch(calendar, check({**made, **asked}, calendar, account))
    google.changed(calendar.id)
    return stored.resource


def patch(
    google: Google, calendar: Calendar, event_id: str, body: Any, account: str | None, if_match: str | None = None
) -> Resource:
    """Merge the given fields. A cancelled event stays cancelled unless `status` says otherwise."""
    with google.lock:
        old = find(calendar, event_id)
        precondition(old, if_match)
        change = writable(body)
        return _store(google, calendar, old, merged(old, change), change, account)


def replace(
    google: Google, calendar: Calendar, event_id: str, body: Any, account: str | None, if_match: str | None = None
) -> Resource:
    """Replace all that a client can set. A cancelled event comes back with `status` confirmed, and only so."""
    with google.lock:
        old = find(calendar, event_id)
        precondition(old, if_match)
        change = writable(body)
        kept = {key: old[key] for key in KEPT if key in old}
        return _store(google, calendar, old, {**kept, "reminders": {"useDefault": True}, **change}, change, account)


def _store(
    google: Google, calendar: Calendar, old: Resource, new: Resource, change: Resource, account: str | None
) -> Resource:
    if change.get("id", old["id"]) != old["id"]:
        raise invalid("Invalid resource id value.", "id")
    if new.get("eventType", "default") != old.get("eventType", "default"):
        raise invalid("The event type cannot be changed.", "eventType")
    made = check(new, calendar, account, inviting="attendees" in change)
    if made["sequence"] < old.get("sequence", 0):
        raise invalid(
            "Invalid sequence value. The specified sequence number is below the current sequence number of the "
            "resource. Re-fetch the resource and use its sequence number on the following request.",
            "sequence",
        )
    if any(made.get(key) != old.get(key) for key in ("start", "end", "recurrence")) and "sequence" not in change:
        made["sequence"] = old.get("sequence", 0) + 1
    if "recurrence" in old:
        _drop_lost_instances(google, calendar, old, made)
    stored = google.touch(calendar, made)
    google.changed(calendar.id)
    return stored.resource


def _drop_lost_instances(google: Google, calendar: Calendar, old: Resource, new: Resource) -> None:
    if (old["recurrence"], old["start"]) == (new.get("recurrence"), new["start"]):
        return
    now = google.clock()

    def ids(series: Resource) -> dict[str, Resource]:
        if "recurrence" not in series:
            return {}
        return {
            instance_id(series["id"], start): start
            for start in starts(series, calendar.time_zone, now + GHOST_SPAN)
            if instant_of(start, calendar.time_zone) > now - GHOST_SPAN
        }

    before, after = ids(old), ids(new)
    for lost in set(before) - set(after):
        calendar.ghosts[lost] = Ghost(calendar.serial + 1, old["id"], before[lost])
        calendar.events.pop(lost, None)
        calendar.exceptions.get(old["id"], set()).discard(lost)
    for back in set(after) & set(calendar.ghosts):
        del calendar.ghosts[back]


def delete(google: Google, calendar: Calendar, event_id: str, if_match: str | None = None) -> None:
    """410 `deleted` for one that is gone already, 404 for one that never was. The id stays taken."""
    with google.lock:
        old = find(calendar, event_id)
        if old["status"] == "cancelled":
            raise GoogleError(410, "deleted")
        precondition(old, if_match)
        google.touch(calendar, {**old, "status": "cancelled"})
    google.changed(calendar.id)


def move(google: Google, source: Calendar, target: Calendar, event_id: str) -> Resource:
    """Change the organizing calendar. Only default events, and a series only as a whole; the id stays the same."""
    with google.lock:
        old = find(source, event_id)
        if old["status"] == "cancelled":
            raise GoogleError(410, "deleted")
        if "recurringEventId" in old:
            raise invalid("Cannot move an instance of a recurring event.", "eventId")
        if old.get("eventType", "default") != "default":
            raise invalid("Only default events can be moved.", "eventId")
        if source is target:
            raise invalid("The source and destination calendars are the same.", "destination")
        there = target.events.get(event_id)
        if there is not None and there.resource["status"] != "cancelled":
            raise GoogleError(409, "duplicate")
        organizer = {"email": target.id, "displayName": target.summary, "self": True}
        for exception_id in sorted(source.exceptions.get(event_id, set())):
            google.touch(target, {**source.events[exception_id].resource, "organizer": organizer})
        moved = google.touch(
            target, {**old, "organizer": organizer, "htmlLink": html_link(event_id, target.id)}
        ).resource
        google.touch(source, {**old, "status": "cancelled"})
    google.changed(source.id)
    google.changed(target.id)
    return moved
