"""The submission of the booking modal, its confirmation, taking it back, and going on to the next one."""

from dataclasses import replace

from bot.answers import Answer, Errors, Refresh, Several, Show, Verdict
from bot.blocks import Block, actions, button, context, escape, modal, section
from bot.call import Call
from bot.errors import explain
from bot.features.agenda.listing import refresh_list
from bot.features.book import picker
from bot.features.book.form import Form, booking_modal, form_from_modal, new_form, with_customer
from bot.language import Translator
from bot.registry import action, submit
from bot.texts import consultant_name
from core.booking import appointments
from core.booking.appointments import UNDO_FOR, BookingRequest
from core.booking.availability import today
from core.booking.customers import contact_faults, get_customer
from core.errors import CustomerBusy, Invalid, NotAllowed, NotFound, SlotNotOpen
from core.model import Appointment, State
from core.transaction import View


@submit("book")
def submit_booking(call: Call) -> Verdict:
    """Book, or say at the field what is wrong and offer the nearest open times."""
    with call.view() as view:
        form = form_from_modal(view, call)
        slot = form.choice.slot
        if slot is None:
            earlier = appointments.booked_by(view, _request_key(call, form))
            if earlier is not None:
                return Show(booked_view(view, call.t, earlier))
            raise Invalid(call.typed.block("slot") or "date", "no_time")
        try:
            if appointments.booked_by(view, _request_key(call, form)) is None:
                appointments.check_open(view, *slot)
        except SlotNotOpen as error:
            return Show(_with_alternatives(view, call, form, error))
        follows = _followed(view, form.follows)
    faults = contact_faults(form.name, form.phone, form.email)
    if faults:
        return Errors({call.typed.block(fault.field) or fault.field: explain(fault, call.t) for fault in faults})
    request = BookingRequest(
        consultant_id=slot[0],
        starts_at=slot[1],
        name=form.name,
        phone=form.phone,
        email=form.email,
        note=form.note,
        request_key=_request_key(call, form),
        follows_id=follows,
    )
    try:
        with call.transaction() as tx:
            built = booked_view(tx, call.t, appointments.book(tx, request), form.listed)
    except SlotNotOpen as error:
        with call.view() as view:
            return Show(_with_alternatives(view, call, form, error))
    except CustomerBusy as error:
        return Errors({call.typed.block("name") or "name": explain(error, call.t)})
    return Show(built, then=lambda: refresh_list(call, form.listed))


@action("book.undo")
def undo(call: Call) -> Answer:
    """Take the booking back; the confirmation says so."""
    with call.transaction() as tx:
        appointment = appointments.undo(tx, call.value)
        view = undone_view(call.t, appointment)
    below = refresh_list(call, str(call.private.get("l") or ""))
    return Several((Refresh(view), below)) if below else Refresh(view)


@submit("book_more")
def book_more(call: Call) -> Verdict:
    """From the confirmation to the next booking, on the same day; what was taken back is there to be corrected."""
    with call.view() as view:
        earlier = appointments.get_changeable(view, str(call.private.get("a", "")))
        day = max(today(view), earlier.starts_at.astimezone(view.zone).date())
        form = new_form(day, channel=call.channel)
        if earlier.state == State.UNDONE:
            slot = (earlier.consultant_id, earlier.starts_at)
            note = view.open(earlier.note, f"appointment.note:{earlier.id}")
            form = replace(form, choice=picker.Choice(day, earlier.consultant_id, slot), note=note)
            form = with_customer(view, form, earlier.customer_id)
        return Show(booking_modal(view, call.t, form))


def booked_view(view: View, t: Translator, appointment: Appointment, listed: str | None = None) -> Block:
    """The confirmation, with the ten minutes' Undo. `listed`: the view below that lists the booker's appointments."""
    customer = get_customer(view, appointment.customer_id)
    lines = [
        f"✅ *{t.moment(appointment.starts_at)} · {consultant_name(view, appointment)}*",
        f"👤 {escape(customer.name)}" + (f" · {escape(customer.phone)}" if customer.phone else "") if customer else "",
    ]
    until = appointment.created_at + UNDO_FOR
    blocks = [
        section("\n".join(filter(None, lines))),
        actions(
            [button(t("Take it back"), "book.undo", appointment.id), button(t("My appointments"), "my.open")],
        ),
        context(
            t(
                "You can take it back until {time}. With `/my` you see and change all your appointments.",
                time=t.time(until),
            )
        ),
    ]
    return modal(
        "book_more",
        t("Booked"),
        blocks,
        submit=t("Book another"),
        close=t("Done"),
        private={"a": appointment.id} | ({"l": listed} if listed else {}),
    )


def undone_view(t: Translator, appointment: Appointment) -> Block:
    """What the confirmation becomes when the booking was taken back."""
    words = t("The booking for {when} has been taken back.", when=t.moment(appointment.starts_at))
    return modal(
        "book_more",
        t("Taken back"),
        [section(f"↩️ {words}"), context(t("The seat is free again, and the calendar event goes."))],
        submit=t("Book again"),
        close=t("Done"),
        private={"a": appointment.id},
    )


def _followed(view: View, appointment_id: str | None) -> str | None:
    """The id, if it is an appointment that the caller may say this one follows."""
    try:
        return appointments.get_changeable(view, appointment_id).id if appointment_id else None
    except (NotAllowed, NotFound):
        return None


def _with_alternatives(view: View, call: Call, form: Form, error: SlotNotOpen) -> Block:
    """The modal again, with what happened, fresh times, and everything that was typed."""
    choice = replace(form.choice, slot=None)
    return booking_modal(
        view,
        call.t,
        replace(form, choice=choice, closed=replace(error.slot, closed=error.reason), offers=error.alternatives),
    )


def _request_key(call: Call, form: Form) -> str:
    """Of the modal, not of its view: the confirmation that replaces it can lead to the next booking in the same view."""
    return f"{call.member.id}:{form.key or call.key}"
