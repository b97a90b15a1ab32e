"""Where an appointment stands, told from the journal alone. Pure; `verify` compares it with the tables."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.booking.outcomes.deciding import FREEING
from storage.tables import State


@dataclass(frozen=True)
class Standing:
    """An appointment's place (consultant, start and end), state and outcome, what is claimed against it in an open dispute,
    and the conflicts that were found and not settled.
    """

    place: tuple[str, datetime, datetime] | None = None
    state: str | None = None
    outcome: str | None = None
    dispute: str | None = None
    claimed: str | None = None
    conflicts: frozenset[str] = frozenset()


def replay(entries: Iterable[tuple[str, dict[str, Any]]]) -> Standing:
    """The standing after these (kind, facts) entries of one appointment, in the journal's order; other kinds pass by."""
    standing = Standing()
    for kind, facts in entries:
        match kind:
            case "AppointmentBooked":
                standing = replace(standing, state=State.BOOKED, place=_place(facts))
            case "AppointmentRescheduled":
                standing = replace(standing, place=_place(facts))
            case "AppointmentReinstated":
                standing = replace(standing, state=State.BOOKED)
            case "AppointmentCancelled":
                standing = replace(standing, state=State.CANCELLED)
            case "AppointmentUndone":
                standing = replace(standing, state=State.UNDONE)
            case "OutcomeRecorded":
                frees = facts["outcome"] in FREEING
                state = State.CANCELLED if frees else standing.state
                standing = replace(standing, outcome=facts["outcome"], state=state)
            case "OutcomeDisputed":
                standing = replace(standing, dispute=facts["dispute"], claimed=facts["claimed"])
            case "DisputeSettled":
                standing = replace(standing, dispute=None, claimed=None)
            case "ConflictFound":
                standing = replace(standing, conflicts=standing.conflicts | {facts["conflict"]})
            case "ConflictSettled":
                standing = replace(standing, conflicts=standing.conflicts - {facts["conflict"]})
    return standing


def _place(facts: dict[str, Any]) -> tuple[str, datetime, datetime]:
    starts_at, ends_at = (datetime.fromisoformat(facts[key]) for key in ("starts_at", "ends_at"))
    return facts["consultant"], starts_at, ends_at
