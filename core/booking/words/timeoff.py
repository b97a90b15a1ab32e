"""Time off in words: "tomorrow 14-16 dentist", "24.12.-31.12. Urlaub", "from Monday to Wednesday"."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from core.booking.contacts import clean_note
from core.booking.spelling import NUMBER, fold, number
from core.booking.words.canvas import Canvas, unescape
from core.booking.words.day_patterns import take_days
from core.booking.words.days import FoundDay
from core.booking.words.shorthand import spelt_out
from core.booking.words.times import DayPart, FoundTime, take_parts, take_times

_JOINT = re.compile(
    r"[\s,\0]*(?:-|bis|to|until|till|through|thru|und|and)(?:\s+(?:einschliesslich|zum|zur|the|including))?[\s\0]*"
)
_OPEN = re.compile(r"(?:^|[\s\0])(?P<word>ab|from|seit|since|von|starting)(?:\s+(?:dem|the))?[\s\0]*$")
_UNTIL = re.compile(
    r"(?:^|[\s\0])(?P<word>bis|until|till|to|through)(?:\s+(?:zum|einschliesslich|the|including))?[\s\0]*$"
)
_ALL_DAY = re.compile(
    r"\b(?:ganztags|ganztagige?s?|(?:den\s+)?ganzen?r?\s+tag|(?:the\s+)?whole\s+day|all[\s-]day|full[\s-]day|entire\s+day)\b"
)
_LASTING = re.compile(
    r"\b(?:(?:fur|fuer|for)\s+)?(?P<n>an?\b|"
    + NUMBER
    + r")\s*(?P<unit>tage?|days?|wochen?|weeks?|stunden?|hours?|h|min"
    r"(?:uten?|utes?)?)(?:\s+(?:lang|long))?\b"
)
_EDGES = frozenset(
    fold(
        "wegen because of for für due to grund reason von from bis until till am on um at und and ab den the uhr in "
        "ich i bin i'm off frei"
    ).split()
)
"""Words that tie a reason to its time and are no part of it."""

_PART_HOURS = {
    "am": (time(0), time(12)),
    "pm": (time(12), None),
    "noon": (time(12), time(13)),
    "night": (time(20), None),
}
_ALONE = timedelta(hours=1)


@dataclass(frozen=True)
class TimeOffWords:
    """A half-open span in UTC and the reason; None where no beginning or no end was said."""

    start: datetime | None
    end: datetime | None
    reason: str


@dataclass(frozen=True)
class _Span:
    """Local: from a day and time up to, and without, another; an end without a time takes in its whole day."""

    first: date | None
    last: date | None
    begin: time | None = None
    finish: time | None = None
    finish_next_day: bool = False


def parse_time_off(text: str, *, now: datetime, zone: ZoneInfo) -> TimeOffWords:
    """Reads a span of time off from words in German or English; never raises.

    Days are whole local days, 23 or 25 hours long where the clock changes. A single time means one hour. Times without
    a day mean today, or tomorrow where they are already over. "ab Montag" has no end, which is for the caller to ask.
    """
    local = now.astimezone(zone)
    canvas = Canvas(spelt_out(unescape(clean_note(text), lambda member: " "), local))
    lasting = _take_lasting(canvas)
    days = take_days(canvas, local.date(), beside_names=False)
    for match in list(canvas.matches(_ALL_DAY)):
        canvas.take(match.start(), match.end())
    parts = take_parts(canvas)
    times = take_times(canvas, parts) or take_times(canvas, parts, weak=True)
    span = _days_of(canvas, days, local, times)
    span = _times_of(span, times, parts, local)
    if lasting is not None and lasting[1].startswith(("s", "h", "m")) and span.begin is None:
        # Hours need a beginning: now, or a time that was not said.
        started = local.time().replace(second=0, microsecond=0)
        span = _Span(local.date(), None, started) if span.first in (None, local.date()) else _Span(None, None)
    start = _instant(span.first, span.begin or time(0), zone, latest=False) if span.first else None
    end = _end(span, zone)
    if start is not None and lasting is not None and len(times) < 2:
        end = _after(start, lasting, zone)
    if start is not None and end is not None and end <= start:
        end = None
    return TimeOffWords(start, end, _reason(canvas))


def _take_lasting(canvas: Canvas) -> tuple[int, str] | None:
    for match in canvas.matches(_LASTING):
        before = canvas.folded[: match.start()].rstrip()
        after = canvas.folded[match.end() : match.end() + 6]
        if before.endswith((" in", " vor")) or before in ("in", "vor") or after.startswith((" ago", " from")):
            continue
        if match["unit"] == "h" and not match.group().startswith(("f", "for")):
            continue  # "9 h" is a time
        canvas.take(match.start(), match.end())
        return (1 if match["n"] in ("a", "an") else number(match["n"])), match["unit"]
    return None


def _days_of(canvas: Canvas, days: list[FoundDay], local: datetime, times: list[FoundTime]) -> _Span:
    today = local.date()
    if not days:
        return _Span(None, None)
    ordered = sorted(days, key=lambda day: day.start)
    for one, other in pairwise(ordered):
        between = canvas.folded[one.end : other.start]
        if _JOINT.fullmatch(between):
            first, last = _ends(one, other, today)
            joint = re.search(r"[^\s\0,].*[^\s\0]|[^\s\0,]", between)
            if joint:
                canvas.take(one.end + joint.start(), one.end + joint.end())
            return _Span(first, last)
    one = days[0]
    clock = times[0].value if times else None
    first = one.on(today, today_counts=clock is None or clock > local.time())
    before = canvas.folded[: one.start]
    if first is not None and one.whole_week:
        return _Span(max(first, today), _later(first, 6))
    until, opened = _UNTIL.search(before), _OPEN.search(before)
    if until and first is not None:
        canvas.take(*until.span("word"))
        return _Span(min(today, first), first)
    if opened:
        canvas.take(*opened.span("word"))
        return _Span(first, None if not times else first)
    return _Span(first, first)


def _ends(one: FoundDay, other: FoundDay, today: date) -> tuple[date | None, date | None]:
    """The first and the last day: the last is on or after the first, whatever year was left out."""
    if one.month_day is not None:
        last = other.on(today)
        if last is not None and (other.month_day is not None or other.day is not None):
            return one.latest_until(last), last
    first = one.on(today)
    if first is None:
        return None, other.on(today)
    return first, other.on(first if other.day is None else today)


def _times_of(span: _Span, times: list[FoundTime], parts: list[DayPart], local: datetime) -> _Span:
    part = next((_PART_HOURS[part.name] for part in parts if part.name in _PART_HOURS), None)
    if not times:
        if part is None:
            return span
        first = span.first or (local.date() if span.last is None else None)
        return replace(span, first=first, last=span.last or first, begin=part[0], finish=part[1])
    begin, finish = _pair(times)
    first, last = span.first, span.last
    if first is None and last is None:
        first = last = local.date()
        if _over(begin, finish, local.time()):
            first = last = _later(first, 1)
    if first is not None and first == last and begin and not finish and begin.role != "from":
        done = datetime.combine(first, begin.value) + _ALONE if first < date.max else None
        if done:
            return _Span(first, done.date(), begin.value, done.time())
    crossing = bool(finish and (finish.next_day or (begin and first == last and finish.value <= begin.value)))
    return _Span(first, last or first, begin.value if begin else None, finish.value if finish else None, crossing)


def _over(begin: FoundTime | None, finish: FoundTime | None, clock: time) -> bool:
    """Whether a span said without a day is already past today. One through midnight never is."""
    if begin is None:
        return False
    if finish is None:
        return begin.value < clock.replace(second=0, microsecond=0)
    return begin.value < finish.value <= clock and not finish.next_day


def _pair(times: list[FoundTime]) -> tuple[FoundTime | None, FoundTime | None]:
    if len(times) == 1:
        return (None, times[0]) if times[0].role == "until" else (times[0], None)
    return times[0], times[1]


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days) if day < date.max - timedelta(days=days) else date.max


def _instant(day: date, clock: time, zone: ZoneInfo, *, latest: bool) -> datetime | None:
    """A local time as an instant. Said twice or never on that day, the wider reading of the span holds."""
    try:
        both = [datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    except OverflowError:
        return None
    return max(both) if latest else min(both)


def _end(span: _Span, zone: ZoneInfo) -> datetime | None:
    if span.last is None:
        return None
    if span.finish is None:
        return _instant(_later(span.last, 1), time(0), zone, latest=True)
    return _instant(_later(span.last, 1) if span.finish_next_day else span.last, span.finish, zone, latest=True)


def _after(start: datetime, lasting: tuple[int, str], zone: ZoneInfo) -> datetime | None:
    count, unit = lasting
    if unit.startswith(("s", "h", "m")):
        return start + timedelta(minutes=count * (1 if unit.startswith("m") else 60))
    local = start.astimezone(zone)
    return _instant(_later(local.date(), count * (7 if unit.startswith("w") else 1)), local.time(), zone, latest=True)


def _reason(canvas: Canvas) -> str:
    """What is left, without the words that tied it to the time."""
    words = canvas.rest().split()
    keys = [fold(word).strip(".,;:-") for word in words]
    ties = [key in _EDGES or not key for key in keys]
    first = next((place for place, tie in enumerate(ties) if not tie), len(words))
    last = next((place for place in range(len(words), first, -1) if not ties[place - 1]), first)
    return " ".join(words[first:last]).strip(",;:- ")
