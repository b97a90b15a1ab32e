"""events.list and events.instances: filters, pages and incremental sync.

A listing fixes the calendar's serial on its first page and leaves out what changes after it, so that pages neither
repeat nor skip an event; what was left out comes with the next sync token, which stands for that serial.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.google.errors import GoogleError, invalid
from sandbox.google.query import NO_TOKEN_AFTER, Query
from sandbox.google.recurrence import OPEN_ENDED, instances
from sandbox.google.state import SYNC_TOKEN_LIFETIME, Calendar, Google, Stored
from sandbox.google.times import Resource, instant_of, shown_in, stamp

UPDATED_MIN_REACH = timedelta(days=28)
BARE = ("kind", "etag", "id", "status", "recurringEventId", "originalStartTime")
"""What a list shows of a cancelled event. Google guarantees no more, so nobody should come to rely on more."""
VEILED = (
    "kind", "etag", "id", "status", "htmlLink", "created", "updated", "start", "end", "eventType", "sequence",
    "iCalUID", "transparency", "recurrence", "recurringEventId", "originalStartTime",
)  # fmt: skip
Key = tuple[Any, str]


def _pack(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def _unpack(text: str, what: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as problem:
        raise invalid(f"Invalid {what} value.", what) from problem


def _sync_start(google: Google, calendar: Calendar, query: Query) -> tuple[int, Query]:
    """The serial a sync token stands for, and the query with the window of the first run; 410 if it is of no use."""
    assert query.sync_token
    kept = _unpack(query.sync_token, "syncToken")
    if not isinstance(kept, dict) or not {"g", "c", "s", "p", "t", "w"} <= set(kept):
        raise invalid("Invalid syncToken value.", "syncToken")
    age = google.clock().timestamp() - kept["t"]
    same = kept["c"] == calendar.id and kept["p"] == [query.single, list(query.event_types)]
    if kept["g"] != google.generation or not same or age > SYNC_TOKEN_LIFETIME.total_seconds():
        raise GoogleError(410, "fullSyncRequired", location="syncToken")
    low, high = (datetime.fromisoformat(text) if text else None for text in kept["w"])
    return kept["s"], replace(query, time_min=low, time_max=high)


def _sync_token(google: Google, calendar: Calendar, query: Query, serial: int) -> str:
    window = [at.isoformat() if at else None for at in (query.time_min, query.time_max)]
    kept = [query.single, list(query.event_types)]
    at = int(google.clock().timestamp())
    return _pack({"g": google.generation, "c": calendar.id, "s": serial, "p": kept, "t": at, "w": window})


def _inside(resource: Resource, query: Query, zone: str) -> bool:
    if query.time_min and instant_of(resource["end"], zone) <= query.time_min:
        return False
    return not (query.time_max and instant_of(resource["start"], zone) >= query.time_max)


def _expand(
    google: Google, calendar: Calendar, stored: Stored, query: Query, with_deleted: bool
) -> Iterator[tuple[int, Resource]]:
    before = query.time_max or google.clock() + OPEN_ENDED
    master = stored.resource
    own = calendar.exceptions.get(master["id"], set())
    if master["status"] == "cancelled" and not with_deleted:
        return
    for one in instances(master, calendar.time_zone, query.time_min, before):
        if one["id"] not in own:
            yield stored.serial, one
    if master["status"] == "cancelled":
        for changed in own:
            yield stored.serial, {**calendar.events[changed].resource, "status": "cancelled"}


def _found(google: Google, calendar: Calendar, query: Query, since: int | None) -> Iterator[tuple[int, Resource]]:
    """All matches before text filters. `since`: only what changed after that serial, deletions included."""
    zone = calendar.time_zone
    with_deleted = query.deleted or since is not None or query.updated_min is not None
    for stored in list(calendar.events.values()):
        resource = stored.resource
        fresh = since is None or stored.serial > since
        if "recurrence" in resource and query.single:
            if fresh:
                yield from _expand(google, calendar, stored, query, with_deleted)
            continue
        if not fresh:
            continue
        cancelled = resource["status"] == "cancelled"
        if "recurringEventId" in resource:
            master = calendar.events.get(resource["recurringEventId"])
            if master is not None and master.resource["status"] == "cancelled":
                continue
            # Without expansion, a cancelled instance is how a client learns of the hole in the series.
            if cancelled and query.single and not with_deleted:
                continue
        elif cancelled and not with_deleted:
            continue
        if since is not None:
            yield stored.serial, resource
        elif "recurrence" in resource:
            before = query.time_max or google.clock() + OPEN_ENDED
            if not query.time_min or any(instances(resource, zone, query.time_min, before)):
                yield stored.serial, resource
        elif _inside(resource, query, zone):
            yield stored.serial, resource
    if since is not None and query.single:
        for ghost_id, ghost in calendar.ghosts.items():
            if ghost.serial > since:
                master_id = {"recurringEventId": ghost.master, "originalStartTime": ghost.original}
                gone = {"kind": "calendar#event", "id": ghost_id, "status": "cancelled", "etag": '"0"', **master_id}
                yield ghost.serial, gone


def _matches(resource: Resource, query: Query) -> bool:
    if query.event_types and resource.get("eventType", "default") not in query.event_types:
        return False
    if query.ical_uid and resource.get("iCalUID") != query.ical_uid:
        return False
    if query.updated_min and datetime.fromisoformat(resource["updated"]) < query.updated_min:
        return False
    properties = resource.get("extendedProperties", {})
    for wanted, kind in ((query.private, "private"), (query.shared, "shared")):
        for pair in wanted:
            name, _, value = pair.partition("=")
            if properties.get(kind, {}).get(name) != value:
                return False
    if query.q:
        text = " ".join(str(resource.get(key, "")) for key in ("summary", "description", "location"))
        guests = " ".join(
            f"{one.get('email', '')} {one.get('displayName', '')}" for one in resource.get("attendees", ())
        )
        haystack = f"{text} {guests}".casefold()
        return all(word in haystack for word in query.q.casefold().split())
    return True


def presented(resource: Resource, role: str, zone: str = "") -> Resource:
    """An event as a role sees it: cancelled ones bare, private ones without details below writer."""
    if resource["status"] == "cancelled":
        return {key: resource[key] for key in BARE if key in resource}
    shown = resource
    private = resource.get("visibility") in ("private", "confidential")
    if role == "freeBusyReader" or (role == "reader" and private):
        shown = {key: resource[key] for key in VEILED if key in resource} | {"visibility": "private"}
    return shown_in(shown, zone) if zone else shown


def _key(query: Query, calendar: Calendar, serial: int, resource: Resource) -> Key:
    if query.order == "startTime":
        return (instant_of(resource["start"], calendar.time_zone).timestamp(), resource["id"])
    if query.order == "updated":
        return (resource["updated"], resource["id"])
    return (serial, resource["id"])


def list_events(google: Google, calendar: Calendar, query: Query, role: str = "owner") -> Resource:
    """One page. `nextSyncToken` on the last page only, and not after a query that a sync could not repeat."""
    if query.updated_min and query.updated_min < google.clock() - UPDATED_MIN_REACH:
        raise GoogleError(410, "updatedMinTooLongAgo", location="updatedMin")
    with google.lock:
        fingerprint, since = query.fingerprint, None
        if query.sync_token:
            since, query = _sync_start(google, calendar, query)
        upper, after = calendar.serial, None
        if query.page_token:
            kept = _unpack(query.page_token, "pageToken")
            if not isinstance(kept, dict) or kept.get("f") != fingerprint or kept.get("c") != calendar.id:
                raise invalid("Invalid page token value.", "pageToken")
            upper, after = kept["u"], tuple(kept["k"]) or None
        rows = [
            (_key(query, calendar, serial, resource), resource)
            for serial, resource in _found(google, calendar, query, since)
            if (serial <= upper or query.order) and _matches(resource, query)
        ]
    rows.sort(key=lambda row: row[0])
    if after is not None:
        rows = [row for row in rows if row[0] > after]
    limit = query.limit
    if google.short_pages:
        limit = 0 if not query.page_token else max(1, limit // 2)
    page, more = rows[:limit], len(rows) > limit
    answer: Resource = {
        "kind": "calendar#events",
        "etag": f'"p{calendar.serial}"',
        "summary": calendar.summary,
        "updated": stamp(calendar.last_change),
        "timeZone": query.zone or calendar.time_zone,
        "accessRole": role,
        "defaultReminders": [],
        "items": [presented(resource, role, query.zone) for _, resource in page],
    }
    if more:
        answer["nextPageToken"] = _pack(
            {"f": fingerprint, "c": calendar.id, "u": upper, "k": rows[limit - 1][0] if limit else ()}
        )
    elif not query.named & set(NO_TOKEN_AFTER):
        answer["nextSyncToken"] = _sync_token(google, calendar, query, upper)
    return answer


def list_instances(google: Google, calendar: Calendar, master: Resource, query: Query, role: str = "owner") -> Resource:
    """The instances of one series, changed ones as they are, by start. `originalStart` is not needed and not offered."""
    if "recurrence" not in master:
        raise invalid("The event is not a recurring event.", "eventId")
    own = calendar.exceptions.get(master["id"], set())
    before = query.time_max or google.clock() + OPEN_ENDED
    rows = [one for one in instances(master, calendar.time_zone, query.time_min, before) if one["id"] not in own]
    changed = [calendar.events[one].resource for one in own]
    rows += [one for one in changed if _inside(one, query, calendar.time_zone)]
    rows = [one for one in rows if query.deleted or one["status"] != "cancelled"]
    rows.sort(key=lambda one: (instant_of(one["start"], calendar.time_zone), one["id"]))
    offset = int(_unpack(query.page_token, "pageToken")) if query.page_token else 0
    answer: Resource = {
        "kind": "calendar#events",
        "etag": f'"p{calendar.serial}"',
        "summary": calendar.summary,
        "updated": stamp(calendar.last_change.astimezone(UTC)),
        "timeZone": query.zone or calendar.time_zone,
        "accessRole": role,
        "defaultReminders": [],
        "items": [presented(one, role, query.zone) for one in rows[offset : offset + query.limit]],
    }
    if len(rows) > offset + query.limit:
        answer["nextPageToken"] = _pack(offset + query.limit)
    return answer
