"""A week as people write it: `mon-fri 09:00 11:00 14:00; sat 10-14/30x1`, in German and English.

A part names its days, then its times: `9`, `09:30`, `9.30`, `14 Uhr`, `9:00/45x2` (45 minutes, 2 seats), or `9-18/60`: from
nine, every 60 minutes, the last one ending by six. Starts of a range last until the next one at most, so `9-12/30` is six
half hours even for a consultant whose appointments take an hour.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from core.booking.setup.week import CAPACITY, DAY_MINUTES, MINUTES, Start
from core.booking.spelling import fold
from core.errors import Invalid

LONGEST_TEXT = 3000
SHORTEST_RANGE = 5  # fewer starts on end are easier to read one by one

_DAYS = (
    ("mon", "monday", "mo", "montag"),
    ("tue", "tuesday", "tues", "di", "die", "dienstag"),
    ("wed", "wednesday", "mi", "mit", "mittwoch"),
    ("thu", "thursday", "thur", "thurs", "do", "don", "donnerstag"),
    ("fri", "friday", "fr", "fre", "freitag"),
    ("sat", "saturday", "sa", "sam", "samstag", "sonnabend"),
    ("sun", "sunday", "so", "son", "sonntag"),
)
_DAY = {
    name: day for day, names in enumerate(_DAYS) for name in (*names, names[0] + "s", names[1] + "s", names[-1] + "s")
}
_GROUPS = {
    **dict.fromkeys(("daily", "taglich", "everyday"), range(7)),
    **dict.fromkeys(("weekdays", "werktags", "wochentags"), range(5)),
    **dict.fromkeys(("weekends", "weekend", "wochenende"), range(5, 7)),
}
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2})|:?)(am|pm)?"
_TIME = re.compile(rf"{_CLOCK}(?:-{_CLOCK})?(?:/(\d{{1,4}}))?(?:x(\d{{1,4}}))?")
_NOISE = frozenset(
    {"uhr", "oclock", "o'clock", "h", "at", "um", "and", "und", "each", "every", "jeden", "jede", "ab", "von", "from"}
)
_NAMES = {"de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def parse_week(text: str, minutes: int, capacity: int) -> list[Start]:
    """The starts in `text`; `minutes` and `capacity` hold where it does not say otherwise. Empty text is an empty week.

    Raises Invalid("week", …): "unread" (facts: the word), "no_day", "no_time" (the part), "time" (the word), "length", "seats"
    (the word and the bounds), "twice" (day and time), "long".
    """
    if len(text) > LONGEST_TEXT:
        raise Invalid("week", "long", {"most": LONGEST_TEXT})
    starts: dict[tuple[int, str], Start] = {}
    for part in re.split(r"[;\n]", text):
        if not part.strip():
            continue
        days, times = _split(part)
        for word in times:
            for minute, lasting, seats in _times(word, minutes, capacity):
                for day in days:
                    start = Start(day, clock(minute), lasting, seats)
                    if starts.setdefault((day, start.starts), start) is not start:
                        raise Invalid("week", "twice", {"weekday": day, "starts": start.starts})
    return sorted(starts.values(), key=lambda start: start.minute)


def format_week(starts: Iterable[Start], language: str, minutes: int, capacity: int) -> str:
    """The week as `parse_week` reads it, days with equal times together, one line a group; "" for an empty one.

    What differs from `minutes` and `capacity` is written at the time; many starts on end are written as a range. Validity days
    are not part of the text.
    """
    names = _NAMES.get(language, _NAMES["en"])
    ordered = sorted(starts, key=lambda start: start.minute)
    lines: dict[str, list[int]] = {}
    for day, of_day in groupby(ordered, key=lambda start: start.weekday):
        words = [_in_words(run, minutes, capacity) for run in _runs(list(of_day), minutes)]
        lines.setdefault(" " + " ".join(words), []).append(day)
    return "\n".join(f"{_day_names(days, names)}{times}" for times, days in lines.items())


def _runs(starts: list[Start], minutes: int) -> Iterator[list[Start]]:
    """A day's starts, those that follow one another without a gap together, if they are enough and a range can say them."""
    runs: list[list[Start]] = []
    for start in starts:
        if runs and _continues(runs[-1][-1], start):
            runs[-1].append(start)
        else:
            runs.append([start])
    for run in runs:
        if len(run) >= SHORTEST_RANGE and run[0].minutes <= minutes:
            yield run
        else:
            yield from ([start] for start in run)


def _continues(before: Start, start: Start) -> bool:
    """Whether a start begins where the one before it ends, with the same length and seats, and does not pass midnight."""
    ends = start.minute % DAY_MINUTES + start.minutes
    alike = (start.minutes, start.capacity) == (before.minutes, before.capacity)
    return alike and start.minute == before.minute + before.minutes and ends <= DAY_MINUTES


