"""What a way of saying a day means. Each reader takes a match of its pattern and the local day it is read on.

A reader answers None where its match names no day after all: 31 February, or the "morgen" of "guten Morgen".
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.booking.spelling import day_number, number

_MONTH_KEYS = ["ja", "fe", "m", "ap", "ma", "jun", "jul", "au", "se", "o", "no", "de"]
LONG = {
    "montag": 0,
    "dienstag": 1,
    "mittwoch": 2,
    "donnerstag": 3,
    "freitag": 4,
    "samstag": 5,
    "sonntag": 6,
    "monday": 0,
    "tuesday": 1,
    "wednesday": 2,
    "thursday": 3,
    "friday": 4,
    "saturday": 5,
    "sunday": 6,
    "sonnabend": 5,
}
SHORT = {
    **{day: place for place, day in enumerate(["mo", "di", "mi", "do", "fr", "sa", "so"])},
    **{day: place for place, day in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])},
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
_WEEKDAY = SHORT | LONG


@dataclass(frozen=True)
class FoundDay:
    """A day in a text, and how it was said, since that decides which year or week is meant."""

    start: int
    end: int
    day: date | None = None
    month_day: tuple[int, int] | None = None
    weekday: int | None = None
    strictly_after: bool = False
    weeks: int = 0
    whole_week: bool = False

    def on(self, today: date, *, today_counts: bool = True) -> date | None:
        """The day itself. Without a year the next such date, a weekday the next such day; None where none exists."""
        if self.day is not None:
            return self.day
        if self.month_day is not None:
            years = (_date(today.year + ahead, *self.month_day) for ahead in range(9))
            return next((day for day in years if day is not None and day >= today), None)
        if self.weekday is None:
            return None
        ahead = (self.weekday - today.weekday()) % 7
        if ahead == 0 and (self.strictly_after or not today_counts):
            ahead = 7
        return _shift(today, ahead + 7 * self.weeks)

    def latest_until(self, last: date) -> date | None:
        """For "24.12.-02.01.": the date without a year as it falls on or before the last day."""
        if self.month_day is None:
            return None
        years = (_date(last.year - back, *self.month_day) for back in range(9))
        return next((day for day in years if day is not None and day <= last), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shift(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _months_later(day: date, months: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return next((found for last in range(day.day, 27, -1) if (found := _date(year, month + 1, last))), None) or _date(
        year, month + 1, min(day.day, 28)
    )


def _month(name: str) -> int:
    if name.startswith(("mai", "may")):
        return 5
    return next(place for place, key in enumerate(_MONTH_KEYS, start=1) if name.startswith(key))


def dated(match: re.Match[str], day: int, month: int, year: str | None) -> FoundDay | None:
    """The year may be missing, or have two figures of this century."""
    if year is None:
        known = _date(2000, month, day)  # a leap year: 29 February is a date
        return FoundDay(match.start(), match.end(), month_day=(month, day)) if known else None
    found = _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    return FoundDay(match.start(), match.end(), day=found) if found else None


def dotted(match: re.Match[str], today: date) -> FoundDay | None:
    """Day, month and perhaps year in named groups."""
    return dated(match, int(match["d"]), int(match["m"]), match["y"])


def slashed(match: re.Match[str], today: date) -> FoundDay | None:
    """Day first, as in Germany, unless only month first gives a date."""
    day, month = int(match["d"]), int(match["m"])
    if month > 12 >= day:
        day, month = month, day
    return dated(match, day, month, match["y"])


def named(match: re.Match[str], today: date) -> FoundDay | None:
    """A day with the name of its month."""
    return dated(match, day_number(match["d"]), _month(match["m"]), match["y"])


def day_of_month(match: re.Match[str], today: date) -> FoundDay | None:
    """ "am 24.": the next day with that number."""
    months = (divmod(today.year * 12 + today.month - 1 + ahead, 12) for ahead in range(4))
    days = (_date(year, month + 1, int(match["d"])) for year, month in months)
    found = next((day for day in days if day is not None and day >= today), None)
    return FoundDay(match.start(), match.end(), day=found) if found else None


_NEAR = [
    (re.compile(r"vorgestern"), -2),
    (re.compile(r"gestern|yesterday"), -1),
    (re.compile(r"ue?bermorgen|(?:the\s+)?day after tomorrow|overmorrow"), 2),
    (re.compile(r"morgen|tomm?orr?ow|tmrw|tmr|tmw"), 1),
    (re.compile(r"heute?|today|tonight|now"), 0),
]


def _near(word: str) -> int | None:
    return next((days for pattern, days in _NEAR if pattern.fullmatch(word)), None)


def relative(match: re.Match[str], today: date) -> FoundDay | None:
    """ "morgen", "the day after tomorrow"."""
    before = (match["pre"] or "").strip()
    days = _near(before or match["word"])
    found = _shift(today, days) if days is not None else None
    if found is None:
        return None  # "Dienstag morgen", "guten Morgen": a part of the day, or a greeting
    start, end = match.span("pre" if before else "word")
    return FoundDay(start, start if match["word"] == "tonight" else end, day=found)


def days_ahead(match: re.Match[str], today: date) -> FoundDay | None:
    """ "in 3 Tagen", "a week from Tuesday", "Dienstag in einer Woche"."""
    count = 1 if match["n"] in ("a", "an") else number(match["n"])
    base = FoundDay(match.start(), match.end(), day=today)
    if match["base"]:
        word = match["base"].rstrip(". ")
        near = _near(word)
        base = replace(base, day=_shift(today, near) if near is not None else None, weekday=_WEEKDAY.get(word))
        if base.weekday is not None:
            return replace(base, weeks=count) if match["unit"].startswith("w") else None
    if base.day is None:
        return None
    unit = match["unit"]
    if unit.startswith("m"):
        found = _months_later(base.day, count)
    else:
        found = _shift(base.day, count * (7 if unit.startswith("w") else 1))
    return replace(base, day=found) if found else None


def days_ago(match: re.Match[str], today: date) -> FoundDay | None:
    """ "vor 3 Tagen": a past day is an answer too."""
    count = number(match["n"] or match["n2"])
    unit = match["unit"] or match["unit2"]
    found = _shift(today, -count * (7 if unit.startswith("w") else 1))
    return FoundDay(match.start(), match.end(), day=found) if found else None


def of_week(match: re.Match[str], today: date) -> FoundDay | None:
    """ "nächste Woche Dienstag"; without a weekday the week's Monday. Weeks begin on Mondays."""
    word = (match["before"] or match["after"] or "").rstrip(". ")
    which = match["which"]
    if which.startswith(("die", "this")):
        weeks = 0
    else:
        weeks = 2 if which.startswith(("ue", "ub")) else 1
    monday = _shift(today, 7 * weeks - today.weekday())
    found = _shift(monday, _WEEKDAY[word]) if monday and word else monday
    if found is None or (weeks == 0 and word and found < today):
        return None
    return FoundDay(match.start(), match.end(), day=found, whole_week=not word)


