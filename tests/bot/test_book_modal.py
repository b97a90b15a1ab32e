"""The booking modal while it is open: days and consultants in place, the why of closed times, offers, known customers."""

from datetime import timedelta

import pytest

from core.booking.outcomes.recording import record
from storage.tables import Appointment, Outcome
from tests.bot.front_desk import (
    block,
    buttons,
    chosen,
    close_all,
    fill_up,
    form_on,
    has,
    press,
    submitted,
    times,
    top,
    typed,
)
from tests.desk import AGENT, AGENT_EN, BOT, DAY, GENERAL, LEAD, NOON, TEAM, Desk, words_in

FRIDAY, SATURDAY = DAY + timedelta(days=1), DAY + timedelta(days=2)
CUSTOMER = {"name": "Frau Şahin", "phone": "0171 5550001", "email": "s@example.com", "note": "Rollstuhl"}


def test_it_opens_with_today_everybody_and_how_far_one_can_book(desk: Desk) -> None:
    view = desk.open_form(AGENT)
    assert typed(view, "date") == "2026-11-18"
    assert typed(view, "consultant") == "all"
    assert "Buchbar bis" in words_in(view)
    assert "16.12." in words_in(view)
    assert (view["title"]["text"], view["submit"]["text"]) == ("Termin buchen", "Buchen")
    english = desk.open_form(AGENT_EN)
    assert (english["title"]["text"], english["submit"]["text"]) == ("Book an appointment", "Book")
    assert "Bookable until Wed 16 Dec." in words_in(english)


def test_open_times_show_their_free_seats_by_time_and_consultant(desk: Desk) -> None:
    view = form_on(desk, FRIDAY)
    assert times(view)[:3] == ["09:00 · Alex · 3/3 frei", "09:00 · Bea · 3/3 frei", "11:00 · Alex · 3/3 frei"]
    labels = [g["label"]["text"] for g in block(view, "slot")["element"]["option_groups"]]
    assert labels == ["09:00", "11:00", "14:00", "16:00", "18:00"]


def test_typed_input_survives_a_change_of_day_and_consultant(desk: Desk) -> None:
    view = desk.open_form(AGENT)
    desk.control.use(AGENT, view["id"], "pick.date", selected_date=FRIDAY.isoformat(), values=CUSTOMER)
    view = desk.changed(AGENT, view["id"], view["hash"])
    assert {key: typed(view, key) for key in CUSTOMER} == CUSTOMER
    view = press(desk, AGENT, view, "pick.consultant", selected_option=desk.consultant("Bea"))
    assert {key: typed(view, key) for key in CUSTOMER} == CUSTOMER
    assert times(view) == ["09:00 · 3/3 frei", "14:00 · 3/3 frei"]
    view = press(desk, AGENT, view, "pick.consultant", selected_option="all")
    assert len(times(view)) == 7
    assert typed(view, "date") == FRIDAY.isoformat()


def test_a_chosen_time_survives_another_filter_and_not_another_day(desk: Desk) -> None:
    view, slot = form_on(desk, FRIDAY), desk.slot("Bea", 14, FRIDAY)
    view = press(
        desk, AGENT, view, "pick.consultant", selected_option=desk.consultant("Bea"), values=chosen(view, slot)
    )
    assert typed(view, "slot") == slot
    view = press(desk, AGENT, view, "pick.consultant", selected_option=desk.consultant("Alex"))
    assert typed(view, "slot") is None
    view = press(desk, AGENT, view, "pick.date", selected_date=DAY.isoformat())
    assert typed(view, "slot") is None


def test_the_latest_choice_is_the_one_that_stays(desk: Desk) -> None:
    """Several days in a hurry: whatever the order of the answers, the last one shows."""
    view = desk.open_form(AGENT)
    for day in range(19, 28):
        desk.control.use(AGENT, view["id"], "pick.date", selected_date=f"2026-11-{day}")

    def settled() -> bool | None:
        shown = desk.control.views(AGENT)[-1]
        return True if has(shown, "slot:2026-11-27") and typed(shown, "date") == "2026-11-27" else None

    desk.control.wait_for(settled)


