"""A consultant's week as plain values: what may stand in it, and what it becomes when a part of it is replaced.

All times are local wall time; a start's length may pass midnight, and Sunday's night reaches into Monday.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from core.errors import Invalid

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
MINUTES = (5, 720)  # least and most of an appointment
LONGEST_APPOINTMENT = timedelta(minutes=MINUTES[1])
CAPACITY = (1, 99)  # least and most seats of a start
MOST_STARTS = 700  # of one consultant, all validities together: a hundred a weekday


@dataclass(frozen=True)
class Start:
    """One weekly start: weekday 0 = Monday, `HH:MM`, both validity days inclusive, None = without end."""

    weekday: int
    starts: str
    minutes: int
    capacity: int
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def minute(self) -> int:
        """Minutes since Monday 00:00."""
        return self.weekday * DAY_MINUTES + int(self.starts[:2]) * 60 + int(self.starts[3:])

    @property
    def order(self) -> tuple[date, date, int]:
        """Sorts by validity, then by time in the week."""
        return self.valid_from or date.min, self.valid_until or date.max, self.minute


def sorted_week(starts: Iterable[Start]) -> list[Start]:
    """One order for equal weeks, so that they compare equal."""
    return sorted(starts, key=lambda start: start.order)


def week_on(starts: Iterable[Start], day: date) -> list[Start]:
    """The starts that are valid on `day`, whatever its weekday, in the order of the week."""
    valid = [s for s in starts if (s.valid_from or date.min) <= day <= (s.valid_until or date.max)]
    return sorted(valid, key=lambda start: start.minute)


def replace_span(old: Iterable[Start], new: Iterable[Start], first: date | None, last: date | None) -> list[Start]:
    """`old` with `new` in its place from `first` to `last` (inclusive, None = without end); before and after, `old` stays.

    Raises Invalid("valid_until", "order") when the span ends before it begins.
    """
    if first and last and last < first:
        raise Invalid("valid_until", "order")
    kept = []
    for start in old:
        since, until = start.valid_from or date.min, start.valid_until or date.max
        if (first and until < first) or (last and since > last):
            kept.append(start)
            continue
        if first and since < first:
            kept.append(replace(start, valid_until=first - timedelta(days=1)))
        if last and until > last:
            kept.append(replace(start, valid_from=last + timedelta(days=1)))
    return sorted_week([*kept, *(replace(start, valid_from=first, valid_until=last) for start in new)])


def check_week(starts: Sequence[Start]) -> None:
    """Raises Invalid("week", …): "many", "capacity", "minutes", or "overlap" with the two starts as facts."""
    if len(starts) > MOST_STARTS:
        raise Invalid("week", "many", {"most": MOST_STARTS})
    for start in starts:
        check_capacity(start.capacity)
        check_minutes(start.minutes)
    ordered = sorted(starts, key=lambda start: start.minute)
    longest = max((start.minutes for start in ordered), default=0)
    for place, earlier in enumerate(ordered):
        for step in range(1, len(ordered)):
            index = place + step
            later = ordered[index % len(ordered)]
            gap = later.minute - earlier.minute + (WEEK_MINUTES if index >= len(ordered) else 0)
            if gap >= longest:
                break
            if gap < earlier.minutes and _valid_together(earlier, later):
                facts = {
                    "weekday": earlier.weekday,
                    "starts": earlier.starts,
                    "minutes": earlier.minutes,
                    "other_weekday": later.weekday,
                    "other_starts": later.starts,
                }
                raise Invalid("week", "overlap", facts)


def check_capacity(capacity: int) -> None:
    """Raises Invalid("capacity", "range")."""
    least, most = CAPACITY
    if not least <= capacity <= most:
        raise Invalid("capacity", "range", {"least": least, "most": most})


def check_minutes(minutes: int) -> None:
    """Raises Invalid("minutes", "range")."""
    least, most = MINUTES
    if not least <= minutes <= most:
        raise Invalid("minutes", "range", {"least": least, "most": most})


def to_facts(starts: Iterable[Start]) -> list[dict[str, Any]]:
    """The week in JSON's types; validity days only where there are some."""
    return [
        {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in asdict(start).items()
            if value is not None
        }
        for start in sorted_week(starts)
    ]


def from_facts(facts: Iterable[dict[str, Any]]) -> list[Start]:
    """What `to_facts` was given."""
    return [
        Start(
            item["weekday"],
            item["starts"],
            item["minutes"],
            item["capacity"],
            _day(item.get("valid_from")),
            _day(item.get("valid_until")),
        )
        for item in facts
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _valid_together(one: Start, other: Start) -> bool:
    return (one.valid_from or date.min) <= (other.valid_until or date.max) and (other.valid_from or date.min) <= (
        one.valid_until or date.max
    )
