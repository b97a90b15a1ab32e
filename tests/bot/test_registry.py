"""Everything that is declared works: it is explained, reachable, and shown in the reader's language alone.

One walk a language, by an agent, a consultant, a lead and an admin, through commands, shortcuts, buttons, forms, Home and
direct messages. Whatever Slack shows on the way is held against Slack's rules, against the registry (each element has
somebody who listens) and against the other language's words.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot import features
from bot.app import find_action
from bot.features.admin.frame import AREAS
from bot.language import CATALOGUES, Translator
from bot.locale.catalogues import entries, read_language
from bot.registry import Registry, collect
from core.booking.setup.members import ensure_member
from sandbox.google import changes
from sandbox.slack.blockkit import check_view
from storage.tables import Role
from tests import services
from tests.bot.admin_desk import button_in, close_all, command, fill, has, press, press_in_place, said
from tests.desk import (
    ADMIN,
    AGENT,
    ALEX,
    BERLIN,
    BOOKINGS,
    BOT,
    DAY,
    GENERAL,
    LEAD,
    NOON,
    TEAM,
    TEAM_FILE,
    Desk,
    make_world,
    open_desk,
    valid,
    valid_message,
    words_in,
)

REGISTRY = collect(features)
KINDS = ("commands", "shortcuts", "actions", "submissions", "suggestions", "events", "messages", "jobs")
SATURDAY, BEYOND = date(2026, 11, 21), date(2027, 1, 13)
Thing = dict[str, Any]


def test_every_command_is_explained_in_both_languages() -> None:
    german = Translator("de", BERLIN, NOON)
    for entry in REGISTRY.commands.values():
        assert re.fullmatch(r"/[a-z]+", entry.name)
        assert entry.summary
        assert len(entry.help) > 8
        assert german(entry.help) != entry.help, entry.name


def test_the_walk_would_notice_a_word_of_the_other_language() -> None:
    assert {"Book an appointment", "All consultants"} <= set(foreign_words("de"))
    assert {"Termin buchen", "Alle Berater"} <= set(foreign_words("en"))


def test_ids_of_modals_and_elements_say_whose_they_are() -> None:
    for key in REGISTRY.actions:
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+(:\*)?", key), key


class Walk:
    """Looks at everything that is shown, and notes what was used."""

    def __init__(self, desk: Desk, language: str) -> None:
        self.desk, self.language = desk, language
        self.foreign = foreign_words(language)
        self.seen: dict[str, str] = {}
        self.used: set[tuple[str, str]] = set()
        self.delivered = 0
        declared = desk.bot.services.declared
        for key, build in declared.messages.items():
            declared.messages[key] = self._noting("messages", key, build)
        for key, job in declared.jobs.items():
            declared.jobs[key] = replace(job, run=self._noting("jobs", key, job.run))

    def _noting(self, kind: str, key: str, run: Any) -> Any:
        def noted(*given: Any) -> Any:
            self.used.add((kind, key))
            return run(*given)

        return noted

    def look(self, thing: Thing, where: str) -> Thing:
        """Hold what is shown against the rules of this file."""
        for element in elements(thing):
            self.listened_to(element)
        if thing.get("submit"):
            assert thing["callback_id"] in REGISTRY.submissions, thing["callback_id"]
        words = "\n".join(shown(thing))
        for text in self.foreign:
            assert not re.search(rf"(?<!\w){re.escape(text)}(?!\w)", words), f"{where}: {text!r} in\n{words}"
        self.seen[where] = words
        return thing

    def listened_to(self, element: Thing) -> None:
        key = element.get("action_id")
        if key is None or element.get("url"):
            return
        if element["type"] == "external_select":
            assert key in REGISTRY.suggestions, f"nobody suggests for {key}"
        if element["dispatches"]:
            assert find_action(REGISTRY, key) is not None, f"nobody listens to {key}"

    def note(self) -> None:
        """Note which entries Slack's requests have reached since the last look."""
        for delivery in self.desk.control.deliveries(self.delivered):
            self.delivered = max(self.delivered, delivery["n"])
            self.used |= set(reached(REGISTRY, delivery))


def elements(thing: Thing) -> Iterator[Thing]:
    """All interactive elements; `dispatches`: whether using one is told to the bot at once."""
    for block in thing.get("blocks") or []:
        for element in [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]:
            if isinstance(element, dict) and element.get("action_id"):
                yield {**element, "dispatches": block["type"] != "input" or bool(block.get("dispatch_action"))}


