"""/off: a consultant's time off, in words or by pickers; what is booked in it is shown before it is taken."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.answers import Answer, Gone, Message, Open, Refresh, Reply, Verdict
from bot.blocks import (
    Block,
    actions,
    button,
    clip,
    context,
    divider,
    escape,
    modal,
    section,
)
from bot.call import Call
from bot.errors import explain
from bot.features.admin.describe import off_span
from bot.features.admin.frame import listed, private, undo_in_modal
from bot.features.admin.spans import (
    NOTHING,
    PartialSpan,
    Span,
    in_it,
    judge,
    remove_button,
    span_fields,
    still_there,
    take_sure,
    typed_span,
    why_off,
)
from bot.language import Translator, _
from bot.registry import action, command, submit
from core.booking.setup.changes import last_change
from core.booking.setup.consultants import consultant_of
from core.booking.setup.time_off import (
    LONGEST_REASON,
    affected_by,
    check_span,
    coming_time_off,
    remove_time_off,
    take_time_off,
)
from core.booking.setup.undo import get_change, undo_change
from core.booking.words import parse_time_off
from core.errors import AlreadyDone, Invalid, Refusal
from core.model import Appointment, Consultant, TimeOff
from core.transaction import View

MOST_SHOWN = 12
RECURRING = re.compile(
    r"\b(?:jede[nmrs]?|jeweils|immer|wöchentlich|every|each|always|weekly"
    r"|(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s)\b",
    re.IGNORECASE,
)


@command(
    "/off",
    usage="[tomorrow 14-16 dentist]",
    summary="Take time off as a consultant",
    help=_("Time off as a consultant: `/off tomorrow 14-16 dentist`, or `/off` for the list and a form"),
)
def off(call: Call) -> Answer:
    """What was understood, to be confirmed; without words, the form and what is to come."""
    with call.view() as view:
        consultant = consultant_of(view, call.member.id)
        if consultant is None:
            return Reply(Message(_no_consultant(call.t)))
        if not call.text:
            return Open(off_modal(call, view, consultant))
        read = parse_time_off(call.text, now=view.now, zone=view.zone)
        reason = clip(" ".join(RECURRING.sub(" ", read.reason).split()), LONGEST_REASON)
        if read.start is None or read.end is None:
            warning = call.t("I don't see from when until when. Please choose it here.")
            return Open(off_modal(call, view, consultant, PartialSpan(read.start, read.end, reason), warning))
        span = Span(read.start, read.end, reason)
        try:
            check_span(view, span.starts_at, span.ends_at)
        except Invalid as refusal:
            return Open(off_modal(call, view, consultant, span, explain(refusal, call.t)))
        return Reply(_question(call, view, consultant, span, recurring=bool(RECURRING.search(call.text))))


@action("off.open")
def open_form(call: Call) -> Answer:
    """The form, from a button."""
    with call.view() as view:
        consultant = consultant_of(view, call.member.id)
        if consultant is None:
            return Reply(Message(_no_consultant(call.t)))
        return Open(off_modal(call, view, consultant))


@action("off.take")
def take(call: Call) -> Answer:
    """Take what was understood, in place of the question."""
    starts_at, ends_at, reason = call.value.split("|", 2)
    with call.transaction() as tx:
        consultant = consultant_of(tx, call.member.id)
        if consultant is None:
            return Reply(Message(_no_consultant(call.t)), replace=True)
        span = (datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at))
        time_off, affected = take_time_off(tx, consultant.id, *span, reason)
        number = last_change(tx, time_off.id)
    with call.view() as view:
        return Reply(_taken(call, view, time_off, affected, number), replace=True)


@action("off.drop")
def drop(call: Call) -> Answer:
    """Nothing is taken; the question goes."""
    return Gone()


@action("off.undo:*")
def undo(call: Call) -> Answer:
    """Take it back (or take it again), where it was said. The engine knows whose it is."""
    if call.modal:
        return undo_in_modal(call)
    t = call.t
    try:
        with call.transaction() as tx:
            undo_change(tx, int(call.value))
    except Refusal as refusal:
        if not (isinstance(refusal, AlreadyDone) and refusal.state == "taken_back"):
            return Reply(Message(explain(refusal, t)), replace=True)
    with call.view() as view:
        facts = get_change(view, int(call.value)).after or {}
    words = t("Taken back: {span} can be booked again.", span=_span_of(facts, t))
    return Reply(Message(words, [section(f"↩️ {words}")]), replace=True)


@action("off.remove:*")
def remove(call: Call) -> Answer:
    """Open a time again, and show the list without it."""
    with call.transaction() as tx:
        number = remove_time_off(tx, call.value)
    with call.view() as view:
        consultant = consultant_of(view, call.member.id)
        if consultant is None:
            return Reply(Message(_no_consultant(call.t)))
        return Refresh(off_modal(call, view, consultant, removed=number))


@submit("off")
def save(call: Call) -> Verdict:
    """Take it; where appointments are in it, ask first."""
    with call.view() as view:
        consultant = consultant_of(view, call.member.id)
        span = typed_span(call, view)
    if consultant is None:
        raise Invalid("starts_at", "not_consultant")
    return judge(call, consultant.id, span, "off_sure")


@submit("off_sure")
def save_surely(call: Call) -> Verdict:
    """Take it although appointments are in it."""
    return take_sure(call)


def off_modal(
    call: Call,
    view: View,
    consultant: Consultant,
    span: PartialSpan | Span = NOTHING,
    warning: str = "",
    removed: int | None = None,
) -> Block:
    """The form, and below it what is to come, each with a button that opens the time again."""
    t = call.t
    blocks = [section(f"⚠️ {escape(warning)}")] if warning else []
    if removed is not None:
        facts = get_change(view, removed).before or {}
        words = t("{span} can be booked again.", span=_span_of(facts, t))
        blocks.append(section(f"↩️ {words}"))
    blocks += [
        *span_fields(t, view, span),
        divider(),
        *coming_rows(t, coming_time_off(view, consultant.id, MOST_SHOWN)),
    ]
    return modal("off", t("Time off"), blocks, submit=t("Take it"), close=t("Close"), private=private("", ()))


def coming_rows(t: Translator, rows: Sequence[TimeOff]) -> list[Block]:
    """The consultant's own coming times off; what is off for everybody is a lead's to change."""
    if not rows:
        return [context(t("No time off is planned."))]
    blocks = [section(f"*{t('Planned')}*")]
    for row in rows:
        words = f"{off_span(row.starts_at, row.ends_at, t)}{why_off(row)}"
        if row.consultant_id is None:
            blocks.append(section(f"{words} · {t('for everybody')}"))
        else:
            blocks.append(section(words, remove_button(row, t, "off.remove")))
    return blocks


def _question(call: Call, view: View, consultant: Consultant, span: Span, *, recurring: bool) -> Message:
    t = call.t
    affected = affected_by(view, consultant.id, span.starts_at, span.ends_at)
    reason = f" ({escape(span.reason)})" if span.reason else ""
    words = t("Time off: {span}", span=f"{off_span(span.starts_at, span.ends_at, t)}{reason}")
    blocks: list[Block] = [section(f"🌴 *{words}*")]
    small = [t("Colleagues see the reason where the time is shown as closed.")] if span.reason else []
    if recurring:
        once = t("This is for once. What recurs every week belongs in your weekly schedule; an admin changes that.")
        blocks.append(section(f"⚠️ {once}"))
    if affected:
        blocks += [section(f"⚠️ {in_it(t, len(affected))}"), *listed(call, view, affected)]
        small.insert(0, t("They stand until somebody moves or cancels them; the bookers are told."))
    if small:
        blocks.append(context(*small))
    value = f"{span.starts_at.isoformat()}|{span.ends_at.isoformat()}|{span.reason}"
    buttons = [button(t("Take it"), "off.take", value, style="primary"), button(t("Never mind"), "off.drop")]
    blocks.append(actions(buttons, block_id="off"))
    return Message(f"{words}\n{in_it(t, len(affected)) if affected else ''}".strip(), blocks)


def _taken(call: Call, view: View, time_off: TimeOff, affected: Sequence[Appointment], number: int | None) -> Message:
    t = call.t
    taken = t("Taken: {span}", span=off_span(time_off.starts_at, time_off.ends_at, t))
    words = f"{taken}\n{t('Nobody can book you then.')}"
    blocks = [section(f"✅ {words}"), *still_there(call, view, affected)]
    blocks.append(actions([button(t("Undo"), f"off.undo:{number}", str(number))], block_id="undo"))
    return Message(words, blocks)


def _span_of(facts: dict[str, Any], t: Translator) -> str:
    return off_span(datetime.fromisoformat(facts["starts_at"]), datetime.fromisoformat(facts["ends_at"]), t)


def _no_consultant(t: Translator) -> str:
    return t(
        "You aren't set up as a consultant, so there is nothing to take off. "
        "An admin can make you one, or take time off for others, with `/slotadmin`."
    )
