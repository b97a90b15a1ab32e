"""Words that several features share: what the engine's values are called."""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta

from bot.blocks import escape
from bot.language import Translator, _
from core.booking.customers import get_customer
from core.booking.slots import (
    Busy,
    Closed,
    DailyCap,
    Full,
    Holiday,
    NotOffered,
    Off,
    Over,
    Overlap,
    Slot,
    TooFar,
    TooSoon,
)
from core.model import Appointment, Consultant
from core.transaction import View

OUTCOMES = {
    "completed": _("showed up"),
    "no_show": _("didn't show up"),
    "cancelled": _("cancelled"),
    "rescheduled": _("rescheduled"),
}
OUTCOME_SIGNS = {"completed": "✅", "no_show": "🚫", "cancelled": "✖️", "rescheduled": "↪️"}


def span(starts_at: datetime, ends_at: datetime, t: Translator) -> str:
    """10:00–12:00, with the day where the end is on another one; whole days without hours."""
    first, end = starts_at.astimezone(t.zone), ends_at.astimezone(t.zone)
    if first < end and first.time() == end.time() == time():
        last = end.date() - timedelta(days=1)
        return t("all day") if last == first.date() else f"{t.day(first, short=True)} – {t.day(last, short=True)}"
    if first.date() == end.date():
        return f"{t.time(starts_at)}–{t.time(ends_at)}"
    return f"{t.moment(starts_at, short=True)} – {t.moment(ends_at, short=True)}"


def seats(slot: Slot, t: Translator) -> str:
    """2/3 free."""
    return t("{free}/{capacity} free", free=slot.free, capacity=slot.capacity)


def _from(earliest: datetime, t: Translator) -> str:
    """The time, with its day where that is not today."""
    today = earliest.astimezone(t.zone).date() == t.today
    return t.time(earliest) if today else t.moment(earliest, short=True)


def consultant_name(view: View, appointment: Appointment) -> str:
    """In markup; a dash for one who is not known any more."""
    consultant = view.session.get(Consultant, appointment.consultant_id)
    return escape(consultant.name) if consultant else "–"


def customer_name(view: View, appointment: Appointment) -> str:
    """In markup; a dash for one who is not known any more. Not for channels."""
    customer = get_customer(view, appointment.customer_id)
    return escape(customer.name) if customer else "–"


def headline(view: View, t: Translator, appointment: Appointment) -> str:
    """Friday, 20 November at 14:00 · Alex · Anna Weber; in markup, and not for channels."""
    when = t.moment(appointment.starts_at)
    return f"{when} · {consultant_name(view, appointment)} · {customer_name(view, appointment)}"


def why_closed(reason: Closed, t: Translator) -> str:
    """Why a slot is not open, in a few plain words (not markup)."""
    return _WHY[type(reason)](reason, t)


def by_reason(slots: Iterable[Slot], t: Translator) -> dict[str, list[str]]:
    """Why those of these slots that are closed are not open: the reason, and the consultants who share it."""
    found: dict[str, list[str]] = {}
    for slot in slots:
        if slot.closed is not None:
            found.setdefault(why_closed(slot.closed, t), []).append(slot.consultant)
    return found


_WHY: dict[type, Callable[..., str]] = {
    Over: lambda r, t: t("already over"),
    Holiday: lambda r, t: t("public holiday: {name}", name=r.name),
    Off: lambda r, t: (
        t("away {span} ({reason})", span=span(r.starts_at, r.ends_at, t), reason=r.reason)
        if r.reason
        else t("away {span}", span=span(r.starts_at, r.ends_at, t))
    ),
    Busy: lambda r, t: t(
        "calendar busy {span} “{title}”",
        span=span(r.starts_at, r.ends_at, t),
        title=t("private") if r.private or not r.title else r.title,
    ),
    Overlap: lambda r, t: t("another appointment {span}", span=span(r.starts_at, r.ends_at, t)),
    Full: lambda r, t: t("full {taken}/{capacity}", taken=r.taken, capacity=r.capacity),
    DailyCap: lambda r, t: t("the day's limit of {cap} is reached", cap=r.cap),
    TooSoon: lambda r, t: t("too short notice, only from {time} on", time=_from(r.earliest, t)),
    TooFar: lambda r, t: t("too far ahead, bookable until {day}", day=t.day(r.last_day)),
    NotOffered: lambda r, t: t("no appointments at this time"),
}
