"""Choosing in the open modal: day, consultant, time and customer. Booking and moving share the picker."""

from dataclasses import replace

from bot.answers import Answer, Open, Refresh
from bot.blocks import Block, modal, option
from bot.call import Call
from bot.features.agenda.listing import shown_page
from bot.features.agenda.moving import reschedule_modal
from bot.features.book import picker
from bot.features.book.form import booking_modal, customer_option, form_from_modal, with_customer
from bot.registry import action, suggest
from core.booking.customers import find_customers
from core.booking.setup.consultants import find_consultants


@action("pick.date")
@action("pick.consultant")
@action("pick.take:*")
def choose(call: Call) -> Answer:
    """The same modal for the day, the consultant or the offered time that is chosen now."""
    with call.view() as view:
        if call.modal.get("callback_id") == "reschedule":
            choice = picker.pressed(call, picker.chosen(view, call.typed))
            appointment_id = str(call.private.get("a", ""))
            return Refresh(reschedule_modal(view, call.t, appointment_id, choice, at=shown_page(call)))
        form = form_from_modal(view, call)
        return Refresh(booking_modal(view, call.t, replace(form, choice=picker.pressed(call, form.choice))))


@action("pick.why")
def show_why(call: Call) -> Answer:
    """Why every closed time of the day is closed."""
    with call.view() as view:
        blocks = picker.why_all(view, call.t, call.value)
    return Open(modal("why", call.t("Times not bookable"), blocks, close=call.t("Back")))


@action("book.customer")
def choose_customer(call: Call) -> Answer:
    """Fill in a known customer, or empty the fields again."""
    with call.view() as view:
        form = form_from_modal(view, call)
        if call.value:
            form = with_customer(view, form, call.value)
        else:
            form = replace(form, customer=None, name="", phone="", email="")
        return Refresh(booking_modal(view, call.t, form))


@suggest("pick.consultant")
def suggest_consultants(call: Call) -> list[Block]:
    """Consultants whose name has the typed letters, where there are too many for a list."""
    with call.view() as view:
        people = find_consultants(view, call.typing)[: picker.MOST_CONSULTANTS]
    return [option(call.t("All consultants"), picker.EVERYBODY), *(option(c.name, c.id) for c in people)]


@suggest("book.customer")
def suggest_customers(call: Call) -> list[Block]:
    """Known customers by name, phone or e-mail."""
    with call.view() as view:
        return [customer_option(known) for known in find_customers(view, call.typing)]
