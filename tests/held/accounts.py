"""Holds the database, the calendars and the channel against each other: what should be there, once, in order."""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from core.booking.appointments import calendar_event_id
from core.booking.verify import verify_workspace
from core.transaction import Engine
from sandbox.world import World
from storage.outbox import oldest_pending
from storage.tables import Appointment, Consultant, Effect, EffectState, State
from tests import desk
from tests.held.stage import Stage

SINCE, UNTIL = "2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z"


def appointments(engine: Engine) -> list[Appointment]:
    with engine.view(desk.TEAM) as view:
        statement = select(Appointment).where(Appointment.workspace_id == desk.TEAM).order_by(col(Appointment.id))
        return list(view.session.exec(statement).all())


def waiting(engine: Engine) -> bool:
    """Whether anything has yet to leave."""
    with engine.database.read() as session:
        return oldest_pending(session) is not None


def catch_up(stage: Stage) -> None:
    """A last start, with a clock that runs ahead of the pauses between messages and of the dead processes' leases."""
    clock = desk.Clock(datetime.now(UTC))
    with desk.running_bot(stage.served, stage.database_url, clock) as bot:

        def empty() -> bool:
            clock.forward(timedelta(seconds=2))
            bot.dispatcher.wake()
            return not waiting(bot.engine)

        desk.wait_until(empty, "an empty outbox", 60)


def contradictions(engine: Engine, world: World) -> list[str]:
    """Everything that is not as it should be once the outbox is empty."""
    wrong = [f"journal: {one.what} {one.why}" for one in verify_workspace(engine, desk.TEAM)]
    with engine.view(desk.TEAM) as view:
        homes = {
            one.id: one.calendar or view.workspace.central_calendar for one in view.session.exec(select(Consultant))
        }
        lost = view.session.exec(select(Effect).where(Effect.state == EffectState.GIVEN_UP)).all()
    wrong += [f"given up: {one.kind} {one.error}" for one in lost]
    booked = appointments(engine)
    return wrong + _calendars(world, booked, homes) + _posts(engine, world, booked)


def _calendars(world: World, booked: list[Appointment], homes: dict[str, str | None]) -> list[str]:
    """Every booked appointment has one event, in its consultant's calendar and at its time; the others have none."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    for calendar in world.google.calendars.values():
        for event_id, stored in list(calendar.events.items()):
            event = stored.resource
            if event.get("status") == "cancelled" or not event_id.startswith("sq"):
                continue
            times = [_seconds(event[side]["dateTime"]) for side in ("start", "end")]
            found.setdefault(event_id, []).append((calendar.id, times[0], times[1]))
    wrong = []
    for one in booked:
        there = found.pop(calendar_event_id(one.id), [])
        home = homes[one.consultant_id]
        stands = one.state == State.BOOKED or one.outcome is not None
        should = [(home, int(one.starts_at.timestamp()), int(one.ends_at.timestamp()))] if stands and home else []
        if there != should:
            wrong.append(f"calendar: {one.id} ({one.state}) should be {should}, is {there}")
    return wrong + [f"calendar: {event_id} belongs to nobody" for event_id in found]


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def _posts(engine: Engine, world: World, booked: list[Appointment]) -> list[str]:
    """Every appointment has one post, struck through when it was cancelled or undone; posts stand in the order of booking."""
    found: dict[str, list[tuple[str, str]]] = {}
    for message in world.slack.channels[desk.BOOKINGS].messages.values():
        key = str(((message.metadata or {}).get("event_payload") or {}).get("key", ""))
        if key.startswith("booking:"):
            found.setdefault(key.split(":")[1], []).append((message.ts, str(message.blocks)))
    wrong = []
    for one in booked:
        posts = found.pop(one.id, [])
        if len(posts) != 1:
            wrong.append(f"channel: {one.id} ({one.state}) was posted {len(posts)} times")
        elif ("~" in posts[0][1]) != (one.state != State.BOOKED and one.outcome is None):
            wrong.append(f"channel: the post of {one.id} ({one.state}) says {posts[0][1]}")
    wrong += [f"channel: {key} belongs to nobody" for key in found]
    return wrong + _order(engine, world)


def _order(engine: Engine, world: World) -> list[str]:
    """Posts stand in the order in which their first effects were put."""
    with engine.database.read() as session:
        statement = select(Effect.id, Effect.payload).where(Effect.kind == "slack.message").order_by(col(Effect.id))
        puts = [payload["key"] for _, payload in session.exec(statement).all() if payload["message"] == "booking"]
    first = {key: n for n, key in reversed(list(enumerate(puts)))}
    stand = []
    for _, message in sorted(world.slack.channels[desk.BOOKINGS].messages.items()):
        key = str(((message.metadata or {}).get("event_payload") or {}).get("key", ""))
        if key in first:
            stand.append(first[key])
    return [] if stand == sorted(stand) else [f"channel: posts stand in the order {stand}"]
