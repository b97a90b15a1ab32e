"""What stands in a team file (TOML), checked. Every mistake is named at once, with its place.

What the file does not mention is left as it is; an empty text (or 0 for `daily_cap`) takes a thing away.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.booking.contacts import clean_name
from core.booking.setup import team_checks as checks
from core.booking.setup.consultants import same_name
from core.booking.setup.members import USER_ID
from core.booking.setup.staffing import LONGEST_NAME
from core.booking.setup.week import CAPACITY, MINUTES, Start, check_week
from core.booking.setup.week_text import day_name, parse_week
from core.booking.setup.workspace import BOUNDS, GOOGLE_COLOURS
from core.errors import Invalid

TEAM_ID = re.compile(r"[TE][A-Z0-9]{2,30}")
CHANNELS = ("bookings", "achievements", "admin")
DEFAULT_CAPACITY, DEFAULT_MINUTES = 3, 60


class TeamFileError(Exception):
    """The file cannot be taken as it is; `problems` are sentences that begin with the place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class ConsultantEntry:
    """A consultant of the file. `said` has only what stands there: slack, calendar, capacity, minutes, schedule.

    `schedule` is kept as (weekday or None for a whole text, text), because its seats and minutes may come from elsewhere.
    """

    name: str
    said: Mapping[str, Any]

    def week(self, minutes: int, capacity: int) -> list[Start]:
        """The starts of the schedule with these minutes and seats. Raises Invalid."""
        starts = [start for text in self.said["schedule"] for start in parse_week(text, minutes, capacity)]
        return sorted(starts, key=lambda start: start.minute)


@dataclass(frozen=True)
class Team:
    """The checked file. `workspace`, `channels` and `rules` have only what stands there; None takes a thing away."""

    team_id: str
    workspace: Mapping[str, Any] = field(default_factory=dict)
    admins: tuple[str, ...] | None = None
    leads: tuple[str, ...] | None = None
    channels: Mapping[str, str | None] = field(default_factory=dict)
    rules: Mapping[str, int | None] = field(default_factory=dict)
    colours: Mapping[str, str] | None = None
    consultants: tuple[ConsultantEntry, ...] = ()
    remove_missing: bool = False


