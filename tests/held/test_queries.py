"""What a request costs: a fixed number of statements whatever the history, none of which reads a table that grows, no Google.

Only what runs in request and listener threads counts; the outbox has threads of its own. When a number changes here, it is
because a feature asks more or less of the database: let it be on purpose.
"""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from sandbox.seed.team import MEMBERS
from tests.bench.firm import NOW, Firm, make_firm, multiply
from tests.desk import ADMIN, AGENT, ALEX, BOT, DAY, GENERAL, KEY, Clock, Desk, make_world, open_desk

TIMES = 10  # so much history has the firm the second time
CONSULTANT = "U000000011"
TOMORROW = NOW.date() + timedelta(days=1)
WORDS = "morgen 14 Uhr bei Alex, Frau Weber 0171 2345678"

STATEMENTS = {
    "/book": 4,
    "/book with words": 6,
    "another day in the modal": 4,
    "submission": 21,
    "/slots": 5,
    "/slots week": 5,
    "/my": 2,
    "App Home": 11,  # of a lead: two for what waits for the leads
    "/day": 6,
    "words in a direct message": 10,
}

GROWING = {"appointment", "calendar_event", "journal", "effect", "delivery", "customer", "customer_word", "post"}


class Statements:
    """The statements of request and listener threads, by step."""

    def __init__(self, engine: Engine) -> None:
        self.of: dict[str, list[tuple[str, Any]]] = {}
        self._step: str | None = None
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if self._step and threading.current_thread().name.startswith(("request", "listener")):
            self.of[self._step].append((statement, values))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.of[name], self._step = [], name
        yield
        self._step = None


def seeded_firm(folder: Path, times: int) -> Firm:
    firm = make_firm(folder, key=KEY)
    if times > 1:
        multiply(firm, times)
    return firm


@pytest.fixture(scope="module", params=[1, TIMES])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Firm, Statements]]:
    """A day's requests to a bot whose firm has 269 days of history, and to one with much more."""
    folder = tmp_path_factory.mktemp(f"times{request.param}")
    firm = seeded_firm(folder, request.param)
    world = make_world()
    for one in MEMBERS:
        if one.id not in world.slack.users:
            world.slack.add_user(one.id, one.name, one.real_name, locale=one.locale)
    world.slack.channels[GENERAL].members.extend(one.id for one in MEMBERS)
    team = (folder / "seed" / "team.toml").read_text("utf-8")
    with open_desk(firm.url, google=False, team=team, world=world, clock=Clock(NOW)) as desk:
        statements = Statements(desk.engine.database.engine)
        requests(desk, statements)
        yield firm, statements


def requests(desk: Desk, told: Statements) -> None:
    control = desk.control

    def said(user: str, text: str) -> None:
        known = {m["ts"] for m in control.messages(user, GENERAL)}
        control.command(user, text, GENERAL)
        control.wait_for_message(user, GENERAL, lambda m: m["ts"] not in known and m["ephemeral"])

    for number in range(2):  # the first time, what is made once is made
        with told.step("/book"):
            desk.open_form(AGENT)
        with told.step("/book with words"):
            view = desk.open_form(AGENT, WORDS)
        with told.step("another day in the modal"):
            view = desk.choose_day(AGENT, view, TOMORROW)
        slot = next(
            o["value"] for b in view["blocks"] if b["block_id"].startswith("slot") for g in groups(b) for o in g
        )
        with told.step("submission"):
            answer = control.submit(AGENT, view["id"], desk.fill(view, slot, "Frau Neu", phone=f"0171 555000{number}"))
            assert answer["action"] == "update", answer
        with told.step("/slots"):
            said(AGENT, "/slots")
        with told.step("/slots week"):
            said(AGENT, "/slots week")
        with told.step("/my"):
            control.command(AGENT, "/my", GENERAL)
            control.wait_for_view(AGENT, "my")
        with told.step("App Home"):
            old = (control.home(AGENT) or {}).get("hash")
            control.open_home(AGENT)
            control.wait_for_home(AGENT, changed_from=old)
        with told.step("/day"):
            said(CONSULTANT, "/day")
        with told.step("words in a direct message"):
            sent = control.message(AGENT, BOT, WORDS)["ts"]
            control.wait_for_message(AGENT, BOT, lambda m: m["user"] == BOT, after=sent)
        desk.quiet()


def groups(block: dict[str, Any]) -> list[list[dict[str, Any]]]:
    element = block["element"]
    return [group["options"] for group in element.get("option_groups") or [{"options": element.get("options", [])}]]


@pytest.mark.parametrize("step", STATEMENTS)
def test_a_request_asks_the_database_a_fixed_number_of_times(told: tuple[Firm, Statements], step: str) -> None:
    _, statements = told
    asked = [" ".join(statement.split())[:160] for statement, _ in statements.of[step]]
    assert len(asked) == STATEMENTS[step], "\n".join(asked)


@pytest.mark.parametrize("step", STATEMENTS)
def test_no_statement_reads_a_growing_table_from_end_to_end(told: tuple[Firm, Statements], step: str) -> None:
    firm, statements = told
    with closing(sqlite3.connect(firm.path)) as db:
        for statement, values in statements.of[step]:
            values = values[0] if isinstance(values, list) else values
            plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
            scanned = {match[1] for line in plan if (match := re.match(r"SCAN (\w+)", line))}
            assert not scanned & GROWING, (statement, plan)


def test_the_plans_are_read_as_they_are_meant(told: tuple[Firm, Statements]) -> None:
    """A statement that does scan is found out by the same means."""
    firm, _ = told
    with closing(sqlite3.connect(firm.path)) as db:
        plan = [row[3] for row in db.execute("EXPLAIN QUERY PLAN SELECT * FROM appointment WHERE note = 'x'")]
    assert any(re.match(r"SCAN appointment", line) for line in plan)


def test_no_request_waits_for_google(desk: Desk) -> None:
    """Every command and the steps of a booking; what a booking writes to the calendar leaves by the outbox, in one call."""
    control = desk.control
    desk.quiet()
    before = google_calls(desk)
    for command in ("/book", f"/book {WORDS}", "/slots", "/slots week", "/my", "/slotquest"):
        control.command(AGENT, command, GENERAL)
    for command in ("/day", "/off"):
        control.command(ALEX, command, GENERAL)
    control.command(ADMIN, "/slotadmin", GENERAL)
    control.open_home(AGENT)
    control.message(AGENT, BOT, WORDS)
    view = desk.choose_day(AGENT, desk.open_form(AGENT), DAY)
    control.settle()
    assert google_calls(desk) == before
    control.faults(google={"mode": "slow", "seconds": 30})
    answer = control.submit(AGENT, view["id"], desk.fill(view, desk.slot("Alex", 9)))
    assert (answer["action"], answer["ms"] < 1500) == ("update", True), answer
    control.heal()
    desk.quiet(20)
    assert google_calls(desk) == before + 1


def google_calls(desk: Desk) -> int:
    """Requests to the calendars; fetching an access token, once an hour, is not counted."""
    return sum("/token" not in call["path"] for call in desk.control.google_calls())
