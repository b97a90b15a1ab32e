"""/slots: a day as a board with a Book button per open slot, and the week at a glance."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from bot.answers import Answer, Message, Open, Refresh, Reply
from bot.blocks import (
    Block,
    actions,
    button,
    clip,
    context,
    divider,
    escape,
    external_select,
    header,
    modal,
    option,
    section,
    select,
)
from bot.call import Call
from bot.features.book.picker import parse_day, slot_value
from bot.language import Translator, _
from bot.registry import action, command, suggest
from bot.texts import by_reason, why_closed
from core.booking.availability import bookable_days, day_slots, today
from core.booking.setup.consultants import find_consultants, list_consultants
from core.booking.slots import Over, Slot, discreet
from core.booking.words import parse_period
from core.transaction import View
from storage.tables import Consultant

STARTS_ON_A_PAGE = 10
MOST_CONSULTANTS = 100  # a static select holds 100 options, one of them is "all"
BUTTONS_IN_A_ROW = 20
WEEK = "week"
TODAY = "today"


@command(
    "/slots",
    usage="[tomorrow | 24 Nov | week]",
    summary="Open times of a day, or the week at a glance",
    help=_("Open times: `/slots`, `/slots tomorrow`, `/slots week`. A live board can be pinned in a channel"),
)
def slots(call: Call) -> Answer:
    """Show the day or the week to the caller."""
    with call.view() as view:
        period = parse_period(call.text, now=view.now, zone=view.zone) if call.text else today(view)
        if period is None:
            words = call.t(
                "I don't know which day “{words}” is. Try `/slots tomorrow`, `/slots 24 Nov` or `/slots week`.",
                words=escape(call.text[:80]),
            )
            return Reply(Message(words))
        span = WEEK if period == WEEK else str(period)
        return Reply(board_message(view, call.t, span, pin=bool(call.channel)))


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
    return _who(call.t, span, people[: MOST_CONSULTANTS - 1])


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
    """A day ("2026-11-20" or "today") or the week as a message. `public`: it keeps to itself what calendars say."""
    people = list_consultants(view)
    if not people:
        words = t("Nobody can be booked yet. An admin adds consultants with `/slotadmin`.")
        return Message(words, [section(f"🪑 {words}")])
    if span == WEEK:
        return _week(view, t, pin, public)
    day = parse_day(span) or today(view)
    found = day_slots(view, [day], [consultant] if consultant else None)
    if public:
        found = [discreet(slot) for slot in found]
    free = sum(s.free for s in found if s.open)
    title = t("Open times on {day}", day=t.day(day))
    seats_free = t.plural("{n} seat free", "{n} seats free", free)
    text = f"{title}: {_spoken(t, found) if free else t('nothing is open')}"
    blocks = [header(title), _navigation(view, t, day, people, consultant, span), context(f"💺 {seats_free}")]
    blocks += _starts(t, found, span, page, consultant)
    if pin and not consultant:
        words = t("Pin live board here") if day == today(view) else t("Pin today's live board here")
        blocks.append(actions([button(words, "slots.pin", TODAY)], block_id="pin"))
    return Message(clip(text, 3900), blocks[:50])


def day_rows(t: Translator, found: list[Slot]) -> list[Block]:
    """The starts of a day as rows of Book buttons with the reasons of closed ones below; three blocks a start at most."""
    rows: list[Block] = []
    for number, (at, same) in enumerate(groupby(found, key=lambda s: s.starts_at)):
        slots_then = list(same)
        free = [s for s in slots_then if s.open]
        closed = [s for s in slots_then if not s.open and not isinstance(s.closed, Over)]
        if not free and not closed:
            continue
        rows.append(section(f"*{t.time(at)}*" + ("" if free else f" · {t('nothing open')}")))
        if free:
            buttons = [
                button(
                    f"{clip(s.consultant, 55)} {s.free}/{s.capacity}",
                    f"slot.book:{n}",
                    slot_value(s),
                    label=t("Book {time} with {who}", time=t.time(at), who=clip(s.consultant, 50)),
                )
                for n, s in enumerate(free[:BUTTONS_IN_A_ROW])
            ]
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
        turning.append(button(t("Earlier"), "slots.show:earlier", f"{span}|{page - 1}|{consultant or ''}"))
    if len(starts) > (page + 1) * STARTS_ON_A_PAGE:
        turning.append(button(t("Later"), "slots.show:later", f"{span}|{page + 1}|{consultant or ''}"))
    return [*rows, *([actions(turning, block_id="turn")] if turning else [])]


def _navigation(
    view: View, t: Translator, day: date, people: Sequence[Consultant], consultant: str | None, span: str
) -> Block:
    first, last = bookable_days(view)
    elements = []
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    if day > first:
        elements.append(button(f"◀ {t.day(before, short=True)}", "slots.show:before", f"{before}||{consultant or ''}"))
    if day < last:
        elements.append(button(f"{t.day(after, short=True)} ▶", "slots.show:after", f"{after}||{consultant or ''}"))
    elements.append(button(t("Week"), "slots.show:week", WEEK))
    if 1 < len(people) < MOST_CONSULTANTS:
        chosen = f"{span}||{consultant or ''}"
        elements.append(select("slots.show:who", _who(t, span, people), placeholder=t("Consultant"), chosen=chosen))
    elif len(people) >= MOST_CONSULTANTS:
        now = next((choice for choice in _who(t, span, people) if choice["value"] == f"{span}||{consultant}"), None)
        elements.append(external_select("slots.show:who", placeholder=t("All consultants"), chosen=now, min_letters=0))
    return actions(elements, block_id=f"nav:{span}")


def _who(t: Translator, span: str, people: Sequence[Consultant]) -> list[Block]:
    return [option(t("All consultants"), f"{span}||"), *(option(c.name, f"{span}||{c.id}") for c in people)]


def _week(view: View, t: Translator, pin: bool, public: bool) -> Message:
    first, last = bookable_days(view)
    days = [first + timedelta(days=n) for n in range(7) if first + timedelta(days=n) <= last]
    found = [discreet(slot) if public else slot for slot in day_slots(view, days)]
    title = t("The week at a glance")
    blocks: list[Block] = [header(title)]
    lines = []
    for number, day in enumerate(days):
        slots_then = [s for s in found if s.starts_at.astimezone(view.zone).date() == day]
        free, seats = sum(s.free for s in slots_then if s.open), sum(s.capacity for s in slots_then)
        if not slots_then:
            words = t("nothing on offer")
        elif not free:
            words = t("nothing open") + escape(_common_reason(t, slots_then))
        else:
            words = t("{free} of {seats} seats free", free=free, seats=seats)
        lines.append(f"{t.day(day, short=True)}: {words}")
        show_day = button(t("Show"), f"slots.show:day{number}", str(day)) if slots_then else None
        bar = f"{_bar(free, seats)}  " if seats else ""
        blocks.append(section(f"{bar}*{t.day(day)}*\n{words}", show_day))
    if pin:
        blocks += [divider(), actions([button(t("Pin live board here"), "slots.pin", WEEK)], block_id="pin")]
    return Message(clip(f"{title}: {'; '.join(lines)}", 3900), blocks)


def _bar(free: int, seats: int) -> str:
    """How much is taken, in ten steps."""
    taken = round(10 * (seats - free) / seats) if seats else 0
    return "▰" * taken + "▱" * (10 - taken)


def _common_reason(t: Translator, closed: list[Slot]) -> str:
    reasons = {why_closed(s.closed, t) for s in closed if s.closed}
    return f" ({reasons.pop()})" if len(reasons) == 1 else ""


def _spoken(t: Translator, found: list[Slot]) -> str:
    return "; ".join(f"{t.time(s.starts_at)} {escape(s.consultant)} {s.free}/{s.capacity}" for s in found if s.open)