def shown(thing: Any) -> Iterator[str]:
    """Every text that a person reads, without code in backticks."""
    if isinstance(thing, list):
        for part in thing:
            yield from shown(part)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if key in ("text", "accessibility_label") and isinstance(value, str):
                yield re.sub(r"`[^`]*`", " ", value)
            elif isinstance(value, dict | list) and key not in ("state", "metadata"):
                yield from shown(value)


@cache
def foreign_words(language: str) -> tuple[str, ...]:
    """Words of the other language: pieces of its texts, longer than 8 letters, that this language doesn't have as well."""
    english, german = set(), set()
    for catalogue in read_language(CATALOGUES / "de").values():
        for entry in entries(catalogue):
            english |= set(pieces(entry.id))
            german |= set(pieces(entry.string))
    own, other = (german, english) if language == "de" else (english, german)
    return tuple(sorted(piece for piece in other if not any(piece in text for text in own)))


def pieces(texts: Any) -> Iterator[str]:
    for text in [texts] if isinstance(texts, str) else texts:
        bare = re.sub(r"`[^`]*`", "{}", text)
        yield from (piece for part in re.split(r"\{\w*\}", bare) if len(piece := part.strip(" .,:;()*")) > 8)


def reached(declared: Registry, delivery: Thing) -> Iterator[tuple[str, str]]:
    """The entries that a request of Slack's is for."""
    payload = delivery["body"] if isinstance(delivery["body"], dict) else {}
    kind = payload.get("type")
    if "command" in payload:
        yield "commands", payload["command"]
    elif kind in ("shortcut", "message_action"):
        yield "shortcuts", payload["callback_id"]
    elif kind == "block_suggestion":
        yield "suggestions", payload["action_id"]
    elif kind == "view_submission":
        yield "submissions", payload["view"]["callback_id"]
    elif kind == "event_callback":
        yield "events", payload["event"]["type"]
    elif kind == "block_actions":
        for used in payload["actions"]:
            entry = find_action(declared, used["action_id"])
            if entry is not None:
                yield "actions", entry.id


def valid_home(view: Thing) -> Thing:
    assert check_view({"type": "home", "blocks": view["blocks"]}) == []
    return view


LOCALES = {"de": "de-DE", "en": "en-US"}


@contextmanager
def speaking(url: str, language: str) -> Iterator[Walk]:
    """A desk at which everybody, channels included, speaks this language."""
    world = make_world()
    for user in world.slack.users.values():
        user.locale = LOCALES[language]
    with open_desk(url, world=world, team=TEAM_FILE.replace('locale = "de"', f'locale = "{language}"')) as desk:
        with desk.engine.transaction(TEAM) as tx:
            for slack_id in (ADMIN, LEAD, AGENT, ALEX):
                ensure_member(tx, slack_id, locale=LOCALES[language])
        yield Walk(desk, language)


@pytest.fixture(scope="module", params=["de", "en"])
def walk(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Walk]:
    with services.fresh_database("sqlite", database_folder) as url, speaking(url, request.param) as walk:
        yield walk
        walk.note()


def test_booking(walk: Walk) -> None:
    desk, look = walk.desk, walk.look
    control = desk.control
    view = look(desk.open_form(AGENT), "/book")
    for day in (SATURDAY, BEYOND, DAY):
        view = look(desk.choose_day(AGENT, view, day), f"/book on {day}")
        if day == BEYOND:
            look(press(desk, AGENT, view, "pick.why"), "why")
            control.close(AGENT, control.views(AGENT)[-1]["id"])
    view = press_in_place(desk, AGENT, view, "pick.consultant", selected_option=desk.consultant("Alex"))
    look(view, "/book with one consultant")
    wrong = control.submit(AGENT, view["id"], desk.fill(view, desk.slot("Alex", 9), "Frau Weber", phone="none"))
    look({"text": "\n".join(wrong["errors"].values())}, "/book with a wrong number")
    filled = desk.fill(view, desk.slot("Alex", 9), "Frau Weber", phone="0171 2345678")
    assert control.submit(AGENT, view["id"], filled)["action"] == "update"
    booked = look(valid(control.wait_for_view(AGENT)), "booked")
    again = control.submit(AGENT, booked["id"])
    assert again["action"] == "update", again
    view = look(valid(control.wait_for_view(AGENT)), "book another")
    block = next(b for b in view["blocks"] if (b.get("element") or {}).get("action_id") == "book.customer")
    container = {"type": "view", "view_id": view["id"]}
    found = control.suggest(AGENT, container, block["block_id"], "book.customer", "Web")["options"]
    assert [option["text"]["text"] for option in found] == ["Frau Weber"]
    known = press_in_place(desk, AGENT, view, "book.customer", selected_option=found[0]["value"])
    look(known, "/book for a known customer")
    view = desk.choose_day(AGENT, known, SATURDAY)
    view = look(press_in_place(desk, AGENT, view, "pick.take:0"), "an offer taken")
    assert control.submit(AGENT, view["id"], {})["action"] == "update"
    booked = valid(control.wait_for_view(AGENT))
    look(press_in_place(desk, AGENT, booked, "book.undo"), "undone")
    look(command(desk, AGENT, "/book morgen 3 Uhr bei Alex, Frau Weber blablub"), "/book at a closed time")


