"""Calendar v3 over HTTP: `/google/token` and `/google/calendar/v3/…`.

Every call goes the same way: fault, token, method, log. The faults come first because a broken Google checks nothing.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import Response

from sandbox.google import auth, changes, freebusy, watch
from sandbox.google.colors import palette
from sandbox.google.errors import GoogleError, error_response, invalid, missing
from sandbox.google.fields import parse_mask, select
from sandbox.google.listing import list_events, list_instances, presented
from sandbox.google.query import parse_query
from sandbox.google.resources import calendar_resource
from sandbox.google.state import Calendar, Google
from sandbox.google.times import Resource

TOKEN_PATH = "/google/token"
ROOT = "/google/calendar/v3"


class Faults(Protocol):
    expire_sync_tokens: bool

    async def apply(self, service: str, method: str) -> Response | None: ...


class World(Protocol):
    @property
    def google(self) -> Google: ...
    @property
    def faults(self) -> Faults: ...


@dataclass(frozen=True)
class Call:
    """One authorised request. Bodies are parsed when asked for: 400 `parseError` for what is not JSON."""

    google: Google
    account: str
    path: dict[str, str]
    params: dict[str, list[str]]
    if_match: str | None
    if_none_match: str | None
    raw: bytes
    url: str

    @property
    def body(self) -> Any:
        try:
            return json.loads(self.raw or b"{}")
        except ValueError as problem:
            raise GoogleError(400, "parseError") from problem

    def calendar(self, needs: str = "reader") -> Calendar:
        return self.google.calendar(self.path["calendar_id"], self.account, needs)

    def role(self, calendar: Calendar) -> str:
        return calendar.roles[self.account]

    @property
    def event_id(self) -> str:
        return self.path["event_id"]


Handler = Callable[[Call], Resource | None]


def _list(call: Call) -> Resource:
    calendar = call.calendar("freeBusyReader")
    return list_events(call.google, calendar, parse_query(call.params), call.role(calendar))


def _get(call: Call) -> Resource:
    calendar = call.calendar("freeBusyReader")
    found = changes.find(calendar, call.event_id)
    if call.if_none_match is not None and call.if_none_match in (found["etag"], "*"):
        raise GoogleError(304, "notModified")
    # A get of one's own cancelled event still shows its details; only lists cut them down.
    shown = presented({**found, "status": "confirmed"}, call.role(calendar))
    return {**shown, "status": found["status"]}


def _insert(call: Call) -> Resource:
    return changes.insert(call.google, call.calendar("writer"), call.body, call.account)


def _patch(call: Call) -> Resource:
    return changes.patch(call.google, call.calendar("writer"), call.event_id, call.body, call.account, call.if_match)


def _update(call: Call) -> Resource:
    return changes.replace(call.google, call.calendar("writer"), call.event_id, call.body, call.account, call.if_match)


def _delete(call: Call) -> None:
    changes.delete(call.google, call.calendar("writer"), call.event_id, call.if_match)


def _move(call: Call) -> Resource:
    if not call.params.get("destination"):
        raise missing("destination")
    target = call.google.calendar(call.params["destination"][-1], call.account, "writer")
    return changes.move(call.google, call.calendar("writer"), target, call.event_id)


def _instances(call: Call) -> Resource:
    calendar = call.calendar("freeBusyReader")
    master = changes.find(calendar, call.event_id)
    return list_instances(call.google, calendar, master, parse_query(call.params), call.role(calendar))


def _calendar(call: Call) -> Resource:
    return calendar_resource(call.calendar("freeBusyReader"))


def _freebusy(call: Call) -> Resource:
    return freebusy.answer(call.google, call.account, call.body)


def _colors(_: Call) -> Resource:
    return palette()


def _entry(call: Call, calendar: Calendar) -> Resource:
    return calendar_resource(calendar) | {
        "kind": "calendar#calendarListEntry",
        "accessRole": call.role(calendar),
        "selected": True,
        "defaultReminders": [],
    }


def _list_calendars(call: Call) -> Resource:
    """Only what was put on the list: sharing a calendar with a service account does not list it there."""
    ids = call.google.listed.get(call.account, [])
    seen = [call.google.calendars[one] for one in ids if one in call.google.calendars]
    items = [_entry(call, one) for one in seen if call.account in one.roles]
    return {"kind": "calendar#calendarList", "etag": '"list"', "items": items, "nextSyncToken": f"list-{len(items)}"}


def _get_entry(call: Call) -> Resource:
    calendar = call.calendar("freeBusyReader")
    if calendar.id not in call.google.listed.get(call.account, []):
        raise GoogleError(404, "notFound")
    return _entry(call, calendar)


def _insert_entry(call: Call) -> Resource:
    if not isinstance(call.body, dict) or not call.body.get("id"):
        raise missing("id")
    calendar = call.google.calendar(str(call.body["id"]), call.account, "freeBusyReader")
    mine = call.google.listed.setdefault(call.account, [])
    if calendar.id not in mine:
        mine.append(calendar.id)
    return _entry(call, calendar)


def _delete_entry(call: Call) -> None:
    entry = _get_entry(call)
    call.google.listed[call.account].remove(entry["id"])


def _stop(call: Call) -> None:
    watch.stop_channel(call.google, call.body, call.account)


def router(world: World) -> APIRouter:
    """The routes; they read `world.google` and `world.faults` at each call."""
    routes = APIRouter()
    pusher = watch.Pusher(world.google)

    def _watch(call: Call) -> Resource:
        calendar = call.calendar("reader")
        uri = call.url.partition("?")[0].removesuffix("/watch") + "?alt=json"
        channel = watch.open_channel(call.google, calendar, call.body, call.account, uri)
        pusher.send(channel.id, "sync")
        return watch.channel_resource(channel)

    async def token(request: Request) -> Response:
        answer = await world.faults.apply("google", "token")
        if answer is None:
            answer = auth.token_response(world.google, await request.body(), TOKEN_PATH)
        world.google.log("token", request.url.path, answer.status_code)
        return answer

    def serve(verb: str, path: str, method: str, scopes: frozenset[str] | None, handler: Handler) -> None:
        async def endpoint(request: Request) -> Response:
            answer = await world.faults.apply("google", method)
            if answer is None:
                answer = await _answer(world, request, scopes, handler)
            query = f"?{request.url.query}" if request.url.query else ""
            world.google.log(method, request.url.path + query, answer.status_code)
            return answer

        routes.add_api_route(ROOT + path, endpoint, methods=[verb], name=f"google.{method}", include_in_schema=False)

    routes.add_api_route(TOKEN_PATH, token, methods=["POST"], name="google.token", include_in_schema=False)
    events, event = "/calendars/{calendar_id}/events", "/calendars/{calendar_id}/events/{event_id}"
    serve("POST", f"{events}/watch", "events.watch", auth.READ_EVENTS, _watch)
    serve("GET", events, "events.list", auth.READ_EVENTS, _list)
    serve("POST", events, "events.insert", auth.WRITE_EVENTS, _insert)
    serve("GET", event, "events.get", auth.READ_EVENTS, _get)
    serve("PATCH", event, "events.patch", auth.WRITE_EVENTS, _patch)
    serve("PUT", event, "events.update", auth.WRITE_EVENTS, _update)
    serve("DELETE", event, "events.delete", auth.WRITE_EVENTS, _delete)
    serve("POST", f"{event}/move", "events.move", auth.WRITE_EVENTS, _move)
    serve("GET", f"{event}/instances", "events.instances", auth.READ_EVENTS, _instances)
    serve("GET", "/calendars/{calendar_id}", "calendars.get", auth.READ_CALENDAR, _calendar)
    serve("POST", "/freeBusy", "freebusy.query", auth.READ_BUSY, _freebusy)
    serve("GET", "/colors", "colors.get", None, _colors)
    serve("POST", "/channels/stop", "channels.stop", None, _stop)
    serve("GET", "/users/me/calendarList", "calendarList.list", auth.READ_LIST, _list_calendars)
    serve("POST", "/users/me/calendarList", "calendarList.insert", auth.WRITE_LIST, _insert_entry)
    serve("GET", "/users/me/calendarList/{calendar_id}", "calendarList.get", auth.READ_LIST, _get_entry)
    serve("DELETE", "/users/me/calendarList/{calendar_id}", "calendarList.delete", auth.WRITE_LIST, _delete_entry)
    return routes


async def _answer(world: World, request: Request, scopes: frozenset[str] | None, handler: Handler) -> Response:
    params: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.url.query, keep_blank_values=True):
        params.setdefault(name, []).append(value)
    if world.faults.expire_sync_tokens and "syncToken" in params:
        # Once for all calendars: each token given until now is too old, and new ones are good again.
        world.google.expire_sync_tokens()
        world.faults.expire_sync_tokens = False
    try:
        token = auth.caller(world.google, request.headers.get("authorization"), scopes)
        world.google.quota.spend(token.account)
        call = Call(
            google=world.google,
            account=token.account,
            path={key: str(value) for key, value in request.path_params.items()},
            params=params,
            if_match=request.headers.get("if-match"),
            if_none_match=request.headers.get("if-none-match"),
            raw=await request.body(),
            url=str(request.url),
        )
        try:
            made = handler(call)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as malformed:
            raise invalid(f"Invalid value: {malformed}") from malformed
        if made is None:
            return Response(status_code=204)
        body = select(made, parse_mask(params["fields"][-1])) if "fields" in params else made
    except GoogleError as error:
        return Response(status_code=304) if error.status == 304 else error_response(error)
    headers = {"ETag": made["etag"]} if "etag" in made else {}
    return Response(json.dumps(body), 200, headers, "application/json; charset=UTF-8")
