"""`verify` agrees with whatever people, calendars and leads did, and says what somebody else did to the tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.booking.calendar.conflicts import ignore
from core.booking.outcomes.colours import colour_seen
from core.booking.outcomes.recording import correct, record
from core.booking.setup.time_off import take_time_off
from core.booking.verify import verify_workspace
from storage.tables import Outcome
from tests import services
from tests.core.booking.calendar.practice import ALEX, Practice


@pytest.fixture(params=["sqlite", "postgresql"])
def practice(request: pytest.FixtureRequest, database_folder: Path) -> Iterator[Practice]:
    with services.database_on(request.param, database_folder) as database:
        yield Practice(database)


@pytest.fixture
def lived(practice: Practice) -> tuple[str, str]:
    """An appointment with an open conflict, another with an open dispute; and much that came to its end."""
    practice.sync()
    conflicting, disputed, agreed, back, ignored = (
        practice.book(hour, name=f"Frau {hour}", note="mag Tee") for hour in (9, 11, 13, 15, 17)
    )
    practice.flush()
    practice.sync()
    practice.person_deletes(ALEX, f"sq{back}")
    practice.sync()
    practice.person_edits(
        ALEX,
        f"sq{back}",
        status="confirmed",
        end={"dateTime": practice.at(17).isoformat(), "timeZone": "Europe/Berlin"},
    )
    practice.sync()
    assert practice.row(back).ends_at == practice.at(17)
    for hour, who in ((9, conflicting), (17, ignored)):
        span = practice.at(hour), practice.at(hour + 1)
        practice.act(practice.lead, lambda tx, span=span: take_time_off(tx, practice.ids["alex"], *span))
        assert who in {one.appointment_id for one in practice.conflicts()}
    (last,) = [one.id for one in practice.conflicts() if one.appointment_id == ignored]
    practice.act(practice.booker, lambda tx: ignore(tx, last))
    practice.tick(days=1, hours=3)
    for key in (disputed, agreed):
        practice.act(practice.booker, lambda tx, key=key: record(tx, key, Outcome.COMPLETED))
        practice.act(None, lambda tx, key=key: colour_seen(tx, practice.row(key), "11"))
    practice.act(practice.booker, lambda tx: correct(tx, agreed, Outcome.NO_SHOW))
    return conflicting, disputed


def spoil(practice: Practice, statement: str, **values: Any) -> None:
    with practice.database.write() as session:
        assert session.connection().execute(text(statement), values).rowcount == 1


def found(practice: Practice) -> list[tuple[str, str]]:
    return [(one.what, one.why) for one in verify_workspace(practice.engine, practice.w)]


def test_what_was_done_by_the_engine_agrees(practice: Practice, lived: tuple[str, str]) -> None:
    assert found(practice) == []


@pytest.mark.parametrize(
    ("table", "change", "about", "words"),
    [
        ("appointment", "ends_at = :later", 0, "it stands from"),
        ("appointment", "state = 'cancelled'", 0, "it is cancelled/None, the journal says booked/None"),
        ("appointment", "note = 'x.eA=='", 0, "no known key opens this appointment's note"),
        ("dispute", "state = 'settled'", 1, "its open dispute is"),
        ("dispute", "claimed = 'cancelled'", 1, "its open dispute is"),
        ("conflict", "state = 'settled', how = 'gone'", 0, "conflict"),
    ],
)
def test_what_somebody_did_to_the_tables_is_found(
    practice: Practice, lived: tuple[str, str], table: str, change: str, about: int, words: str
) -> None:
    column = "id" if table == "appointment" else "appointment_id"
    later = {"later": practice.at(23)} if ":later" in change else {}
    spoil(practice, f"UPDATE {table} SET {change} WHERE {column} = :key", key=lived[about], **later)
    ((what, why),) = found(practice)
    assert what == lived[about]
    assert words in why


def test_a_conflict_that_is_gone_from_the_tables_is_found(practice: Practice, lived: tuple[str, str]) -> None:
    spoil(practice, "DELETE FROM conflict WHERE appointment_id = :key", key=lived[0])
    ((what, why),) = found(practice)
    assert (what, "is not there" in why) == (lived[0], True)