def test_my_appointments(walk: Walk) -> None:
    desk, look = walk.desk, walk.look
    control = desk.control
    my = look(command(desk, AGENT, "/my"), "/my")
    moving = look(press(desk, AGENT, my, "my.move"), "move")
    values = desk.fill(moving, desk.slot("Alex", 11))
    assert control.submit(AGENT, moving["id"], values)["action"] == "update"
    look(valid(control.views(AGENT)[-1]), "moved")
    my = command(desk, AGENT, "/my")
    cancelling = look(press(desk, AGENT, my, "my.cancel"), "cancel")
    cancelled = look(fill(desk, AGENT, cancelling, reason="krank"), "cancelled")
    look(press_in_place(desk, AGENT, cancelled, "my.reinstate"), "booked again")
    my = command(desk, AGENT, "/my")
    past = look(press_in_place(desk, AGENT, my, "my.page:past"), "/my past")
    my = look(press_in_place(desk, AGENT, past, "my.page:coming"), "/my upcoming")
    look(press_in_place(desk, AGENT, my, "my.undo"), "/my without it")
    past = press_in_place(desk, AGENT, command(desk, AGENT, "/my"), "my.page:past")
    close_all(desk, AGENT)
    assert past["callback_id"] == "my"


def test_open_times(walk: Walk) -> None:
    desk, look = walk.desk, walk.look
    control = desk.control
    for words in ("", "morgen", "samstag", "woche", "irgendwann"):
        look(said(desk, AGENT, f"/slots {words}".strip()), f"/slots {words}")
    day = said(desk, AGENT, "/slots morgen")
    here = {"type": "message", "channel": BOT, "ts": day["ts"]}
    for number, name in enumerate(("slot.book", "slots.show:after", "slots.pin")):
        if has(day, name):
            block_id, element = button_in(day, name)
            control.act(AGENT, here, element["action_id"], block_id, **_value(element))
            if name == "slot.book":
                look(valid(control.wait_for_view(AGENT, "book")), "a slot's button")
                close_all(desk, AGENT)
            assert number < 3
    assert control.command(AGENT, "/slots", BOOKINGS)["ok"]
    board = control.wait_for_message(AGENT, BOOKINGS, lambda m: has(m, "slots.pin"))
    control.click(AGENT, BOOKINGS, board["ts"], "slots.pin")
    desk.quiet()
    live = control.wait_for_message(AGENT, BOOKINGS, lambda m: has(m, "slots.unpin"))
    look(valid_message(live), "live board")
    desk.run("boards")
    control.click(AGENT, BOOKINGS, live["ts"], "slots.unpin")
    desk.quiet()
    look(valid_message(control.wait_for_message(AGENT, BOOKINGS, lambda m: m["ts"] == live["ts"])), "ended board")
    for message in control.messages(AGENT, BOOKINGS):
        look(valid_message(message), "#bookings")