def weekday(match: re.Match[str], today: date) -> FoundDay | None:
    """ "nächsten Dienstag" is strictly after today, "übernächsten" a week later, "letzten" before today."""
    which = match["which"] or ""
    last = which.startswith(("letzt", "vorig", "last"))
    weekday = _WEEKDAY[match["w"]]
    if last:
        found = _shift(today, -((today.weekday() - weekday - 1) % 7 + 1))
        return FoundDay(match.start(), match.end(), day=found) if found else None
    after = bool(which) and not which.startswith(("dies", "this"))
    return FoundDay(
        match.start(),
        match.end(),
        weekday=weekday,
        strictly_after=after,
        weeks=int(which.startswith(("uebern", "ubern"))),
    )


def feast(match: re.Match[str], today: date) -> FoundDay | None:
    """Feasts that are dates in themselves."""
    month_day = next(when for names, when in FEASTS.items() if re.fullmatch(names, match["feast"]))
    return FoundDay(match.start(), match.end(), month_day=month_day)


def weekend(match: re.Match[str], today: date) -> FoundDay | None:
    """A weekend begins on its Saturday."""
    return FoundDay(match.start(), match.end(), weekday=5)


FEASTS = {
    r"heilig(?:er )?abend|christmas eve": (12, 24),
    r"(?:der )?(?:erste )?weihnachtstag|christmas day": (12, 25),
    r"silvester|new year'?s eve": (12, 31),
    r"neujahr|new year'?s day": (1, 1),
}
