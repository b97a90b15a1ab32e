"""Days and times in words, German and English."""

from datetime import UTC, date, datetime, time

import pytest

from core.booking.words import parse_day, parse_period
from tests.core.booking.spoken import BERLIN, NOW, book

DAYS = [
    ("heute", date(2026, 11, 20)),
    ("today", date(2026, 11, 20)),
    ("morgen", date(2026, 11, 21)),
    ("Morgen früh", date(2026, 11, 21)),
    ("tomorrow", date(2026, 11, 21)),
    ("tmrw", date(2026, 11, 21)),
    ("übermorgen", date(2026, 11, 22)),
    ("uebermorgen", date(2026, 11, 22)),
    ("the day after tomorrow", date(2026, 11, 22)),
    ("gestern", date(2026, 11, 19)),
    ("yesterday", date(2026, 11, 19)),
    ("vor 3 Tagen", date(2026, 11, 17)),
    ("two weeks ago", date(2026, 11, 6)),
    ("letzten Montag", date(2026, 11, 16)),
    ("last Friday", date(2026, 11, 13)),
    ("in 3 Tagen", date(2026, 11, 23)),
    ("in drei Tagen", date(2026, 11, 23)),
    ("in two weeks", date(2026, 12, 4)),
    ("in a week", date(2026, 11, 27)),
    ("in einer Woche", date(2026, 11, 27)),
    ("in einem Monat", date(2026, 12, 20)),
    ("3 days from now", date(2026, 11, 23)),
    ("a week from Tuesday", date(2026, 12, 1)),
    ("heute in einer Woche", date(2026, 11, 27)),
    ("Dienstag in zwei Wochen", date(2026, 12, 8)),
    ("Montag", date(2026, 11, 23)),
    ("am Montag", date(2026, 11, 23)),
    ("Mo", date(2026, 11, 23)),
    ("Mon", date(2026, 11, 23)),
    ("Di.", date(2026, 11, 24)),
    ("Tues", date(2026, 11, 24)),
    ("mittwoch", date(2026, 11, 25)),
    ("WEDNESDAY", date(2026, 11, 25)),
    ("Do 14 Uhr", date(2026, 11, 26)),
    ("thu", date(2026, 11, 26)),
    ("Freitag", date(2026, 11, 20)),
    ("Samstag", date(2026, 11, 21)),
    ("Sonnabend", date(2026, 11, 21)),
    ("So", date(2026, 11, 22)),
    ("Sunday", date(2026, 11, 22)),
    ("nächsten Dienstag", date(2026, 11, 24)),
    ("naechsten Dienstag", date(2026, 11, 24)),
    ("nächsten Freitag", date(2026, 11, 27)),
    ("next Friday", date(2026, 11, 27)),
    ("kommenden Freitag", date(2026, 11, 27)),
    ("diesen Freitag", date(2026, 11, 20)),
    ("this Tuesday", date(2026, 11, 24)),
    ("übernächsten Dienstag", date(2026, 12, 1)),
    ("nächste Woche Donnerstag", date(2026, 11, 26)),
    ("Thursday next week", date(2026, 11, 26)),
    ("nächste Woche", date(2026, 11, 23)),
    ("next week", date(2026, 11, 23)),
    ("am Wochenende", date(2026, 11, 21)),
    ("Montagmorgen", date(2026, 11, 23)),
    ("Dienstag morgen", date(2026, 11, 24)),
    ("Freitagnachmittag", date(2026, 11, 20)),
    ("heute morgen", date(2026, 11, 20)),
    ("24.12.", date(2026, 12, 24)),
    ("24.12", date(2026, 12, 24)),
    ("24. 12.", date(2026, 12, 24)),
    ("am 24.12. um 9", date(2026, 12, 24)),
    ("24.12.2026", date(2026, 12, 24)),
    ("24.12.26", date(2026, 12, 24)),
    ("24. 12. 2026", date(2026, 12, 24)),
    ("Do 24.12. 16:00", date(2026, 12, 24)),
    ("24.12.14 Uhr", date(2026, 12, 24)),
    ("24.12. 2030 Uhr", date(2026, 12, 24)),
    ("3.1.", date(2027, 1, 3)),
    ("20.11.", date(2026, 11, 20)),
    ("19.11.", date(2027, 11, 19)),
    ("29.2.", date(2028, 2, 29)),
    ("24. Dezember", date(2026, 12, 24)),
    ("24 Dez", date(2026, 12, 24)),
    ("24. Dezember 2027", date(2027, 12, 24)),
    ("3. März", date(2027, 3, 3)),
    ("3. Maerz", date(2027, 3, 3)),
    ("1. Mai", date(2027, 5, 1)),
    ("24th of December", date(2026, 12, 24)),
    ("December 24th", date(2026, 12, 24)),
    ("Dec 24, 2027", date(2027, 12, 24)),
    ("May 3 at 2pm", date(2027, 5, 3)),
    ("June 5th", date(2027, 6, 5)),
    ("jul 9", date(2027, 7, 9)),
    ("am 24.", date(2026, 11, 24)),
    ("on the 3rd", date(2026, 12, 3)),
    ("2026-12-24", date(2026, 12, 24)),
    ("2026-12-24T14:00", date(2026, 12, 24)),
    ("2026/12/24", date(2026, 12, 24)),
    ("24-12-2026", date(2026, 12, 24)),
    ("12/24", date(2026, 12, 24)),
    ("24/12", date(2026, 12, 24)),
    ("5/6", date(2027, 6, 5)),
    ("12/24/2026", date(2026, 12, 24)),
    ("1.1.2099", date(2099, 1, 1)),
    ("1.1.2001", date(2001, 1, 1)),
    ("erster Dezember", date(2026, 12, 1)),
    ("am ersten Dezember", date(2026, 12, 1)),
    ("vierundzwanzigster Dezember", date(2026, 12, 24)),
    ("first of December", date(2026, 12, 1)),
    ("December 1st", date(2026, 12, 1)),
    ("Nov 30 9am", date(2026, 11, 30)),
    ("Saturday the 28th", date(2026, 11, 28)),
    ("Montag, den 30. November", date(2026, 11, 30)),
    ("Heiligabend", date(2026, 12, 24)),
    ("New Year's Eve", date(2026, 12, 31)),
    ("٢٤.١٢.٢٠٢٦", date(2026, 12, 24)),
    ("31.02.", None),
    ("31.02.2027", None),
    ("2026-13-01", None),
    ("", None),
    ("Frau Weber", None),
    ("14 Uhr", None),
    ("guten Morgen", None),
    ("0171 2345678", None),
]