def test_shortcuts_home_help_and_words(walk: Walk) -> None:
    desk, look = walk.desk, walk.look
    control = desk.control
    assert control.shortcut(AGENT, "book")["ok"]
    look(valid(control.wait_for_view(AGENT, "book")), "shortcut")
    close_all(desk, AGENT)
    ts = control.message(AGENT, GENERAL, "Herr Schmitz, 0171 2345679")["ts"]
    assert control.shortcut(AGENT, "book_message", GENERAL, ts)["ok"]
    look(valid(control.wait_for_view(AGENT, "book")), "message shortcut")
    look(said(desk, AGENT, "/slotquest"), "/slotquest")
    for user in (AGENT, ALEX, LEAD, ADMIN):
        control.open_home(user)
        home = look(valid_home(control.wait_for_home(user)), f"Home of {user}")
        for name in ("slots.open", "help.open", "my.open", "book.open", "day.open", "admin.open"):
            if has(home, name):
                close_all(desk, user)
                look(press(desk, user, home, name), f"{name} from Home of {user}")
        close_all(desk, user)
        home = control.home(user)
        control.use(user, home["id"], "home.refresh")
        look(control.wait_for_home(user, changed_from=home["hash"]), "Home anew")
        desk.quiet()
        look(control.wait_for_message(user, BOT, lambda m: "Slotquest" in m["text"]), "welcome")
    for words in ("hallo", "morgen 14 Uhr bei Alex, Frau Weber 0171 2345678", "Samstag 14 Uhr bei Alex, Frau Weber"):
        sent = control.message(AGENT, BOT, words)["ts"]
        look(valid_message(control.wait_for_message(AGENT, BOT, after=sent)), f"“{words}”")
    control.change_user(AGENT, real_name="Emre Y.")
    control.change_user("U000000099", name="new", real_name="Neu")


def test_consultants(walk: Walk) -> None:
    desk, look = walk.desk, walk.look
    for words in ("/day", "/day morgen", "/day bla", "/off morgen 14-16 Zahnarzt"):
        look(said(desk, ALEX, words), words)
    day = said(desk, ALEX, "/day")
    desk.control.click(ALEX, BOT, day["ts"], "off.open")
    look(valid(desk.control.wait_for_view(ALEX, "off")), "time off from the day")
    look(said(desk, AGENT, "/day"), "/day for an agent")
    look(said(desk, AGENT, "/off"), "/off for an agent")
    look(command(desk, ALEX, "/off"), "/off")
    look(command(desk, ALEX, "/off bla"), "/off bla")
    close_all(desk, ALEX)


def test_a_conflict(walk: Walk) -> None:
    desk, look = walk.desk, walk.look
    control = desk.control
    close_all(desk, AGENT)
    desk.book(16, "Alex", "Frau Sommer")
    desk.quiet()
    google = desk.world.google
    body = {
        "summary": "Zahnarzt",
        "start": {"dateTime": f"{DAY}T16:00:00+01:00"},
        "end": {"dateTime": f"{DAY}T17:00:00+01:00"},
    }
    changes.insert(google, google.calendar("alex@example.com", None), body, None)
    desk.clock.forward(timedelta(minutes=10))
    desk.run("calendar.sync")
    desk.quiet()
    alert = look(valid_message(control.wait_for_message(AGENT, BOT, lambda m: has(m, "conflict.move"))), "conflict")
    for name in ("conflict.move", "conflict.hand"):
        control.click(AGENT, BOT, alert["ts"], name)
        look(valid(control.wait_for_view(AGENT, "reschedule")), name)
        close_all(desk, AGENT)
    control.click(AGENT, BOT, alert["ts"], "conflict.ignore")
    look(control.wait_for_message(AGENT, BOT, after=alert["ts"]), "conflict ignored")
    desk.quiet()
    look(control.wait_for_message(AGENT, BOT, lambda m: m["ts"] == alert["ts"]), "conflict settled")


def test_what_people_do_in_google(walk: Walk) -> None:
    desk, look = walk.desk, walk.look
    close_all(desk, AGENT)
    booked = [desk.book(hour, "Alex", name) for hour, name in ((11, "Frau Moser"), (14, "Herr Lang"))]
    desk.quiet()
    google = desk.world.google
    calendar = google.calendar("alex@example.com", None)
    moved = {side: {"dateTime": f"{DAY}T{hour}:00:00+01:00"} for side, hour in (("start", 18), ("end", 19))}
    changes.patch(google, calendar, f"sq{booked[0].id}", moved, None)
    changes.delete(google, calendar, f"sq{booked[1].id}")
    desk.clock.forward(timedelta(minutes=10))
    desk.run("calendar.sync")
    desk.quiet()
    for name in ("Moser", "Lang"):
        found = desk.control.wait_for_message(AGENT, BOT, lambda m, name=name: name in m["text"] and has(m, "my.open"))
        look(valid_message(found), f"{name} in Google")
    changes.patch(google, calendar, f"sq{booked[1].id}", {"status": "confirmed"}, None)
    desk.clock.forward(timedelta(minutes=10))
    desk.run("calendar.sync")
    desk.quiet()
    back = desk.control.wait_for_message(AGENT, BOT, lambda m: "Lang" in m["text"] and has(m, "my.move"))
    look(valid_message(back), "Lang is back in Google")