def test_a_day_without_times_offers_the_nearest_and_an_offer_chooses(desk: Desk) -> None:
    view = form_on(desk, SATURDAY)
    assert not has(view, "slot")
    assert "An diesem Tag gibt es keine Sprechzeiten. Die nächsten freien Zeiten:" in words_in(view)
    offers = block(view, "offers")["elements"]
    assert len(offers) == 5
    slot = desk.slot("Alex", 18, FRIDAY)
    (offer,) = [o for o in offers if o["value"] == slot]
    assert offer["text"]["text"] == "Fr 20.11. 18:00 · Alex"
    view = press(desk, AGENT, view, offer["action_id"])
    assert (typed(view, "date"), typed(view, "slot")) == (FRIDAY.isoformat(), slot)
    assert not has(view, "offers")


def test_an_offer_of_the_same_day_replaces_the_time_that_was_chosen(desk: Desk) -> None:
    """Somebody takes the last seat meanwhile; an offer on the same day takes the place of the choice."""
    view, slot = form_on(desk, DAY + timedelta(days=6)), desk.slot("Bea", 9, DAY + timedelta(days=6))
    fill_up(desk, "Bea", 9, DAY + timedelta(days=6))
    answer = submitted(desk, AGENT, view, slot, "Frau Spät", phone="0171 5550077")
    assert answer["action"] == "update"
    view = top(desk, AGENT, "book")
    assert "voll 3/3" in words_in(view)
    assert (typed(view, "name"), typed(view, "phone")) == ("Frau Spät", "0171 5550077")
    assert typed(view, "slot") is None
    other = desk.slot("Bea", 14, DAY + timedelta(days=6))
    assert other in {o["value"] for o in block(view, "offers")["elements"]}
    other_first = desk.slot("Alex", 11, DAY + timedelta(days=6))
    desk.control.use(AGENT, view["id"], offer_of(view, other), values=chosen(view, other_first))
    view = desk.changed(AGENT, view["id"], view["hash"])
    assert typed(view, "slot") == other
    assert typed(view, "name") == "Frau Spät"
    assert submitted(desk, AGENT, view, other, "Frau Spät")["action"] == "update"
    assert "Gebucht" in words_in(top(desk, AGENT, "book_more"))


def test_closed_times_say_why_in_both_languages(desk: Desk) -> None:
    day = DAY + timedelta(days=5)
    fill_up(desk, "Alex", 9, day)
    assert "~09:00~ Alex: voll 3/3" in words_in(form_on(desk, day))
    assert "~09:00~ Alex: full 3/3" in words_in(form_on(desk, day, AGENT_EN))
    assert "11:00" not in "".join(line for line in words_in(form_on(desk, DAY)).split("\n") if "~" in line)


