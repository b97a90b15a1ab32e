"""/slotquest by role and language, and plain words in a direct message."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.tables import Role
from tests.bot.front_desk import Json, buttons, close_all, mentions, newest, said, shared_desk, top, typed
from tests.desk import ADMIN, AGENT, AGENT_EN, BOT, GENERAL, LEAD, Desk, words_in


@pytest.fixture(scope="module")
def desk(database_folder: Path) -> Iterator[Desk]:
    with shared_desk(database_folder) as opened:
        yield opened


@pytest.fixture(autouse=True)
def closed(desk: Desk) -> Iterator[None]:
    yield
    for user in (AGENT, AGENT_EN, ADMIN):
        close_all(desk, user)


def overview(desk: Desk, user: str, channel: str = BOT) -> Json:
    after = newest(desk, user, channel)
    desk.control.command(user, "/slotquest", channel)
    return said(desk, user, channel, after)


@pytest.mark.parametrize(("user", "role"), [(AGENT, Role.MEMBER), (LEAD, Role.LEAD), (ADMIN, Role.ADMIN)])
def test_the_overview_names_what_the_caller_may_do(desk: Desk, user: str, role: Role) -> None:
    shown = overview(desk, user)
    assert shown["ephemeral"]
    order = [Role.MEMBER, Role.LEAD, Role.ADMIN]
    for entry in desk.bot.services.declared.commands.values():
        assert (f"`{entry.name}`" in words_in(shown)) == (order.index(entry.needs) <= order.index(role)), entry.name
    assert "Was ich kann" in words_in(shown)


def test_the_overview_is_in_the_callers_language_everywhere(desk: Desk) -> None:
    assert "What I can do" in words_in(overview(desk, AGENT_EN, GENERAL))
    shown = overview(desk, AGENT, GENERAL)
    assert "Termin für einen Kunden buchen" in words_in(shown)
    assert {"book.open", "my.open"} <= set(buttons(shown))


def tell(desk: Desk, user: str, words: str) -> Json:
    after = desk.control.message(user, BOT, words)["ts"]
    return said(desk, user, BOT, after)


@pytest.mark.parametrize(
    ("user", "words", "understood"),
    [
        (AGENT, "morgen 14 Uhr bei Alex, Frau Weber 0171 2345678",
         ("Donnerstag, 19. November um 14:00 Uhr", "Alex", "Frau Weber", "0171 2345678", "Noch ist nichts gebucht")),
        (AGENT_EN, "tomorrow 2pm with Alex, Ms Weber anna@example.com",
         ("Thursday, 19 November at 14:00", "Alex", "Ms Weber", "anna@example.com", "Nothing is booked yet")),
        (AGENT, "Frau Weber am Freitag", ("Freitag, 20. November", "Frau Weber", "Uhrzeit noch offen")),
        (AGENT, "morgen 13 Uhr bei Alex, Frau Weber", ("Donnerstag, 19. November um 13:00 Uhr", "nicht buchbar", "Frau Weber")),
        (AGENT, "Frau Müller & Söhne morgen 9 Uhr", ("Müller &amp; Söhne",)),
    ],
)  # fmt: skip
def test_words_are_understood_and_lead_to_the_filled_form(
    desk: Desk, user: str, words: str, understood: tuple[str, ...]
) -> None:
    known = len(desk.appointments())
    told = tell(desk, user, words)
    for part in understood:
        assert part in words_in(told) or (part == "Uhrzeit noch offen" and "Uhrzeit" in words_in(told)), part
    assert mentions(told["blocks"]) == []
    assert len(desk.appointments()) == known
    desk.control.click(user, BOT, told["ts"], "book.open")
    form = top(desk, user, "book")
    assert typed(form, "name") is not None
    assert "&amp;" not in typed(form, "name")


def test_words_that_say_nothing_are_answered_with_an_example(desk: Desk) -> None:
    for user, words, hint in ((AGENT, "?", "Schreib mir einfach"), (AGENT_EN, "?", "Just write")):
        told = tell(desk, user, words)
        assert hint in words_in(told)
        assert {"book.open", "help.open"} <= set(buttons(told))
        desk.control.click(user, BOT, told["ts"], "help.open")
        assert top(desk, user, "help")


def test_a_message_is_answered_once_and_only_in_a_direct_message(desk: Desk) -> None:
    since = desk.control.last_delivery()
    told = tell(desk, AGENT, "morgen 9 Uhr Frau Einmal")
    events = [d for d in desk.control.deliveries(since, "events_api") if d["name"] == "message"]
    (delivery,) = [d for d in events if d["body"]["event"]["user"] == AGENT]
    assert desk.control.replay(delivery["n"])["status"] == 200
    desk.control.settle()
    again = tell(desk, AGENT, "?")
    since_then = [m for m in desk.control.messages(AGENT, BOT) if m["bot"] and told["ts"] <= m["ts"] <= again["ts"]]
    assert [m["ts"] for m in since_then if "Frau Einmal" in words_in(m)] == [told["ts"]]
    calls = desk.control.last_call()
    desk.control.message(AGENT, GENERAL, "morgen 14 Uhr Frau Weber")
    desk.control.settle()
    assert [c["method"] for c in desk.control.calls(calls) if c["method"].startswith("chat.")] == []