def _answered(desk: Desk, ts: str, appointment_id: str) -> Thing:
    """The question's message once it shows the answer for this appointment."""

    def shows_it(message: Thing) -> bool:
        changes = (e for e in elements(message) if e["action_id"] == "outcome.open" and e["value"] == appointment_id)
        return message["ts"] == ts and any(changes)

    return desk.control.wait_for_message(ALEX, BOT, shows_it)


def test_outcomes(walk: Walk) -> None:
    desk, look = walk.desk, walk.look
    control = desk.control
    close_all(desk, AGENT)
    for name in ("Frau Abend", "Herr Nacht"):
        desk.book(18, "Alex", name)
    desk.quiet()
    desk.clock.set(datetime.combine(DAY, time(20), BERLIN))
    desk.run("outcomes.ask")
    desk.quiet()
    asked = look(valid_message(control.wait_for_message(ALEX, BOT, lambda m: has(m, "outcome.say"))), "asked")
    ts, answered = asked["ts"], ""
    for name in ("outcome.say:completed", "outcome.say:no_show"):
        block_id, element = button_in(asked, name)
        answered = element["value"]
        control.click(ALEX, BOT, ts, element["action_id"], block_id)
        asked = look(valid_message(_answered(desk, ts, answered)), "answered")
    look(said(desk, ALEX, "/day"), "/day in the evening")
    look(press_in_place(desk, AGENT, command(desk, AGENT, "/my"), "my.page:past"), "/my past")
    desk.clock.forward(timedelta(hours=25))
    block_id, element = button_in(asked, "outcome.open", answered)
    close_all(desk, ALEX)
    control.click(ALEX, BOT, ts, element["action_id"], block_id)
    about = look(valid(control.wait_for_view(ALEX, "outcome.change")), "another answer, too late to be a correction")
    look(fill(desk, ALEX, about, outcome="rescheduled"), "a dispute begins")
    desk.quiet()
    dispute = look(valid_message(control.wait_for_message(LEAD, BOT, lambda m: has(m, "dispute.settle"))), "dispute")
    block_id, element = button_in(dispute, "dispute.settle")
    control.click(LEAD, BOT, dispute["ts"], element["action_id"], block_id)
    control.wait_for(lambda: ("messages", "dispute_decided") in walk.used or None, what="the decision")
    desk.quiet()
    desk.clock.forward(timedelta(days=4))
    desk.run("outcomes.evening")
    desk.run("outcomes.escalate")
    desk.quiet()
    for user in (AGENT, ALEX, LEAD):
        for message in control.messages(user, BOT):
            look(valid_message(message), f"messages to {user}")


def test_the_console(walk: Walk) -> None:
    desk, look = walk.desk, walk.look
    control = desk.control
    assert look(command(desk, ADMIN, "/slotadmin"), "/slotadmin")
    for area in AREAS:
        view = look(command(desk, ADMIN, f"/slotadmin {area}"), f"/slotadmin {area}")
        if view.get("submit") and area != "roles":
            assert control.submit(ADMIN, view["id"])["action"] == "update"
            look(valid(control.wait_for_view(ADMIN)), f"/slotadmin {area} saved")
    form = command(desk, ADMIN, "/slotadmin roles")
    values = {b["block_id"]: _chosen(b["element"], ALEX) for b in form["blocks"] if b["type"] == "input"}
    assert control.submit(ADMIN, form["id"], values)["action"] == "update"
    look(valid(control.wait_for_view(ADMIN)), "a role given")
    for name, area in (("admin.week", "weeks"), ("admin.consultant_edit", "consultants")):
        form = look(press(desk, ADMIN, command(desk, ADMIN, f"/slotadmin {area}"), name), name)
        look(fill(desk, ADMIN, form), f"{name} saved")
    question = look(press(desk, ADMIN, command(desk, ADMIN, "/slotadmin Bea"), "admin.consultant_remove"), "remove?")
    removed = look(fill(desk, ADMIN, question), "removed")
    look(press_in_place(desk, ADMIN, removed, "admin.undo"), "taken back")
    form = look(press(desk, ADMIN, command(desk, ADMIN, "/slotadmin off"), "admin.off_add"), "time off")
    day = desk.clock().astimezone(BERLIN).date() + timedelta(days=1)
    close_all(desk, AGENT)
    question = fill(desk, ADMIN, form, who="all", starts_at__date=str(day))
    look(question, "time off taken")
    look(command(desk, ADMIN, "/slotadmin off"), "time off that is planned")
    calendars = command(desk, ADMIN, "/slotadmin calendars")
    look(press_in_place(desk, ADMIN, calendars, "admin.sync"), "calendars, read again")
    look(press_in_place(desk, ADMIN, calendars, "admin.calendars"), "calendars anew")
    look(command(desk, ADMIN, "/slotadmin changes"), "changes")
    look(command(desk, LEAD, "/slotadmin off"), "/slotadmin off for a lead")
    look(command(desk, ADMIN, "/slotadmin Alex"), "/slotadmin Alex")
    look(said(desk, ADMIN, "/slotadmin blablub"), "/slotadmin blablub")
    look(said(desk, AGENT, "/slotadmin"), "/slotadmin for an agent")


