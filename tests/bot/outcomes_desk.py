"""A desk with appointments that are over: Alex is asked in German, the agent who booked and the lead in English."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from core.booking import customers
from core.booking.setup.members import ensure_member
from core.events import AppointmentBooked
from storage.tables import Appointment, Calendar, CalendarEvent, JournalEntry
from tests.bot.front_desk import said, shared_desk
from tests.desk import ADMIN, ADMINS, AGENT_EN, ALEX, BOOKINGS, BOT, LEAD, NOON, TEAM, Desk, words_in

FIRM = f"""
[workspace]
team_id = "{TEAM}"
locale = "de"
admins = ["{ADMIN}"]
leads = ["{LEAD}"]
[channels]
bookings = "{BOOKINGS}"
admin = "{ADMINS}"
[[consultants]]
name = "Alex"
slack = "{ALEX}"
[[consultants]]
name = "Bea"
"""


class OutcomesDesk(Desk):
    """A desk, and shortcuts to what is asked and answered."""

    def over(
        self,
        starts_at: datetime = NOON - timedelta(hours=3),
        *,
        customer: str = "Frau Weber",
        phone: str = "",
        consultant: str = "Alex",
    ) -> str:
        """An appointment of an hour that nobody had to book in time; its id."""
        key, consultant_id, booker = uuid.uuid4().hex, self.consultant(consultant), self.member(AGENT_EN)
        ends_at = starts_at + timedelta(hours=1)
        with self.engine.transaction(TEAM, booker) as tx:
            who = customers.remember(tx, customers.check_contact(customer, phone, f"{key}@example.com"))
            same = select(Appointment.seat).where(
                Appointment.starts_at == starts_at, Appointment.consultant_id == consultant_id
            )
            tx.add(
                Appointment(
                    id=key,
                    workspace_id=TEAM,
                    consultant_id=consultant_id,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    seat=len(tx.session.exec(same).all()) + 1,
                    customer_id=who,
                    booker_id=booker.id,
                    created_at=starts_at - timedelta(days=1),
                    changed_at=starts_at - timedelta(days=1),
                )
            )
            tx.emit(
                AppointmentBooked(
                    subject=key,
                    consultant=consultant_id,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    customer=who,
                    booker=booker.id,
                    imported=True,
                )
            )
        return key

    def colour(self, key: str, colour: str) -> None:
        """The calendar's mirror has the appointment's event in this colour."""
        with self.engine.transaction(TEAM) as tx:
            row = tx.session.get_one(Appointment, key)
            tx.add(Calendar(id="cal", workspace_id=TEAM, google_id="alex@example.com"))
            tx.add(
                CalendarEvent(
                    calendar_id="cal",
                    event_id=f"sq{key}",
                    workspace_id=TEAM,
                    starts_at=row.starts_at,
                    ends_at=row.ends_at,
                    colour=colour,
                    changed_at=NOON,
                    seen_at=NOON,
                    appointment_id=key,
                )
            )

    def direct(self, slack_id: str, matches: str = "", *, after: str = "0") -> dict[str, Any]:
        """The newest direct message of the bot to that person that contains the words, valid for Slack."""
        return said(self, slack_id, BOT, after, matches)

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """No message is edited meanwhile: Slack is slow with that."""
        self.control.faults(slack={"mode": "status", "status": 429, "retry_after": 1, "methods": ["chat.update"]})
        try:
            yield
        finally:
            self.control.heal()

    def journal(self, key: str) -> list[str]:
        """The kinds of what happened to the appointment, in order."""
        with self.engine.view(TEAM) as view:
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


def pressable(message: object) -> set[tuple[str, str]]:
    """The action_id and value of every button."""
    if isinstance(message, dict):
        own = {(message["action_id"], message.get("value", ""))} if "action_id" in message else set()
        return own.union(*(pressable(part) for part in message.values()))
    return set().union(*(pressable(part) for part in message)) if isinstance(message, list) else set()


@contextmanager
def outcomes_desk(folder: Path) -> Iterator[OutcomesDesk]:
    """Everything running until the block ends, without the pauses between messages."""
    with pytest.MonkeyPatch.context() as patch, shared_desk(folder, team=FIRM, google=False) as opened:
        patch.setattr("bot.features.outcomes.notices.SWEEP", timedelta(seconds=0.3))
        with opened.engine.transaction(TEAM) as tx:
            ensure_member(tx, LEAD, locale="en-US")
        yield OutcomesDesk(opened.served, opened.bot, opened.clock)
