"""The firm that the figures are about: 9 consultants and 269 days of history, and the same with many times the history."""

import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.settings import Settings
from bot.wiring import build_engine
from core.booking.calendar.calendars import calendars, ensure_calendars
from core.booking.calendar.mirror import store_events
from core.booking.setup.history import import_history
from core.booking.setup.team_file import apply
from core.booking.setup.team_form import parse_team
from core.booking.setup.workspace import ensure_workspace
from core.ports import RemoteEvent
from core.transaction import Engine
from integrations.google_answers import remote_event
from sandbox.google.control import shown_events
from sandbox.seed import build
from sandbox.seed.team import CENTRAL, MEMBERS, TEAM_ID, ZONE
from sandbox.world import World
from storage.crypto import new_key
from storage.migrate import migrate

NOW = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)  # a Wednesday, 8:00 in Berlin: the whole day is still to be booked
SHIFT = timedelta(weeks=43)  # longer than past and coming together; whole weeks keep the weekdays


@dataclass(frozen=True)
class Firm:
    """A set-up database and the key that it is sealed with."""

    url: str
    key: str

    @property
    def path(self) -> Path:
        """The SQLite file."""
        return Path(self.url.removeprefix("sqlite:///"))

    def settings(self, url: str | None = None) -> Settings:
        """Settings that lead to this database (or another that holds the same firm) and nowhere else."""
        return Settings(
            _env_file=None,  # type: ignore[call-arg]
            slack_bot_token="xoxb-bench",
            slack_signing_secret="secret",
            slack_api_url="http://127.0.0.1:9/",
            google_creds_base64=None,
            central_calendar_id=None,
            public_url=None,
            redis_url=None,
            slack_app_token=None,
            database_url=url or self.url,
            slotquest_keys=self.key,
        )

    def engine(self, url: str | None = None) -> Engine:
        """The engine with all that follows from an event, at a fixed moment; nothing is sent."""
        return build_engine(self.settings(url), clock=lambda: NOW)


def make_firm(folder: Path, url: str | None = None, *, history: bool = True, key: str | None = None) -> Firm:
    """The demo's firm as it stands at `NOW`, with its calendars in the mirror."""
    folder.mkdir(parents=True, exist_ok=True)
    firm = Firm(url or f"sqlite:///{folder / 'firm.db'}", key or new_key())
    migrate(firm.url)
    world = build(1, NOW.date(), "http://127.0.0.1:9", folder / "seed", World())
    engine = firm.engine()
    ensure_workspace(engine, TEAM_ID, "Rheinblick", "U0SLOTBOT1")
    with engine.transaction(TEAM_ID) as tx:
        apply(tx, parse_team((folder / "seed" / "team.toml").read_text("utf-8")))
        ensure_calendars(tx, CENTRAL)
    if history:
        with (folder / "seed" / "history.jsonl").open(encoding="utf-8") as lines:
            report = import_history(engine, TEAM_ID, lines)
        assert report.bad_count == 0, report.bad[:3]
        _mirror(engine, world)
    engine.database.dispose()
    return firm


def people() -> list[dict[str, object]]:
    """The firm's people as Slack lists them."""
    return [
        {"id": one.id, "name": one.name, "profile": {"real_name": one.real_name}, "locale": one.locale, "tz": ZONE}
        for one in MEMBERS
    ]


def _mirror(engine: Engine, world: World) -> None:
    """What a first sync would have brought."""
    found: defaultdict[str, list[tuple[RemoteEvent, str | None]]] = defaultdict(list)
    for row in shown_events(world.google, NOW - timedelta(days=300), NOW + timedelta(days=90)):
        event = remote_event(row["event"], ZoneInfo(ZONE))
        found[row["calendar"]].append((event, event.appointment_id))
    with engine.transaction(TEAM_ID) as tx:
        for calendar in calendars(tx):
            store_events(tx, calendar.id, found[calendar.google_id])
            calendar.synced_at = tx.now
            tx.session.add(calendar)


def multiply(firm: Firm, times: int) -> int:
    """Give an SQLite firm `times` its history, each copy a year further back; how many appointments there are then.

    Everything that grows with history grows: appointments, customers, their words, the mirror and the journal. Indexes are
    made anew afterwards, which is quicker than to feed them row by row.
    """
    with closing(sqlite3.connect(firm.path, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys=OFF")
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN IMMEDIATE")
        tables = ("customer", "customer_word", "appointment", "calendar_event", "journal")
        marks = ", ".join(f"'{table}'" for table in tables)
        indexes = db.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})"
        ).fetchall()
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        for table in tables:
            _copy(db, table, times)
        for _, made in indexes:
            db.execute(made)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (count,) = db.execute("SELECT count(*) FROM appointment").fetchone()
    return int(count)


def _copy(db: sqlite3.Connection, table: str, times: int) -> None:
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    kinds = {row[1]: row[2] for row in db.execute(f"PRAGMA table_info({table})")}
    values = ", ".join(_copied(table, column, kinds[column]) for column in columns if column != "seq")
    names = ", ".join(column for column in columns if column != "seq")
    db.execute(
        f"WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {times - 1}) "
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, copy WHERE {times} > 1"
    )


def _copied(table: str, column: str, kind: str) -> str:
    if column == "follows_id":
        return "NULL"
    if column in ("customer_id", "appointment_id", "subject", "identity") or (column == "id" and kind):
        return f"printf('z%02x', n) || substr({column}, 4)"
    if column == "event_id":
        return "printf('z%02x', n) || event_id"
    if kind == "DATETIME":
        return f"strftime('%Y-%m-%d %H:%M:%f', {column}, '-' || (n * {SHIFT.days}) || ' days') || '000'"
    return column
