from contextlib import nullcontext, suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.booking.setup.week import Start, check_week, from_facts, replace_span, to_facts, week_on
from core.booking.setup.week_text import format_week, parse_week
from core.errors import Invalid

DAY = date(2026, 11, 20)


def short(text: str, minutes: int = 60, capacity: int = 3) -> str:
    return "; ".join(format_week(parse_week(text, minutes, capacity), "en", minutes, capacity).splitlines())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("mon 09:00 11:00 14:00", "Mon 09:00 11:00 14:00"),
        ("tue 9-12/60", "Tue 09:00 10:00 11:00"),
        ("Mo-Fr 9 11 14 Uhr, 16; Sa 10:30x1", "Mon-Fri 09:00 11:00 14:00 16:00; Sat 10:30x1"),
        ("werktags 9-10:30/30", "Mon-Fri 09:00/30 09:30/30 10:00/30"),
        ("montags und mittwochs 9.30 14h30", "Mon, Wed 09:30 14:30"),
        ("sun 8 am 2pm-4pm/30x2", "Sun 08:00 14:00/30x2 14:30/30x2 15:00/30x2 15:30/30x2"),
        ("Mo bis Mi 9 bis 12 / 60", "Mon-Wed 09:00 10:00 11:00"),
        ("Mon: 09:00, 11:00\nTue: 9:00/45x2", "Mon 09:00 11:00; Tue 09:00/45x2"),
        ("Mo 9 Uhr 11 Uhr 30, 14 Uhr", "Mon 09:00 11:30 14:00"),
        ("Sa-Mo 10", "Mon, Sat, Sun 10:00"),
        ("täglich 12pm", "Mon-Sun 12:00"),
        ("mon 12am 23:30", "Mon 00:00 23:30"),
        ("tue 9-13/120", "Tue 09:00 11:00"),
        ("fri 7-22/15", "Fri 07:00-22:00/15"),
        ("fri 7-12/60x2 12:00", "Fri 07:00-12:00/60x2 12:00"),
        ("fri 9-19/120", "Fri 09:00 11:00 13:00 15:00 17:00"),
        ("fri 19-24/60", "Fri 19:00-24:00/60"),
        ("fri 19:30 20:30 21:30 22:30 23:30", "Fri 19:30 20:30 21:30 22:30 23:30"),
        ("fri 18:30 19:30 20:30 21:30 22:30 23:30", "Fri 18:30-23:30/60 23:30"),
        ("fri 22-24/60", "Fri 22:00 23:00"),
    ],
)
def test_reads_weeks_in_both_languages(text, expected):
    assert short(text) == expected


@pytest.mark.parametrize(
    ("text", "why", "facts"),
    [
        ("mon 25", "time", {"word": "25"}),
        ("mon 9:75", "time", {"word": "9:75"}),
        ("mon 24:00", "time", {"word": "24:00"}),
        ("mon 14-12/60", "time", {"word": "14-12/60"}),
        ("mon 9-12/0", "length", {"word": "9-12/0", "least": 5, "most": 720}),
        ("mon 9/1000", "length", {"word": "9/1000", "least": 5, "most": 720}),
        ("mon 9x0", "seats", {"word": "9x0", "least": 1, "most": 99}),
        ("mon 9x100", "seats", {"word": "9x100", "least": 1, "most": 99}),
        ("mon 13pm", "time", {"word": "13pm"}),
        ("foo 9", "unread", {"word": "foo"}),
        ("mon 9 tue", "unread", {"word": "tue"}),
        ("mon", "no_time", {"part": "mon"}),
        ("9 11", "no_day", {"part": "9 11"}),
        ("mon 9 9:00", "twice", {"weekday": 0, "starts": "09:00"}),
        ("mon-tue 9; di 9", "twice", {"weekday": 1, "starts": "09:00"}),
        ("mon 9" * 1000, "long", {"most": 3000}),
    ],
)
def test_says_what_it_cannot_read(text, why, facts):
    with pytest.raises(Invalid) as caught:
        parse_week(text, 60, 3)
    assert (caught.value.field, caught.value.why, caught.value.facts) == ("week", why, facts)


