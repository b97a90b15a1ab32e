"""/slots: a day as a board with a Book button per open slot, and the week at a glance."""

from datetime import date, timedelta
from itertools import groupby

from bot.answers import Answer, Message, Open, Refresh, Reply
from bot.blocks import (
    Block,
    actions,
    button,
    clip,
    context,
    escape,
    header,
    modal,
    section,
)
from bot.call import Call
from bot.features.book.picker import parse_day, slot_value
from bot.features.turning import MOST_CONSULTANTS, TODAY, WEEK, day_navigation, value_of, week_from, who
from bot.features.week import week_message
from bot.language import Translator, _
from bot.registry import action, command, suggest
from bot.texts import by_reason, why_closed
from core.booking.availability import bookable_days, day_slots, today
from core.booking.setup.consultants import find_consultants, list_consultants, named_consultants
from core.booking.slots import Over, Slot, discreet
from core.booking.words import parse_booking, parse_period, parse_week
from core.transaction import View

STARTS_ON_A_PAGE = 10
BUTTONS_IN_A_ROW = 20
AHEAD = 14  # days that are looked through for an open time


@command(
    "/slots",
    usage="[tomorrow | 24 Nov | Alex | week]",
    summary="Open times of a day, or the week at a glance",
    help=_(
        "Open times: `/slots`, `/slots tomorrow`, `/slots Alex`, `/slots week`. A live board can be pinned in a channel"
    ),
)
def slots(call: Call) -> Answer:
    """Show the day or the week to the caller."""
    with call.view() as view:
        span, consultant = _wanted(view, call.text)
        if span is None:
            words = call.t(
                "I don't know which day or consultant “{words}” is. "
                "Try `/slots tomorrow`, `/slots 24 Nov`, `/slots Alex` or `/slots week`.",
                words=escape(call.text[:80]),
            )
            return Reply(Message(words))
        return Reply(board_message(view, call.t, span, pin=bool(call.channel), consultant=consultant))


def _wanted(view: View, text: str) -> tuple[str | None, str | None]:
    """The span and the consultant that words name; for a consultant alone the next day with an open time."""
    if not text:
        return str(today(view)), None
    period = parse_period(text, now=view.now, zone=view.zone)
    week = parse_week(text, now=view.now, zone=view.zone)
    if period == WEEK or (week is not None and week <= today(view)):
        return WEEK, None
    if week is not None:
        return week_from(week), None
    people = named_consultants(view)
    members = {slack_id: key for key, _, slack_id in people if slack_id}
    named = [(key, name) for key, name, _ in people]
    words = parse_booking(text, now=view.now, zone=view.zone, consultants=named, members=members)
    if period is None and words.consultant_id is not None:
        return str(next_open_day(view, today(view), words.consultant_id)), words.consultant_id
    alone = words.day is None  # "Mo" is Monday, even where a consultant is called so
    return str(period) if period else None, None if alone else words.consultant_id


def next_open_day(view: View, day: date, consultant: str | None) -> date:
    """The first day from this one on with an open time; the day itself where there is none."""
    last = min(day + timedelta(days=AHEAD), bookable_days(view)[1])
    days = [day + timedelta(days=n) for n in range((last - day).days + 1)]
    found = day_slots(view, days, [consultant] if consultant else None)
    return next((slot.starts_at.astimezone(view.zone).date() for slot in found if slot.open), day)


@action("slots.show:*")
def show(call: Call) -> Answer:
    """Another day, page or consultant, in place of what was shown."""
    span, page, consultant = [*call.value.split("|"), "", ""][:3]
    with call.view() as view:
        built = board_message(
            view,
            call.t,
            span,
            pin=bool(call.channel),
            page=int(page[:4]) if page.isascii() and page.isdigit() else 0,
            consultant=consultant or None,
        )
    if call.modal.get("type") == "modal":
        return Refresh(modal("slots", call.t("Open times"), built.blocks, close=call.t("Close")))
    return Reply(built, replace=True)


@action("slots.open")
def open_board(call: Call) -> Answer:
    """Today's board from a button: as a message where there is a place for one, else as a modal."""
    with call.view() as view:
        built = board_message(view, call.t, TODAY, pin=False)
    if call.payload.get("response_url"):
        return Reply(built)
    return Open(modal("slots", call.t("Open times"), built.blocks, close=call.t("Close")))


@suggest("slots.show:who")
def suggest_consultants(call: Call) -> list[Block]:
    """Consultants by the typed letters, where there are too many for a list; the block's id names the day that is shown."""
    span = str(call.payload.get("block_id") or "").partition(":")[2]
    with call.view() as view:
        people = find_consultants(view, call.typing)
    return who(call.t, span, people[: MOST_CONSULTANTS - 1])


