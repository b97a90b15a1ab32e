"""Something else stands over appointments: one alert a reader, and what can be done about each of them."""

from collections.abc import Sequence
from typing import Any

from bot import notify
from bot.answers import Answer, Message, Open, Reply
from bot.blocks import Block, actions, button, clip, context, escape, section
from bot.call import Call
from bot.features.agenda.moving import reschedule_modal, unmoved
from bot.features.book import picker
from bot.features.outcomes.lines import was_said
from bot.language import Translator, _
from bot.registry import action, message
from bot.texts import headline, span
from core.booking import appointments
from core.booking.availability import day_slots
from core.booking.calendar import conflicts
from core.booking.setup.members import members_with
from core.events import ConflictChanged, ConflictFound, ConflictSettled, Event
from core.model import Appointment, Conflict, Member, Role, Settling
from core.transaction import Reaction, Transaction, View

MOST = 10  # appointments with buttons in one message, which holds 50 blocks
NAMED = 3  # appointments in a notification
LONGEST_TITLE = LONGEST_HEADLINE = 120


def _alert(tx: Transaction, event: Event) -> None:
    """Whoever booked and the leads hear of it: one message each per cause, which what becomes of it edits."""
    assert isinstance(event, ConflictFound | ConflictChanged | ConflictSettled)
    conflict = tx.session.get_one(Conflict, event.conflict)
    appointment = tx.session.get_one(Appointment, conflict.appointment_id)
    booker = notify.member(tx, appointment.booker_id)
    readers = {reader.id: reader for reader in (*_leads(tx), booker) if reader is not None}
    for _key, reader in sorted(readers.items()):
        notify.say(tx, "conflict", reader.slack_id, conflict.alert_id, place=reader.slack_id)


def _leads(view: View) -> Sequence[Member]:
    """Those with the role of a lead; where nobody has it, the admins."""
    return members_with(view, Role.LEAD) or members_with(view, Role.ADMIN)


NOTICES: dict[type[Event], tuple[Reaction, ...]] = {
    ConflictFound: (_alert,),
    ConflictChanged: (_alert,),
    ConflictSettled: (_alert,),
}


@message("conflict")
def conflict_alert(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """What stands in the way of which appointments, and what can be done about each: all to a lead, to a booker their own."""
    reader = view.actor
    if reader is None:
        return None
    everything = any(lead.id == reader.id for lead in _leads(view))
    found = [pair for pair in conflicts.alerted(view, facts["subject"]) if everything or pair[1].booker_id == reader.id]
    waiting = [(c, a) for c, a in found if c.state == Settling.OPEN]
    if not found or not (waiting or was_said(view, "conflict", facts["subject"], facts["place"])):
        return None  # nothing to do, and never told
    cause = _cause([c for c, _ in waiting or found], t)
    settled = _settled(view, t, [(c, a) for c, a in found if c.state != Settling.OPEN])
    if not waiting:
        words = t("This overlap is settled")
        return Message(f"{words}: {cause}", [section(f"✅ *{words}*\n🔀 {cause}"), *settled])
    words = t.plural(
        "An appointment overlaps with something else", "{n} appointments overlap with something else", len(waiting)
    )
    blocks = [section(f"⚡ *{words}*\n🔀 {cause}")]
    for conflict, appointment in waiting[:MOST]:
        blocks += [section(f"🗓 {headline(view, t, appointment)}"), _choices(t, conflict, alone=len(waiting) == 1)]
    if len(waiting) > MOST:
        blocks.append(context(t("More are shown here as these are settled.")))
    first = "; ".join(headline(view, t, a) for _, a in waiting[:NAMED])
    return Message(f"{words}: {first}{' …' if len(waiting) > NAMED else ''}; {cause}", [*blocks, *settled])


def _cause(found: Sequence[Conflict], t: Translator) -> str:
    """What stands there. Several instances of a recurring event may have one time of day in common, or none."""
    first = found[0]
    spans = {span(conflict.starts_at, conflict.ends_at, t) for conflict in found}
    when = spans.pop() if len(spans) == 1 else t("several times")
    if first.cause.startswith("off:") and not first.title:
        return t("Time off, {span}", span=when)
    title = escape(clip(first.title or t("private"), LONGEST_TITLE))
    if first.cause.startswith("off:"):
        return t("Time off “{title}”, {span}", title=title, span=when)
    return t("Calendar entry “{title}”, {span}", title=title, span=when)


def _choices(t: Translator, conflict: Conflict, *, alone: bool) -> Block:
    buttons = [
        button(t("Move"), "conflict.move", conflict.id, style="primary" if alone else None),
        button(t("Hand over"), "conflict.hand", conflict.id),
        button(t("Leave as it is"), "conflict.ignore", conflict.id),
    ]
    return actions(buttons, block_id=f"conflict:{conflict.id}")


def _settled(view: View, t: Translator, found: Sequence[tuple[Conflict, Appointment]]) -> list[Block]:
    """What became of these, as small print: the last ones by name, and those that nothing is in the way of together."""
    free = [pair for pair in found if pair[0].how == "gone"]
    named = [pair for pair in found if pair not in free or len(free) <= NAMED]
    lines = [f"✅ {_end(view, t, *pair)}" for pair in named[-MOST:]]
    if len(named) > MOST:
        lines.insert(0, t.plural("{n} more settled", "{n} more settled", len(named) - MOST))
    if len(free) > NAMED:
        free_now = t.plural(
            "{n} appointment: nothing in the way any more", "{n} appointments: nothing in the way any more", len(free)
        )
        lines.append(f"✅ {free_now}")
    return [context("\n".join(lines))] if lines else []


def _end(view: View, t: Translator, conflict: Conflict, appointment: Appointment) -> str:
    booked = clip(headline(view, t, appointment), LONGEST_HEADLINE)
    who = notify.member(view, conflict.settled_by)
    if who is not None:
        return t("{booked}: stays, says {name}", booked=booked, name=escape(clip(who.name, 40)))
    return f"{booked}: {t(_ENDS[conflict.how])}"


_ENDS = {
    "moved": _("moved"),
    "cancelled": _("cancelled"),
    "ignored": _("stays as it is"),
    "gone": _("nothing in the way any more"),
    None: _("already over"),
}


@action("conflict.move")
def move(call: Call) -> Answer:
    """Another time with the same consultant."""
    with call.view() as view:
        appointment = _appointment(view, call.value)
        return Open(reschedule_modal(view, call.t, appointment.id, unmoved(view, appointment)))


@action("conflict.hand")
def hand_over(call: Call) -> Answer:
    """The same time with somebody else, where somebody is free."""
    with call.view() as view:
        appointment = _appointment(view, call.value)
        day = appointment.starts_at.astimezone(view.zone).date()
        free = [s for s in day_slots(view, [day]) if s.open and s.starts_at == appointment.starts_at]
        other = next((s for s in free if s.consultant_id != appointment.consultant_id), None)
        slot = (other.consultant_id, other.starts_at) if other else None
        return Open(reschedule_modal(view, call.t, appointment.id, picker.Choice(day, None, slot)))


@action("conflict.ignore")
def ignore(call: Call) -> Answer:
    """It stays as it is, and nobody is asked again."""
    with call.transaction() as tx:
        conflicts.ignore(tx, call.value)
    return Reply(Message(call.t("All right, the appointment stays as it is.")))


def _appointment(view: View, conflict_id: str) -> Appointment:
    return appointments.get_changeable(view, conflicts.get_conflict(view, conflict_id).appointment_id)
