"""Times in words: clock times, "halb drei", "quarter past two", "2pm", ranges; German and English.

Appointments are by day: an hour from 1 to 6 without any sign of the half of the day is meant in the afternoon ("um 3",
"halb drei", "at 2:30"). Written as on a 24-hour clock ("02:30", "2:30 Uhr") it stays as it is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from core.booking.spelling import CLOCK_NUMBER, MINUTES, number
from core.booking.words.canvas import MARK, Canvas, compiled

_PARTS = {
    "am": r"morgens|fruhmorgens|fruh|frueh|(?:am )?vormittags?|(?:am )?(?<!guten )morgen|in the morning|this morning"
    r"|(?<!good )mornings?",
    "pm": r"(?:am )?nachmittags?|(?:in the |this )?(?<!good )afternoon|(?:am )?(?<!guten )abends?"
    r"|(?:in the |this )?(?<!good )evening|tonight",
    "noon": r"(?:zu |am |at )?mittags?|(?:at )?noon|midday|(?:at )?lunchtime",
    "night": r"nachts?|(?:at )?(?<!good )night",
    "midnight": r"(?:um )?mitternacht|(?:at )?midnight",
}
_PART = re.compile(r"(?<![^\W_])(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _PARTS.items()) + r")(?!\w)")
_BEFORE = (
    r"(?:(?<![\w@])(?P<pre>um|at|ab|gegen|circa|ca\.?|@|from|since|von|bis|until|till|to|by|before|after|nach|vor|seit)"
    r"\s*(?:um\s+|gegen\s+|circa\s+|ca\.?\s+)?)?"
)
_SUFFIX = r"(?P<{0}>uhr|h(?:rs)?\b|o'?clock|a\.?m\b\.?|p\.?m\b\.?)"
_PLAIN = r"(?<![\w.,:/+-])"
_NOT_COUNTED = (
    r"(?!\s*(?:tagen?|days?|wochen?|weeks?|monaten?|months?"
    r"|stunden?|hours?|min|personen|leuten?|people|persons|%|€|euro))"
)
_END = r"(?![\w])(?![.,:/-]?\d)"
_UHR = r"(?:\s*" + _SUFFIX.format("suffix") + r")?"


@dataclass(frozen=True)
class FoundTime:
    """A time in a text. `role` is "from" or "until" where a word before it said so; 24:00 is 0:00 of the next day."""

    start: int
    end: int
    value: time
    next_day: bool = False
    role: str | None = None
    ranged: bool = False


@dataclass(frozen=True)
class DayPart:
    """ "vormittags", "in the afternoon": a half of the day, or (noon, midnight) a time itself."""

    start: int
    end: int
    name: str


def take_parts(canvas: Canvas) -> list[DayPart]:
    """The parts of the day that the text names; they are marked as understood."""
    parts = [DayPart(match.start(), match.end(), str(match.lastgroup)) for match in canvas.matches(_PART)]
    for part in parts:
        canvas.take(part.start, part.end)
    return parts


def _clock(
    hour: int, minute: int, *, suffix: str = "", literal: bool = False, part: str = ""
) -> tuple[time, bool] | None:
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if hour == 24:
        return time(0), True
    half = suffix[0] if suffix.startswith(("a", "p")) else ""
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else hour
    elif (
        (part == "pm" and 1 <= hour < 12) or (part == "noon" and 1 <= hour <= 4) or (part == "night" and 6 <= hour < 12)
    ):
        hour += 12
    elif part == "night" and hour == 12:
        hour = 0
    elif not part and not literal and 1 <= hour < 7:
        hour += 12
    return time(hour, minute), False


def _role(before: str | None) -> str | None:
    if before in ("ab", "from", "since", "von", "after", "nach", "seit"):
        return "from"
    return "until" if before in ("bis", "until", "till", "to", "by", "before", "vor") else None


def _literal(hour: str, minute: str | None, suffix: str) -> bool:
    return hour.startswith("0") or (minute is not None and suffix.startswith(("u", "h")))


_Reader = Callable[[re.Match[str], str], list[FoundTime]]


def _found(match: re.Match[str], clock: tuple[time, bool] | None) -> list[FoundTime]:
    if clock is None:
        return []
    return [FoundTime(match.start(), match.end(), *clock, role=_role(match["pre"]))]


def _at(match: re.Match[str], part: str) -> list[FoundTime]:
    groups = match.groupdict()
    suffix, minute = groups.get("suffix") or "", groups.get("m") or groups.get("m2")
    return _found(
        match,
        _clock(
            number(match["h"]),
            number(minute) if minute else 0,
            suffix=suffix,
            literal=_literal(match["h"], groups.get("m"), suffix),
            part=part,
        ),
    )


def _around(match: re.Match[str], part: str) -> list[FoundTime]:
    """ "fünf vor halb drei", "quarter past two": minutes before or after the full or the half hour."""
    hour, offset = number(match["h"]), 0
    kind = match["kind"]
    if match["to"]:
        step = number(match["m"]) if match["m"] else 15
        offset = -step if match["to"] in ("vor", "to", "till", "before") else step
    if kind == "dreiviertel":
        offset -= 15
    elif kind == "viertel":
        offset -= 45
    elif kind == "halb":
        offset -= 30
    elif kind.startswith("half"):
        offset += 30
    if not 0 <= hour <= 24:
        return []
    hour = 12 if hour in (0, 24) else hour
    total = hour * 60 + offset
    suffix = match["suffix"] or ""
    if suffix.startswith(("a", "p")) and hour <= 12:
        noon = _clock(hour, 0, suffix=suffix)
        total = (noon[0].hour * 60 if noon else total) + offset
        return _found(match, (time(total // 60 % 24, total % 60), False))
    return _found(match, _clock(total // 60 % 24, total % 60, part=part))


def _range(match: re.Match[str], part: str) -> list[FoundTime]:
    first, last = match["s1"] or "", match["s2"] or ""
    hours = number(match["h1"]), number(match["h2"])
    if last.startswith("p") and not first and (hours[0] < hours[1] or hours[0] == 12) and hours[1] != 12:
        first = last
    if last.startswith("a") and not first:
        first = last
    literal = last.startswith(("u", "h")) and bool(match["m1"] or match["m2"])
    one = _clock(
        hours[0], int(match["m1"] or 0), suffix=first, literal=literal or match["h1"].startswith("0"), part=part
    )
    other = _clock(
        hours[1], int(match["m2"] or 0), suffix=last, literal=literal or match["h2"].startswith("0"), part=part
    )
    if one is None or other is None:
        return []
    if other[0] <= one[0] and other[0].hour < 12 and not (other[1] or last.startswith(("a", "p")) or literal):
        later = time(other[0].hour + 12, other[0].minute)
        other = (later, False) if later > one[0] else other
    if other[0] <= one[0] and not other[1] and not last:
        other = time(hours[1], other[0].minute), False  # "22:00 bis 2:00": through midnight
    return [
        FoundTime(match.start(), match.end("h1"), *one, role="from", ranged=True),
        FoundTime(match.end("h1"), match.end(), *other, role="until", ranged=True),
    ]


def _range_pattern(before: str, joint: str, ending: str) -> str:
    return (
        before + r"(?P<h1>" + CLOCK_NUMBER + r")(?:[:.](?P<m1>[0-5]\d))?(?:\s*" + _SUFFIX.format("s1") + r")?" + joint
        + r"(?P<h2>" + CLOCK_NUMBER + r")(?:[:.](?P<m2>[0-5]\d))?" + ending
    )  # fmt: skip


_JOINT = r"\s*(?:-|\bbis\b|\bto\b|\buntil\b|\btill\b)\s*(?:um\s+)?"
_SAID = _SUFFIX.format("s2")
_STRONG: list[tuple[str, _Reader]] = [
    (_range_pattern(r"(?<![\w:])(?:zwischen|between)\s+", r"\s+(?:und|and)\s+", rf"(?:\s*{_SAID})?(?!\w)"), _range),
    (_range_pattern(r"(?<![\w:])(?:von|from)\s+(?:um\s+)?", _JOINT, rf"(?:\s*{_SAID})?{_END}"), _range),
    (_range_pattern(_PLAIN + r"(?:um\s+|at\s+)?", _JOINT, rf"\s*{_SAID}(?!\w)"), _range),
    (
        _PLAIN + r"(?P<h1>\d{1,2})[:.](?P<m1>[0-5]\d)(?:\s*" + _SUFFIX.format("s1") + r")?" + _JOINT
        + r"(?P<h2>\d{1,2})(?:[:.](?P<m2>[0-5]\d))?(?:\s*" + _SAID + r")?" + _END,
        _range,
    ),
    (
        _BEFORE + r"\b(?:(?:(?P<m>" + CLOCK_NUMBER + r")(?:\s*min(?:uten?|utes?)?)?|viertel|quarter)\s+"
        r"(?P<to>vor|nach|past)\s+)?(?:a\s+)?(?P<kind>halb|dreiviertel|viertel|half(?:\s+past)?)\s+"
        r"(?P<h>" + CLOCK_NUMBER + r")" + _UHR + r"(?!\w)",
        _around,
    ),
    (
        _BEFORE + r"\b(?:a\s+)?(?:(?P<m>" + CLOCK_NUMBER + r")(?:\s*min(?:uten?|utes?)?)?|viertel|quarter)\s+"
        r"(?P<to>vor|nach|past|after|to|till|before)\s+(?P<kind>)(?P<h>" + CLOCK_NUMBER + r")" + _UHR + r"(?!\w)",
        _around,
    ),
    (_BEFORE + r"(?<![\d.,:/+-])(?P<h>\d{1,2}):(?P<m>[0-5]\d)(?::[0-5]\d)?" + _UHR + _END, _at),
    (_BEFORE + r"(?<![\d.,:/+-])(?P<h>\d{1,2})\.(?P<m>[0-5]\d)\s*" + _SUFFIX.format("suffix") + r"(?!\w)", _at),
    (_BEFORE + r"(?<![\d.,:/+-])(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)\s*(?P<suffix>uhr|h(?:rs)?)\b", _at),
    (_BEFORE + r"(?<![\d.,:/+-])(?P<h>\d{1,2})\s?h\s?(?P<m>[0-5]\d)(?P<suffix>)\b", _at),
    (
        _BEFORE + r"(?<![\w.,:/+-])(?P<h>" + CLOCK_NUMBER + r")\s*" + _SUFFIX.format("suffix")
        + r"(?:\s+(?:und\s+)?(?P<m2>" + MINUTES + r")(?!\w|[.:/]\d|\s*[.:/\d-]|\s+(?:uhr|tage|days)))?(?!\w)",
        _at,
    ),
    (
        r"(?<![\w@])(?P<pre>um|at|ab|gegen|circa|ca\.?|@|bis|until|till)\s*(?:ca\.?\s+|gegen\s+)?"
        r"(?P<h>" + CLOCK_NUMBER + r")(?:[.:](?P<m>[0-5]\d)|\s+(?P<m2>thirty|fifteen|forty-five|forty five))?"
        + _UHR + _END + _NOT_COUNTED,
        _at,
    ),
    (
        r"(?<![\w@])(?P<pre>von|from)\s+(?:um\s+)?(?P<h>" + CLOCK_NUMBER + r")(?=\s*(?:bis\b|to\b|until\b|till\b|-|\0))",
        _at,
    ),
    (
        r"(?<![\w@-])(?P<pre>)(?P<h>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+"
        r"(?P<m2>thirty|fifteen|forty-five|forty five)" + _UHR + r"(?!\w)",
        _at,
    ),
]  # fmt: skip
_WEAK: list[tuple[str, _Reader]] = [
    (_PLAIN + r"(?P<h1>\d{1,2})(?:\.(?P<m1>[0-5]\d))?(?P<s1>)" + _JOINT
        + r"(?P<h2>\d{1,2})(?:\.(?P<m2>[0-5]\d))?(?P<s2>)" + _END, _range),
    (
        r"(?:^|(?<=\0)|(?<=[,;(]))[\s,]*(?P<pre>from\s+|von\s+|since\s+|after\s+)?(?P<h>\d{1,2})(?:\.(?P<m>[0-5]\d))?"
        + _END + _NOT_COUNTED,
        _at,
    ),
]  # fmt: skip


def take_times(canvas: Canvas, parts: list[DayPart], *, weak: bool = False) -> list[FoundTime]:
    """The times that the text names, in their order; they are marked as understood.

    `weak` reads a bare number after a day ("morgen 14", "14-16") as an hour; telephone numbers must be gone by then.
    """
    found: list[FoundTime] = []
    for pattern, reader in _WEAK if weak else _STRONG:
        for match in list(canvas.matches(compiled(pattern))):
            part = min(parts, key=lambda part: abs(part.start - match.start()), default=None)
            times = reader(match, part.name if part else "")
            start = match.start() + len(match.group()) - len(match.group().lstrip(" ,\0"))
            if times and MARK not in canvas.folded[start : match.end()]:
                canvas.take(start, match.end())
                found += times
    return sorted(found, key=lambda time: time.start)


def time_of_part(parts: list[DayPart]) -> time | None:
    """Noon and midnight are times even without a number."""
    named = {"noon": time(12), "midnight": time(0)}
    return next((named[part.name] for part in parts if part.name in named), None)
