"""The workspace's own settings: rules, language, zone, holidays, channels, colours."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from core.booking.setup.changes import Facts, Kind, change, everything_moves, nothing_moves
from core.booking.setup.holiday_calendar import check_state
from core.errors import Invalid
from core.transaction import Engine, Transaction, View
from storage.crypto import new_key
from storage.tables import Outcome, Workspace
from storage.tables.base import insert_new

LANGUAGES = ("de", "en")
CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,30}")
GOOGLE_COLOURS = tuple(str(number) for number in range(1, 12))

BOUNDS: Mapping[str, tuple[int, int]] = {
    "min_notice_minutes": (0, 43_200),
    "horizon_days": (1, 366),
    "buffer_before": (0, 720),
    "buffer_after": (0, 720),
    "daily_cap": (1, 999),
}
"""Least and most of each rule; minutes, days, minutes, minutes, appointments."""


def workspace_ids(engine: Engine) -> list[str]:
    """The Slack teams that Slotquest knows."""
    with engine.database.read() as session:
        return list(session.exec(select(Workspace.id).order_by(col(Workspace.id))).all())


def ensure_workspace(engine: Engine, team_id: str, name: str | None = None, bot_user: str | None = None) -> None:
    """Have a row for this Slack team, with an index key of its own; the name and the bot's user follow Slack.

    Two processes that start at once make one row with one key. Without a name, a known workspace stays as it is.
    """
    with engine.database.read() as session:
        row = session.get(Workspace, team_id)
        if row is not None and (name is None or (row.name, row.bot_user) == (name, bot_user)):
            return
    with engine.database.write() as session:
        _insert_or_rename(session, engine, team_id, name, bot_user)


def _insert_or_rename(session: Session, engine: Engine, team_id: str, name: str | None, bot_user: str | None) -> None:
    row = Workspace(
        id=team_id,
        name=name or "",
        bot_user=bot_user,
        index_key=engine.sealer.seal(new_key(), f"{team_id}:index_key"),
        created_at=engine.clock(),
    )
    if insert_new(session, Workspace, row.model_dump()):
        return
    known = session.get_one(Workspace, team_id)
    if name is None:
        return
    known.name, known.bot_user = name, bot_user
    session.add(known)


def set_rules(tx: Transaction, **rules: int | None) -> int | None:
    """Change some of the rules in `BOUNDS`; `daily_cap` None lifts it. Raises Invalid(rule, "range")."""
    return change(tx, RULES, tx.workspace_id, dict(rules))


def set_locale(tx: Transaction, language: str) -> int | None:
    """The language of channels: "de" or "en". Raises Invalid("locale", "language")."""
    return change(tx, LOCALE, tx.workspace_id, {"locale": language})


def set_timezone(tx: Transaction, zone: str) -> int | None:
    """The zone in which schedules and days are meant. Appointments keep their instant. Raises Invalid("timezone", "zone")."""
    return change(tx, TIMEZONE, tx.workspace_id, {"timezone": zone})


def set_holidays(tx: Transaction, code: str | None) -> int | None:
    """The German state whose public holidays are closed ("DE-NW"); None: none. Raises Invalid("holidays", "state")."""
    return change(tx, HOLIDAYS, tx.workspace_id, {"holidays": check_state(code) if code else None})


def set_channels(tx: Transaction, **channels: str | None) -> int | None:
    """Where Slotquest posts: `bookings`, `achievements`, `admin`; None: nowhere. Raises Invalid(channel, "channel")."""
    return change(tx, CHANNELS, tx.workspace_id, {f"{name}_channel": value for name, value in channels.items()})


def set_colours(tx: Transaction, colours: Mapping[str, str]) -> int | None:
    """What the colours of calendar events mean: Google colour id -> outcome; one that is left out means "undecided".

    Raises Invalid("colours", "colour" or "outcome").
    """
    return change(tx, COLOURS, tx.workspace_id, {"colours": dict(colours)})


def _columns(*names: str) -> Callable[[View, str], Facts | None]:
    def present(view: View, _subject: str) -> Facts:
        return {name: getattr(view.workspace, name) for name in names}

    return present


def _put(check: Callable[[str, Any], None]) -> Callable[[Transaction, str, Facts | None, Facts | None], None]:
    def put(tx: Transaction, _subject: str, before: Facts | None, after: Facts | None) -> None:
        before, after = before or {}, after or {}
        for name, value in after.items():
            if name not in before:
                raise Invalid(name, "unknown")
            check(name, value)
            setattr(tx.workspace, name, value)
        tx.__dict__.pop("zone", None)  # computed once from the workspace's zone, which may be another now
        tx.session.add(tx.workspace)

    return put


def _check_rule(name: str, value: Any) -> None:
    least, most = BOUNDS[name]
    if value is None and name == "daily_cap":
        return
    if not isinstance(value, int) or not least <= value <= most:
        raise Invalid(name, "range", {"least": least, "most": most})


def _check_locale(_name: str, value: Any) -> None:
    if value not in LANGUAGES:
        raise Invalid("locale", "language", {"value": str(value)[:20]})


def _check_zone(_name: str, value: Any) -> None:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:  # unknown; not a name at all; the name of a directory
        raise Invalid("timezone", "zone", {"value": str(value)[:60]}) from error


def _check_holidays(_name: str, value: Any) -> None:
    if value is not None:
        check_state(value)


def _check_channel(name: str, value: Any) -> None:
    if value is not None and not CHANNEL_ID.fullmatch(value):
        raise Invalid(name.removesuffix("_channel"), "channel", {"value": value[:40]})


def _check_colours(_name: str, value: Any) -> None:
    for colour, outcome in value.items():
        if colour not in GOOGLE_COLOURS:
            raise Invalid("colours", "colour", {"value": str(colour)[:20]})
        if outcome not in list(Outcome):
            raise Invalid("colours", "outcome", {"value": str(outcome)[:20]})


_CHANNELS = ("bookings_channel", "achievements_channel", "admin_channel")

RULES = Kind("rules", _columns(*BOUNDS), _put(_check_rule), everything_moves)
LOCALE = Kind("locale", _columns("locale"), _put(_check_locale), nothing_moves)
TIMEZONE = Kind("timezone", _columns("timezone"), _put(_check_zone), everything_moves)
HOLIDAYS = Kind("holidays", _columns("holidays"), _put(_check_holidays), everything_moves)
CHANNELS = Kind("channels", _columns(*_CHANNELS), _put(_check_channel), nothing_moves)
COLOURS = Kind("colours", _columns("colours"), _put(_check_colours), nothing_moves)
