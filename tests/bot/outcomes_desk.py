"""A running bot and sandbox with a consultant, a booker, a lead and an admin, and appointments that are over."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.wiring import Bot
from core.booking import customers
from core.booking.setup.members import member_by_slack
from core.events import AppointmentBooked
from sandbox.client import Control
from sandbox.server import serve_in_thread
from sandbox.slack.blockkit.check import check_message
from sandbox.slack.manifest import Manifest
from sandbox.slack.state import Timing
from sandbox.world import World
from storage.outbox import oldest_pending
from storage.tables import Appointment, Calendar, CalendarEvent, Consultant, JournalEntry, Role
from tests.desk import BOT, NOON, Clock, running_bot, wait_until, words_in

ALEX, BEN, LENA, MIRIAM, OTTO = (f"U00000000{n}" for n in range(1, 6))
BOOKINGS, ADMIN = "C000000001", "C000000003"
MANIFEST = {
    "display_information": {"name": "Slotquest"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Slotquest"},
        "slash_commands": [{"command": name, "description": name} for name in ("/day", "/my")],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                *("commands", "chat:write", "im:write", "im:read", "im:history", "channels:read", "channels:history"),
                *("groups:read", "groups:history", "users:read", "team:read"),
            ]
        }
    },
    "settings": {"interactivity": {"is_enabled": True}, "event_subscriptions": {"bot_events": ["app_home_opened"]}},
}


class Desk:
    """The bot, the sandbox's control, and shortcuts."""

    def __init__(self, control: Control, bot: Bot, clock: Clock) -> None:
        self.control, self.bot, self.engine, self.clock = control, bot, bot.engine, clock
        self.team = ""

    def person(self, slack_id: str) -> Any:
        """The member with that Slack id, None before the bot knows them."""
        with self.engine.view(self.team) as view:
            return member_by_slack(view, slack_id)

    def appointment(
        self,
        starts_at: datetime = NOON - timedelta(hours=3),
        *,
        customer: str = "Frau Weber",
        phone: str = "",
        consultant: str = "c-alex",
        booker: str = BEN,
    ) -> str:
        """An appointment of an hour; its id."""
        key = uuid.uuid4().hex
        with self.engine.transaction(self.team, self.person(booker)) as tx:
            who = customers.remember(tx, customers.check_contact(customer, phone, f"{key}@example.com"))
            same = select(Appointment.seat).where(
                Appointment.starts_at == starts_at, Appointment.consultant_id == consultant
            )
            taken = len(tx.session.exec(same).all())
            tx.add(
                Appointment(
                    id=key,
                    workspace_id=self.team,
                    consultant_id=consultant,
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(hours=1),
                    seat=taken + 1,
                    customer_id=who,
                    booker_id=self.person(booker).id,
                    created_at=starts_at - timedelta(days=1),
                    changed_at=starts_at - timedelta(days=1),
                )
            )
            tx.emit(
                AppointmentBooked(
                    subject=key,
                    consultant=consultant,
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(hours=1),
                    customer=who,
                    booker=self.person(booker).id,
                    imported=True,
                )
            )
        return key

    def colour(self, key: str, colour: str) -> None:
        """The calendar's mirror has the appointment's event in this colour."""
        with self.engine.transaction(self.team) as tx:
            row = tx.session.get_one(Appointment, key)
            tx.session.merge(
                CalendarEvent(
                    calendar_id="cal",
                    event_id=f"sq{key}",
                    workspace_id=self.team,
                    starts_at=row.starts_at,
                    ends_at=row.ends_at,
                    colour=colour,
                    changed_at=NOON,
                    seen_at=NOON,
                    appointment_id=key,
                )
            )

    def row(self, key: str) -> Appointment:
        """The appointment as it is stored."""
        with self.engine.view(self.team) as view:
            return view.session.get_one(Appointment, key)

    def run(self, job: str) -> None:
        """Run a job as the schedule would."""
        self.bot.services.declared.jobs[job].run(self.bot.services, self.team)

    def direct(self, slack_id: str, matches: str = "", *, after: str = "0") -> dict[str, Any]:
        """The newest direct message of the bot to that person that contains the words, valid for Slack."""
        found = self.control.wait_for_message(slack_id, BOT, lambda m: matches in words_in(m), after=after)
        assert check_message({"text": found["text"], "blocks": found["blocks"]}) == []
        return found

    def quiet(self) -> None:
        """Wait until the outbox is empty."""

        def empty() -> bool:
            with self.engine.database.read() as session:
                return oldest_pending(session) is None

        wait_until(empty, "an empty outbox", timeout=5)

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """No message is edited meanwhile: Slack is slow with that."""
        self.control.faults(slack={"mode": "status", "status": 429, "retry_after": 1, "methods": ["chat.update"]})
        try:
            yield
        finally:
            self.control.heal()

    def told(self, key: str) -> list[str]:
        """The kinds of what happened to the appointment, in order."""
        with self.engine.view(self.team) as view:
            statement = select(JournalEntry.kind).where(JournalEntry.subject == key)
            return list(view.session.exec(statement.order_by(col(JournalEntry.seq))).all())

    def press(self, slack_id: str, message: dict[str, Any], action_id: str, value: str | None = None) -> None:
        """Press the button with that action_id, of several the one with that value."""
        for block in message["blocks"]:
            for element in [block.get("accessory"), *(block.get("elements") or [])]:
                if not isinstance(element, dict) or element.get("action_id") != action_id:
                    continue
                if value is None or element.get("value", "").startswith(value):
                    channel = message.get("channel") or BOT
                    self.control.click(slack_id, channel, message["ts"], action_id, block["block_id"])
                    return
        raise AssertionError(f"no {action_id} ({value}) in {words_in(message)}")


