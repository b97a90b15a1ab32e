"""Questions about open times, told apart from appointments in words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.booking.words import asks_for_help, asks_for_own, asks_for_times, asks_to_change, parse_booking

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
        ("was ist morgen frei", None, 21),
        ("zeig mir freie Termine am Montag", None, 23),
        ("show me open slots on Tuesday", None, 24),
        ("Hast du am Montag noch einen Platz bei Alex", "a", 23),
        ("Wann hat Alex wieder frei?", "a", None),
        ("nächster freier Termin bei Alex", "a", None),
        ("Geht Montag 14 Uhr bei Alex?", "a", 23),
    ],
)
def test_a_question_is_one_and_names_whom_and_when(words: str, consultant: str | None, day: int | None) -> None:
    assert asks_for_times(words)
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    found = parse_booking(words, now=now, zone=ZoneInfo("Europe/Berlin"), consultants=PEOPLE)
    assert (found.consultant_id, found.day.day if found.day else None, found.name) == (consultant, day, None)


@pytest.mark.parametrize(
    "words",
    [
        "morgen 14 Uhr bei Alex, Frau Weber 0171 2345678",
        "Hast du morgen um 14 Uhr was frei für Frau Weber?",
        "Is tomorrow 2pm free for anna@example.com?",
        "Is 4pm free? 0171 2345678",
        "Elena Montag 14 Uhr",
        "Was kannst du?",
        "Wie geht's?",
        "Wie geht es dir?",
        "Anna Frei, morgen 10 Uhr",
        "buche die erste freie Zeit?",
        "",
    ],
)
def test_what_names_a_customer_or_asks_something_else_is_none(words: str) -> None:
    assert not asks_for_times(words)


@pytest.mark.parametrize(
    "words",
    [
        "storniere den Termin von Frau Weber",
        "Frau Weber absagen",
        "Frau Weber hat abgesagt",
        "sag bitte den Termin mit Frau Weber ab",
        "verschiebe Frau Weber auf Dienstag 11 Uhr",
        "cancel Ms Weber's appointment",
        "can you move Ms Weber to Tuesday 11am?",
        "Herr Klein möchte umbuchen",
    ],
)
def test_who_wants_to_move_or_cancel_is_understood(words: str) -> None:
    assert asks_to_change(words)
    assert not asks_for_times(words)


def test_ones_own_appointments_and_help_are_asked_for_by_name() -> None:
    assert all(map(asks_for_own, ("meine Termine", "Zeig mir meine Termine", "my appointments", "my next booking?")))
    assert all(
        map(
            asks_for_own,
            ("Wann hat Frau Weber ihren Termin?", "When is Ms Weber's appointment?", "Was steht morgen an?"),
        )
    )
    assert all(map(asks_for_help, ("Hilfe!", "help", "Was kannst du?", "what can you do?")))
    assert not asks_for_own("Wann ist der nächste freie Termin für Frau Weber?")
    for words in ("morgen 14 Uhr bei Alex, Frau Weber", "Frau Hilfe morgen 9 Uhr", "Wann ist Elena frei?", ""):
        assert not any(asks(words) for asks in (asks_to_change, asks_for_own, asks_for_help)), words
