"""Time off in words, German and English."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.booking.words import parse_time_off
from tests.core.booking.spoken import BERLIN, NOW, TODAY

COMING = st.dates(TODAY, TODAY + timedelta(days=360))
HOURS = st.builds(time, st.integers(7, 20), st.sampled_from([0, 15, 30, 45]))


def _local(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC) if text else None


@pytest.mark.parametrize(
    ("text", "start", "end", "reason"),
    [
        ("tomorrow 14-16 dentist", "2026-11-21T14:00", "2026-11-21T16:00", "dentist"),
        ("morgen 14-16 Uhr Zahnarzt", "2026-11-21T14:00", "2026-11-21T16:00", "Zahnarzt"),
        ("24.12.-31.12. Urlaub", "2026-12-24T00:00", "2027-01-01T00:00", "Urlaub"),
        ("24.12. - 31.12. Urlaub", "2026-12-24T00:00", "2027-01-01T00:00", "Urlaub"),
        ("24.12.2026–31.12.2026", "2026-12-24T00:00", "2027-01-01T00:00", ""),
        ("24.-31.12. Urlaub", "2026-12-24T00:00", "2027-01-01T00:00", "Urlaub"),
        ("24. bis 26. Dezember", "2026-12-24T00:00", "2026-12-27T00:00", ""),
        ("24 to 26 December", "2026-12-24T00:00", "2026-12-27T00:00", ""),
        ("Dec 24-31 vacation", "2026-12-24T00:00", "2027-01-01T00:00", "vacation"),
        ("vom 24.12. bis zum 02.01. Ferien", "2026-12-24T00:00", "2027-01-03T00:00", "Ferien"),
        ("2026-12-24 to 2026-12-26", "2026-12-24T00:00", "2026-12-27T00:00", ""),
        ("01.11.-30.11. leave", "2026-11-01T00:00", "2026-12-01T00:00", "leave"),
        ("heute bis Montag", "2026-11-20T00:00", "2026-11-24T00:00", ""),
        ("morgen und übermorgen", "2026-11-21T00:00", "2026-11-23T00:00", ""),
        ("Freitag ganztags", "2026-11-20T00:00", "2026-11-21T00:00", ""),
        ("all day Monday: workshop", "2026-11-23T00:00", "2026-11-24T00:00", "workshop"),
        ("from Monday to Wednesday", "2026-11-23T00:00", "2026-11-26T00:00", ""),
        ("Mo-Mi Seminar", "2026-11-23T00:00", "2026-11-26T00:00", "Seminar"),
        ("Mo Zahnarzt", "2026-11-23T00:00", "2026-11-24T00:00", "Zahnarzt"),
        ("Donnerstag bis Montag", "2026-11-26T00:00", "2026-12-01T00:00", ""),
        ("heute ab 15 Uhr", "2026-11-20T15:00", "2026-11-21T00:00", ""),
        ("today from 3pm because of kids", "2026-11-20T15:00", "2026-11-21T00:00", "kids"),
        ("today until 12", "2026-11-20T00:00", "2026-11-20T12:00", ""),
        ("15:30 bis 17:00", "2026-11-20T15:30", "2026-11-20T17:00", ""),
        ("8-9 Uhr", "2026-11-21T08:00", "2026-11-21T09:00", ""),
        ("22:00 bis 2:00", "2026-11-20T22:00", "2026-11-21T02:00", ""),
        ("morgen 22 bis 24 Uhr", "2026-11-21T22:00", "2026-11-22T00:00", ""),
        ("9-5 tomorrow", "2026-11-21T09:00", "2026-11-21T17:00", ""),
        ("dentist 2-4pm on Tuesday", "2026-11-24T14:00", "2026-11-24T16:00", "dentist"),
        ("Tuesday 10-2pm", "2026-11-24T10:00", "2026-11-24T14:00", ""),
        ("tomorrow between 2 and 4", "2026-11-21T14:00", "2026-11-21T16:00", ""),
        ("morgen von neun bis halb zwölf Arzt", "2026-11-21T09:00", "2026-11-21T11:30", "Arzt"),
        ("tomorrow", "2026-11-21T00:00", "2026-11-22T00:00", ""),
        ("morgen 14 Uhr Zahnarzt", "2026-11-21T14:00", "2026-11-21T15:00", "Zahnarzt"),
        ("morgen vormittag Arzt", "2026-11-21T00:00", "2026-11-21T12:00", "Arzt"),
        ("Monday afternoon", "2026-11-23T12:00", "2026-11-24T00:00", ""),
        ("nächste Woche Urlaub", "2026-11-23T00:00", "2026-11-30T00:00", "Urlaub"),
        ("this week", "2026-11-20T00:00", "2026-11-23T00:00", ""),
        ("bis Freitag krank", "2026-11-20T00:00", "2026-11-21T00:00", "krank"),
        ("until Tuesday", "2026-11-20T00:00", "2026-11-25T00:00", ""),
        ("ab Montag", "2026-11-23T00:00", None, ""),
        ("ab Montag 3 Tage", "2026-11-23T00:00", "2026-11-26T00:00", ""),
        ("from 24.12. for two weeks", "2026-12-24T00:00", "2027-01-07T00:00", ""),
        ("morgen 14 Uhr für 2 Stunden", "2026-11-21T14:00", "2026-11-21T16:00", ""),
        ("for 30 minutes", "2026-11-20T10:00", "2026-11-20T10:30", ""),
        ("Montag 14 Uhr bis Mittwoch 12 Uhr Messe", "2026-11-23T14:00", "2026-11-25T12:00", "Messe"),
        ("28.03.2027", "2027-03-28T00:00", "2027-03-29T00:00", ""),
        ("24.10.2027-31.10.2027", "2027-10-24T00:00", "2027-11-01T00:00", ""),
        ("12/24-12/26", "2026-12-24T00:00", "2026-12-27T00:00", ""),
        ("24.12-31.12 Urlaub", "2026-12-24T00:00", "2027-01-01T00:00", "Urlaub"),
        ("morgen 14.30-15.30", "2026-11-21T14:30", "2026-11-21T15:30", ""),
        ("tomorrow noon-3pm", "2026-11-21T12:00", "2026-11-21T15:00", ""),
        ("morgen ab mittag", "2026-11-21T12:00", "2026-11-22T00:00", ""),
        ("morgen bis Mittag Arzt", "2026-11-21T00:00", "2026-11-21T12:00", "Arzt"),
        ("now until 3pm", "2026-11-20T10:00", "2026-11-20T15:00", ""),
        ("ab jetzt bis 15 Uhr", "2026-11-20T10:00", "2026-11-20T15:00", ""),
        ("ab sofort krank", "2026-11-20T10:00", "2026-11-21T00:00", "krank"),
        ("3 days from now", "2026-11-23T00:00", "2026-11-24T00:00", ""),
        ("ich bin morgen krank", "2026-11-21T00:00", "2026-11-22T00:00", "krank"),
        ("20.11. 8:00 - 22.11. 18:00 Messe", "2026-11-20T08:00", "2026-11-22T18:00", "Messe"),
        ("vacation from Dec 21 to Jan 3", "2026-12-21T00:00", "2027-01-04T00:00", "vacation"),
        ("krank", None, None, "krank"),
        ("", None, None, ""),
        ("31.02. Urlaub", None, None, "31.02. Urlaub"),
    ],
)  # fmt: skip
def test_time_off(text, start, end, reason):
    off = parse_time_off(text, now=NOW, zone=BERLIN)
    assert (off.start, off.end, off.reason) == (_local(start), _local(end), reason)


@pytest.mark.parametrize(("day", "hours"), [("28.03.2027", 23), ("29.03.2027", 24), ("31.10.2027", 25)])
def test_a_day_off_is_as_long_as_the_day(day, hours):
    off = parse_time_off(day, now=NOW, zone=BERLIN)
    assert off.start is not None
    assert off.end is not None
    assert off.end - off.start == timedelta(hours=hours)


def test_hours_that_come_twice_are_both_taken():
    off = parse_time_off("31.10.2027 02:00-02:30", now=NOW, zone=BERLIN)
    assert (off.start, off.end) == (datetime(2027, 10, 31, 0, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC))


@given(COMING, HOURS, st.integers(15, 180), st.sampled_from(["", "Zahnarzt", "team lunch"]), st.booleans())
def test_spans_are_read_as_they_are_written(day, begin, minutes, reason, german):
    finish = (datetime.combine(day, begin) + timedelta(minutes=minutes)).time()
    when = f"{begin:%H:%M} bis {finish:%H:%M}" if german else f"{begin:%H:%M} - {finish:%H:%M}"
    off = parse_time_off(f"{day.isoformat()} {when} {reason}", now=NOW, zone=BERLIN)
    local = datetime.combine(day, begin, BERLIN)
    assert off.start == local.astimezone(UTC)
    assert off.end == off.start + timedelta(minutes=minutes)
    assert off.reason == reason
