"""A booking in words: "morgen 14 Uhr bei Alex, Frau Weber 0171 2345678"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from core.booking.contacts import clean_note, find_email, find_phone
from core.booking.spelling import NUMBER, number
from core.booking.words.canvas import LONGEST, MARK, Canvas, unescape
from core.booking.words.consultants import Roster
from core.booking.words.customer import is_filler, take_name
from core.booking.words.day_patterns import take_days
from core.booking.words.days import FoundDay
from core.booking.words.times import DayPart, FoundTime, take_parts, take_times, time_of_part

_NOTE = re.compile(r"(?<!\w)(?:note|notiz|notes|hinweis|anmerkung|bemerkung|comment|kommentar)\s*:\s*([^\n]*)")
_SOON = re.compile(
    r"\bin\s+(?:(?P<half>(?:einer\s+halben|half\s+an)\s+(?:stunde|hour))|(?P<n>an?\b|" + NUMBER + r")\s*"
    r"(?P<unit>stunden?|hours?|std|min(?:uten?|utes?)?)\b)"
)
_SOONEST = re.compile(
    r"(?<!\w)(?:(?:(?:zum|zur|am|den|die|der|einen|the|at|your|ihr\w*)\s+)*(?:so\s+(?:schnell|bald|fruh|frueh)\s+wie\s+moglich"
    r"|as\s+soon\s+as\s+possible|asap|(?:schnellst|baldig?st|bald|fruhest|fruehest|nachst|naechst)(?:moglich|moeglich)\w*"
    r"|schnellstens|(?:der|die|das|den)?\s*(?:nachste|naechste|erste|fruheste|frueheste)[rnsm]?\s+"
    r"(?:freie|offene|mogliche|moegliche|verfugbare)[rnsm]?"
    r"|(?:next|first|earliest|soonest)\s+(?:available|free|open|possible)|earliest|soonest))"
    r"(?:\s+(?:termin|zeit|zeitpunkt|platz|slot|time|appointment|date))?(?!\w)"
)
_PHONE_LETTERS = 2_000
Window = tuple[time, time]
_WINDOWS = {
    re.compile(r"nachmittag|afternoon"): (time(12), time(17)),
    re.compile(r"abend|evening|tonight"): (time(17), time.max),
    re.compile(r"vormittag|morgen|morning|fruh|frueh"): (time.min, time(12)),
}
_NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class BookingWords:
    """What was understood; None where nothing was. `ignored` is what remains of the text.

    `day` and `time` are local to the workspace and as said: the day may be past, the time may not exist on it. `between` is
    what "ab 15 Uhr" or "nachmittags" leaves open, `soonest` that the next open time is wanted.
    """

    day: date | None
    time: time | None
    consultant_id: str | None
    name: str | None
    phone: str | None
    email: str | None
    note: str | None
    ignored: str
    between: Window | None = None
    soonest: bool = False


def parse_booking(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    consultants: Sequence[tuple[str, str]],
    members: Mapping[str, str] = _NOBODY,
    region: str = "DE",
) -> BookingWords:
    """Reads a booking from words in German or English; never raises.

    `consultants` are (id, name); `members` leads from a Slack id to a consultant's, for mentions; `region` is where
    phone numbers without a country code are dialled. Weekdays mean the next such day; today counts only while the
    time that was said is still ahead.
    """
    mentioned: list[str] = []
    known = {id for id, _ in consultants}

    def mention(member: str) -> str:
        if members.get(member) in known:
            mentioned.append(members[member])
        return f" {MARK} "

    canvas = Canvas(unescape(clean_note(text[:LONGEST]), mention))
    note = _take_note(canvas)
    email = _take_email(canvas)
    roster = Roster(consultants)
    unknown: list[str] = []
    ids = set(mentioned)

    def consult(*, exact: bool) -> bool:
        found = roster.find(canvas, exact=exact)
        if found is None:
            return False
        if found.id is None:
            unknown.append(canvas.shown[found.start : found.end])
        elif not mentioned:
            ids.add(found.id)
        canvas.take(found.start, found.end)
        return True

    hinted = consult(exact=True)
    local = now.astimezone(zone)
    soon = _take_soon(canvas, local)
    soonest = _take_soonest(canvas)
    said = canvas.folded
    days = take_days(canvas, local.date())
    parts = take_parts(canvas)
    times = take_times(canvas, parts)
    phone = find_phone(canvas.shown[:_PHONE_LETTERS], region)
    if phone:
        canvas.take(phone.start, phone.end)
    if not times:
        times = take_times(canvas, parts, weak=True)
    if not mentioned and not hinted:
        consult(exact=False)
    alone = not (soon or soonest or days or times or phone or email or ids or unknown or note)
    name = take_name(canvas, alone=alone)
    day, clock = soon or when_said(days, times, parts, local)
    return BookingWords(
        day=day,
        time=clock,
        consultant_id=ids.pop() if len(ids) == 1 else None,
        name=name,
        phone=phone.e164 if phone else None,
        email=email,
        note=note,
        ignored=" ".join(filter(None, [*unknown, canvas.rest_that_says(is_filler)])),
        between=between_said(times, [said[part.start : part.end] for part in parts]),
        soonest=soonest,
    )


def _take_note(canvas: Canvas) -> str | None:
    match = _NOTE.search(canvas.folded)
    if not match:
        return None
    note = clean_note(canvas.shown[match.start(1) : match.end(1)].replace(MARK, ""))
    canvas.take(match.start(), match.end())
    return note or None


def _take_email(canvas: Canvas) -> str | None:
    found = find_email(canvas.shown)
    if found is None:
        return None
    start, end, address = found
    canvas.take(start, end)
    return address


def _take_soon(canvas: Canvas, local: datetime) -> tuple[date, time] | None:
    """ "in 2 Stunden": a day and a time at once."""
    match = next(canvas.matches(_SOON), None)
    if match is None:
        return None
    if match["half"]:
        minutes = 30
    else:
        count = 1 if match["n"] in ("a", "an") else number(match["n"])
        minutes = count * (1 if match["unit"].startswith("m") else 60)
    canvas.take(match.start(), match.end())
    later = (local.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(local.tzinfo)
    return later.date(), later.time().replace(second=0, microsecond=0)


def _take_soonest(canvas: Canvas) -> bool:
    """ "so schnell wie möglich", "next available"."""
    match = next(canvas.matches(_SOONEST), None)
    if match:
        canvas.take(match.start(), match.end())
    return match is not None


def between_said(times: list[FoundTime], parts: list[str]) -> Window | None:
    """The part of the day that these times ("ab 15 Uhr", "14 bis 17 Uhr") or these words ("nachmittags") leave open."""
    first = times[0] if times else None
    if first is not None and first.role is not None:
        if first.ranged and len(times) > 1:
            return (first.value, times[1].value) if first.value < times[1].value else None
        return (first.value, time.max) if first.role == "from" else (time.min, first.value)
    if first is None:
        for words in parts:
            window = next((window for key, window in _WINDOWS.items() if key.search(words)), None)
            if window:
                return window
    return None


def when_said(
    days: list[FoundDay], times: list[FoundTime], parts: list[DayPart], local: datetime
) -> tuple[date | None, time | None]:
    """The day and the time that were meant together."""
    clock = times[0].value if times else time_of_part(parts)
    ahead = clock is None or clock > local.time()
    midnight = bool(times and times[0].next_day) or (not times and any(part.name == "midnight" for part in parts))
    day = days[0].on(local.date(), today_counts=midnight or ahead) if days else None
    if day is not None and midnight and day < date.max:
        day += timedelta(days=1)  # "Freitag 24 Uhr" is the midnight after Friday
    return day, clock
