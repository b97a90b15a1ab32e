import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from core.booking.customers import find_customers, history_of
from core.booking.outcomes.replay import replay
from core.booking.setup.history import BATCH, import_history
from core.booking.setup.staffing import ConsultantForm, add_consultant, remove_consultant
from core.errors import NotFound
from core.events import AppointmentBooked, OutcomeRecorded
from storage.tables import Appointment, Customer, Effect, JournalEntry, Member

from .conftest import TEAM

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def line(number=1, **said):
    raw = {
        "id": f"{number:032x}",
        "consultant": "Alex",
        "starts_at": START.isoformat(),
        "minutes": 60,
        "customer": {"name": "Anna Weber", "phone": "+4915550001234", "email": None},
        "note": "",
        "booker": "U000000003",
        "created_at": (START - timedelta(days=3)).isoformat(),
        "outcome": "completed",
        "outcome_at": (START + timedelta(hours=2)).isoformat(),
    }
    return json.dumps(raw | said)


@pytest.fixture
def engine(house):
    with house.engine.transaction(TEAM) as tx:
        add_consultant(tx, ConsultantForm("Alex"))
        remove_consultant(tx, add_consultant(tx, ConsultantForm("Ehemalige Ina")).id)

    def never(tx, event):
        raise AssertionError("an import has no consequences")

    house.engine.reactions = {AppointmentBooked: (never,), OutcomeRecorded: (never,)}
    return house.engine


def rows(engine, table):
    with engine.database.read() as session:
        return session.exec(select(table)).all()


def test_an_appointment_comes_in_whole(engine, house):
    report = import_history(engine, TEAM, [line(note="mag Tee")])
    assert (report.lines, report.added, report.already, report.bad_count) == (1, 1, 0, 0)
    (row,) = rows(engine, Appointment)
    assert (row.starts_at, row.ends_at, row.seat, row.state) == (START, START + timedelta(hours=1), 1, "booked")
    assert (row.outcome, row.outcome_source, row.booker_id) == ("completed", "import", house.member.id)
    assert "Tee" not in row.note
    assert rows(engine, Effect) == []
    with engine.view(TEAM) as view:
        assert view.open(row.note, f"appointment.note:{row.id}") == "mag Tee"
        (known,) = find_customers(view, "anna web")
        assert find_customers(view, "+4915550001234") == [known]
        assert history_of(view, known.id).completed == 1
    booked, recorded = [e for e in rows(engine, JournalEntry) if e.subject == row.id]
    assert (booked.kind, booked.at, booked.actor) == ("AppointmentBooked", row.created_at, house.member.id)
    assert booked.data["imported"] is True
    assert (recorded.kind, recorded.data["source"]) == ("OutcomeRecorded", "import")


@pytest.mark.parametrize("outcome", [None, "completed", "no_show", "cancelled", "rescheduled"])
def test_the_journal_tells_the_same_as_the_tables(engine, outcome):
    import_history(engine, TEAM, [line(outcome=outcome, outcome_at=None)])
    (row,) = rows(engine, Appointment)
    entries = [(e.kind, e.data) for e in rows(engine, JournalEntry) if e.subject == row.id]
    standing = replay(entries)
    assert (standing.state, standing.outcome) == (row.state, row.outcome)


def test_a_second_run_adds_only_what_is_new(engine):
    lines = [line(n, starts_at=(START + timedelta(days=n)).isoformat()) for n in range(1, 6)]
    import_history(engine, TEAM, lines[:3])
    before = len(rows(engine, JournalEntry))
    report = import_history(engine, TEAM, [*lines, lines[0]])
    assert (report.added, report.already, report.bad_count) == (2, 4, 0)
    assert len(rows(engine, JournalEntry)) == before + 4
    assert len(rows(engine, Customer)) == 1


def test_seats_are_the_lowest_free_ones_also_across_batches_and_beside_live_bookings(engine):
    def at(number, phone, **said):
        return line(number, customer={"name": "C", "phone": phone, "email": None}, outcome=None, **said)

    import_history(engine, TEAM, [at(1, "+4915550000001")])
    import_history(
        engine,
        TEAM,
        [
            line(2, customer={"name": "C", "phone": "+4915550000002", "email": None}, outcome="cancelled"),
            at(3, "+4915550000003"),
            at(4, "+4915550000004"),
            at(5, "+4915550000005", consultant="ehemalige ina"),
        ],
    )
    seats = {row.id[-1]: (row.seat, row.state) for row in rows(engine, Appointment)}
    assert seats["1"] == (1, "booked")
    assert seats["2"][1] == "cancelled"
    assert (seats["3"], seats["4"], seats["5"]) == ((2, "booked"), (3, "booked"), (1, "booked"))