def _in_words(run: list[Start], minutes: int, capacity: int) -> str:
    first, last = run[0], run[-1]
    seats = f"x{first.capacity}" if first.capacity != capacity else ""
    if len(run) > 1:
        return f"{first.starts}-{clock(last.minute % DAY_MINUTES + last.minutes)}/{last.minutes}{seats}"
    return f"{first.starts}/{first.minutes}{seats}" if first.minutes != minutes else f"{first.starts}{seats}"


def clock(minute: int) -> str:
    """`HH:MM` of a minute of the day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def day_name(weekday: int, language: str) -> str:
    """The short name of a weekday, 0 = Monday."""
    return _NAMES.get(language, _NAMES["en"])[weekday]


def _day_names(days: list[int], names: tuple[str, ...]) -> str:
    parts = []
    for _, run in groupby(enumerate(days), key=lambda item: item[1] - item[0]):
        members = [day for _, day in run]
        parts.append(
            f"{names[members[0]]}-{names[members[-1]]}"
            if len(members) > 2
            else ", ".join(names[day] for day in members)
        )
    return ", ".join(parts)


def _split(part: str) -> tuple[list[int], list[str]]:
    """The days and the time words of one part."""
    text = re.sub(r"(\d)\s*(?:-|bis|to|until)\s*(\d)", r"\1-\2", fold(part))
    text = re.sub(r"([^\W\d_])\.?\s*(?:-|bis|to|until|through)\s*(?=[^\W\d_])", r"\1-", text)
    text = re.sub(r"(\d)\s+(am|pm)\b", r"\1\2", text)
    text = re.sub(r"(\d)\s*uhr\s*(30|45)\b", r"\1:\2", text)  # no hour is called 30 or 45
    text = re.sub(r"(\d)\s*[/*]\s*(\d)", r"\1/\2", re.sub(r"(\d)\s*[x×]\s*(\d)", r"\1x\2", text))
    days: list[int] = []
    times: list[str] = []
    for raw in re.split(r"[\s,|]+", text):
        word = raw.strip(":.").removesuffix("uhr")
        if not word or word in _NOISE or not re.search(r"\w", word):
            continue
        if word[0].isdigit():
            times.append(word)
            continue
        found = _days(word)
        if found is None:
            raise Invalid("week", "unread", {"word": raw[:40]})
        if times:
            raise Invalid("week", "unread", {"word": raw[:40]})
        days += [day for day in found if day not in days]
    if not days:
        raise Invalid("week", "no_day", {"part": part.strip()[:80]})
    if not times:
        raise Invalid("week", "no_time", {"part": part.strip()[:80]})
    return days, times


def _days(word: str) -> list[int] | None:
    if word in _GROUPS:
        return list(_GROUPS[word])
    ends = [_DAY.get(name.strip(".")) for name in word.split("-")]
    if not ends or len(ends) > 2 or None in ends:
        return None
    first, last = ends[0], ends[-1]
    assert first is not None
    assert last is not None
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _times(word: str, minutes: int, capacity: int) -> Iterator[tuple[int, int, int]]:
    """(minute of the day, length, seats) of each start that a time word stands for."""
    match = _TIME.fullmatch(word)
    if match is None:
        raise Invalid("week", "time", {"word": word[:40]})
    start = _minute(word, *match.group(1, 2, 3))
    length = _bounded(word, match[7], "length", MINUTES)
    seats = _bounded(word, match[8], "seats", CAPACITY) or capacity
    if match[4] is None:
        if start >= DAY_MINUTES:
            raise Invalid("week", "time", {"word": word[:40]})
        yield start, minutes if length is None else length, seats
        return
    end = _minute(word, *match.group(4, 5, 6))
    step = minutes if length is None else length
    lasting = min(step, minutes)
    if end <= start or step < MINUTES[0] or start + lasting > end:
        raise Invalid("week", "time", {"word": word[:40]})
    for minute in range(start, end - lasting + 1, step):
        yield minute, lasting, seats


def _bounded(word: str, digits: str | None, why: str, bounds: tuple[int, int]) -> int | None:
    """The number behind a slash or an x, None where there is none."""
    if digits is None:
        return None
    least, most = bounds
    if not least <= int(digits) <= most:
        raise Invalid("week", why, {"word": word[:40], "least": least, "most": most})
    return int(digits)


def _minute(word: str, hour: str, minute: str | None, half: str | None) -> int:
    value = int(hour)
    if half and not 1 <= value <= 12:
        raise Invalid("week", "time", {"word": word[:40]})
    if half:
        value = value % 12 + (12 if half == "pm" else 0)
    total = value * 60 + int(minute or 0)
    if int(minute or 0) > 59 or total > DAY_MINUTES:
        raise Invalid("week", "time", {"word": word[:40]})
    return total
