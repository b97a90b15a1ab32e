"""Moving an appointment: the modal with the picker, and what it becomes."""

from dataclasses import replace

from bot.answers import Answer, Open, Show, Verdict
from bot.blocks import Block, context, modal, section
from bot.call import Call
from bot.features.agenda.listing import list_below, shown_page
from bot.features.book import picker
from bot.language import Translator
from bot.registry import action, submit
from bot.texts import consultant_name, headline
from core.booking import appointments
from core.errors import Invalid, SlotNotOpen
from core.model import Appointment
from core.transaction import View


@action("my.move")
def move(call: Call) -> Answer:
    """Open the modal that moves an appointment."""
    with call.view() as view:
        appointment = appointments.get_changeable(view, call.value)
        return Open(reschedule_modal(view, call.t, appointment.id, unmoved(view, appointment), at=shown_page(call)))


@submit("reschedule")
def submit_reschedule(call: Call) -> Verdict:
    """Move it, or show what is open instead."""
    appointment_id = str(call.private.get("a", ""))
    with call.view() as view:
        choice = picker.chosen(view, call.typed)
    if choice.slot is None:
        raise Invalid(call.typed.block("slot") or "date", "no_time")
    try:
        with call.transaction() as tx:
            before = place(tx, call.t, appointments.get_appointment(tx, appointment_id))
            moved = appointments.reschedule(tx, appointment_id, *choice.slot)
            built = moved_view(tx, call.t, moved, before, shown_page(call))
    except SlotNotOpen as error:
        with call.view() as view:
            choice = replace(choice, slot=None)
            return Show(reschedule_modal(view, call.t, appointment_id, choice, error, at=shown_page(call)))
    return Show(built, then=lambda: list_below(call))


def unmoved(view: View, appointment: Appointment) -> picker.Choice:
    """Where choosing begins: on its day, with its consultant."""
    return picker.Choice(appointment.starts_at.astimezone(view.zone).date(), appointment.consultant_id)


def reschedule_modal(
    view: View,
    t: Translator,
    appointment_id: str,
    choice: picker.Choice,
    error: SlotNotOpen | None = None,
    *,
    at: str = "",
) -> Block:
    """Where an appointment moves to, for those alone who may move it.

    `error`: why the last choice did not work; `at`: the page of the list below.
    """
    appointment = appointments.get_changeable(view, appointment_id)
    blocks = [section(f"*{headline(view, t, appointment)}*")]
    if error is not None:
        blocks += picker.refused(t, replace(error.slot, closed=error.reason), error.alternatives)
    blocks += picker.blocks(view, t, choice, error is not None)
    return modal(
        "reschedule",
        t("Move appointment"),
        blocks,
        submit=t("Move"),
        close=t("Cancel"),
        private={"a": appointment.id} | ({"at": at} if at else {}),
    )


def place(view: View, t: Translator, appointment: Appointment) -> str:
    """When and with whom it is."""
    return f"{t.moment(appointment.starts_at)} · {consultant_name(view, appointment)}"


def moved_view(view: View, t: Translator, appointment: Appointment, before: str, at: str) -> Block:
    """What the modal becomes when the appointment was moved from the place `before`."""
    blocks = [
        section(f"✅ *{headline(view, t, appointment)}*"),
        context(t("Before: {when}", when=before)),
    ]
    return modal("my_done", t("Moved"), blocks, close=t("Close"), private={"at": at})