def board_message(
    view: View,
    t: Translator,
    span: str,
    *,
    pin: bool,
    page: int = 0,
    consultant: str | None = None,
    public: bool = False,
) -> Message:
    """A day ("2026-11-20" or "today") or a week ("week", "week 2026-11-23") as a message.

    `public`: it keeps to itself what calendars say.
    """
    people = list_consultants(view)
    if not people:
        return nobody(t)
    if span.startswith(WEEK):
        return week_message(view, t, span, people, pin=pin, public=public, consultant=consultant)
    day = parse_day(span) or today(view)
    found = day_slots(view, [day], [consultant] if consultant else None)
    if public:
        found = [discreet(slot) for slot in found]
    free = sum(s.free for s in found if s.open)
    title = t("Open times on {day}", day=t.day(day))
    seats_free = t.plural("{n} seat free", "{n} seats free", free)
    legend = t("A button books; 2/3 means that 2 of 3 seats are free.") if free else ""
    text = f"{title}: {_spoken(t, found) if free else t('nothing is open')}"
    blocks = [header(title), day_navigation(view, t, day, people, consultant, span)]
    starts = _starts(t, found, span, page, consultant)
    if free or len(starts) > 1:  # a day that is closed as a whole says so by itself
        blocks.append(context(" · ".join(filter(None, (f"💺 {seats_free}", legend)))))
    blocks += starts
    if pin and not consultant:
        words = t("Pin live board here") if day == today(view) else t("Pin today's live board here")
        blocks.append(actions([button(words, "slots.pin", TODAY)], block_id="pin"))
    return Message(clip(text, 3900), blocks[:50])


def nobody(t: Translator) -> Message:
    """Where no consultant is set up: what to do about it."""
    words = t("Nobody can be booked yet. An admin adds consultants with `/slotadmin`.")
    return Message(words, [section(f"🪑 {words}")])


def day_rows(t: Translator, found: list[Slot]) -> list[Block]:
    """The starts of a day as rows of Book buttons with the reasons of closed ones below; three blocks a start at most."""
    rows: list[Block] = []
    alone = len({slot.consultant_id for slot in found}) == 1
    for number, (at, same) in enumerate(groupby(found, key=lambda s: s.starts_at)):
        slots_then = list(same)
        free = [s for s in slots_then if s.open]
        closed = [s for s in slots_then if not s.open and not isinstance(s.closed, Over)]
        if not free and not closed:
            continue
        if alone and not free:
            rows += [section(f"*{t.time(at)}* · {escape(clip(why, 160))}") for why in by_reason(closed, t)]
            continue
        shown = free[:BUTTONS_IN_A_ROW]
        seats = [f"{clip(s.consultant, 55)} {s.free}/{s.capacity}" for s in shown]
        words = [t("Book")] if alone else seats
        buttons = [
            button(
                words[n],
                f"slot.book:{n}",
                slot_value(s),
                label=t("Book {time} with {who}", time=t.time(at), who=clip(s.consultant, 50)),
            )
            for n, s in enumerate(shown)
        ]
        if alone:
            rows.append(section(f"*{t.time(at)}* · {escape(seats[0])}", buttons[0], block_id=f"row:{number}"))
            continue
        rows.append(section(f"*{t.time(at)}*" + ("" if free else f" · {t('nothing open')}")))
        if buttons:
            rows.append(actions(buttons, block_id=f"row:{number}"))
        more = len(free) - BUTTONS_IN_A_ROW
        notes = [t.plural("and {n} more", "and {n} more", more)] if more > 0 else []
        notes += _reasons(t, closed)
        if notes:
            rows.append(context(clip(" · ".join(notes), 1900)))
    return rows


def _reasons(t: Translator, closed: list[Slot]) -> list[str]:
    """Why each of these is closed, in markup; whoever has the same reason is named together."""
    return [
        f"{escape(', '.join(clip(name, 40) for name in names))}: {escape(clip(reason, 90))}"
        for reason, names in by_reason(closed, t).items()
    ]


def _starts(t: Translator, found: list[Slot], span: str, page: int, consultant: str | None) -> list[Block]:
    ahead = [s for s in found if not isinstance(s.closed, Over)]
    if not ahead:
        words = t("Nothing more is to come on this day.") if found else t("Nobody offers appointments on this day.")
        return [section(f"🌙 {words}")]
    reasons = {"" if s.closed is None else why_closed(s.closed, t) for s in ahead}
    if len(reasons) == 1 and (why := reasons.pop()):  # a holiday, too far ahead: said once
        return [section(f"🌙 {t('Nothing can be booked on this day: {why}.', why=escape(why))}")]
    starts = sorted({s.starts_at for s in ahead})
    shown = set(starts[page * STARTS_ON_A_PAGE : (page + 1) * STARTS_ON_A_PAGE])
    rows = day_rows(t, [s for s in ahead if s.starts_at in shown])
    turning = []
    if page > 0:
        turning.append(button(t("Earlier"), "slots.show:earlier", value_of(span, consultant, page - 1)))
    if len(starts) > (page + 1) * STARTS_ON_A_PAGE:
        turning.append(button(t("Later"), "slots.show:later", value_of(span, consultant, page + 1)))
    return [*rows, *([actions(turning, block_id="turn")] if turning else [])]


def _spoken(t: Translator, found: list[Slot]) -> str:
    return "; ".join(f"{t.time(s.starts_at)} {escape(s.consultant)} {s.free}/{s.capacity}" for s in found if s.open)
