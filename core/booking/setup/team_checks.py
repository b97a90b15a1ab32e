"""The values of a team file, each through its check. A check answers the proper value or raises ValueError in plain words."""

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from core.booking.contacts import clean_name
from core.booking.setup.holiday_calendar import STATES, check_state
from core.booking.setup.members import USER_ID
from core.booking.setup.staffing import LONGEST_CALENDAR, LONGEST_NAME
from core.booking.setup.workspace import BOUNDS, CHANNEL_ID, LANGUAGES
from core.errors import Invalid
from storage.tables import Outcome


def text(value: Any) -> str:
    """A text without the blanks around it."""
    if not isinstance(value, str):
        raise ValueError(f"must be a text in quotes, not {value!r}")
    return value.strip()


def matching(pattern: re.Pattern[str], otherwise: str) -> Callable[[Any], str]:
    """A text of that pattern."""

    def check(value: Any) -> str:
        if not pattern.fullmatch(text(value)):
            raise ValueError(f"{value!r} {otherwise}")
        return text(value)

    return check


def optional(check: Callable[[Any], str]) -> Callable[[Any], str | None]:
    """An empty text takes the thing away; any other goes through `check`."""
    return lambda value: None if value == "" else check(value)


def whole(least: int, most: int) -> Callable[[Any], int]:
    """A whole number between the bounds; true and false are none."""

    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}, not {value!r}")
        return value

    return check


def rule(name: str) -> Callable[[Any], int | None]:
    """A rule's number; 0 lifts the daily cap."""
    check = whole(*BOUNDS[name])
    return lambda value: None if name == "daily_cap" and value == 0 else check(value)


def flag(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {value!r}")
    return value


def tables(value: Any) -> list[dict[str, Any]]:
    """A list of tables."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("must be a list of tables: [[consultants]]")
    return value


def user_ids(value: Any) -> tuple[str, ...]:
    """Slack user ids, each once."""
    check = matching(USER_ID, "is no Slack user id such as U0123ABCD")
    if not isinstance(value, list):
        raise ValueError(f"must be a list of Slack user ids, not {value!r}")
    return tuple(dict.fromkeys(check(item) for item in value))


def name(value: Any) -> str:
    """A consultant's name, cleaned."""
    name = clean_name(text(value))
    if not 1 <= len(name) <= LONGEST_NAME:
        raise ValueError(f"must have 1 to {LONGEST_NAME} letters")
    return name


def zone(value: Any) -> str:
    """A zone of the tz database."""
    try:
        return ZoneInfo(text(value)).key
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{value!r} is no time zone such as Europe/Berlin") from None


def language(value: Any) -> str:
    """A language that Slotquest speaks."""
    if text(value) not in LANGUAGES:
        raise ValueError(f"{value!r} is not one of {', '.join(LANGUAGES)}")
    return text(value)


def holidays(value: Any) -> str | None:
    """A German state's code; an empty text: no public holidays."""
    if value == "":
        return None
    try:
        return check_state(text(value))
    except Invalid:
        raise ValueError(f"{value!r} is no German state; known are {', '.join(STATES)}") from None


def channel(value: Any) -> str | None:
    """A Slack channel's id; an empty text: none."""
    return optional(matching(CHANNEL_ID, "is no Slack channel id such as C0123ABCD"))(value)


def outcome(value: Any) -> str:
    """An outcome's name."""
    if value not in list(Outcome):
        raise ValueError(f"{value!r} is not one of {', '.join(Outcome)}")
    return str(value)


def calendar(value: Any) -> str:
    """A Google calendar's id."""
    if "@" not in text(value) or re.search(r"\s", text(value)) or len(text(value)) > LONGEST_CALENDAR:
        raise ValueError(f"{value!r} is no Google calendar id such as alex@example.com")
    return text(value)


def schedule(value: Any) -> tuple[str, ...]:
    """The schedule as parts that `parse_week` reads: from a text, or a table of days with a text or a list of times."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, dict):
        raise ValueError('must be a text such as "mon-fri 09:00 11:00" or a table of days')
    parts = []
    for day, times in value.items():
        words = [times] if isinstance(times, str) else times
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise ValueError(f'{day} must be a list of times such as ["09:00", "11:00"]')
        if words:
            parts.append(f"{day} {' '.join(words)}")
    return tuple(parts)