@given(st.text(max_size=200))
def test_any_text_is_a_week_or_an_invalid(text):
    with suppress(Invalid):
        assert check_week(parse_week(text, 60, 3)) is None


starts = st.builds(
    Start,
    st.integers(0, 6),
    st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59)),
    st.integers(5, 720),
    st.integers(1, 99),
)
weeks = st.lists(starts, max_size=12, unique_by=lambda start: start.minute)
days = st.none() | st.integers(-40, 40).map(lambda n: DAY + timedelta(days=n))


def on_end(weekday, first, minutes, capacity, count):
    """Starts without a gap, as long as the day has room."""
    at = [first + n * minutes for n in range(count)]
    return [Start(weekday, f"{m // 60:02d}:{m % 60:02d}", minutes, capacity) for m in at if m < 1440]


runs = st.builds(
    on_end,
    st.integers(0, 6),
    st.integers(0, 1439),
    st.sampled_from([5, 15, 60, 90]),
    st.integers(1, 4),
    st.integers(1, 40),
)
busy_weeks = st.lists(runs, max_size=4).map(
    lambda found: list({start.minute: start for run in found for start in run}.values())
)


@given(weeks | busy_weeks, st.sampled_from(["de", "en"]))
def test_a_week_is_read_as_it_is_written(week, language):
    ordered = sorted(week, key=lambda start: start.minute)
    assert parse_week(format_week(week, language, 60, 3), 60, 3) == ordered


@given(weeks)
def test_facts_give_the_week_back(week):
    assert from_facts(to_facts(week)) == sorted(week, key=lambda start: start.order)


@given(weeks, weeks, weeks, days, days, days, days)
def test_a_replaced_span_holds_the_new_week_and_nothing_else_changes(first, second, third, since, until, later, latest):
    def spanned(old, new, begin, end):
        return replace_span(old, new, begin, end) if not (begin and end and end < begin) else list(old)

    old = spanned(spanned([], first, None, None), second, since, until)
    if later and latest and latest < later:
        with pytest.raises(Invalid):
            replace_span(old, third, later, latest)
        return
    new = replace_span(old, third, later, latest)
    plain = [(s.weekday, s.starts, s.minutes, s.capacity) for s in sorted(third, key=lambda s: s.minute)]
    for offset in range(-45, 46):
        day = DAY + timedelta(days=offset)
        inside = (later is None or later <= day) and (latest is None or day <= latest)
        on_day = [(s.weekday, s.starts, s.minutes, s.capacity) for s in week_on(new, day)]
        before = [(s.weekday, s.starts, s.minutes, s.capacity) for s in week_on(old, day)]
        assert on_day == (plain if inside else before)


def overlapping(week):
    """The rule itself, minute by minute of a week that goes round."""
    taken = set()
    for start in week:
        minutes = {(start.minute + n) % 10080 for n in range(start.minutes)}
        if minutes & taken:
            return True
        taken |= minutes
    return False


@given(weeks)
def test_overlaps_are_found_also_over_midnight_and_sunday(week):
    with pytest.raises(Invalid, match="overlap") if overlapping(week) else nullcontext():
        check_week(week)


def test_an_overlap_names_both_starts():
    with pytest.raises(Invalid) as caught:
        check_week([Start(6, "23:30", 60, 3), Start(0, "00:00", 30, 3)])
    assert caught.value.facts == {
        "weekday": 6,
        "starts": "23:30",
        "minutes": 60,
        "other_weekday": 0,
        "other_starts": "00:00",
    }


def test_weeks_that_are_never_valid_together_do_not_overlap():
    early = Start(0, "09:00", 60, 3, None, date(2026, 11, 30))
    late = Start(0, "09:30", 60, 3, date(2026, 12, 1), None)
    check_week([early, late])
    with pytest.raises(Invalid):
        check_week([early, Start(0, "09:30", 60, 3, date(2026, 11, 30), None)])


@pytest.mark.parametrize(
    ("minutes", "capacity", "field"),
    [(4, 3, "minutes"), (721, 3, "minutes"), (60, 0, "capacity"), (60, 100, "capacity")],
)
def test_bounds(minutes, capacity, field):
    with pytest.raises(Invalid) as caught:
        check_week([Start(0, "09:00", minutes, capacity)])
    assert caught.value.field == field