def test_time_off_asks_first_where_somebody_is_booked(walk: Walk) -> None:
    desk, look = walk.desk, walk.look
    day = desk.clock().astimezone(BERLIN).date() + timedelta(days=7)
    view = desk.choose_day(AGENT, command(desk, AGENT, "/book"), day)
    assert desk.control.submit(AGENT, view["id"], desk.fill(view, desk.slot("Alex", 9, day), "Frau Früh"))["ok"]
    for user, opened, sure in (
        (ALEX, lambda: command(desk, ALEX, "/off"), "off_sure"),
        (LEAD, lambda: press(desk, LEAD, command(desk, LEAD, "/slotadmin off"), "admin.off_add"), "admin_off_sure"),
    ):
        typed = {"starts_at__date": str(day)} | ({"who": "all"} if user == LEAD else {})
        question = look(fill(desk, user, opened(), **typed), sure)
        assert question["callback_id"] == sure
        look(fill(desk, user, question), f"{sure}, yes")


def test_a_long_list_of_consultants_is_searched(sqlite_url: str) -> None:
    """A select holds a hundred options; from there on the names are suggested while they are typed."""
    extra = "".join(f'[[consultants]]\nname = "Berater {n:03}"\nschedule = {{ thu = ["09:00"] }}\n' for n in range(100))
    with open_desk(sqlite_url, google=False, team=TEAM_FILE + extra) as desk:
        view = desk.choose_day(AGENT, desk.open_form(), DAY)
        block = next(b for b in view["blocks"] if (b.get("element") or {}).get("action_id") == "pick.consultant")
        container = {"type": "view", "view_id": view["id"]}
        found = desk.control.suggest(AGENT, container, block["block_id"], "pick.consultant", "07")["options"]
        assert [option["text"]["text"] for option in found] == [
            "Alle Berater",
            "Berater 007",
            *(f"Berater 07{n}" for n in range(10)),
        ]
        chosen = press_in_place(desk, AGENT, view, "pick.consultant", selected_option=found[1]["value"])
        times = next(b for b in chosen["blocks"] if b.get("block_id", "").startswith("slot:"))
        assert [option["text"]["text"] for option in times["element"]["options"]] == ["09:00 · 3/3 frei"]
        for area in ("consultants", "weeks"):
            page = command(desk, ADMIN, f"/slotadmin {area}")
            name = {"consultants": "admin.consultants:on", "weeks": "admin.weeks:on"}[area]
            assert "Berater 0" in words_in(press_in_place(desk, ADMIN, page, name))


def _chosen(element: Thing, person: str) -> Any:
    """A person, or the first option."""
    return person if element["type"] == "users_select" else element["options"][0]["value"]


def _value(element: Thing) -> Thing:
    return {"value": element["value"]} if "value" in element else {}


def test_a_role_that_is_missing_is_said_in_the_callers_language(walk: Walk) -> None:
    needing = [entry for entry in REGISTRY.commands.values() if entry.needs != Role.MEMBER]
    for entry in needing:
        walk.look(said(walk.desk, AGENT, entry.name), f"{entry.name} without the role")


def test_everything_that_is_declared_has_a_test_that_uses_it(walk: Walk) -> None:
    """Here by the walk; elsewhere by name, in a test that sends its payload."""
    walk.note()
    tests = "\n".join(path.read_text("utf-8") for path in Path(__file__).parents[1].rglob("*.py"))
    left = [
        (kind, key)
        for kind in KINDS
        for key in getattr(REGISTRY, kind)
        if (kind, key) not in walk.used and f'"{key.removesuffix(":*")}' not in tests
    ]
    assert not left, "\n".join(map(str, left))
