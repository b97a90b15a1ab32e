"""What people do in Google's own interface, for the page and for tests: see, add, change, move and delete events."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Body, Request
from starlette.responses import JSONResponse, Response

from sandbox.google import changes
from sandbox.google.api import World
from sandbox.google.errors import GoogleError
from sandbox.google.listing import list_events
from sandbox.google.query import Query
from sandbox.google.state import Google
from sandbox.google.times import Resource, parse_instant

MOVED_FIELDS = ("summary", "description", "location", "colorId", "start", "end", "transparency", "visibility",
                "extendedProperties")  # fmt: skip


def _answered(work: Callable[[], dict[str, Any]]) -> Response:
    try:
        return JSONResponse({"ok": True, **work()})
    except GoogleError as error:
        return JSONResponse({"ok": False, "error": error.reason, "message": error.message}, error.status)


def shown_events(google: Google, low: datetime, high: datetime) -> list[dict[str, Any]]:
    """All events of all calendars in a window, series expanded, by start."""
    found: list[dict[str, Any]] = []
    for calendar in list(google.calendars.values()):
        query = Query(frozenset({"orderBy"}), limit=10**9, time_min=low, time_max=high, single=True, order="startTime")
        items = list_events(google, calendar, query)["items"]
        found += [{"calendar": calendar.id, "event": item} for item in items]
    return found


def move_to(google: Google, source_id: str, event_id: str, target_id: str) -> Resource:
    """A person drags an event to another calendar. An instance of a series leaves it and becomes an event of its own."""
    source, target = google.calendar(source_id, None), google.calendar(target_id, None)
    found = changes.find(source, event_id)
    if "recurringEventId" not in found:
        return changes.move(google, source, target, event_id)
    alone = {key: found[key] for key in MOVED_FIELDS if key in found}
    changes.delete(google, source, event_id)
    return changes.insert(google, target, alone, None)


def change(google: Google, calendar_id: str, event_id: str, body: dict[str, Any]) -> Resource:
    """A person's edit. Start and end replace the old ones whole, so that a timed event can become an all-day one."""
    whole = dict(body)
    for side in ("start", "end"):
        if isinstance(whole.get(side), dict):
            whole[side] = {"date": None, "dateTime": None, "timeZone": None, **whole[side]}
    return changes.patch(google, google.calendar(calendar_id, None), event_id, whole, None)


def router(world: World) -> APIRouter:
    """The /control routes of calendars and events."""
    routes = APIRouter(prefix="/control")

    @routes.get("/calendars")
    async def calendars() -> Response:
        rows = [{"id": one.id, "summary": one.summary, "hue": one.hue} for one in world.google.calendars.values()]
        return JSONResponse({"calendars": rows})

    @routes.get("/events")
    async def events(request: Request) -> Response:
        def work() -> dict[str, Any]:
            # A plus sign in an unescaped offset arrives as a blank.
            given = {key: request.query_params.get(key, "").replace(" ", "+") for key in ("from", "to")}
            low = parse_instant(given["from"], "from") if given["from"] else world.google.clock()
            high = parse_instant(given["to"], "to") if given["to"] else low + timedelta(days=7)
            return {"events": shown_events(world.google, low, high)}

        return _answered(work)

    @routes.post("/events")
    async def add(body: dict[str, Any] = Body()) -> Response:  # noqa: B008 - FastAPI's way to name a body
        def work() -> dict[str, Any]:
            calendar = world.google.calendar(str(body.get("calendar")), None)
            return {"calendar": calendar.id, "event": changes.insert(world.google, calendar, body.get("event"), None)}

        return _answered(work)

    @routes.patch("/events/{calendar_id}/{event_id}")
    async def edit(calendar_id: str, event_id: str, body: dict[str, Any] = Body()) -> Response:  # noqa: B008
        return _answered(lambda: {"calendar": calendar_id, "event": change(world.google, calendar_id, event_id, body)})

    @routes.delete("/events/{calendar_id}/{event_id}")
    async def remove(calendar_id: str, event_id: str) -> Response:
        def work() -> dict[str, Any]:
            changes.delete(world.google, world.google.calendar(calendar_id, None), event_id)
            return {}

        return _answered(work)

    @routes.post("/events/{calendar_id}/{event_id}/move")
    async def move(calendar_id: str, event_id: str, body: dict[str, Any] = Body()) -> Response:  # noqa: B008
        target = str(body.get("to"))
        return _answered(lambda: {"calendar": target, "event": move_to(world.google, calendar_id, event_id, target)})

    @routes.get("/google/calls")
    async def calls(since: int = 0) -> Response:
        rows = [asdict(call) for call in world.google.calls if call.n > since]
        return JSONResponse({"calls": rows, "next": world.google.call_number})

    return routes