def parse_team(text: str) -> Team:
    """The team in this TOML text. Raises TeamFileError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TeamFileError([f"not TOML: {error}"]) from error
    problems: list[str] = []
    top = _Table(raw, "", problems)
    workspace = top.table("workspace")
    team_id = workspace.take("team_id", checks.matching(TEAM_ID, "is no Slack team id such as T0123ABCD"))
    if "team_id" not in workspace.raw:
        problems.append("workspace.team_id: is missing")
    said = {
        "timezone": workspace.take("timezone", checks.zone),
        "locale": workspace.take("locale", checks.language),
        "holidays": workspace.take("holidays", checks.holidays),
    }
    admins = workspace.take("admins", checks.user_ids)
    leads = workspace.take("leads", checks.user_ids)
    both = sorted(set(admins or ()) & set(leads or ()))
    if both:
        problems.append(
            f"workspace.leads: {', '.join(both)} is an admin already, and an admin may do all that a lead may"
        )
    channels, rules, colours = top.table("channels"), top.table("rules"), top.table("colours")
    team = Team(
        team_id=team_id or "",
        workspace={key: value for key, value in said.items() if key in workspace.raw},
        admins=admins,
        leads=leads,
        channels=channels.take_all(CHANNELS, lambda _name: checks.channel),
        rules=rules.take_all(BOUNDS, checks.rule),
        colours=colours.take_all(GOOGLE_COLOURS, lambda _colour: checks.outcome) if "colours" in raw else None,
        consultants=tuple(_consultants(top, problems)),
        remove_missing=bool(top.take("remove_missing", checks.flag)),
    )
    for table in (workspace, channels, rules, colours, top):
        table.name_unknown()
    if problems:
        raise TeamFileError(problems)
    return team


class _Table:
    """A table of the file, from which values are taken through a check; a failed check becomes a problem with its place."""

    def __init__(self, raw: Mapping[str, Any], place: str, problems: list[str]) -> None:
        self.raw = raw
        self._place = place
        self._problems = problems
        self._known: set[str] = set()

    def table(self, key: str) -> "_Table":
        value = self.raw.get(key, {})
        self._known.add(key)
        if not isinstance(value, dict):
            self._problems.append(f"{self._place}{key}: must be a table: [{key}]")
            value = {}
        return _Table(value, f"{self._place}{key}.", self._problems)

    def take(self, key: str, check: Callable[[Any], Any]) -> Any:
        """The checked value, None when it is missing or wrong."""
        self._known.add(key)
        if key not in self.raw:
            return None
        try:
            return check(self.raw[key])
        except ValueError as error:
            self._problems.append(f"{self._place}{key}: {error}")
            return None

    def take_all(self, keys: Iterable[str], check: Callable[[str], Callable[[Any], Any]]) -> dict[str, Any]:
        """Those of the keys that stand here, each through the check that `check` has for it."""
        taken = {key: self.take(key, check(key)) for key in keys}
        return {key: value for key, value in taken.items() if key in self.raw}

    def name_unknown(self) -> None:
        """Name what nobody asked for: a typing error would silently change nothing."""
        for key in self.raw:
            if key not in self._known:
                known = ", ".join(sorted(self._known))
                self._problems.append(f"{self._place}{key}: is not known here; known are {known}")


def _consultants(top: _Table, problems: list[str]) -> list[ConsultantEntry]:
    tables = top.take("consultants", checks.tables) or []
    entries: list[ConsultantEntry] = []
    linked: dict[str, str] = {}
    for number, raw in enumerate(tables, 1):
        name = clean_name(raw["name"]) if isinstance(raw.get("name"), str) else ""
        place = f"consultants[{number}]" + (f" ({name[:LONGEST_NAME]})" if name else "")
        table = _Table(raw, f"{place}.", problems)
        if table.take("name", checks.name) is None:
            if "name" not in raw:
                problems.append(f"{place}.name: is missing")
        elif any(same_name(entry.name, name) for entry in entries):
            problems.append(f"{place}.name: stands in the file twice")
        entry = ConsultantEntry(name, _said(table))
        table.name_unknown()
        slack = entry.said.get("slack")
        if slack and linked.setdefault(slack, name) != name:
            problems.append(f"{place}.slack: {slack} is {linked[slack]} already")
        _try_week(entry, place, problems)
        entries.append(entry)
    return entries


def _said(table: _Table) -> dict[str, Any]:
    rules: dict[str, Callable[[Any], Any]] = {
        "slack": checks.optional(checks.matching(USER_ID, "is no Slack user id such as U0123ABCD")),
        "calendar": checks.optional(checks.calendar),
        "capacity": checks.whole(*CAPACITY),
        "minutes": checks.whole(*MINUTES),
        "schedule": checks.schedule,
    }
    said = {key: table.take(key, check) for key, check in rules.items()}
    emptied = ("slack", "calendar")
    return {k: v for k, v in said.items() if k in table.raw and (v is not None or k in emptied)}


def _try_week(entry: ConsultantEntry, place: str, problems: list[str]) -> None:
    """Read the week once with the seats and minutes of the file, only to name what is wrong with it."""
    if "schedule" not in entry.said:
        return
    minutes = entry.said.get("minutes") or DEFAULT_MINUTES
    try:
        check_week(entry.week(minutes, entry.said.get("capacity") or DEFAULT_CAPACITY))
    except Invalid as error:
        problems.append(f"{place}.schedule: {describe(error)}")


def describe(error: Invalid) -> str:
    """An Invalid of the week's in a sentence, for the command line."""
    facts = error.facts or {}
    days = {key: day_name(facts[key], "en") for key in ("weekday", "other_weekday") if key in facts}
    match error.why:
        case "overlap":
            return (
                f"{days['weekday']} {facts['starts']} ({facts['minutes']} min) runs into "
                f"{days['other_weekday']} {facts['other_starts']}"
            )
        case "unread":
            return f"{facts['word']!r} is neither a day nor a time"
        case "time":
            return f"{facts['word']!r} is no time of a day"
        case "length" | "seats":
            what = "minutes" if error.why == "length" else "seats"
            return f"{facts['word']!r}: {facts['least']} to {facts['most']} {what}"
        case "no_day":
            return f"{facts['part']!r} names no day"
        case "no_time":
            return f"{facts['part']!r} names no time"
        case "twice":
            return f"{days['weekday']} {facts['starts']} stands there twice"
        case why:
            return f"{error.field}: {why} {facts or ''}".strip()
