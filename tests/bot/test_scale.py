"""A hundred consultants with sixty times a day, and next to nothing: every view and message stays valid, small, and leads on."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from core.booking.customers import check_contact, remember
from core.booking.setup.staffing import LONGEST_NAME, ConsultantForm, add_consultant
from core.booking.setup.time_off import take_time_off
from core.errors import Invalid
from storage.tables import Appointment, Consultant, Member, ScheduleEntry
from storage.tables.base import table_of
from tests.bot.front_desk import (
    Json,
    block,
    buttons,
    close_all,
    has,
    newest,
    press,
    said,
    shared_desk,
    times,
    top,
    typed,
)
from tests.desk import ACHIEVEMENTS, ADMIN, AGENT, AGENT_EN, ALEX, BERLIN, BOT, DAY, NOON, TEAM, Desk, valid, words_in

CONSULTANTS, STARTS = 100, 60
FRIDAY, MONDAY = DAY + timedelta(days=1), DAY + timedelta(days=4)
LARGEST = 250_000
TEAM_OF_NONE = f"""
[workspace]
team_id = "{TEAM}"
timezone = "Europe/Berlin"
locale = "de"
holidays = "DE-NW"
admins = ["{ADMIN}"]
[channels]
bookings = "C000000001"
"""


def name(n: int) -> str:
    """Sixty letters, of the kinds that take most room."""
    kinds = ("👩‍💼 Ş", "Ünal-Österreicher ", "محمد ", "<&> *W* ")
    return (f"{n:03} " + kinds[n % 4] * 20)[:LONGEST_NAME].strip()


@pytest.fixture(scope="module")
def desk(database_folder: Path) -> Iterator[Desk]:
    with shared_desk(database_folder, team=TEAM_OF_NONE, google=False) as opened:
        crowd(opened)
        yield opened


def crowd(desk: Desk) -> None:
    """A hundred consultants, each free every quarter of an hour from seven to ten on Wednesdays to Fridays."""
    alex = desk.member(ALEX).id
    team = {"workspace_id": TEAM}
    with desk.engine.transaction(TEAM) as tx:
        people = [
            {**team, "id": f"c{n:03}", "name": name(n), "member_id": alex if n == 0 else None, "capacity": 3, "minutes": 15,
             "active": True, "created_at": NOON}
            for n in range(CONSULTANTS)
        ]  # fmt: skip
        entries = [
            {**team, "id": f"{n:03}{day}{k:02}", "consultant_id": f"c{n:03}", "weekday": day, "minutes": 15, "capacity": 3,
             "starts": f"{7 + k // 4:02}:{k % 4 * 15:02}"}
            for n in range(CONSULTANTS) for day in (2, 3, 4) for k in range(STARTS)
        ]  # fmt: skip
        tx.session.connection().execute(insert(table_of(Consultant)), people)
        tx.session.connection().execute(insert(table_of(ScheduleEntry)), entries)


def small(thing: Json) -> Json:
    """The view or message, of which Slack takes 250 kB."""
    assert len(json.dumps({key: thing[key] for key in ("blocks", "text") if key in thing}).encode()) < LARGEST
    return thing


def form(desk: Desk, user: str = AGENT) -> Json:
    return small(desk.choose_day(user, desk.open_form(user), DAY))


def slots(desk: Desk, words: str, user: str = AGENT, channel: str = BOT) -> Json:
    after = newest(desk, user, channel)
    desk.control.command(user, f"/slots {words}", channel)
    return small(said(desk, user, channel, after))


def press_in(desk: Desk, message: Json, action_id: str, matches: str, **more: object) -> Json:
    """The message after a button replaced it."""
    for part in message["blocks"]:
        if any(element.get("action_id") == action_id for element in part.get("elements") or []):
            desk.control.click(AGENT, BOT, message["ts"], action_id, part["block_id"], **more)
    found = desk.control.wait_for_message(
        AGENT, BOT, lambda m: m["ts"] == message["ts"] and m["blocks"] != message["blocks"] and matches in words_in(m)
    )
    return small(found)


def test_the_form_opens_and_says_that_not_everything_fits(desk: Desk) -> None:
    view = form(desk)
    assert len(times(view)) >= 100
    assert "Wähle einen Berater" in words_in(view)
    assert block(view, "consultant")["element"]["type"] == "external_select"


def test_any_consultant_can_be_found_and_shows_all_sixty_times(desk: Desk) -> None:
    view = form(desk)
    container = {"type": "view", "view_id": view["id"]}
    where = block(view, "consultant")["block_id"]
    everybody = desk.control.suggest(AGENT, container, where, "pick.consultant", "")["options"]
    assert len(everybody) == 100
    (_, found) = desk.control.suggest(AGENT, container, where, "pick.consultant", "099")["options"]
    view = small(press(desk, AGENT, view, "pick.consultant", selected_option=found))
    assert typed(view, "consultant") == "c099"
    assert len(times(view)) == STARTS
    last = block(view, "slot")["element"]["options"][-1]["value"]
    answer = desk.control.submit(AGENT, view["id"], desk.fill(view, last, "Frau Letzte"))
    assert answer["action"] == "update"
    assert name(99)[:3] in words_in(small(top(desk, AGENT, "book_more")))


def test_a_time_from_words_is_chosen_even_when_it_is_beyond_what_fits(desk: Desk) -> None:
    view = small(desk.open_form(AGENT, "morgen 21:45 Frau Abend"))
    assert typed(view, "slot") is not None
    assert typed(view, "slot").endswith(str(int(datetime(2026, 11, 19, 21, 45, tzinfo=BERLIN).timestamp())))
    assert desk.control.submit(AGENT, view["id"])["action"] == "update"


def test_an_offer_is_chosen_even_when_it_is_beyond_what_fits(desk: Desk) -> None:
    view = small(desk.open_form(AGENT, "morgen 23:30 Frau Nacht"))
    offer = block(view, "offers")["elements"][-1]
    view = small(press(desk, AGENT, view, offer["action_id"]))
    assert typed(view, "slot") == offer["value"]


def test_six_thousand_closed_times_say_why(desk: Desk) -> None:
    begin = datetime(FRIDAY.year, FRIDAY.month, FRIDAY.day, tzinfo=BERLIN)
    with desk.engine.transaction(TEAM) as tx:
        take_time_off(tx, None, begin, begin + timedelta(days=1), "Betriebsausflug <&> " + "👩‍💼" * 40)
    view = small(press(desk, AGENT, desk.open_form(AGENT), "pick.date", selected_date=FRIDAY.isoformat()))
    assert "Betriebsausflug" in words_in(view)
    assert has(view, "offers")
    desk.control.use(AGENT, view["id"], "pick.why")
    why = small(top(desk, AGENT, "why"))
    assert "Betriebsausflug" in words_in(why)
    assert words_in(why).count("und 95 weitere: abwesend") == STARTS
    desk.control.close(AGENT, why["id"])
    board = slots(desk, FRIDAY.isoformat())
    assert "nichts frei" in words_in(board)
    assert "Betriebsausflug" in words_in(slots(desk, "week"))


def test_the_why_list_of_one_consultant_is_whole(desk: Desk) -> None:
    view = press(desk, AGENT, desk.open_form(AGENT), "pick.date", selected_date=FRIDAY.isoformat())
    container = {"type": "view", "view_id": view["id"]}
    where = block(view, "consultant")["block_id"]
    option = desk.control.suggest(AGENT, container, where, "pick.consultant", "050")["options"][1]
    view = press(desk, AGENT, view, "pick.consultant", selected_option=option)
    desk.control.use(AGENT, view["id"], "pick.why")
    assert words_in(small(top(desk, AGENT, "why"))).count("Betriebsausflug") == STARTS


def test_a_board_is_turned_and_filtered(desk: Desk) -> None:
    shown = slots(desk, DAY.isoformat())
    assert "weitere" in words_in(shown)
    seen = words_in(shown).count("*:00*") + len(
        [w for w in words_in(shown).split("\n") if w.startswith("*") and ":" in w]
    )
    assert seen == 10
    pages = 1
    while "slots.show:later" in buttons(shown):
        shown = press_in(desk, shown, "slots.show:later", "")
        pages += 1
    assert pages == STARTS // 10
    where = next(b["block_id"] for b in shown["blocks"] if b.get("block_id", "").startswith("nav"))
    container = {"type": "message", "channel": BOT, "ts": shown["ts"]}
    (_, found) = desk.control.suggest(AGENT, container, where, "slots.show:who", "042")["options"]
    shown = press_in(desk, shown, "slots.show:who", "042", selected_option=found)
    assert "041 " not in words_in(shown)
    assert "180 Plätze frei" in words_in(shown)


def test_the_week_and_a_live_board_fit(desk: Desk) -> None:
    assert "Die Woche" in words_in(slots(desk, "week"))
    for words in ("", "week"):
        shown = slots(desk, words, AGENT, ACHIEVEMENTS)
        desk.control.click(AGENT, ACHIEVEMENTS, shown["ts"], "slots.pin")
        pinned = desk.control.wait_for_message(
            AGENT, ACHIEVEMENTS, lambda m: not m["ephemeral"] and "🟢" in words_in(m), after=shown["ts"]
        )
        small(pinned)
        assert "Betriebsausflug" not in words_in(pinned)


def test_app_home_fits_for_everybody(desk: Desk) -> None:
    for user in (AGENT, AGENT_EN, ALEX, ADMIN):
        desk.control.open_home(user)
        home = small(desk.control.wait_for_home(user))
        assert len(home["blocks"]) <= 100
        assert ("Hier passt nicht alles" in words_in(home)) or "more than fits" in words_in(home)


def test_five_hundred_own_appointments_are_turned_and_a_full_day_fits(desk: Desk) -> None:
    with desk.engine.view(TEAM) as view:
        booker = view.session.get_one(Member, desk.member(AGENT_EN).id)
    rows = []
    with desk.engine.transaction(TEAM, booker) as tx:
        for n in range(500):
            customer = remember(tx, check_contact("W" * 110 + str(n), f"0171 {1_000_000 + n}", ""))
            begin = datetime(2026, 11, 19, 6, tzinfo=UTC) + timedelta(days=7 * (n // 180), minutes=15 * (n % 60))
            rows.append(
                {"id": f"a{n:05}", "workspace_id": TEAM, "consultant_id": "c000", "starts_at": begin,
                 "ends_at": begin + timedelta(minutes=15), "seat": 11 + n // 60 % 3, "customer_id": customer,
                 "booker_id": booker.id,
                 "state": "booked", "created_at": NOON, "changed_at": NOON}
            )  # fmt: skip
        tx.session.connection().execute(insert(table_of(Appointment)), rows)
    desk.control.command(AGENT_EN, "/my")
    view = small(top(desk, AGENT_EN, "my"))
    turned = 1
    while "my.page:more" in buttons(view):
        view = small(press(desk, AGENT_EN, view, "my.page:more"))
        turned += 1
    assert turned == 63  # eight a page
    desk.clock.forward(timedelta(days=1))
    try:
        for user in (AGENT_EN, ALEX):
            desk.control.open_home(user)
            small(desk.control.wait_for_home(user))
        after = newest(desk, ALEX)
        desk.control.command(ALEX, "/day")
        assert "weitere" in words_in(small(said(desk, ALEX, BOT, after)))
        close_all(desk, AGENT_EN)
        desk.control.command(AGENT_EN, "/my")
        view = small(press(desk, AGENT_EN, top(desk, AGENT_EN, "my"), "my.page:past"))
        assert "my.page:more" in buttons(view)
    finally:
        desk.clock.forward(-timedelta(days=1))


def test_words_of_a_direct_message_find_one_of_a_hundred(desk: Desk) -> None:
    after = desk.control.message(AGENT, BOT, "morgen 14 Uhr Frau Weber")["ts"]
    assert "Frau Weber" in words_in(small(said(desk, AGENT, BOT, after)))


@pytest.mark.parametrize("letters", [LONGEST_NAME + 1, 10_000])
def test_a_consultants_name_that_is_too_long_is_refused(desk: Desk, letters: int) -> None:
    with pytest.raises(Invalid) as refused, desk.engine.transaction(TEAM) as tx:
        add_consultant(tx, ConsultantForm("x" * letters))
    assert (refused.value.field, refused.value.why) == ("name", "too_long")


def test_a_day_on_which_nobody_works_leads_on(desk: Desk) -> None:
    view = small(press(desk, AGENT, desk.open_form(AGENT), "pick.date", selected_date=MONDAY.isoformat()))
    assert has(view, "offers")
    assert "gibt es keine Sprechzeiten" in words_in(view)
    assert "gibt es keine Sprechzeiten" in words_in(slots(desk, MONDAY.isoformat()))


def test_a_consultant_without_a_schedule_leads_on(desk: Desk) -> None:
    with desk.engine.transaction(TEAM) as tx:
        add_consultant(tx, ConsultantForm("Zoe Leer"))
    view = desk.open_form(AGENT, "morgen 14 Uhr bei Zoe")
    assert "zu dieser Zeit gibt es keine Termine" in words_in(valid(view))
    assert has(view, "offers")
