"""The README's "Add a …", followed step by step in a package of its own: what it adds works without a line elsewhere."""

import importlib
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from sqlmodel import col, select

from bot import features
from bot.jobs import Schedule
from bot.manifest import build_manifest
from bot.registry import Duplicate, collect
from bot.settings import Settings
from core.events import AppointmentBooked, Event
from core.transaction import Transaction
from storage.crypto import new_key
from storage.tables import JournalEntry
from tests.bot.front_desk import block, buttons, said, shared_desk, top
from tests.desk import AGENT, AGENT_EN, BOOKINGS, BOT, GENERAL, LEAD, TEAM, Desk, open_desk, words_in

FEATURE = '''
"""Greeting: a command with a modal and a button, a message, a section of Home, and a job."""

from datetime import timedelta
from typing import Any

from bot.answers import Answer, Close, Message, Open, Reply, Show, Verdict
from bot.blocks import Block, actions, button, escape, field, modal, section, text_field
from bot.call import Call
from bot.language import Translator, _
from bot.notify import say
from bot.registry import action, command, home_section, job, message, submit
from bot.services import Services
from core.errors import Invalid
from core.transaction import View
from storage.tables import Role


@command("/greet", usage="[name]", summary="Greet somebody", help=_("Greet somebody"))
def greet(call: Call) -> Answer:
    """Greet who is named, else ask for a name."""
    if call.text:
        hello = f"Hello {escape(call.text)}"
        return Reply(Message(hello, [section(hello), actions([button("Louder", "greeting.louder", call.text)])]))
    return Open(modal("greeting", "Greet", [field("name", "Name", text_field("name"))], submit="Greet", close="Close"))


@command("/greetall", summary="Greet all", help=_("Greet all"), needs=Role.LEAD)
def greet_all(call: Call) -> Answer:
    """For leads."""
    return Reply(Message("Hello all"))


@action("greeting.louder")
def louder(call: Call) -> Answer:
    """The same in capitals."""
    return Reply(Message(f"HELLO {escape(call.value.upper())}"))


@submit("greeting")
def submitted(call: Call) -> Verdict:
    """Refuse nobody's name at its field; tell the channel of all others."""
    name = call.typed.text("name")
    if name == "nobody":
        raise Invalid("name", "empty")
    with call.transaction() as tx:
        say(tx, "greeting", tx.workspace.bookings_channel, "today", name=name)
    return Close()


@message("greeting")
def told(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """What the channel reads."""
    return Message(f"Greetings to {escape(facts['name'])} from {view.workspace_id}")


@home_section("greeting", place=15)
def at_home(view: View, t: Translator) -> list[Block]:
    """A line on Home."""
    return [section("Have you greeted somebody today?")]


@home_section("greeting_leads", place=16, needs=Role.LEAD)
def at_leads_home(view: View, t: Translator) -> list[Block]:
    """A line for leads."""
    return [section("Have you praised somebody today?")]


@job("greeting.morning", every=timedelta(hours=1))
def morning(services: Services, workspace_id: str) -> None:
    """A greeting by itself, however often it runs."""
    with services.engine.transaction(workspace_id) as tx:
        say(tx, "greeting", tx.workspace.bookings_channel, "morning", name="all")


@job("greeting.evening", at="11:30")
def evening(services: Services, workspace_id: str) -> None:
    """Once a day, at half past eleven where the workspace is."""
    with services.engine.transaction(workspace_id) as tx:
        say(tx, "greeting", tx.workspace.bookings_channel, f"evening {tx.new_id()}", name="the early ones")
'''


def package(folder: Path, name: str, **modules: str) -> ModuleType:
    """A package with these modules, importable."""
    place = folder / name
    place.mkdir()
    for module, text in {"__init__": '"""Features for a test."""\n', **modules}.items():
        (place / f"{module}.py").write_text(text, "utf-8")
    importlib.invalidate_caches()
    return importlib.import_module(name)


@pytest.fixture(scope="module")
def importable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("recipes")
    known = set(sys.modules)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    for name in set(sys.modules) - known:
        if getattr(sys.modules[name], "__file__", None) and str(folder) in str(sys.modules[name].__file__):
            del sys.modules[name]


@pytest.fixture(scope="module")
def desk(importable: Path, database_folder: Path) -> Iterator[Desk]:
    own = package(importable, "house_of_greetings", greeting=FEATURE)
    with shared_desk(database_folder, google=False, packages=(features, own)) as opened:
        opened.control.manifest(build_manifest(opened.bot.services.declared, None))
        yield opened


