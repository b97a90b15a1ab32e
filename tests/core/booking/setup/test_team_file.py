import pytest

from core.booking.setup.consultants import list_consultants, week_of
from core.booking.setup.members import member_by_slack, members_with, set_role
from core.booking.setup.staffing import ConsultantForm, add_consultant
from core.booking.setup.team_file import TeamFileError, apply, left_alone, parse_team, plan, preview
from core.booking.setup.week_text import format_week
from core.booking.setup.workspace import ensure_workspace, set_rules
from storage.tables import Role, ScheduleEntry

from .conftest import TEAM

FILE = """
[workspace]
team_id = "T000000001"
timezone = "Europe/Berlin"
locale = "de"
holidays = "DE-NW"
admins = ["U000000001"]
leads = []
[channels]
bookings = "C000000001"
achievements = "C000000002"
admin = "C000000003"
[rules]
min_notice_minutes = 90
horizon_days = 28
[[consultants]]
name = "Alex"
slack = "U000000042"
calendar = "alex@example.com"
capacity = 3
minutes = 60
schedule = { mon = ["09:00", "11:00", "14:00", "16:00", "18:00"], tue = ["09:00", "11:00"] }
[[consultants]]
name = "Bo"
capacity = 1
schedule = "mon-fri 9-12/60"
"""


@pytest.fixture
def engine(engine):
    ensure_workspace(engine, TEAM, "Rheinblick", None)
    return engine


def load(engine, text):
    with engine.transaction(TEAM) as tx:
        return [str(change) for change in apply(tx, parse_team(text))]


def planned(engine, text):
    with engine.view(TEAM) as view:
        return [str(change) for change in plan(view, parse_team(text))]


def weeks(engine):
    with engine.view(TEAM) as view:
        return {c.name: format_week(week_of(view, c.id), "en", c.minutes, c.capacity) for c in list_consultants(view)}


def test_a_file_sets_everything_up_and_a_second_run_changes_nothing(engine):
    expected = planned(engine, FILE)
    assert load(engine, FILE) == expected
    assert expected == [
        "~ workspace.holidays: none → DE-NW",
        "~ channels.bookings: none → C000000001",
        "~ channels.achievements: none → C000000002",
        "~ channels.admin: none → C000000003",
        "~ rules.min_notice_minutes: 60 → 90",
        "+ role of U000000001: admin",
        "+ consultant Alex: slack U000000042, calendar alex@example.com, capacity 3, minutes 60, "
        "schedule Mon 09:00 11:00 14:00 16:00 18:00; Tue 09:00 11:00",
        "+ consultant Bo: slack none, calendar none, capacity 1, minutes 60, schedule Mon-Fri 09:00 10:00 11:00",
    ]
    assert weeks(engine)["Bo"] == "Mon-Fri 09:00 10:00 11:00"
    with engine.view(TEAM) as view:
        assert [member.slack_id for member in members_with(view, Role.ADMIN)] == ["U000000001"]
        alex = list_consultants(view)[0]
        assert member_by_slack(view, "U000000042").id == alex.member_id
    before = snapshot(engine)
    assert load(engine, FILE) == []
    assert snapshot(engine) == before


def snapshot(engine):
    with engine.database.read() as session:
        entries = session.exec(ScheduleEntry.__table__.select()).all()
    with engine.view(TEAM) as view:
        return sorted(entries), [c.model_dump() for c in list_consultants(view)], view.workspace.model_dump()


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("horizon_days = 28", "horizon_days = 14", "~ rules.horizon_days: 28 → 14"),
        ('"DE-NW"', '""', "~ workspace.holidays: DE-NW → none"),
        ('"alex@example.com"', '""', "~ consultant Alex: calendar alex@example.com → calendar none"),
        ('slack = "U000000042"', 'slack = ""', "~ consultant Alex: slack U000000042 → slack none"),
        ("capacity = 1", "capacity = 2", "~ consultant Bo: capacity 1 → capacity 2"),
        ('leads = []', 'leads = ["U000000077"]', "+ role of U000000077: lead"),
        ('tue = ["09:00", "11:00"]', 'tue = ["09:00"]',
         "~ consultant Alex: schedule Mon 09:00 11:00 14:00 16:00 18:00; Tue 09:00 11:00 → "
         "schedule Mon 09:00 11:00 14:00 16:00 18:00; Tue 09:00"),
        ('name = "Bo"\ncapacity = 1', 'name = "bo "', None),
        ('timezone = "Europe/Berlin"\n', '', None),
        ('schedule = "mon-fri 9-12/60"', '', None),
    ],
)  # fmt: skip
def test_a_changed_file_changes_only_that(engine, old, new, change):
    load(engine, FILE)
    assert load(engine, FILE.replace(old, new)) == ([change] if change else [])
    assert load(engine, FILE.replace(old, new)) == []


def test_what_the_file_does_not_mention_stays_unless_it_says_otherwise(engine):
    load(engine, FILE)
    smaller = FILE[: FILE.index('[[consultants]]\nname = "Bo"')].replace("U000000001", "U000000005")
    assert load(engine, smaller) == ["+ role of U000000005: admin"]
    with engine.view(TEAM) as view:
        assert left_alone(view, parse_team(smaller)) == ["Bo", "U000000001 (admin)"]
        assert left_alone(view, parse_team(FILE)) == ["U000000005 (admin)"]
    strict = "remove_missing = true\n" + smaller
    assert load(engine, strict) == ["~ role of U000000001: admin → member", "- consultant Bo: 1 seats"]
    with engine.view(TEAM) as view:
        assert left_alone(view, parse_team(strict)) == []
    assert load(engine, strict) == []
    assert load(engine, FILE)[-1].startswith("+ consultant Bo")


