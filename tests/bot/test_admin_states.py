"""The console where there is nothing yet, where there is a lot, and where there is nobody to press its buttons."""

from contextlib import ExitStack

import pytest
from sqlmodel import select

from core.booking.setup.consultants import list_consultants
from core.booking.setup.members import ensure_member, members_with
from core.booking.setup.staffing import ConsultantForm, add_consultant
from core.booking.setup.time_off import coming_time_off, take_time_off
from core.booking.setup.week_text import parse_week
from storage.tables import Consultant, Member, Role
from tests.bot.admin_desk import button_in, command, fill, has, press, press_in_place, slotadmin, undo, workspace
from tests.desk import ADMIN, AGENT, ALEX, NOON, TEAM, Desk, open_desk, valid, words_in

NOBODY = f'[workspace]\nteam_id = "{TEAM}"\nlocale = "de"\n'
ADMIN_ONLY = f'[workspace]\nteam_id = "{TEAM}"\nlocale = "en"\nadmins = ["{ADMIN}"]\n'
AREAS = ("consultants", "weeks", "off", "rules", "region", "channels", "roles", "colours", "calendars", "changes")


@pytest.fixture
def opened(sqlite_url: str):
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(open_desk(sqlite_url, **options))


def in_english(desk: Desk, user: str) -> None:
    with desk.engine.transaction(TEAM) as tx:
        ensure_member(tx, user, locale="en-US")


def test_the_first_admin_claims_the_workspace(opened) -> None:
    desk = opened(team=NOBODY, google=False)
    desk.control.open_home(AGENT)
    home = desk.control.wait_for_home(AGENT)
    block_id, _ = button_in(home, "admin.claim")
    desk.control.use(AGENT, home["id"], "admin.claim", block_id)
    valid(desk.control.wait_for_view(AGENT, "words"))
    with desk.engine.view(TEAM) as view:
        assert members_with(view, Role.ADMIN) == []
    desk.control.open_home(ADMIN)
    home = desk.control.wait_for_home(ADMIN)
    desk.control.use(ADMIN, home["id"], "admin.claim", button_in(home, "admin.claim")[0])
    valid(desk.control.wait_for_view(ADMIN, "admin_console"))
    assert not has(desk.control.wait_for_home(ADMIN, changed_from=home["hash"]), "admin.claim")
    with desk.engine.view(TEAM) as view:
        assert [member.slack_id for member in members_with(view, Role.ADMIN)] == [ADMIN]
    before = desk.control.home(AGENT)["hash"]
    desk.control.open_home(AGENT)
    assert not has(desk.control.wait_for_home(AGENT, changed_from=before), "admin.claim")


def test_nothing_is_set_up_and_it_says_what_to_do(opened) -> None:
    desk = opened(team=ADMIN_ONLY, google=False)
    in_english(desk, ADMIN)
    console = slotadmin(desk, ADMIN)
    assert "Begin with *Consultants*" in words_in(console)
    assert "No Google Calendar is connected" in words_in(console)
    for area in AREAS:
        assert words_in(slotadmin(desk, ADMIN, area))
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "weeks"), "admin.consultant_add")
    fill(desk, ADMIN, form, name="Alex", member=ALEX)
    desk.control.wait_for(lambda: "Begin with" not in words_in(slotadmin(desk, ADMIN)) or None)
    with desk.engine.view(TEAM) as view:
        assert [one.name for one in list_consultants(view)] == ["Alex"]


def test_a_hundred_consultants_with_long_names_and_full_weeks(opened) -> None:
    desk = opened(team=ADMIN_ONLY, google=False)
    with desk.engine.transaction(TEAM) as tx:
        week = parse_week("mon 7-22/15; tue 7-22/20", 15, 3)
        for number in range(100):
            name = f"{number:03d} {'Wolfeschlegelsteinhausenbergerdorff-Ωäß🎈' * 2}"[:60]
            one = add_consultant(tx, ConsultantForm(name, calendar=f"c{number}@example.com", minutes=15), week)
            take_time_off(tx, one.id, NOON.replace(day=20), NOON.replace(day=21), "*x* " * 50)
    in_english(desk, ADMIN)
    for area in AREAS:
        view = slotadmin(desk, ADMIN, area)
        for name in ("consultants", "weeks", "off"):
            if area == name:
                view = press_in_place(desk, ADMIN, view, f"admin.{name}:on")
                assert "Page 2 of" in words_in(view)
    listed = slotadmin(desk, ADMIN, "consultants")
    block_id, _ = button_in(listed, "admin.find")
    found = desk.control.suggest(ADMIN, {"type": "view", "view_id": listed["id"]}, block_id, "admin.find", "05")
    assert [option["text"]["text"][:3] for option in found["options"]] == ["005", *(f"05{n}" for n in range(10))]
    one = press_in_place(desk, ADMIN, listed, "admin.find", selected_option=found["options"][1])
    assert words_in(one).count("Schedule") == 1
    assert "050" in words_in(one)
    press(desk, ADMIN, one, "admin.week")
    searched = slotadmin(desk, ADMIN, "0")  # the names that begin so: all of them
    further = press_in_place(desk, ADMIN, searched, "admin.consultants:on")
    assert "*010 " in words_in(further)
    assert has(further, "admin.consultants:all"), "a further page of what was searched for is still that"
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "off"), "admin.off_add")
    everybody = desk.control.suggest(ADMIN, {"type": "view", "view_id": form["id"]}, "who", "admin.find_or_all", "")
    assert len(everybody["options"]) == 100
    chosen = {"admin.find_or_all": {"type": "external_select", "selected_option": everybody["options"][0]}}
    fill(desk, ADMIN, form, who=chosen, starts_at__date="2026-12-24", reason="")
    slotadmin(desk, ADMIN, "changes")


def test_a_consultant_removed_meanwhile_is_said_and_nothing_breaks(opened) -> None:
    desk = opened(google=False)
    listed = slotadmin(desk, ADMIN, "Bea")
    form = press(desk, ADMIN, listed, "admin.consultant_edit")
    with desk.engine.database.write() as session:
        row = session.exec(select(Consultant).where(Consultant.name == "Bea")).one()
        row.active = False
        session.add(row)
    answer = desk.control.submit(ADMIN, form["id"], {"name": "Beate"})
    assert answer["action"] == "errors"
    with desk.engine.view(TEAM) as view:
        assert [one.name for one in list_consultants(view)] == ["Alex"]


def test_on_each_database_a_change_is_made_and_taken_back(each_desk: Desk) -> None:
    done = fill(each_desk, ADMIN, slotadmin(each_desk, ADMIN, "rules"), horizon_days="7")
    assert workspace(each_desk).horizon_days == 7
    undo(each_desk, ADMIN, done)
    assert workspace(each_desk).horizon_days == 28
    off = fill(each_desk, ALEX, command(each_desk, ALEX, "/off"), starts_at__date="2026-11-23")
    undo(each_desk, ALEX, off)
    with each_desk.engine.view(TEAM) as view:
        assert coming_time_off(view) == []


def test_the_same_form_twice_is_one_change(opened) -> None:
    desk = opened(google=False)
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "consultants"), "admin.consultant_add")
    values = {"name": "Chris"}
    fill(desk, ADMIN, form, **values)
    with desk.engine.view(TEAM) as view:
        assert [one.name for one in list_consultants(view)] == ["Alex", "Bea", "Chris"]
        assert view.session.exec(select(Member).where(Member.slack_id == ALEX)).one().role == Role.MEMBER