def test_a_command_is_in_the_manifest_in_the_overview_and_answers(desk: Desk) -> None:
    manifest = build_manifest(desk.bot.services.declared, "https://example.com")
    (entry,) = [c for c in manifest["features"]["slash_commands"] if c["command"] == "/greet"]
    assert (entry["description"], entry["usage_hint"]) == ("Greet somebody", "[name]")
    assert entry["url"] == "https://example.com/slack/events"
    assert not [
        c for c in build_manifest(collect(features), None)["features"]["slash_commands"] if c["command"] == "/greet"
    ]
    desk.control.command(AGENT_EN, "/greet <!channel> Anna", GENERAL)
    told = said(desk, AGENT_EN, GENERAL, matches="Anna")
    assert "<!channel>" not in words_in(told)
    desk.control.click(AGENT_EN, GENERAL, told["ts"], "greeting.louder")
    assert "HELLO" in words_in(said(desk, AGENT_EN, GENERAL, told["ts"]))
    desk.control.command(AGENT, "/slotquest")
    overview = words_in(said(desk, AGENT, BOT, matches="Was ich kann"))
    assert "`/greet`" in overview
    assert "`/greetall`" not in overview


def test_a_command_for_leads_is_refused_to_others_in_their_language(desk: Desk) -> None:
    desk.control.command(LEAD, "/greetall")
    assert "Hello all" in words_in(said(desk, LEAD, BOT, matches="Hello"))
    desk.control.command(AGENT, "/greetall")
    assert "dürfen nur" in words_in(said(desk, AGENT, BOT, matches="dürfen"))


def test_a_modals_refusal_appears_at_its_field_and_its_message_arrives(desk: Desk) -> None:
    desk.control.command(AGENT_EN, "/greet")
    view = top(desk, AGENT_EN, "greeting")
    assert block(view, "name")
    assert desk.control.submit(AGENT_EN, view["id"], {"name": "nobody"})["errors"] == {
        "name": "Please enter the customer's name."
    }
    assert desk.control.submit(AGENT_EN, view["id"], {"name": "Anna <!here>"})["action"] in ("clear", "close")
    first = said(desk, AGENT, BOOKINGS, matches="Greetings to Anna &lt;!here&gt;")
    desk.control.command(AGENT_EN, "/greet")
    desk.control.submit(AGENT_EN, top(desk, AGENT_EN, "greeting")["id"], {"name": "Bernd"})
    assert said(desk, AGENT, BOOKINGS, matches="Greetings to Bernd")["ts"] == first["ts"]


def test_a_section_of_home_is_shown_in_its_place_to_its_role(desk: Desk) -> None:
    for user, praised in ((AGENT, False), (LEAD, True)):
        desk.control.open_home(user)
        shown = desk.control.wait_for_home(user)
        words = words_in(shown)
        assert words.index("Slotquest") < words.index("Have you greeted") < words.index("Von dir gebucht")
        assert ("Have you praised" in words) is praised
        assert "book.open" in buttons(shown)


def test_a_job_runs_by_itself_and_a_daily_one_once_a_day(desk: Desk) -> None:
    schedule = Schedule(desk.bot.services)
    schedule.start(delay=timedelta(0))
    try:
        assert said(desk, AGENT, BOOKINGS, matches="Greetings to all")
        assert said(desk, AGENT, BOOKINGS, matches="Greetings to the early ones")
    finally:
        schedule.stop()
    again = Schedule(desk.bot.services)
    again.start(delay=timedelta(0))
    desk.quiet()
    again.stop()
    found = [m for m in desk.control.messages(AGENT, BOOKINGS) if "early ones" in words_in(m)]
    assert len(found) == 1


def test_a_reaction_to_an_event_is_a_line_in_a_table(sqlite_url: str) -> None:
    seen: list[str] = []

    def note(tx: Transaction, event: Event) -> None:
        seen.append(event.subject)

    with open_desk(sqlite_url, google=False) as desk:
        desk.engine.reactions = {
            **desk.engine.reactions,
            AppointmentBooked: (*desk.engine.reactions[AppointmentBooked], note),
        }
        booked = desk.book(9, "Alex", "Frau Folge")
        assert seen == [booked.id]
        with desk.engine.view(TEAM) as view:
            kinds = view.session.exec(select(JournalEntry.kind).where(col(JournalEntry.subject) == booked.id)).all()
        assert kinds == ["AppointmentBooked"]


TWICE = {
    "command": '@command("/book", summary="x", help="x")',
    "action": '@action("book.open")',
    "submit": '@submit("book")',
    "suggest": '@suggest("book.customer")',
    "event": '@event("message")',
    "message": '@message("booking")',
    "home_section": '@home_section("coming", place=1)',
    "job": '@job("boards", at="10:00")',
    "shortcut": '@shortcut("book", title="x", summary="x")',
}


@pytest.mark.parametrize("kind", TWICE)
def test_an_id_that_is_taken_is_refused_at_once(importable: Path, kind: str) -> None:
    text = f'"""Twice."""\nfrom bot.registry import {kind}\n\n\n{TWICE[kind]}\ndef again(*given):\n    """Again."""\n'
    own = package(importable, f"house_of_{kind}", again=text)
    with pytest.raises(Duplicate, match="is declared twice"):
        collect(features, own)


def test_a_setting_is_one_field(monkeypatch: pytest.MonkeyPatch) -> None:
    class More(Settings):
        greeting: str = "Hello"

    given = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "s", "slotquest_keys": new_key(), "_env_file": None}
    assert More(**given).greeting == "Hello"
    monkeypatch.setenv("GREETING", "Moin")
    assert More(**given).greeting == "Moin"