def test_nobody_loses_the_last_admin_by_a_file(engine):
    load(engine, FILE)
    without = "remove_missing = true\n" + FILE.replace('admins = ["U000000001"]', "admins = []")
    with pytest.raises(TeamFileError) as caught:
        load(engine, without)
    assert caught.value.problems == ["workspace.admins: nobody would be an admin any more"]


def test_links_change_hands(engine):
    load(engine, FILE)
    linked = FILE.replace('name = "Bo"', 'name = "Bo"\nslack = "U000000043"')
    load(engine, linked)
    swapped = linked.replace("U000000042", "X").replace("U000000043", "U000000042").replace('"X"', '"U000000043"')
    assert len(load(engine, swapped)) == 2
    assert load(engine, swapped) == []
    with pytest.raises(TeamFileError) as caught:
        load(
            engine,
            FILE.replace('slack = "U000000042"\n', "").replace('name = "Bo"', 'name = "Bo"\nslack = "U000000043"'),
        )
    assert caught.value.problems[0].startswith("consultant Bo: U000000043 is Alex in the workspace already")


def test_a_preview_needs_no_workspace(engine):
    elsewhere = parse_team(FILE.replace("T000000001", "T0NEW"))
    assert len(preview(engine, elsewhere)) == 8
    assert [str(c) for c in preview(engine, parse_team(FILE))] == planned(engine, FILE)
    with engine.view(TEAM) as view:
        assert list_consultants(view) == []


def test_changes_made_in_slack_are_only_touched_where_the_file_speaks(engine):
    load(engine, FILE)
    with engine.transaction(TEAM) as tx:
        set_rules(tx, buffer_before=15)
        add_consultant(tx, ConsultantForm("Chris"))
        set_role(tx, member_by_slack(tx, "U000000042").id, Role.LEAD)
    assert load(engine, FILE) == []


PROBLEMS = [
    ('team_id = "T000000001"', "", "workspace.team_id: is missing"),
    ("T000000001", "rheinblick", "workspace.team_id: 'rheinblick' is no Slack team id such as T0123ABCD"),
    ("Europe/Berlin", "Europe/Bonn", "workspace.timezone: 'Europe/Bonn' is no time zone such as Europe/Berlin"),
    ('"de"', '"fr"', "workspace.locale: 'fr' is not one of de, en"),
    ('"DE-NW"', '"DE-XX"', "workspace.holidays: 'DE-XX' is no German state; known are DE-BW, DE-BY"),
    ('["U000000001"]', '["alex"]', "workspace.admins: 'alex' is no Slack user id such as U0123ABCD"),
    ("leads = []", 'leads = ["U000000001"]', "workspace.leads: U000000001 is an admin already"),
    ('"C000000001"', '"#bookings"', "channels.bookings: '#bookings' is no Slack channel id such as C0123ABCD"),
    ("horizon_days = 28", "horizon_days = 400", "rules.horizon_days: must be a whole number from 1 to 366, not 400"),
    ("horizon_days = 28", 'horizon_days = "28"', "rules.horizon_days: must be a whole number from 1 to 366, not '28'"),
    ("horizon_days = 28", "horizon = 28", "rules.horizon: is not known here; known are buffer_after, buffer_before"),
    (
        "capacity = 3",
        "capacity = true",
        "consultants[1] (Alex).capacity: must be a whole number from 1 to 99, not True",
    ),
    ('name = "Bo"', "", "consultants[2].name: is missing"),
    ('name = "Bo"', 'name = "ALEX"', "consultants[2] (ALEX).name: stands in the file twice"),
    ('name = "Bo"', 'name = "Bo"\nslack = "U000000042"', "consultants[2] (Bo).slack: U000000042 is Alex already"),
    ("alex@example.com", "alex", "consultants[1] (Alex).calendar: 'alex' is no Google calendar id"),
    ('tue = ["09:00"', 'tue = ["09:77"', "consultants[1] (Alex).schedule: '09:77' is no time of a day"),
    ('tue = ["09:00"', 'tue = ["10:30"', "consultants[1] (Alex).schedule: Tue 10:30 (60 min) runs into Tue 11:00"),
    ("tue =", "tus =", "consultants[1] (Alex).schedule: 'tus' is neither a day nor a time"),
    ("mon-fri 9-12/60", "9-12/60", "consultants[2] (Bo).schedule: '9-12/60' names no day"),
    ('"mon-fri 9-12/60"', "3", "consultants[2] (Bo).schedule: must be a text such as"),
    ("[channels]", "[chanels]", "chanels: is not known here; known are channels, colours, consultants"),
    ("[workspace]", "[workspace", "not TOML: "),
    ("[[consultants]]", "[[consultants]]\nrole = 1", "consultants[1] (Alex).role: is not known here"),
    ("[rules]", '[colours]\n"1" = "great"\n[rules]', "colours.1: 'great' is not one of completed, no_show"),
]


@pytest.mark.parametrize(("old", "new", "problem"), PROBLEMS, ids=range(len(PROBLEMS)))
def test_mistakes_are_named_with_their_place(old, new, problem):
    with pytest.raises(TeamFileError) as caught:
        parse_team(FILE.replace(old, new, 1))
    assert any(line.startswith(problem) for line in caught.value.problems), caught.value.problems


def test_all_mistakes_are_named_at_once():
    text = FILE
    for old, new in [("Europe/Berlin", "Bonn"), ("DE-NW", "XX"), ("= 28", "= 0"), ("capacity = 1", "capacity = 0")]:
        text = text.replace(old, new)
    with pytest.raises(TeamFileError) as caught:
        parse_team(text)
    assert len(caught.value.problems) == 4
