"""What opens the booking modal: the command, the shortcuts, and buttons elsewhere."""

from dataclasses import replace
from datetime import datetime

from bot.answers import Answer, Open
from bot.call import Call
from bot.features.book import picker
from bot.features.book.form import Form, booking_modal, form_for_words, new_form, with_customer
from bot.language import _
from bot.registry import action, command, shortcut
from core.booking import appointments
from core.booking.availability import today
from core.errors import SlotNotOpen
from core.transaction import View


@command(
    "/book",
    usage="[tomorrow 2pm with Alex, Ms Weber 0171 2345678]",
    summary="Book a customer appointment",
    help=_("Book a customer. Words after it fill the form: `/book tomorrow 2pm with Alex, Ms Weber`"),
)
def book(call: Call) -> Answer:
    """Open the booking modal, filled with what the words say."""
    with call.view() as view:
        return Open(booking_modal(view, call.t, form_for_words(view, call.text, call.channel)))


@shortcut("book", title="Book an appointment", summary="Book a customer into a consultant's calendar")
def book_shortcut(call: Call) -> Answer:
    """Open the booking modal from anywhere."""
    with call.view() as view:
        return Open(booking_modal(view, call.t, new_form(today(view))))


@shortcut(
    "book_message", kind="message", title="Book from this message", summary="Fill the booking form from a message"
)
def book_from_message(call: Call) -> Answer:
    """Open the booking modal filled from a message's words."""
    with call.view() as view:
        form = form_for_words(view, str(call.message.get("text") or ""), call.channel)
        return Open(booking_modal(view, call.t, form))


@action("book.open")
@action("slot.book:*")
def open_form(call: Call) -> Answer:
    """A button that opens the modal; its value may be a slot, or words. A slot that has closed since says why."""
    with call.view() as view:
        slot = picker.parse_slot(call.value)
        if slot is None:
            form = form_for_words(view, call.value, call.channel)
            return Open(booking_modal(view, call.t, replace(form, listed=_list_of(call))))
        return Open(booking_modal(view, call.t, _form_for_slot(view, call, slot)))


@action("book.again")
def book_again(call: Call) -> Answer:
    """A new appointment for the customer of an earlier one (the button's value), with the same consultant at first."""
    with call.view() as view:
        earlier = appointments.get_changeable(view, call.value)
        form = new_form(today(view), follows=earlier.id, channel=call.channel, listed=_list_of(call))
        form = replace(form, choice=replace(form.choice, consultant=earlier.consultant_id))
        return Open(booking_modal(view, call.t, with_customer(view, form, earlier.customer_id)))


def _form_for_slot(view: View, call: Call, slot: tuple[str, datetime]) -> Form:
    day = slot[1].astimezone(view.zone).date()
    form = new_form(day, channel=call.channel)
    try:
        appointments.check_open(view, *slot)
    except SlotNotOpen as error:
        return replace(form, closed=replace(error.slot, closed=error.reason), offers=error.alternatives)
    return replace(form, choice=picker.Choice(day, None, slot))


def _list_of(call: Call) -> str | None:
    """The caller's list of appointments, where the form is opened from it."""
    return str(call.modal["id"]) if call.modal.get("callback_id") == "my" else None
