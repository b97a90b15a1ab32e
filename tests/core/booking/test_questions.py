"""Questions about open times, told apart from appointments in words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.booking.words import asks_for_times, parse_booking

PEOPLE = [("a", "Alex"), ("e", "Elena")]


@pytest.mark.parametrize(
    ("words", "consultant", "day"),
    [
        ("Wann ist Elena am Montag frei?", "e", 23),
        ("Is Elena free on Monday?", "e", 23),
        ("Hat Alex morgen noch Zeit", "a", 21),
        ("What times does Alex have on Monday?", "a", 23),
        ("wer ist morgen um 14 Uhr frei?", None, 21),
        ("who is available tomorrow at 4pm", None, 21),
        ("Freie Zeiten am Dienstag?", None, 24),
        ("gibt es noch Termine", None, None),
    ],
)
def test_a_question_is_one_and_names_whom_and_when(words: str, consultant: str | None, day: int | None) -> None:
    assert asks_for_times(words)
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    found = parse_booking(words, now=now, zone=ZoneInfo("Europe/Berlin"), consultants=PEOPLE)
    assert (found.consultant_id, found.day.day if found.day else None) == (consultant, day)


@pytest.mark.parametrize(
    "words",
    [
        "morgen 14 Uhr bei Alex, Frau Weber 0171 2345678",
        "Hast du morgen um 14 Uhr was frei für Frau Weber?",
        "Is tomorrow 2pm free for anna@example.com?",
        "Is 4pm free? 0171 2345678",
        "Elena Montag 14 Uhr",
        "Was kannst du?",
        "Anna Frei, morgen 10 Uhr",
        "buche die erste freie Zeit?",
        "",
    ],
)
def test_what_names_a_customer_or_asks_something_else_is_none(words: str) -> None:
    assert not asks_for_times(words)
