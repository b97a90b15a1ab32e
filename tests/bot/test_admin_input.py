"""What people type and choose in the console that is nearly right, or not right at all: an answer at the field, in words."""

from zoneinfo import ZoneInfo

import pytest

from bot.features.admin.changes import failure_words
from bot.language import Translator
from core.booking.calendar.calendars import calendars
from core.booking.calendar.lanes import UNREACHABLE, UNWRITABLE
from core.booking.setup.consultants import list_consultants, week_of
from core.booking.setup.members import members_with
from core.booking.setup.staffing import replace_week
from core.booking.setup.week import Start
from integrations.google_answers import BAD_KEY, NO_ACCESS, NOT_SHARED, READ_ONLY
from storage.tables import Role
from tests.bot.admin_desk import fill, press, press_in_place, refused, said, slotadmin, undo, workspace
from tests.desk import ADMIN, AGENT, ALEX, BEA, BOT, NOON, TEAM, Desk, words_in


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ("Mo 9:00/0", "„9:00/0“: Ein Termin dauert 5 bis 720 Minuten."),
        ("Mo 9:00/999", "„9:00/999“: Ein Termin dauert 5 bis 720 Minuten."),
        ("Mo 9:00x0", "„9:00x0“: Eine Zeit hat 1 bis 99 Plätze."),
        ("Mo 9:00x999", "„9:00x999“: Eine Zeit hat 1 bis 99 Plätze."),
    ],
)
def test_odd_numbers_in_a_week_are_said_at_the_week(desk: Desk, week: str, words: str) -> None:
    added = press(desk, ADMIN, slotadmin(desk, ADMIN, "consultants"), "admin.consultant_add")
    assert refused(desk, ADMIN, added, name="Neu", week=week) == {"week": words}
    changed = press(desk, ADMIN, slotadmin(desk, ADMIN, "weeks"), "admin.week")
    assert refused(desk, ADMIN, changed, week=week) == {"week": words}


def test_sixty_times_a_day_fit_the_form_and_come_back_whole(desk: Desk) -> None:
    busy = "\n".join(
        f"{day} {7 + n}:00-{22 + n // 6}:00/15x{n + 1}" for n, day in enumerate(("mon", "tue", "wed", "thu"))
    )
    fill(desk, ADMIN, press(desk, ADMIN, slotadmin(desk, ADMIN, "weeks"), "admin.week"), week=busy)
    with desk.engine.view(TEAM) as view:
        before = week_of(view, desk.consultant("Alex"))
    assert len(before) == 60 + 56 + 52 + 48
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "weeks"), "admin.week")
    assert "Mo 07:00-22:00/15x1" in str(form["blocks"])
    assert "Es gab nichts zu ändern" in words_in(fill(desk, ADMIN, form))
    press_in_place(desk, ADMIN, slotadmin(desk, ADMIN, "changes"), "admin.undo")


def test_a_week_too_long_for_the_form_is_not_cut(desk: Desk) -> None:
    odd = [Start(n % 7, f"{n // 7 // 60:02d}:{n // 7 % 60:02d}", 5, n % 90 + 1) for n in range(0, 9000, 30)]
    with desk.engine.transaction(TEAM) as tx:
        before = week_of(tx, desk.consultant("Bea"))
        replace_week(tx, desk.consultant("Bea"), odd)
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "Bea"), "admin.week")
    assert "slotquest load" in words_in(form)
    assert not form.get("submit")
    with desk.engine.transaction(TEAM) as tx:
        replace_week(tx, desk.consultant("Bea"), before)


def test_a_week_that_would_only_have_held_in_the_past_is_refused(desk: Desk) -> None:
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "weeks"), "admin.week")
    errors = refused(desk, ADMIN, form, week="Mo 9", valid_until="2020-02-01")
    assert errors == {"valid_until": "Das ist schon vorbei."}


@pytest.mark.parametrize("app", [BOT, "USLACKBOT"])
def test_apps_are_neither_admins_nor_consultants(desk: Desk, app: str) -> None:
    said_at = {"member": "Das ist eine App. Bitte wähle eine Person."}
    assert refused(desk, ADMIN, slotadmin(desk, ADMIN, "roles"), member=app, role="admin") == said_at
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "consultants"), "admin.consultant_add")
    assert refused(desk, ADMIN, form, name="Neu", member=app) == said_at
    with desk.engine.view(TEAM) as view:
        assert [member.slack_id for member in members_with(view, Role.ADMIN)] == [ADMIN]