def test_customers_are_one_by_phone_with_their_latest_spelling(engine):
    def said(number, day, name, email=None):
        return line(
            number,
            starts_at=(START + timedelta(days=day)).isoformat(),
            created_at=(START + timedelta(days=day - 3)).isoformat(),
            customer={"name": name, "phone": "0155 50001234", "email": email},
        )

    import_history(engine, TEAM, [said(1, 5, "Anna Weber-Kaya"), said(2, 1, "A. Weber", "anna@example.com")])
    import_history(engine, TEAM, [said(3, 2, "Anna Weeber")])
    with engine.view(TEAM) as view:
        (known,) = find_customers(view, "kaya")
        assert (known.name, known.email) == ("Anna Weber-Kaya", "anna@example.com")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not JSON"),
        ("[1]", "is no JSON object"),
        ("[" * 15_000, "is not JSON"),
        (" " * 20 + "x" * 20_001, "is longer than 20000 letters"),
        (line(id="x"), "id: must be 32 hex digits, a to f in small letters"),
        ("\udcfcber", "is not UTF-8 text"),
        (line(2, consultant="Nobody"), "consultant: 'Nobody' is not known"),
        (line(consultant=None), "consultant: is missing or no text"),
        (line(starts_at="2026-11-02T09:00:00"), "starts_at: must be an ISO 8601 instant with its offset"),
        (line(created_at="yesterday"), "created_at: must be an ISO 8601 instant with its offset"),
        (line(minutes=0), "minutes: must be a whole number from 5 to 720"),
        (line(minutes=True), "minutes: must be a whole number from 5 to 720"),
        (line(customer=None), "customer: is missing or no object"),
        (line(customer={"name": ""}), "customer.name: empty"),
        (line(customer={"name": "A", "phone": "none"}), "customer.phone: not a phone"),
        (line(customer={"name": 3}), "customer: name, phone and email must be texts"),
        (line(booker="alex"), "booker: is no Slack user id"),
        (line(outcome="fine"), "outcome: must be null or one of completed, no_show, cancelled, rescheduled"),
        (line(note="x" * 2001), "note: is too long"),
        (line(note=["x"]), "note: must be a text"),
        (line(2), "customer: has another appointment at that time"),
    ],
)  # fmt: skip
def test_bad_lines_are_named_and_passed_over(engine, text, reason):
    report = import_history(
        engine, TEAM, [line(1), "", text, line(3, starts_at=(START + timedelta(days=1)).isoformat())]
    )
    assert (report.added, report.bad_count) == (2, 1)
    assert [(bad.number, bad.reason) for bad in report.bad] == [(3, reason)]


def test_what_has_not_begun_has_not_happened(engine):
    later = (engine.clock() + timedelta(days=30)).isoformat()
    outcomes = ("completed", None, "cancelled")
    lines = [line(n, starts_at=later, outcome=outcome, outcome_at=None) for n, outcome in enumerate(outcomes, 1)]
    report = import_history(engine, TEAM, lines)
    assert report.added == 2
    assert [(bad.number, bad.reason) for bad in report.bad] == [
        (1, "outcome: cannot be completed before the appointment begins")
    ]


def test_bad_lines_are_named_in_their_order(engine):
    report = import_history(engine, TEAM, [line(1, consultant="Nobody"), "{"])
    assert [bad.number for bad in report.bad] == [1, 2]


def test_unknown_bookers_become_members(engine):
    import_history(engine, TEAM, [line(booker="U0NEW")])
    assert {member.slack_id: member.name for member in rows(engine, Member)}["U0NEW"] == "U0NEW"


def test_unknown_workspace(engine):
    with pytest.raises(NotFound):
        import_history(engine, "T404", [line()])


def test_five_thousand_come_in_quickly_and_say_how_far_they_are(engine):
    lines = [
        line(
            n,
            starts_at=(START - timedelta(hours=n // 3)).isoformat(),
            customer={
                "name": f"Kunde {n % 1500}",
                "phone": f"+49155500{n % 1500:05d}",
                "email": f"k{n % 1500}@example.com",
            },
            note="Rückruf",
        )
        for n in range(5000)
    ]
    seen = []
    began = time.process_time()
    report = import_history(engine, TEAM, lines, seen.append)
    assert (report.added, report.bad_count) == (5000, 0)
    assert time.process_time() - began < 6
    assert seen == list(range(BATCH, 5001, BATCH))
    assert len(rows(engine, Customer)) == 1500