def test_the_whole_list_of_closed_times_is_pushed_on_top(desk: Desk) -> None:
    view = desk.open_form(AGENT)
    view = press(desk, AGENT, view, "pick.date", selected_date="2026-12-25")  # a holiday, and too far
    assert "gesetzlicher Feiertag" in words_in(view) or "Feiertag" in words_in(view)
    assert "Dieser Tag ist nicht buchbar" in words_in(view)
    desk.control.use(AGENT, view["id"], "pick.why")
    pushed = top(desk, AGENT, "why")
    assert pushed["previous_view_id"] == view["id"]
    assert words_in(pushed).count("Weihnachtstag") == 5
    assert "~09:00~ Alex, Bea: " in words_in(pushed)
    desk.control.close(AGENT, pushed["id"])
    assert top(desk, AGENT, "book")["id"] == view["id"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "morgen 14 Uhr bei Alex, Frau Weber 0171 2345678",
            {"date": "2026-11-19", "consultant": "Alex", "slot": ("Alex", 14), "name": "Frau Weber", "phone": "0171 2345678"},
        ),
        (
            "tomorrow 2pm with Bea, Ms Weber anna@example.com",
            {"date": "2026-11-19", "consultant": "Bea", "slot": ("Bea", 14), "name": "Ms Weber", "email": "anna@example.com"},
        ),
        ("morgen", {"date": "2026-11-19", "consultant": None, "slot": None, "name": None}),
        ("morgen ab 15 Uhr bei Alex, Frau Weber", {"date": "2026-11-19", "slot": ("Alex", 16), "name": "Frau Weber"}),
        ("morgen vor 14 Uhr, Frau Weber", {"date": "2026-11-19", "slot": ("Alex", 9), "name": "Frau Weber"}),
        ("morgen abend Frau Weber", {"date": "2026-11-19", "slot": ("Alex", 18), "name": "Frau Weber"}),
        ("nächster freier Termin bei Bea für Frau Weber", {"slot": ("Bea", 14, NOON.date()), "name": "Frau Weber"}),
        ("earliest evening slot, Ms Weber", {"date": "2026-11-18", "slot": ("Alex", 18, NOON.date()), "name": "Ms Weber"}),
        ("Herr Müller & Söhne", {"date": "2026-11-18", "name": "Herr Müller & Söhne"}),
        ("", {"date": "2026-11-18", "name": None, "phone": None}),
    ],
)  # fmt: skip
def test_words_fill_the_form_and_book_nothing(desk: Desk, words: str, expected: dict) -> None:
    before = len(desk.appointments())
    view = desk.open_form(AGENT, words)
    for key, value in expected.items():
        wanted = value
        if key == "consultant":
            wanted = desk.consultant(value) if value else "all"
        elif key == "slot" and value:
            wanted = desk.slot(*value)
        assert typed(view, key) == wanted, key
    assert len(desk.appointments()) == before


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("gestern 14 Uhr", "schon vorbei"),
        ("morgen 13 Uhr bei Alex", "zu dieser Zeit gibt es keine Termine"),
        ("24.12.2026 14 Uhr", "zu weit voraus"),
        ("5.1.2099 9 Uhr", "ist nicht buchbar"),
    ],
)
def test_words_for_a_time_that_is_closed_say_why_and_offer_others(desk: Desk, words: str, why: str) -> None:
    view = desk.open_form(AGENT, words)
    assert why in words_in(view)
    assert block(view, "offers")["elements"]


def test_a_known_customer_fills_the_rest_and_shows_the_history(desk: Desk) -> None:
    booked = desk.book(16, "Alex", "Frau Öztürk", phone="0171 5550002", email="oe@example.com")
    with desk.engine.transaction(TEAM) as tx:
        row = tx.session.get_one(Appointment, booked.id)
        row.starts_at, row.ends_at = row.starts_at - timedelta(days=30), row.ends_at - timedelta(days=30)
        tx.add(row)
        record(tx, booked.id, Outcome.NO_SHOW)
    view = desk.open_form(AGENT)
    container = {"type": "view", "view_id": view["id"]}
    for letters in ("özt", "Ozturk", "0171 5550002", "+49 171 555 0002", "OE@example.com"):
        found = desk.control.suggest(AGENT, container, "known", "book.customer", letters)["options"]
        assert [o["text"]["text"] for o in found] == ["Frau Öztürk"], letters
    desk.control.use(AGENT, view["id"], "book.customer", selected_option=found[0], values={"note": "Rollstuhl"})
    view = desk.changed(AGENT, view["id"], view["hash"])
    assert [typed(view, key) for key in ("name", "phone", "email", "note")] == [
        "Frau Öztürk", "0171 5550002", "oe@example.com", "Rollstuhl"]  # fmt: skip
    shown = words_in(view)
    for part in ("1 Termin", "einmal nicht erschienen", "Ausfallrisiko: 🟡 mittel"):
        assert part in shown
    view = press(desk, AGENT, view, "book.customer", selected_option=None)
    assert [typed(view, key) for key in ("name", "phone", "email", "note")] == [None, None, None, "Rollstuhl"]
    assert "Ausfallrisiko" not in words_in(view)


def test_words_with_a_known_number_or_address_find_the_customer(desk: Desk) -> None:
    desk.book(16, "Alex", "Anna Bekannt", phone="0171 5550077", email="bekannt@example.com")
    desk.book(18, "Alex", "Otto Post", email="otto@example.com")
    known = ("Anna Bekannt", "0171 5550077", "bekannt@example.com")
    for words, expected in (
        ("morgen 9 Uhr, Frau Bekannt 0171 5550077", known),
        ("+49 171 5550077", known),
        ("Frau Ganz Anders 01715550077", ("Frau Ganz Anders", *known[1:])),
        ("0171 5550077 neu@example.com", (*known[:2], "neu@example.com")),
        ("otto@example.com", ("Otto Post", None, "otto@example.com")),
    ):
        view = desk.open_form(AGENT, words)
        assert tuple(typed(view, key) for key in ("name", "phone", "email")) == expected, words
        assert "schon gebucht" in words_in(view)
        close_all(desk, AGENT)
    assert "Ausfallrisiko" not in words_in(desk.open_form(AGENT, "Frau Bekannt 0171 5550078"))


