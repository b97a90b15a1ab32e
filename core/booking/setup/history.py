"""Bringing in appointments that were booked before this workspace used Slotquest.

They are written in bulk, with their journal, and without effects: nobody is told, and no calendar is written, because the
events are there already (their id is "sq" and the appointment's). Running an import again adds only what is new.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy.exc import IntegrityError

from core.booking.setup.history_batch import Batch, Written
from core.booking.setup.history_lines import PastAppointment, parse_line
from core.transaction import Engine

BATCH = 500
MOST_NAMED = 200  # bad lines that the report names; all are counted
ATTEMPTS = 3


@dataclass(frozen=True)
class BadLine:
    """A line that was passed over: its number from 1, and why."""

    number: int
    reason: str


@dataclass
class ImportReport:
    """What became of the lines. `already`: appointments that were there before."""

    lines: int = 0
    added: int = 0
    already: int = 0
    bad_count: int = 0
    bad: list[BadLine] = field(default_factory=list)

    def pass_over(self, number: int, reason: str) -> None:
        """Count a bad line, and name it while there are not too many."""
        self.bad_count += 1
        if len(self.bad) < MOST_NAMED:
            self.bad.append(BadLine(number, reason))


def import_history(
    engine: Engine, workspace_id: str, lines: Iterable[str], progress: Callable[[int], None] = lambda _lines: None
) -> ImportReport:
    """Import JSON lines of any number, a batch to a transaction. `progress` is told how many lines have been read.

    Consultants must exist (removed ones too are found by their names); bookers who are not known yet become members. Raises
    NotFound("workspace").
    """
    report = ImportReport()
    numbered = enumerate(lines, 1)
    while batch := list(islice(numbered, BATCH)):
        parsed: list[tuple[int, PastAppointment]] = []
        for number, line in batch:
            if not line.strip():
                continue
            try:
                parsed.append((number, parse_line(line)))
            except ValueError as error:
                report.pass_over(number, str(error))
        done = _write(engine, workspace_id, parsed)
        report.lines = batch[-1][0]
        report.added += done.added
        report.already += done.already
        for number, reason in done.bad:
            report.pass_over(number, reason)
        progress(report.lines)
    report.bad.sort(key=lambda bad: bad.number)
    return report


def _write(engine: Engine, workspace_id: str, items: Sequence[tuple[int, PastAppointment]]) -> Written:
    """One batch in one transaction; again, should somebody have taken a seat in between (PostgreSQL)."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with engine.transaction(workspace_id) as tx:
                return Batch(tx).write(items)
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")
