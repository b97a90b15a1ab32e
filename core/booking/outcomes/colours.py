"""What the colour of a calendar event says about how the appointment ended."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from core.booking.outcomes.deciding import decide
from core.booking.outcomes.disputes import open_dispute, open_dispute_of, withdraw
from core.booking.seats import lock
from core.transaction import Transaction
from storage.tables import Appointment, Outcome, Source, State, Workspace

DEFAULT: Mapping[str, Outcome] = MappingProxyType(
    {
        **dict.fromkeys(("2", "5", "7", "9", "10", "3"), Outcome.COMPLETED),
        "11": Outcome.NO_SHOW,
        "6": Outcome.CANCELLED,
    }
)


def colour_map(workspace: Workspace) -> Mapping[str, Outcome]:
    """Which colour id means which outcome in this workspace; an empty setting means the default."""
    if not workspace.colours:
        return DEFAULT
    return {colour: Outcome(outcome) for colour, outcome in workspace.colours.items()}


def outcome_of(workspace: Workspace, colour: str | None) -> Outcome | None:
    """What the colour id says; None for no colour and for one that says nothing."""
    return colour_map(workspace).get(colour) if colour else None


def colour_of(workspace: Workspace, outcome: Outcome) -> str | None:
    """The first colour id that means `outcome`, None when no colour does."""
    return next((colour for colour, meant in colour_map(workspace).items() if meant == outcome), None)


def one_outcome(workspace: Workspace, colours: Iterable[str | None]) -> Outcome | None:
    """What the copies of one event say together; None when none of them speaks or when they contradict each other."""
    said = {outcome for colour in colours if (outcome := outcome_of(workspace, colour)) is not None}
    return said.pop() if len(said) == 1 else None


def colour_seen(tx: Transaction, appointment: Appointment, colour: str | None) -> None:
    """The event's colour has become `colour`.

    After the end it decides what is undecided (before that, people colour for reasons of their own, and the sweep looks again
    afterwards). Against a recorded outcome it opens one dispute, and closes it again when it is put back.
    """
    outcome = outcome_of(tx.workspace, colour)
    if outcome is None or appointment.starts_at > tx.now:
        return
    appointment = lock(tx, appointment.id)
    if appointment.outcome is None:
        if appointment.state == State.BOOKED and appointment.ends_at <= tx.now:
            decide(tx, appointment, outcome, Source.COLOUR)
    elif appointment.outcome == outcome:
        dispute = open_dispute_of(tx, appointment.id)
        if dispute is not None and dispute.claimed_by is None:
            withdraw(tx, dispute)
    elif appointment.state != State.UNDONE:
        open_dispute(tx, appointment, outcome, None)
