"""/my: what the caller booked, coming and past, with what can be done to each."""

from datetime import datetime

from bot.answers import Answer, Open, Refresh
from bot.blocks import Block, actions, button, confirm, divider, escape, modal, section
from bot.call import Call
from bot.language import Translator, _
from bot.registry import action, command
from bot.texts import OUTCOME_SIGNS, OUTCOMES
from core.booking import appointments
from core.booking.agenda import Cursor, Mine, my_appointments
from core.transaction import View
from storage.tables import State

PAGE = 8
DONE_WITH = ("book_more", "my_done")  # modals that have done their work: the list takes their place


@command(
    "/my",
    summary="Your upcoming and past appointments",
    help=_("Your appointments: move, cancel, take back, say how they ended"),
)
def my(call: Call) -> Answer:
    """Open the caller's appointments."""
    with call.view() as view:
        return Open(my_modal(view, call.t))


@action("my.open")
def open_my(call: Call) -> Answer:
    """Open the caller's appointments from a button; in a modal that has done its work, they take its place."""
    if call.modal.get("callback_id") not in DONE_WITH:
        return my(call)
    with call.view() as view:
        return Refresh(my_modal(view, call.t))


@action("my.page:*")
def page(call: Call) -> Answer:
    """Another page, or from what is to come to the past and back."""
    with call.view() as view:
        return Refresh(my_modal(view, call.t, call.value))


@action("my.undo")
def undo(call: Call) -> Answer:
    """Take a booking back and show the list without it."""
    with call.transaction() as tx:
        appointments.undo(tx, call.value)
    with call.view() as view:
        return Refresh(my_modal(view, call.t, str(call.private.get("at", ""))))


def refresh_list(call: Call, view_id: str | None) -> Answer | None:
    """The caller's list in the open modal with that id, as it is now."""
    if not view_id:
        return None
    with call.view() as view:
        return Refresh(my_modal(view, call.t), view_id=view_id)


def list_below(call: Call) -> Answer | None:
    """The list under the caller's modal, if that was opened from there."""
    return refresh_list(call, call.modal.get("previous_view_id"))


def my_modal(view: View, t: Translator, at: str = "") -> Block:
    """A page of the caller's appointments. `at` is "past" or "coming", perhaps with where the page begins."""
    assert view.actor is not None
    past, cursor = _parse_place(at)
    found = my_appointments(view, view.actor.id, PAGE, past=past, after=cursor)
    tabs = [
        button(t("Upcoming"), "my.page:coming", "coming", style=None if past else "primary"),
        button(t("Past"), "my.page:past", "past", style="primary" if past else None),
    ]
    blocks: list[Block] = [actions(tabs, block_id="tabs")]
    if not found.items:
        empty = t("You have no past appointments yet.") if past else t("You have no upcoming appointments.")
        blocks += [
            section(f"🗓 {empty}"),
            actions([button(t("Book an appointment"), "book.open", style="primary")], block_id="empty"),
        ]
    for mine in found.items:
        blocks += [divider(), *_mine(t, mine, view.now)]
    turning = []
    if cursor is not None:
        turning.append(button(t("Back to the beginning"), "my.page:first", "past" if past else "coming"))
    if found.next is not None:
        turning.append(button(t("More"), "my.page:more", _place(past, found.next)))
    if turning:
        blocks += [divider(), actions(turning, block_id="turn")]
    return modal("my", t("My appointments"), blocks, close=t("Close"), private={"at": at})


def _mine(t: Translator, mine: Mine, now: datetime) -> list[Block]:
    """An appointment of the list with what can be done to it."""
    one = mine.appointment
    when = f"*{t.moment(one.starts_at, short=True)}* · {escape(mine.consultant)}"
    status = ""
    if mine.outcome:
        status = f"{OUTCOME_SIGNS[mine.outcome]} {t(OUTCOMES[mine.outcome])}"
    elif one.state == State.CANCELLED:
        status = f"{OUTCOME_SIGNS['cancelled']} {t(OUTCOMES['cancelled'])}"
    elif one.starts_at <= now:
        status = f"❔ {t('outcome not known yet')}"
    if mine.disputed:
        status += f" · ⚖️ {t('disputed')}"
    text = "\n".join(filter(None, (when, " · ".join(filter(None, (escape(mine.customer), mine.phone))), status)))
    buttons = []
    if mine.can_change:
        buttons += [button(t("Move"), "my.move", one.id), button(t("Cancel appointment"), "my.cancel", one.id)]
    if mine.can_undo_until:
        sure = confirm(
            t("Take the booking back?"),
            t("The seat becomes free and the calendar event goes, as if it had never been booked."),
            t("Take it back"),
            t("Keep it"),
        )
        label = t("Take back (until {time})", time=t.time(mine.can_undo_until))
        buttons.append(button(label, "my.undo", one.id, confirm=sure))
    if mine.can_record or mine.can_correct:
        words = t("Say how it ended") if mine.can_record else t("Correct the outcome")
        buttons.append(button(words, "outcome.open", one.id))
    if one.starts_at <= now or one.state != State.BOOKED:
        buttons.append(button(t("Book again"), "book.again", one.id))
    return [section(text), *([actions(buttons, block_id=f"do:{one.id}")] if buttons else [])]


def _place(past: bool, cursor: Cursor) -> str:
    return f"{'past' if past else 'coming'}|{cursor.starts_at.isoformat()}|{cursor.id}"


def _parse_place(text: str) -> tuple[bool, Cursor | None]:
    kind, _, rest = text.partition("|")
    when, _, key = rest.partition("|")
    try:
        begin = datetime.fromisoformat(when)
    except ValueError:
        return kind == "past", None
    return kind == "past", Cursor(begin, key) if begin.tzinfo else None