@pytest.mark.parametrize(("text", "expected"), DAYS)
def test_days(text, expected):
    assert parse_day(text, now=NOW, zone=BERLIN) == expected


@pytest.mark.parametrize(("text", "expected"), DAYS)
def test_days_are_read_in_a_booking_too(text, expected):
    said = book(f"{text}, bei Alex, Frau Weber 0171 2345678")
    assert (said.day, said.consultant_id, said.name, said.phone) == (expected, "alex", "Frau Weber", "+491712345678")
    assert said.time == book(text).time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14 Uhr", "14:00"),
        ("14:30", "14:30"),
        ("14.30 Uhr", "14:30"),
        ("um 14.30", "14:30"),
        ("14 Uhr 30", "14:30"),
        ("1430 Uhr", "14:30"),
        ("neun Uhr fünfzehn", "09:15"),
        ("16 Uhr einen", "16:00"),
        ("14h", "14:00"),
        ("14h30", "14:30"),
        ("9h", "09:00"),
        ("um 9", "09:00"),
        ("um neun", "09:00"),
        ("neun Uhr dreißig", "09:30"),
        ("gegen 9", "09:00"),
        ("ab 9", "09:00"),
        ("um 3", "15:00"),
        ("um eins", "13:00"),
        ("03:00", "03:00"),
        ("2:30 Uhr", "02:30"),
        ("at 2:30", "14:30"),
        ("2pm", "14:00"),
        ("2 p.m.", "14:00"),
        ("2:30 PM", "14:30"),
        ("9am", "09:00"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("two pm", "14:00"),
        ("at two thirty", "14:30"),
        ("ten thirty am", "10:30"),
        ("two o'clock", "14:00"),
        ("9 o’clock", "09:00"),
        ("at nine", "09:00"),
        ("@ 9", "09:00"),
        ("halb drei", "14:30"),
        ("halb 3", "14:30"),
        ("um halb zehn", "09:30"),
        ("fünf vor halb drei", "14:25"),
        ("5 nach halb 3", "14:35"),
        ("viertel nach zwei", "14:15"),
        ("viertel vor zwei", "13:45"),
        ("viertel drei", "14:15"),
        ("dreiviertel drei", "14:45"),
        ("zehn nach neun", "09:10"),
        ("10 vor 9 Uhr", "08:50"),
        ("quarter past two", "14:15"),
        ("a quarter to three", "14:45"),
        ("half past two", "14:30"),
        ("half two", "14:30"),
        ("twenty to ten", "09:40"),
        ("ten past nine", "09:10"),
        ("quarter past nine pm", "21:15"),
        ("9 Uhr morgens", "09:00"),
        ("8 Uhr abends", "20:00"),
        ("abends um 8", "20:00"),
        ("6 Uhr früh", "06:00"),
        ("früh um halb sieben", "06:30"),
        ("5 in the afternoon", "17:00"),
        ("at 5 in the afternoon", "17:00"),
        ("11 Uhr nachts", "23:00"),
        ("mittags", "12:00"),
        ("noon", "12:00"),
        ("um 1 mittags", "13:00"),
        ("Mitternacht", "00:00"),
        ("9-10 Uhr", "09:00"),
        ("14:00-15:00", "14:00"),
        ("between 2 and 4", "14:00"),
        ("von 9 bis 11", "09:00"),
        ("25 Uhr", None),
        ("14:75", None),
        ("vormittags", None),
        ("für 2 Personen", None),
        ("", None),
    ],
)
def test_times(text, expected):
    said = book(text)
    assert said.time == (time.fromisoformat(expected) if expected else None)
    assert (said.day, said.name, said.phone) == (None, None, None)
    assert book(f"Montag {text}, Frau Weber").time == said.time or expected is None


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("Freitag 9 Uhr", date(2026, 11, 27), "09:00"),
        ("Freitag 10 Uhr", date(2026, 11, 27), "10:00"),
        ("Freitag 11 Uhr", date(2026, 11, 20), "11:00"),
        ("Friday at noon", date(2026, 11, 20), "12:00"),
        ("next Friday 11am", date(2026, 11, 27), "11:00"),
        ("heute 9 Uhr", date(2026, 11, 20), "09:00"),
        ("Mo 9h", date(2026, 11, 23), "09:00"),
        ("Mo 9", date(2026, 11, 23), "09:00"),
        ("morgen 14", date(2026, 11, 21), "14:00"),
        ("24.12. 14", date(2026, 12, 24), "14:00"),
        ("9 Uhr am 24.12.", date(2026, 12, 24), "09:00"),
        ("um 9 am Dienstag", date(2026, 11, 24), "09:00"),
        ("Freitag 24 Uhr", date(2026, 11, 21), "00:00"),
        ("28.03.2027 02:30", date(2027, 3, 28), "02:30"),
        ("10.11 Uhr", None, "10:11"),
        ("morgen 10.11 Uhr", date(2026, 11, 21), "10:11"),
        ("10.12. 10.11 Uhr", date(2026, 12, 10), "10:11"),
        ("in 2 Stunden", date(2026, 11, 20), "12:00"),
        ("in half an hour", date(2026, 11, 20), "10:30"),
        ("in 90 Minuten", date(2026, 11, 20), "11:30"),
        ("in 15 hours", date(2026, 11, 21), "01:00"),
    ],
)
def test_days_and_times_together(text, day, clock):
    said = book(text)
    assert (said.day, said.time) == (day, time.fromisoformat(clock))
    assert said.ignored == ""


def test_hours_ahead_are_real_hours_on_the_day_the_clock_changes():
    night = datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN)
    assert book("in 2 Stunden", now=night).time == time(2, 30)
    assert parse_day("today", now=datetime(2026, 11, 20, 23, 30, tzinfo=UTC), zone=BERLIN) == date(2026, 11, 21)
    assert parse_day("31.12.", now=datetime(2027, 1, 1, 0, 30, tzinfo=BERLIN), zone=BERLIN) == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("week", "week"),
        (" Woche ", "week"),
        ("diese Woche", "week"),
        ("this week!", "week"),
        ("7 Tage", "week"),
        ("nächste Woche", date(2026, 11, 23)),
        ("morgen", date(2026, 11, 21)),
        ("Di", date(2026, 11, 24)),
        ("fri", date(2026, 11, 20)),
        ("24.12.", date(2026, 12, 24)),
        ("", None),
        ("bla", None),
    ],
)
def test_periods(text, expected):
    assert parse_period(text, now=NOW, zone=BERLIN) == expected
