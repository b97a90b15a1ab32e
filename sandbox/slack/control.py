"""The Slack half of `/control`: acting as any person, and reading what they see."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack import acting, dialogs, modals, present, reading
from sandbox.slack.errors import ControlError, SlackError
from sandbox.slack.manifest import Manifest
from sandbox.slack.model import Json
from sandbox.world import World

Act = Callable[[Json], Awaitable[Json]]
USER_FIELDS = {"name", "real_name", "email", "locale", "tz", "title", "is_admin", "deleted", "avatar_hue"}


def _refused(code: str, status: int, **extra: Any) -> Response:
    return JSONResponse({"ok": False, "error": code, **extra}, status)


async def _body(request: Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise ControlError("invalid_json") from None
    if not isinstance(body, dict):
        raise ControlError("json_not_object")
    return body


async def _answer(work: Awaitable[Json]) -> Response:
    try:
        return JSONResponse(await work)
    except ControlError as refusal:
        return _refused(refusal.code, refusal.status, **refusal.extra)
    except SlackError as refusal:
        return _refused(refusal.code, 400, **refusal.extra)
    except KeyError as missing:
        return _refused("missing_field", 400, field=str(missing.args[0]))
    except (AttributeError, TypeError, ValueError) as wrong:
        return _refused("malformed", 400, detail=str(wrong))


def router(world: World) -> APIRouter:
    routes = APIRouter()

    def post(path: str, act: Act, method: str = "POST") -> None:
        async def endpoint(request: Request) -> Response:
            async def work() -> Json:
                return await act(await _body(request))

            return await _answer(work())

        routes.add_route(f"/control{path}", endpoint, methods=[method])

    def get(path: str, read: Callable[[Request], Awaitable[Json]]) -> None:
        async def endpoint(request: Request) -> Response:
            return await _answer(read(request))

        routes.add_route(f"/control{path}", endpoint, methods=["GET"])

    _acting(world, post)
    _workspace(world, post, get)
    _reading(world, get)
    return routes


def _acting(world: World, post: Callable[[str, Act], None]) -> None:
    async def command(body: Json) -> Json:
        return await acting.command(world, body["user"], body["channel"], body["text"])

    async def message(body: Json) -> Json:
        return acting.message(world, body["user"], body["channel"], body["text"], body.get("thread_ts"))

    async def action(body: Json) -> Json:
        return await acting.action(world, body["user"], body["container"], body)

    async def suggest(body: Json) -> Json:
        return await acting.suggest(world, body["user"], body["container"], body)

    async def submit(body: Json) -> Json:
        return await dialogs.submit(world, body["user"], body["view_id"], body.get("values") or {})

    async def close(body: Json) -> Json:
        return await dialogs.close(world, body["user"], body["view_id"], everything=bool(body.get("all")))

    async def shortcut(body: Json) -> Json:
        return await acting.shortcut(world, body["user"], body["callback_id"], body.get("channel"), body.get("ts"))

    async def home_opened(body: Json) -> Json:
        acting.home_opened(world, body["user"], body.get("tab", "home"))
        return {"ok": True}

    async def read(body: Json) -> Json:
        world.slack.place(body["channel"], body["user"]).read[body["user"]] = body["ts"]
        world.slack.changed()
        return {"ok": True}

    async def react(body: Json) -> Json:
        acting.reaction(world, body["user"], body["channel"], body["ts"], body["name"], remove=bool(body.get("remove")))
        return {"ok": True}

    for path, act in {
        "/command": command,
        "/message": message,
        "/action": action,
        "/suggest": suggest,
        "/submit": submit,
        "/close": close,
        "/shortcut": shortcut,
        "/home_opened": home_opened,
        "/read": read,
        "/react": react,
    }.items():
        post(path, act)


def _workspace(
    world: World,
    post: Callable[[str, Act], None],
    get: Callable[[str, Callable[[Request], Awaitable[Json]]], None],
) -> None:
    slack = world.slack

    async def user(body: Json) -> Json:
        """Changes a person (user_change); with an id that is new and a name, one joins the team (team_join)."""
        facts = {key: value for key, value in body.items() if key in USER_FIELDS}
        person = slack.users.get(body["id"])
        if person is None:
            if "name" not in facts:
                raise ControlError("user_not_found", 404, user=body["id"])
            person = slack.add_user(body["id"], **{"real_name": facts["name"], **facts})
            acting.joined_team(world, person)
        else:
            for key, value in facts.items():
                setattr(person, key, value)
            acting.changed_user(world, person)
        return {"ok": True, "user": reading.person(person)}

    async def membership(body: Json) -> Json:
        acting.joined_channel(world, body["user"], body["channel"], leave=bool(body.get("leave")))
        return {"ok": True}

    async def archive(body: Json) -> Json:
        slack.channels[body["channel"]].is_archived = bool(body.get("archived", True))
        slack.changed()
        slack.hub.tell("workspace")
        return {"ok": True}

    async def manifest(body: Json) -> Json:
        try:
            slack.manifest = Manifest.parse(body.get("manifest", body))
        except (KeyError, ValueError) as wrong:
            raise ControlError("invalid_manifest", detail=str(wrong)) from None
        slack.changed()
        slack.hub.tell("workspace")
        return {"ok": True}

    async def connect(body: Json) -> Json:
        world.events_url = body.get("events_url")
        slack.hub.tell("workspace")
        return {"ok": True}

    async def verify(body: Json) -> Json:
        return await world.delivery.verify()

    async def raw(body: Json) -> Json:
        reply = await world.delivery.raw(
            body["body"].encode(), dict(body.get("headers") or {}), sign=bool(body.get("sign"))
        )
        return {**reply.facts(), "body": reply.body}

    async def replay(body: Json) -> Json:
        """The same payload once more; what the app answers changes nothing here."""
        reply = await world.delivery.replay(int(body["n"]))
        if reply is None:
            raise ControlError("no_such_delivery", 404)
        return {**reply.facts(), "body": reply.body}

    async def settle(body: Json) -> Json:
        """Waits until no event waits for its first delivery, `timeout` seconds at most."""
        async with asyncio.timeout(float(body.get("timeout", 5.0))):
            while world.delivery.pending:
                await asyncio.sleep(0.005)
        return {"ok": True}

    async def settled(body: Json) -> Json:
        try:
            return await settle(body)
        except TimeoutError:
            return {"ok": False, "error": "not_settled", "pending": world.delivery.pending}

    async def workspace(request: Request) -> Json:
        return reading.workspace(world, connected=await world.delivery.probe())

    for path, act in {
        "/user": user,
        "/membership": membership,
        "/archive": archive,
        "/manifest": manifest,
        "/connect": connect,
        "/verify": verify,
        "/raw": raw,
        "/replay": replay,
        "/settle": settled,
    }.items():
        post(path, act)
    get("/workspace", workspace)


def _reading(world: World, get: Callable[[str, Callable[[Request], Awaitable[Json]]], None]) -> None:
    slack = world.slack

    async def messages(request: Request) -> Json:
        asked = request.query_params
        return reading.messages(world, asked["user"], asked["channel"], int(asked.get("limit", "100")))

    async def conversations(request: Request) -> Json:
        return {"channels": reading.conversations(world, request.query_params["user"])}

    async def views(request: Request) -> Json:
        stack = modals.current(slack, request.query_params["user"])
        return {"stack": [present.view(slack, view) for view in stack]}

    async def home(request: Request) -> Json:
        view = slack.homes.get(request.query_params["user"])
        return {"view": None if view is None else present.view(slack, view)}

    async def calls(request: Request) -> Json:
        since = int(request.query_params.get("since", "0"))
        return {"calls": world.calls.since(since), "next": world.calls.count}

    async def deliveries(request: Request) -> Json:
        since = int(request.query_params.get("since", "0"))
        return {"deliveries": world.delivery.journal.since(since), "next": world.delivery.journal.count}

    async def scheduled(request: Request) -> Json:
        return {"scheduled": [entry.dump() for entry in slack.scheduled.values()]}

    for path, read in {
        "/messages": messages,
        "/conversations": conversations,
        "/views": views,
        "/home": home,
        "/calls": calls,
        "/deliveries": deliveries,
        "/scheduled": scheduled,
    }.items():
        get(path, read)
