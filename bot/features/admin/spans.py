"""A time to be taken off as a form: its pickers, what was chosen, and the question when something is booked in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.answers import Errors, Show, Verdict
from bot.blocks import (
    Block,
    button,
    confirm,
    context,
    datepicker,
    escape,
    field,
    modal,
    section,
    text_field,
    timepicker,
)
from bot.call import Call, Typed
from bot.errors import explain
from bot.features.admin.describe import off_span
from bot.features.admin.frame import done, listed
from bot.language import Translator
from core.booking.setup.changes import last_change
from core.booking.setup.time_off import LONGEST_REASON, affected_by, check_span, take_time_off
from core.errors import Invalid
from core.model import Appointment, TimeOff
from core.transaction import View


@dataclass(frozen=True)
class PartialSpan:
    """What is known of a time to be taken off; None where it has not been said yet."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Span:
    """A time to be taken off, from when until when, and why."""

    starts_at: datetime
    ends_at: datetime
    reason: str = ""


NOTHING = PartialSpan()


def span_fields(t: Translator, view: View, span: PartialSpan | Span = NOTHING) -> list[Block]:
    """The pickers of a time: days, and hours where it is not whole days."""
    first = span.starts_at.astimezone(view.zone) if span.starts_at else None
    last = span.ends_at.astimezone(view.zone) if span.ends_at else None
    if last and last.time() == time() and (first is None or first.time() == time()):
        until, until_time = str(last.date() - timedelta(days=1)), ""
    else:
        until, until_time = (str(last.date()), f"{last:%H:%M}") if last else ("", "")
    whole = first is None or (first.time() == time() and not until_time)
    today = view.now.astimezone(view.zone).date()
    hour = timepicker("v", chosen=None if whole or first is None else f"{first:%H:%M}")
    return [
        field("starts_at:date", t("From"), datepicker("v", chosen=str(first.date() if first else today))),
        field("starts_at:time", t("From time"), hour, optional=True, hint=t("Left empty: the whole day.")),
        field(
            "ends_at:date",
            t("Until"),
            datepicker("v", chosen=until or None),
            optional=True,
            hint=t("Left empty: the same day."),
        ),
        field("ends_at:time", t("Until time"), timepicker("v", chosen=until_time or None), optional=True),
        field(
            "reason",
            t("Reason"),
            text_field("v", value=span.reason, longest=LONGEST_REASON),
            optional=True,
            hint=t("Colleagues see it where the time is shown as closed."),
        ),
    ]


def typed_span(call: Call, view: View) -> Span:
    """What was chosen, in UTC. Raises Invalid("starts_at", "missing")."""
    typed = call.typed
    first = typed.choice("starts_at:date")
    if first is None:
        raise Invalid("starts_at", "missing")
    begin, end = typed.choice("starts_at:time"), typed.choice("ends_at:time")
    last = date.fromisoformat(typed.choice("ends_at:date") or first)
    if end is None:
        last, end = last + timedelta(days=1), "00:00"
    starts_at = datetime.combine(date.fromisoformat(first), time.fromisoformat(begin or "00:00"), view.zone)
    ends_at = datetime.combine(last, time.fromisoformat(end), view.zone)
    return Span(starts_at.astimezone(UTC), ends_at.astimezone(UTC), typed.text("reason"))


def judge(call: Call, consultant_id: str | None, span: Span, sure: str) -> Verdict:
    """The verdict on a filled form: taken, or the question (modal `sure`) with the appointments that are in it."""
    with call.view() as view:
        try:
            check_span(view, span.starts_at, span.ends_at)
        except Invalid as error:
            if error.field != "ends_at":
                raise
            return Errors({_end_picker(call.typed): explain(error, call.t)})
        affected = affected_by(view, consultant_id, span.starts_at, span.ends_at)
        if affected:
            return Show(_sure_modal(call, view, consultant_id, span, affected, sure))
    return _take(call, consultant_id, span)


def _end_picker(typed: Typed) -> str:
    """The picker that says when it ends: the first one, where nothing was chosen for the end."""
    return next((name for name in ("ends_at:time", "ends_at:date") if typed.choice(name)), "starts_at:date")


def take_sure(call: Call) -> Verdict:
    """Take what the question's modal was about."""
    kept = call.private
    span = Span(datetime.fromisoformat(kept["s"]), datetime.fromisoformat(kept["e"]), str(kept["r"]))
    return _take(call, kept["c"], span)


def remove_button(row: TimeOff, t: Translator, action_id: str) -> Block:
    """Opens a time again, after a question."""
    span = off_span(row.starts_at, row.ends_at, t)
    ask = confirm(t("Remove time off?"), t("{span} can then be booked again.", span=span), t("Remove"), t("Keep"))
    return button(t("Remove"), f"{action_id}:{row.id}", row.id, confirm=ask, label=t("Remove {name}", name=span))


def why_off(row: TimeOff | Span) -> str:
    """The reason as it follows the time, in markup; nothing where none was given."""
    return f" · {escape(row.reason)}" if row.reason else ""


def still_there(call: Call, view: View, affected: Sequence[Appointment]) -> list[Block]:
    """What remains to be moved once the time is taken."""
    if not affected:
        return []
    words = call.t("Still to be moved or cancelled; the bookers have been asked:")
    return [section(f"⚠️ {words}"), *listed(call, view, affected)]


def in_it(t: Translator, count: int) -> str:
    """How much is booked in the time."""
    return t.plural("{n} appointment is in this time:", "{n} appointments are in this time:", count)


def _take(call: Call, consultant_id: str | None, span: Span) -> Verdict:
    with call.transaction() as tx:
        time_off, affected = take_time_off(tx, consultant_id, span.starts_at, span.ends_at, span.reason)
        number = last_change(tx, time_off.id)
    with call.view() as view:
        extra = still_there(call, view, affected)
    return done(call, [number], extra=extra)


def _sure_modal(
    call: Call, view: View, consultant_id: str | None, span: Span, affected: Sequence[Appointment], sure: str
) -> Block:
    t = call.t
    kept = {"c": consultant_id, "s": span.starts_at.isoformat(), "e": span.ends_at.isoformat(), "r": span.reason}
    blocks = [
        section(f"*{off_span(span.starts_at, span.ends_at, t)}*{why_off(span)}"),
        section(f"⚠️ {in_it(t, len(affected))}"),
        *listed(call, view, affected),
        context(t("They stand until somebody moves or cancels them; the bookers are told.")),
    ]
    below = {"place": "", "path": call.private.get("path") or []}
    return modal(
        sure, t("Time off"), blocks, submit=t("Take it anyway"), close=t("Never mind"), private={**below, **kept}
    )
