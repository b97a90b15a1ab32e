"""Who hears of what: the table from a domain event to messages, and how a message is put into the outbox.

A message is named, not written, here: its builder runs when it is delivered and shows the state of that moment, so that an
edit that overtakes its first delivery costs nothing. The same message for the same subject and place is edited, not repeated.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from core.booking.boards import live_boards
from core.booking.setup.members import home_readers, members_with
from core.effects import Draft
from core.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentReinstated,
    AppointmentRescheduled,
    AppointmentUndone,
    AvailabilityChanged,
    Event,
)
from core.model import Appointment, Consultant, Member, Role
from core.transaction import Reaction, Transaction, View

BOARD_DELAY = timedelta(seconds=1)  # changes within a second reach a board as one edit


def say(
    tx: Transaction, message: str, to: str | None, subject: str, *, delay: timedelta = timedelta(0), **facts: Any
) -> None:
    """Put a message into the outbox; to nobody (None), nothing is said. Said again, it is edited in its place."""
    if to is None:
        return
    key = f"{message}:{subject}:{to}"
    payload = {"message": message, "to": to, "key": key, "facts": {"subject": subject, **facts}}
    tx.effect(Draft(lane=f"slack:{to}", kind="slack.message", payload=payload, fold_key=f"say:{key}", delay=delay))


def member(view: View, member_id: str | None) -> Member | None:
    """The member of this workspace with that id; the caller is known already."""
    if view.actor is not None and view.actor.id == member_id:
        return view.actor
    found = view.session.get(Member, member_id) if member_id else None
    return found if found and found.workspace_id == view.workspace_id else None


def consultant_member(view: View, consultant_id: str) -> Member | None:
    """The Slack member behind a consultant."""
    consultant = view.session.get(Consultant, consultant_id)
    return member(view, consultant.member_id) if consultant else None


def leads(view: View) -> Sequence[Member]:
    """The active leads and admins."""
    return members_with(view, Role.LEAD, Role.ADMIN)


def _post_booking(tx: Transaction, event: Event) -> None:
    """#bookings says who booked whom when; every later change edits that post. Imported appointments have none."""
    appointment = tx.session.get(Appointment, event.subject)
    if appointment is None or appointment.request_key is None:
        return
    say(tx, "booking", tx.workspace.bookings_channel, event.subject)


def _boards(tx: Transaction, event: Event) -> None:
    for board_id, channel in live_boards(tx):
        say(tx, "board", channel, board_id, delay=BOARD_DELAY)


def refresh_homes_of(tx: Transaction, event: Event) -> None:
    """The App Homes in which the appointment stands, its booker's and its consultant's, if they were ever opened."""
    appointment = tx.session.get(Appointment, event.subject)
    if appointment is None:
        return
    for member_id, slack_id in home_readers(tx, appointment):
        draft = Draft(f"home:{slack_id}", "slack.home", {"member": member_id}, f"home:{member_id}", BOARD_DELAY)
        tx.effect(draft)


CHANGES: tuple[Reaction, ...] = (_post_booking, _boards, refresh_homes_of)

NOTICES: dict[type[Event], tuple[Reaction, ...]] = {
    AppointmentBooked: CHANGES,
    AppointmentRescheduled: CHANGES,
    AppointmentCancelled: CHANGES,
    AppointmentUndone: CHANGES,
    AppointmentReinstated: CHANGES,
    AvailabilityChanged: (_boards,),
}


def merged(*tables: Mapping[type[Event], Iterable[Reaction]]) -> dict[type[Event], tuple[Reaction, ...]]:
    """One table of reactions out of several, in the order given."""
    kinds = dict.fromkeys(kind for table in tables for kind in table)
    return {kind: tuple(react for table in tables for react in table.get(kind, ())) for kind in kinds}
