"""The week at a glance: seven days with how much of each is free."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.answers import Message
from bot.blocks import Block, actions, button, clip, divider, escape, header, section
from bot.features.turning import WEEK, value_of, week_navigation
from bot.language import Translator
from bot.texts import why_closed
from core.booking.availability import bookable_days, day_slots
from core.booking.slots import Over, Slot, discreet
from core.model import Consultant
from core.transaction import View


def first_day(view: View, span: str) -> date:
    """The day with which a span such as "week" or "week 2026-11-23" begins, within what can be booked."""
    first, last = bookable_days(view)
    try:
        begin = date.fromisoformat(span.removeprefix(WEEK).strip())
    except ValueError:
        return first
    return min(max(begin, first), last)


def week_message(
    view: View,
    t: Translator,
    span: str,
    people: Sequence[Consultant],
    *,
    pin: bool,
    public: bool,
    consultant: str | None = None,
) -> Message:
    """Seven days from the span's first one on. `public`: it keeps to itself what calendars say."""
    last = bookable_days(view)[1]
    begin = first_day(view, span)
    days = [begin + timedelta(days=n) for n in range(7) if begin + timedelta(days=n) <= last]
    found = day_slots(view, days, [consultant] if consultant else None)
    title = t("The week at a glance") if span == WEEK else t("The week from {day}", day=t.day(begin))
    blocks: list[Block] = [header(title)]
    turning = week_navigation(view, t, begin, people, consultant, span)
    if turning is not None:
        blocks.append(turning)
    lines = []
    for number, day in enumerate(days):
        slots = [discreet(s) if public else s for s in found if s.starts_at.astimezone(view.zone).date() == day]
        words = _words(t, slots)
        lines.append(f"{t.day(day, short=True)}: {words}")
        show = button(t("Show"), f"slots.show:day{number}", value_of(str(day), consultant)) if slots else None
        blocks.append(section(f"*{t.day(day)}*\n{_bar(slots)}{words}", show))
    if pin and span == WEEK and consultant is None:
        blocks += [divider(), actions([button(t("Pin live board here"), "slots.pin", WEEK)], block_id="pin")]
    return Message(clip(f"{title}: {'; '.join(lines)}", 3900), blocks)


def _words(t: Translator, slots: Sequence[Slot]) -> str:
    """How much of a day is free, in markup. Times that are over no longer count."""
    if not slots:
        return t("nothing on offer")
    free = sum(slot.free for slot in slots if slot.open)
    if not free:
        return t("nothing open") + escape(_common_reason(t, slots))
    return t("{free} of {seats} seats free", free=free, seats=_seats(slots))


def _seats(slots: Sequence[Slot]) -> int:
    return sum(slot.capacity for slot in slots if not isinstance(slot.closed, Over))


def _bar(slots: Sequence[Slot]) -> str:
    """How much is free, in ten steps: the words beside it count the same."""
    free, seats = sum(slot.free for slot in slots if slot.open), _seats(slots)
    steps = round(10 * free / seats) if seats else 0
    return f"{'▰' * steps}{'▱' * (10 - steps)}  " if seats else ""


def _common_reason(t: Translator, closed: Sequence[Slot]) -> str:
    reasons = {why_closed(s.closed, t) for s in closed if s.closed}
    return f" ({reasons.pop()})" if len(reasons) == 1 else ""
