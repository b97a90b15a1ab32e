"""/slotquest by role and language, and plain words in a direct message."""

import pytest

from storage.tables import Role
from tests.bot.front_desk import Json, buttons, mentions, newest, said, top, typed
from tests.desk import ADMIN, AGENT, AGENT_EN, ALEX, BOT, GENERAL, LEAD, Desk, words_in


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
        allowed = order.index(entry.needs) <= order.index(role) and entry.name not in ("/day", "/off")
        assert (f"`{entry.name}`" in words_in(shown)) == allowed, entry.name
    assert "Was ich kann" in words_in(shown)


def test_consultants_read_of_their_day_and_their_time_off(desk: Desk) -> None:
    shown = words_in(overview(desk, ALEX))
    assert all(f"`{name}`" in shown for name in ("/book", "/day", "/off"))
    assert shown.index("`/slots`") < shown.index("`/slotquest`"), "the overview itself stands last"


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


@pytest.mark.parametrize(
    ("user", "words", "answer", "name"),
    [
        (AGENT, "Frau Weber absagen", "kannst du verschieben und absagen", "Frau Weber"),
        (AGENT_EN, "please cancel Ms Weber's appointment", "You can move and cancel", "Ms Weber"),
        (AGENT, "verschiebe 0171 2345678 auf Dienstag 11 Uhr", "kannst du verschieben und absagen", "0171 2345678"),
        (AGENT, "meine Termine", "zur Liste deiner Termine", ""),
        (AGENT_EN, "show my appointments", "the list of your appointments", ""),
    ],
)
def test_who_wants_to_change_something_is_led_to_the_list(
    desk: Desk, user: str, words: str, answer: str, name: str
) -> None:
    told = tell(desk, user, words)
    assert answer in words_in(told)
    assert "Noch ist nichts gebucht" not in words_in(told)
    assert buttons(told)["my.open"].get("value", "") == name
    desk.control.click(user, BOT, told["ts"], "my.open")
    assert name in words_in(top(desk, user, "my"))


def test_a_call_for_help_is_answered_with_the_overview(desk: Desk) -> None:
    assert "Was ich kann" in words_in(tell(desk, AGENT, "Hilfe!"))
    assert "What I can do" in words_in(tell(desk, AGENT_EN, "what can you do?"))


def test_a_consultant_whom_nobody_named_is_a_suggestion(desk: Desk) -> None:
    assert "(mein Vorschlag)" in words_in(tell(desk, AGENT, "morgen 14 Uhr, Frau Weber"))
    assert "(mein Vorschlag)" not in words_in(tell(desk, AGENT, "morgen 14 Uhr bei Bea, Frau Weber"))


def test_what_was_not_understood_is_said(desk: Desk) -> None:
    told = words_in(tell(desk, AGENT, "morgen 14 Uhr bei Zorro, Frau Weber"))
    assert "Nicht verstanden: bei Zorro" in told
    assert "Nicht verstanden" not in words_in(tell(desk, AGENT, "Bitte morgen um 14 Uhr bei Bea für Frau Weber buchen"))


def test_the_next_open_time_is_found_for_who_asks_for_it(desk: Desk) -> None:
    told = tell(desk, AGENT, "so schnell wie möglich bei Bea, Frau Eilig")
    assert "Mittwoch, 18. November um 14:00 Uhr" in words_in(told)
    told = tell(desk, AGENT_EN, "Thursday afternoon with Alex, Mr Late")
    assert "Thursday, 19 November at 14:00" in words_in(told)


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
