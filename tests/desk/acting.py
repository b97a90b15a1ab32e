"""The desk itself: shortcuts to act as a person and to see what came of it, and the clock that the test moves."""

import time
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.wiring import Bot
from core.booking.setup.consultants import list_consultants
from core.booking.setup.members import member_by_slack
from core.transaction import Engine
from sandbox.server import Served
from storage.outbox import oldest_pending
from storage.tables import Appointment, Member
from tests.desk.firm import AGENT, BERLIN, DAY, GENERAL, NOON, TEAM
from tests.desk.shown import option_of, state_of, valid


class Clock:
    """Runs from a given moment at the usual speed, and can be put forward or back."""

    def __init__(self, begin: datetime = NOON) -> None:
        self._began, self._begin = time.monotonic(), begin

    def __call__(self) -> datetime:
        return self._begin + timedelta(seconds=time.monotonic() - self._began)

    def forward(self, by: timedelta) -> None:
        self._begin += by

    def set(self, to: datetime) -> None:
        self._began, self._begin = time.monotonic(), to


class Desk:
    """The running product and shortcuts to act as a person and to see what came of it."""

    def __init__(self, served: Served, bot: Bot, clock: Clock) -> None:
        self.served, self.bot, self.clock = served, bot, clock
        self.world, self.control = served.world, served.control

    @property
    def engine(self) -> Engine:
        return self.bot.engine

    def member(self, slack_id: str) -> Member:
        with self.engine.view(TEAM) as view:
            found = member_by_slack(view, slack_id)
            assert found is not None
            return found

    def consultant(self, name: str) -> str:
        """The id of the consultant with that name."""
        with self.engine.view(TEAM) as view:
            return next(c.id for c in list_consultants(view) if c.name == name)

    def appointments(self) -> list[Appointment]:
        """All of them, oldest booking first."""
        with self.engine.view(TEAM) as view:
            return list(view.session.exec(select(Appointment).order_by(col(Appointment.created_at))).all())

    def appointment(self, key: str) -> Appointment:
        """The appointment as it is stored now."""
        with self.engine.view(TEAM) as view:
            return view.session.get_one(Appointment, key)

    def slot(self, name: str, hour: int, day: date = DAY) -> str:
        """The value of a slot's option in the modal."""
        at = datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN)
        return f"{self.consultant(name)}|{int(at.timestamp())}"

    def open_form(self, user: str = AGENT, words: str = "", channel: str = GENERAL) -> dict[str, Any]:
        """/book: the opened modal, valid for Slack."""
        before = {view["id"] for view in self.control.views(user)}
        answer = self.control.command(user, f"/book {words}".strip(), channel)
        assert answer["ok"], answer
        view = self.control.wait_for(
            lambda: next((v for v in self.control.views(user) if v["id"] not in before), None), what="the booking modal"
        )
        return valid(view)

    def fill(self, view: dict[str, Any], slot: str, name: str = "Frau Weber", **typed: str) -> dict[str, Any]:
        """The values of a booking modal with this slot and customer."""
        values = state_of(view)
        for block in view["blocks"]:
            block_id = block.get("block_id", "")
            kind = block_id.split(":")[0]
            if kind == "slot":
                values[block_id] = {"pick.slot": {"type": "static_select", "selected_option": option_of(block, slot)}}
            elif kind in ("name", "phone", "email", "note"):
                text = name if kind == "name" else typed.get(kind, "")
                action = block["element"]["action_id"]
                values[block_id] = {action: {"type": "plain_text_input", "value": text or None}}
        return values

    def choose_day(self, user: str, view: dict[str, Any], day: date) -> dict[str, Any]:
        """Choose a date in the modal; the refreshed modal."""
        old = view["hash"]
        self.control.use(user, view["id"], "pick.date", selected_date=day.isoformat())
        return self.changed(user, view["id"], old)

    def changed(self, user: str, view_id: str, old_hash: str) -> dict[str, Any]:
        """The modal once it has been updated."""
        view = self.control.wait_for(
            lambda: next((v for v in self.control.views(user) if v["id"] == view_id and v["hash"] != old_hash), None),
            what="the updated modal",
        )
        return valid(view)

    def book(
        self, hour: int = 9, consultant: str = "Alex", name: str = "Frau Weber", user: str = AGENT, **typed: str
    ) -> Appointment:
        """Book through the modal; the new appointment."""
        known = {a.id for a in self.appointments()}
        view = self.choose_day(user, self.open_form(user), DAY)
        answer = self.control.submit(user, view["id"], self.fill(view, self.slot(consultant, hour), name, **typed))
        assert answer["action"] == "update", answer
        return next(a for a in self.appointments() if a.id not in known)

    def run(self, job: str) -> None:
        """Run a job as the schedule would."""
        self.bot.services.declared.jobs[job].run(self.bot.services, TEAM)

    def quiet(self, timeout: float = 30.0) -> None:
        """Wait until the outbox is empty."""

        def empty() -> bool:
            with self.engine.database.read() as session:
                return oldest_pending(session) is None

        self.control.wait_for(lambda: empty() or None, timeout=timeout, what="an empty outbox")

    def events(self, calendar: str) -> list[dict[str, Any]]:
        """The events that stand in a calendar, as Google has them."""
        found = self.control.events("2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z")
        return [row["event"] for row in found if row["calendar"] == calendar]
