"""What can be wrong with a request, each with its facts. The words are found once, in `bot/errors.py`."""

from dataclasses import dataclass
from dataclasses import field as required
from datetime import datetime
from typing import Any

from storage.database import DatabaseBusy as DatabaseBusy
from storage.database import DatabaseNotWritable as DatabaseNotWritable
from storage.database import DatabaseUnavailable as DatabaseUnavailable


class Refusal(Exception):
    """A request that cannot be met as it is. Nothing has been changed. `field` names the input at fault, if one is."""

    field: str | None = None


@dataclass
class NotAllowed(Refusal):
    """The caller lacks the role, or the thing belongs to somebody else."""

    needs: str


@dataclass
class NotFound(Refusal):
    """`what` ("appointment", "consultant", …) does not exist in this workspace, or not any more."""

    what: str


@dataclass
class Invalid(Refusal):
    """The value of `field` breaks the rule `why`; `facts` fill the sentence."""

    field: str = required()  # hides the None of Refusal, which would be its default
    why: str
    facts: dict[str, Any] | None = None


@dataclass
class SlotNotOpen(Refusal):
    """The slot cannot be booked: `reason` is the evaluator's own (see `core.booking.slots`), `alternatives` open slots."""

    slot: Any
    reason: Any
    alternatives: tuple[Any, ...]


@dataclass
class CustomerBusy(Refusal):
    """The customer already has an appointment at this start."""

    appointment_id: str
    starts_at: datetime


@dataclass
class TooLate(Refusal):
    """`what` could be done until `until`, which is over."""

    what: str
    until: datetime


@dataclass
class AlreadyDone(Refusal):
    """The appointment (or dispute, or alert) is no longer in the state that the request starts from."""

    state: str
