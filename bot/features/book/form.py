"""The booking modal: the picker, the customer, and what is known of the customer."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.blocks import Block, context, divider, escape, external_select, field, modal, option, text_field
from bot.call import Call
from bot.features.book import picker
from bot.language import Translator
from core.booking.availability import alternatives, bookable_days, day_slots, today
from core.booking.contacts import format_phone
from core.booking.customers import History, Known, get_customer, history_of
from core.booking.returning import is_name_of, recognised
from core.booking.setup.consultants import named_consultants
from core.booking.slots import NotOffered, Slot
from core.booking.words import BookingWords, parse_booking
from core.transaction import View

AHEAD = 14  # days that are looked through for the next open time
RISKS = {"low": "🟢", "medium": "🟡", "high": "🔴"}


@dataclass(frozen=True)
class Form:
    """Everything that the modal holds. `key` stays the same while it is open and makes its submission one booking."""

    choice: picker.Choice
    key: str
    name: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    customer: str | None = None
    follows: str | None = None
    channel: str | None = None
    listed: str | None = None  # the view below, if it is the caller's list of appointments
    closed: Slot | None = None  # what was wanted and cannot be booked; `offers` can
    offers: tuple[Slot, ...] = ()
    ignored: str = ""


def new_form(day: date, **known: Any) -> Form:
    """An empty form for a day."""
    return Form(choice=picker.Choice(day), key=uuid.uuid4().hex, **known)


def form_for_words(view: View, text: str, channel: str | None) -> Form:
    """The form filled with what these words say, an empty one for none; the time is chosen where a slot starts then."""
    if not text:
        return new_form(today(view), channel=channel)
    people = named_consultants(view)
    members = {slack_id: key for key, _, slack_id in people if slack_id}
    named = [(key, name) for key, name, _ in people]
    words = parse_booking(text, now=view.now, zone=view.zone, consultants=named, members=members)
    day = words.day or today(view)
    form = new_form(
        day,
        name=words.name or "",
        phone=format_phone(words.phone) if words.phone else "",
        email=words.email or "",
        note=words.note or "",
        channel=channel,
        ignored=words.ignored,
    )
    form = replace(form, choice=picker.Choice(day, words.consultant_id))
    known = recognised(view, words.phone, words.email)
    if known is not None:
        form = _filled(form, known)
    return _with_slot(view, form, words) if people else form


def form_from_modal(view: View, call: Call) -> Form:
    """The form as it stands in the open modal."""
    typed, private = call.typed, call.private
    return Form(
        choice=picker.chosen(view, typed),
        key=_text(private, "k") or "",
        name=typed.text(typed.block("name") or "name"),
        phone=typed.text(typed.block("phone") or "phone"),
        email=typed.text(typed.block("email") or "email"),
        note=typed.text("note"),
        customer=_text(private, "c"),
        follows=_text(private, "f"),
        channel=_text(private, "channel"),
        listed=_text(private, "l"),
    )


def with_customer(view: View, form: Form, customer_id: str) -> Form:
    """The form with a known customer's data in place of what was typed."""
    known = get_customer(view, customer_id)
    if known is None:
        return replace(form, customer=None)
    return replace(form, customer=known.id, name=known.name, phone=known.phone or "", email=known.email or "")


def _filled(form: Form, known: Known) -> Form:
    """The form of words with a known customer's data where nothing else was said; another name than the known one stays."""
    return replace(
        form,
        customer=known.id,
        name=known.name if is_name_of(form.name, known.name) else form.name,
        phone=form.phone or known.phone or "",
        email=form.email or known.email or "",
    )


def booking_modal(view: View, t: Translator, form: Form) -> Block:
    """The modal. Inputs that a known customer fills carry the customer in their ids, so that Slack shows the new values."""
    known = get_customer(view, form.customer) if form.customer else None
    tag = f":{known.id[:12]}" if known else ""
    blocks = [*picker.refused(t, form.closed, form.offers), *picker.blocks(view, t, form.choice, bool(form.closed))]
    blocks += [divider(), _known_customer(t, known)]
    if known is not None:
        blocks.append(context(history_line(t, history_of(view, known.id))))
    blocks += [
        field(f"name{tag}", t("Customer"), text_field("book.name", value=form.name, placeholder=t("Anna Weber"))),
        field(
            f"phone{tag}",
            t("Phone"),
            text_field("book.phone", value=form.phone, placeholder="0171 2345678"),
            optional=True,
        ),
        field(
            f"email{tag}",
            t("E-mail"),
            text_field("book.email", value=form.email, placeholder="anna@example.com"),
            optional=True,
        ),
        field("note", t("Note"), text_field("book.note", value=form.note, multiline=True), optional=True),
    ]
    if form.ignored:
        blocks.append(context(t("Not understood: {words}", words=escape(form.ignored[:300]))))
    private = {
        "k": form.key,
        "c": known.id if known else None,
        "f": form.follows,
        "channel": form.channel,
        "l": form.listed,
    }
    return modal(
        "book",
        t("Book an appointment"),
        blocks,
        submit=t("Book"),
        close=t("Cancel"),
        private={key: value for key, value in private.items() if value},
    )


