"""`/day`: a consultant's own day, with the customers, what is in the way, and the answers that are still due."""

from datetime import date, timedelta

from bot.answers import Answer, Message, Open, Refresh, Reply
from bot.blocks import Block, actions, button, clip, context, escape, header, modal, section
from bot.call import Call
from bot.features.outcomes.answering import BELOW, answer
from bot.features.outcomes.lines import again_button, answer_buttons, name, outcome_words
from bot.language import Translator, _
from bot.registry import action, command
from bot.texts import span, why_closed
from core.booking.agenda import Day, Hour, Seat, day_of
from core.booking.availability import today
from core.booking.outcomes.overview import followed
from core.booking.setup.consultants import consultant_of
from core.booking.slots import Busy, Holiday, Off, Over
from core.booking.words import parse_day
from core.model import Outcome
from core.transaction import View

MOST_BLOCKS = 46  # of Slack's 50, so that the foot always fits
LONGEST_NOTE = 200


@command(
    "/day",
    usage="[day]",
    summary="Your own day as a consultant",
    help=_("Your own day as a consultant: customers, free time, and answers that are still due"),
)
def day(call: Call) -> Answer | None:
    """Today, or the day that the words name."""
    with call.view() as view:
        wanted = parse_day(call.text, now=call.now, zone=view.zone) if call.text else today(view)
        if wanted is None:
            words = call.t(
                "I don't see which day “{words}” is. An example: `/day tomorrow`.", words=escape(clip(call.text, 100))
            )
            return Reply(Message(words))
        return Reply(_message(view, call.t, wanted))


@action("day.open")
def open_day(call: Call) -> Answer | None:
    """Today, from a button elsewhere."""
    with call.view() as view:
        return _shown(call, view, today(view))


@action("day.show:*")
def show(call: Call) -> Answer | None:
    """Another day, in place of the one that is shown."""
    with call.view() as view:
        return _shown(call, view, date.fromisoformat(call.value), replace=True)


@action("day.say:*")
def say(call: Call) -> Answer | None:
    """An answer from within the day, which is then shown anew; a contradiction is shown beside it."""
    appointment_id, _bar, shown = call.value.partition("|")
    refused = answer(call, appointment_id, Outcome(call.suffix))
    if refused is not None:
        return refused
    with call.view() as view:
        return _shown(call, view, date.fromisoformat(shown), replace=True)


def _shown(call: Call, view: View, wanted: date, *, replace: bool = False) -> Answer:
    """As a modal where the button was in one or in App Home, else as a reply."""
    if not call.modal:
        return Reply(_message(view, call.t, wanted), replace=replace)
    built = day_modal(view, call.t, wanted.isoformat())
    return Refresh(built) if call.modal.get("type") == "modal" else Open(built)


def day_modal(view: View, t: Translator, at: str) -> Block:
    """The caller's day as a modal; `at` is the day in ISO form."""
    message = _message(view, t, date.fromisoformat(at))
    blocks = message.blocks or [section(message.text)]
    return modal("day", t("My day"), blocks, close=t("Close"), private={"at": at})


BELOW["day"] = day_modal


def _message(view: View, t: Translator, wanted: date) -> Message:
    assert view.actor is not None
    consultant = consultant_of(view, view.actor.id)
    if consultant is None:
        return Message(
            t(
                "You aren't set up as a consultant, so you have no day here. Your own bookings are under `/my`; "
                "an admin can make you a consultant with `/slotadmin`."
            )
        )
    found = day_of(view, consultant, wanted)
    moved = [s.appointment for h in found.hours for s in h.seats if s.outcome == Outcome.RESCHEDULED]
    return day_message(found, t, today(view), frozenset(one.id for one in moved) - followed(view, moved))


def day_message(found: Day, t: Translator, now: date, unfollowed: frozenset[str] = frozenset()) -> Message:
    """The day: its hours with customers in order, then what is free or closed, then what keeps the consultant away.

    `unfollowed`: the ids of the rescheduled appointments whose new time is not booked yet.
    """
    title = t.day(found.day)
    booked = sum(len(hour.seats) for hour in found.hours)
    count = t.plural("{n} appointment", "{n} appointments", booked) if booked else t("no appointments")
    blocks: list[Block] = [header(title), _row(found.day, now, t)]
    if found.holiday:
        blocks.append(context(t("Public holiday: {name}", name=escape(found.holiday))))
    left_out = 0
    for hour in found.hours:
        shown = _hour(hour, found.day, t, unfollowed) if hour.seats else []
        if len(blocks) + len(shown) > MOST_BLOCKS - 3:
            left_out += len(hour.seats)
        else:
            blocks += shown
    if left_out:
        blocks.append(context(t.plural("{n} more appointment", "{n} more appointments", left_out)))
    if not booked:
        blocks.append(section(t("No appointments on this day.")))
    blocks += _rest(found, t)
    blocks.append(context(t("Away for a while? `/off tomorrow 14-16 dentist` closes your slots.")))
    words = "; ".join(
        f"{t.time(hour.starts_at)} {', '.join(name(seat.customer) for seat in hour.seats)}"
        for hour in found.hours
        if hour.seats
    )
    return Message(clip(f"{title}: {count}. {words}".strip(), 3000), blocks)