def test_a_known_customer_survives_a_change_of_day_and_is_booked(desk: Desk) -> None:
    first = desk.book(18, "Alex", "Frau Yılmaz", phone="0171 5550003")
    view = form_on(desk, FRIDAY)
    option = desk.control.suggest(AGENT, {"type": "view", "view_id": view["id"]}, "known", "book.customer", "yilm")[
        "options"
    ][0]
    view = press(desk, AGENT, view, "book.customer", selected_option=option)
    assert "schon gebucht" in words_in(view)
    view = press(desk, AGENT, view, "pick.date", selected_date=(FRIDAY + timedelta(days=3)).isoformat())
    assert typed(view, "phone") == "0171 5550003"
    slot = desk.slot("Alex", 18, FRIDAY + timedelta(days=3))
    assert desk.control.submit(AGENT, view["id"], chosen(view, slot))["action"] == "update"
    second = desk.appointments()[-1]
    assert (second.customer_id, second.id != first.id) == (first.customer_id, True)


def test_nobody_by_that_name_offers_nothing(desk: Desk) -> None:
    view = desk.open_form(AGENT)
    for letters in ("Xaver", "%%", "😀😀", "<!channel>", "  "):
        answer = desk.control.suggest(AGENT, {"type": "view", "view_id": view["id"]}, "known", "book.customer", letters)
        assert (answer["ok"], answer["options"]) == (True, []), letters


def test_the_global_shortcut_opens_an_empty_form(desk: Desk) -> None:
    desk.control.shortcut(AGENT, "book")
    view = top(desk, AGENT, "book")
    assert typed(view, "name") is None


def test_the_message_shortcut_reads_the_message(desk: Desk) -> None:
    ts = desk.control.message(LEAD, GENERAL, "Bitte morgen um 11 für Herrn Kaya, 0171 5550009 & Begleitung")["ts"]
    desk.control.shortcut(AGENT, "book_message", GENERAL, ts)
    view = top(desk, AGENT, "book")
    assert typed(view, "date") == DAY.isoformat()
    assert typed(view, "slot") == desk.slot("Alex", 11)
    assert "Kaya" in typed(view, "name")
    assert typed(view, "phone") == "0171 5550009"


def test_a_book_button_whose_time_closed_meanwhile_says_why(desk: Desk) -> None:
    day = DAY + timedelta(days=7)
    desk.control.message(AGENT, BOT, f"{day.isoformat()} 9 Uhr bei Bea, Frau Weg")
    message = desk.control.wait_for_message(
        AGENT, BOT, lambda m: "book.open" in buttons(m) and "Frau Weg" in words_in(m)
    )
    fill_up(desk, "Bea", 9, day)
    desk.control.click(AGENT, BOT, message["ts"], "book.open")
    view = top(desk, AGENT, "book")
    assert "voll 3/3" in words_in(view)
    assert block(view, "offers")
    assert typed(view, "name") == "Frau Weg"


def test_a_board_button_whose_time_closed_meanwhile_says_why(desk: Desk) -> None:
    day = DAY + timedelta(days=8)
    desk.control.command(AGENT, f"/slots {day.isoformat()}", GENERAL)
    board = desk.control.wait_for_message(AGENT, GENERAL, lambda m: m["ephemeral"] and "27. November" in words_in(m))
    slot = desk.slot("Alex", 18, day)
    fill_up(desk, "Alex", 18, day)
    place, action = next(
        (b["block_id"], e["action_id"])
        for b in board["blocks"] if b["type"] == "actions" for e in b["elements"] if e.get("value") == slot
    )  # fmt: skip
    desk.control.click(AGENT, GENERAL, board["ts"], action, place)
    view = top(desk, AGENT, "book")
    assert typed(view, "date") == day.isoformat()
    assert "voll 3/3" in words_in(view)
    assert block(view, "offers")["elements"]


def offer_of(view: dict, slot: str) -> str:
    return next(o["action_id"] for o in block(view, "offers")["elements"] if o["value"] == slot)