def test_a_role_is_chosen_not_presumed_and_names_the_person_as_slack_does(desk: Desk) -> None:
    form = slotadmin(desk, ADMIN, "roles")
    assert list(refused(desk, ADMIN, form, member=BEA)) == ["role"]
    done = fill(desk, ADMIN, form, member="U000000099", role="lead")
    assert "<@U000000099>: Mitglied → Leitung" in words_in(done)
    undo(desk, ADMIN, done)


def test_a_calendar_that_is_taken_away_gives_place_to_the_central_one(desk: Desk) -> None:
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "Alex"), "admin.consultant_edit")
    done = fill(desk, ADMIN, form, calendar="")
    assert "alex@example.com → zentraler Kalender" in words_in(done)
    undo(desk, ADMIN, done)


@pytest.mark.parametrize("words", ["Berater Alex", "Alex Reuter", f"<@{ALEX}>", "der Plan von Alex"])
def test_a_consultant_is_found_among_other_words_and_by_mention(desk: Desk, words: str) -> None:
    view = slotadmin(desk, ADMIN, words)
    assert "*Alex*" in words_in(view)
    assert "*Bea*" not in words_in(view)


def test_unknown_words_come_back_as_they_were_typed_with_a_way_on(desk: Desk) -> None:
    message = said(desk, ADMIN, "/slotadmin quark <b> <@U000000003> & mehr")
    assert "„quark &lt;b&gt; diese Person &amp; mehr“" in message["text"]
    seen = {view["id"] for view in desk.control.views(ADMIN)}
    desk.control.click(ADMIN, BOT, message["ts"], "admin.open")
    assert desk.control.wait_for_view(ADMIN, "admin_console")["id"] not in seen


def test_rules_that_leave_nothing_to_book_say_so(desk: Desk) -> None:
    done = fill(desk, ADMIN, slotadmin(desk, ADMIN, "rules"), min_notice_minutes="43200")
    assert "gar nichts buchen" in words_in(done)
    undo(desk, ADMIN, done)
    done = fill(desk, ADMIN, slotadmin(desk, ADMIN, "rules"), min_notice_minutes="1440")
    assert "gar nichts buchen" not in words_in(done)
    undo(desk, ADMIN, done)


def test_numbers_that_are_none_in_a_forged_form_change_nothing(desk: Desk) -> None:
    before = workspace(desk).horizon_days
    for text in ("²", "9" * 5000, "-1", "1e3"):
        form = slotadmin(desk, ADMIN, "rules")
        assert desk.control.submit(ADMIN, form["id"], {"horizon_days": text})["action"] == "errors"
    assert workspace(desk).horizon_days == before
    with desk.engine.view(TEAM) as view:
        assert [one.name for one in list_consultants(view)] == ["Alex", "Bea"]
    assert desk.control.views(AGENT) == []


def test_a_new_calendar_says_with_which_address_to_share_it_and_what_is_wrong_is_said_in_german(desk: Desk) -> None:
    form = press(desk, ADMIN, slotadmin(desk, ADMIN, "consultants"), "admin.consultant_add")
    done = fill(desk, ADMIN, form, name="Zoë", calendar="zoe@example.com")
    address = desk.bot.services.calendars.account
    assert f"Gib diesen Kalender für {address} frei" in words_in(done)
    page = slotadmin(desk, ADMIN, "calendars")
    with desk.engine.view(TEAM) as view:
        row = next(one for one in calendars(view) if one.google_id == "zoe@example.com")
    after = words_in(press_in_place(desk, ADMIN, page, "admin.sync", row.id))
    assert "Diesen Kalender gibt es nicht, oder er ist nicht für das Dienstkonto freigegeben." in after
    assert address in after
    press_in_place(desk, ADMIN, slotadmin(desk, ADMIN, "changes"), "admin.undo")


@pytest.mark.parametrize("failure", [UNREACHABLE, UNWRITABLE + READ_ONLY, BAD_KEY, NOT_SHARED, NO_ACCESS])
def test_every_trouble_of_a_calendar_has_german_words(failure: str) -> None:
    german = failure_words(failure, Translator("de", ZoneInfo("Europe/Berlin"), NOON))
    assert not set(failure.split(". ")) & set(german.split(". "))
    assert failure_words(failure, Translator("en", ZoneInfo("Europe/Berlin"), NOON)) == failure