def _row(shown: date, now: date, t: Translator) -> Block:
    before, after = shown - timedelta(days=1), shown + timedelta(days=1)
    days = [("back", f"◀ {t.day(before, short=True)}", before), ("on", f"{t.day(after, short=True)} ▶", after)]
    if shown != now:
        days.insert(1, ("today", t("Today"), now))
    return actions(
        [
            *(button(words, f"day.show:{key}", to.isoformat()) for key, words, to in days),
            button(t("Refresh"), "day.show:again", shown.isoformat()),
            button(t("Time off"), "off.open"),
        ],
        block_id="day",
    )


def _hour(hour: Hour, shown: date, t: Translator, unfollowed: frozenset[str]) -> list[Block]:
    """The hour with a line for each customer; those whose end is to be told get their buttons below."""
    lines = [_title(hour, t), *(_line(seat, t) for seat in hour.seats if not seat.answerable)]
    blocks: list[Block] = [section("\n".join(lines))]
    for seat in hour.seats:
        key = seat.appointment.id
        if not seat.answerable:
            continue
        if seat.outcome is None:
            blocks += [
                section(_line(seat, t)),
                actions(answer_buttons(key, t, action="day.say", value=f"{key}|{shown}"), block_id=f"say:{key}"),
            ]
        else:
            blocks.append(section(_line(seat, t), button(t("Change"), "outcome.open", key), block_id=f"said:{key}"))
        if key in unfollowed:
            blocks.append(actions([again_button(key, t)], block_id=f"again:{key}"))
    return blocks


def _title(hour: Hour, t: Translator) -> str:
    words = f"*{span(hour.starts_at, hour.ends_at, t)}*"
    if hour.closed is None and hour.free:
        words += " · " + t.plural("{n} seat free", "{n} seats free", hour.free)
    if isinstance(hour.closed, Off | Busy):
        words += f"\n⚠️ {escape(why_closed(hour.closed, t))}"
    return words


def _line(seat: Seat, t: Translator) -> str:
    parts = [name(seat.customer), *([escape(seat.phone)] if seat.phone else [])]
    line = "• " + " · ".join(parts)
    if seat.note:
        line += f"\n_{escape(clip(seat.note, LONGEST_NOTE))}_"
    if seat.outcome is not None:
        line += f"\n{outcome_words(seat.outcome, t)}"
    if seat.disputed:
        line += f"\n⚖️ {t('Somebody says otherwise; a lead decides.')}"
    return line


def _rest(found: Day, t: Translator) -> list[Block]:
    """Hours without customers, and what else stands in the calendar, in small print. What was said already is left out."""
    empty = [hour for hour in found.hours if not hour.seats]
    free = [t.time(hour.starts_at) for hour in empty if hour.closed is None]
    by_reason: dict[str, list[str]] = {}
    for hour in empty:
        if hour.closed is not None and not isinstance(hour.closed, Over | Holiday):
            by_reason.setdefault(escape(why_closed(hour.closed, t)), []).append(t.time(hour.starts_at))
    closed = [f"{', '.join(times)} {why}" for why, times in by_reason.items()]
    said = [hour.closed for hour in found.hours]
    lines = []
    if free:
        lines.append(t("*Free:* {times}", times=", ".join(free)))
    if closed:
        lines.append(t("*Not bookable:* {times}", times="; ".join(closed)))
    away = [
        f"{span(block.starts_at, block.ends_at, t)} {_reason(block, t)}".strip()
        for block in found.away
        if block not in said
    ]
    if away:
        lines.append(t("*In the way:* {times}", times="; ".join(away)))
    return [context("\n".join(clip(line, 900) for line in lines))] if lines else []


def _reason(block: Off | Busy, t: Translator) -> str:
    if isinstance(block, Off):
        return escape(block.reason)
    return t("private") if block.private else escape(block.title)