def customer_option(known: Known) -> Block:
    """A known customer as a choice."""
    return option(known.name, known.id, " · ".join(filter(None, (known.phone, known.email))) or None)


def history_line(t: Translator, history: History) -> str:
    """A customer's history in a line of markup."""
    if history.appointments == 0:
        return t("First appointment with us.")
    risk = {"low": t("low"), "medium": t("medium"), "high": t("high")}[history.risk]
    parts = [
        t.plural("{n} appointment", "{n} appointments", history.appointments),
        t.plural("showed up once", "showed up {n} times", history.completed) if history.completed else "",
        t.plural("didn't show up once", "didn't show up {n} times", history.no_shows) if history.no_shows else "",
        t.plural("cancelled once", "cancelled {n} times", history.cancelled) if history.cancelled else "",
        t("last on {day}", day=t.day(history.last_at, short=True)) if history.last_at else "",
        t("*already booked for {when}*", when=t.moment(history.next_at, short=True)) if history.next_at else "",
        t("risk of not showing up: {sign} {risk}", sign=RISKS[history.risk], risk=risk),
    ]
    return " · ".join(filter(None, parts))


def _text(private: dict[str, Any], key: str) -> str | None:
    found = private.get(key)
    return found.replace("\0", "")[:64] if isinstance(found, str) else None


def _known_customer(t: Translator, known: Known | None) -> Block:
    element = external_select(
        "book.customer",
        placeholder=t("Name, phone or e-mail"),
        chosen=customer_option(known) if known else None,
    )
    return field("known", t("Known customer"), element, optional=True, dispatch=True)


def _with_slot(view: View, form: Form, words: BookingWords) -> Form:
    """The form with a slot chosen where the words ask for one: at that start, else in that part of the day, or the next."""
    at = words.time
    if at is not None and words.between is not None and not words.between[0] <= at < words.between[1]:
        at = None  # "vor 12 Uhr" is no wish for 12
    if at is None and words.between is None and not words.soonest:
        return form
    days = [form.choice.day]
    if words.day is None and (words.soonest or words.between):
        last = bookable_days(view)[1]
        days = [day for n in range(AHEAD) if (day := form.choice.day + timedelta(days=n)) <= last]
    consultant = form.choice.consultant
    found = day_slots(view, days, [consultant] if consultant else None)
    wanted = datetime.combine(form.choice.day, at, tzinfo=view.zone).astimezone(UTC) if at is not None else None
    fitting = [slot for slot in found if slot.starts_at == wanted]
    best = _best(fitting)
    if best is None and (words.between is not None or words.soonest):
        first, until = words.between or (time.min, time.max)
        best = _best([s for s in found if first <= s.starts_at.astimezone(view.zone).time() < until])
    if best is not None:
        day = best.starts_at.astimezone(view.zone).date()
        return replace(form, choice=replace(form.choice, day=day, slot=(best.consultant_id, best.starts_at)))
    return _with_closed(view, form, wanted, fitting) if wanted is not None else form


def _best(slots: Sequence[Slot]) -> Slot | None:
    """The first open one; of several at that start the one with most free seats."""
    return min((slot for slot in slots if slot.open), key=lambda slot: (slot.starts_at, -slot.free), default=None)


def _with_closed(view: View, form: Form, wanted: datetime, fitting: Sequence[Slot]) -> Form:
    """The form that says why nothing is open at that start, and what is open instead."""
    consultant = form.choice.consultant
    closed = fitting[0] if fitting else Slot(consultant or "", "", wanted, wanted, 0, 0, NotOffered())
    return replace(form, closed=closed, offers=tuple(alternatives(view, consultant, wanted)))