def buttons(message: object) -> set[tuple[str, str]]:
    """The action_id and value of every button."""
    if isinstance(message, dict):
        own = {(message["action_id"], message.get("value", ""))} if "action_id" in message else set()
        return own.union(*(buttons(part) for part in message.values()))
    return set().union(*(buttons(part) for part in message)) if isinstance(message, list) else set()


@contextmanager
def open_desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Everything running until the block ends, without the pauses between messages."""
    monkeypatch.setattr("bot.delivery.CHANNEL_PACE", timedelta(0))
    monkeypatch.setattr("bot.features.outcomes.notices.SWEEP", timedelta(seconds=0.3))
    world = World(timing=Timing().scaled(0.001))
    slack = world.slack
    for slack_id, name, locale in (
        (ALEX, "Alex", "de-DE"),
        (BEN, "Ben", "en-US"),
        (LENA, "Lena", "en-US"),
        (MIRIAM, "Miriam", "de-DE"),
        (OTTO, "Otto", "de-DE"),
    ):
        slack.add_user(slack_id, name.lower(), name, locale=locale)
    slack.add_channel(BOOKINGS, "bookings", members=[ALEX, BEN, LENA, MIRIAM, BOT])
    slack.add_channel(ADMIN, "admin", is_private=True, members=[LENA, MIRIAM, BOT])
    slack.manifest = Manifest.parse(MANIFEST)
    clock = Clock()
    with serve_in_thread(world) as served, running_bot(served, database_url, clock, google=False) as bot:
        desk = Desk(served.control, bot, clock)
        _set_up(desk)
        yield desk


def _set_up(desk: Desk) -> None:
    wait_until(lambda: desk.bot.services.me is not None, "the bot's introduction")
    assert desk.bot.services.me is not None
    desk.team = desk.bot.services.me.team_id
    everybody = (ALEX, BEN, LENA, MIRIAM, OTTO)
    wait_until(lambda: all(desk.person(who) is not None for who in everybody), "the members")
    with desk.engine.transaction(desk.team) as tx:
        tx.workspace.admin_channel, tx.workspace.bookings_channel = ADMIN, BOOKINGS
        tx.add(tx.workspace)
        for slack_id, role in ((LENA, Role.LEAD), (MIRIAM, Role.ADMIN)):
            member = member_by_slack(tx, slack_id)
            assert member is not None
            member.role = role
            tx.add(member)
        alex = member_by_slack(tx, ALEX)
        assert alex is not None
        team = {"workspace_id": desk.team, "created_at": NOON}
        tx.add(Calendar(id="cal", workspace_id=desk.team, google_id="alex@example.com"))
        tx.add(
            Consultant(id="c-alex", name="Alex", member_id=alex.id, **team), Consultant(id="c-bea", name="Bea", **team)
        )
