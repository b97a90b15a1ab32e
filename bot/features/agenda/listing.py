"""/my: what the caller booked, coming and past, with what can be done to each."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.answers import Answer, Open, Refresh
from bot.blocks import Block, actions, button, clip, confirm, context, divider, escape, modal, section
from bot.call import Call
from bot.language import Translator, _
from bot.registry import action, command
from bot.texts import OUTCOME_SIGNS, OUTCOMES
from core.booking import appointments
from core.booking.agenda import Cursor, Mine, just_booked, my_appointments
from core.model import State
from core.transaction import View

PAGE = 8
LONGEST_ABOUT = 80
DONE_WITH = ("book_more", "my_done")  # modals that have done their work: the list takes their place


@command(
    "/my",
    usage="[customer]",
    summary="Your upcoming and past appointments",
    help=_(
        "Your appointments: move, cancel, take back, say how they ended. `/my Weber` shows only those with that customer"
    ),
)
def my(call: Call) -> Answer:
    """Open the caller's appointments, or those with the customer whose name or number is said."""
    with call.view() as view:
        return Open(my_modal(view, call.t, Place(about=call.text).text))


@action("my.open")
def open_my(call: Call) -> Answer:
    """Open the caller's appointments from a button, whose value may name a customer; in a modal that has done its work,
    they take its place."""
    with call.view() as view:
        built = my_modal(view, call.t, Place(about=call.value).text)
    return Refresh(built) if call.modal.get("callback_id") in DONE_WITH else Open(built)


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
        return Refresh(my_modal(view, call.t, shown_page(call)))


def refresh_list(call: Call, view_id: str | None, at: str = "") -> Answer | None:
    """The caller's list in the open modal with that id, as it is now; `at` is its page."""
    if not view_id:
        return None
    with call.view() as view:
        return Refresh(my_modal(view, call.t, at), view_id=view_id)


def shown_page(call: Call) -> str:
    """Which page of the list the caller's modal shows, or lies upon."""
    return str(call.private.get("at") or "")


def list_below(call: Call) -> Answer | None:
    """The list under the caller's modal, if that was opened from there, on the page where it was."""
    return refresh_list(call, call.modal.get("previous_view_id"), shown_page(call))


def my_modal(view: View, t: Translator, at: str = "") -> Block:
    """A page of the caller's appointments; `at` is a `Place` as text."""
    assert view.actor is not None
    place = parse_place(at)
    past, first = place.past, replace(place, cursor=None)
    found = my_appointments(view, view.actor.id, PAGE, past=past, after=place.cursor, about=place.about)
    tabs = [
        button(t("Upcoming"), "my.page:coming", replace(first, past=False).text, style=None if past else "primary"),
        button(t("Past"), "my.page:past", replace(first, past=True).text, style="primary" if past else None),
    ]
    if place.about:
        tabs.append(button(t("All customers"), "my.page:all", replace(first, about="").text))
    blocks: list[Block] = [actions(tabs, block_id="tabs")]
    if place.about:
        blocks.append(context(f"🔍 {t('Only customers found by “{words}”', words=escape(place.about))}"))
    if not found.items:
        blocks += _nothing(t, place)
    elif found.next is not None and place == Place():
        shown = {mine.appointment.id for mine in found.items}
        fresh = [mine for mine in just_booked(view, view.actor.id) if mine.appointment.id not in shown]
        blocks += [section(f"✨ *{t('Just booked')}*")] if fresh else []
        for mine in fresh:
            blocks += _mine(t, mine, view.now)
    for mine in found.items:
        blocks += [divider(), *_mine(t, mine, view.now)]
    turning = []
    if place.cursor is not None:
        turning.append(button(t("Back to the beginning"), "my.page:first", first.text))
    if found.next is not None:
        turning.append(button(t("More"), "my.page:more", replace(place, cursor=found.next).text))
    if turning:
        blocks += [divider(), actions(turning, block_id="turn")]
    return modal("my", t("My appointments"), blocks, close=t("Close"), private={"at": at})


def _nothing(t: Translator, place: "Place") -> list[Block]:
    """An empty list: what that means, and where to go from here."""
    if place.about:
        empty = (
            t("You have no past appointment with such a customer.")
            if place.past
            else t("You have no upcoming appointment with such a customer.")
        )
        return [section(f"🗓 {empty}")]
    empty = t("You have no past appointments yet.") if place.past else t("You have no upcoming appointments.")
    booking = button(t("Book an appointment"), "book.open", style="primary")
    return [section(f"🗓 {empty}"), actions([booking], block_id="empty")]


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
        buttons += [button(t("Move"), "my.move", one.id), button(t("Cancel it"), "my.cancel", one.id)]
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
    elif mine.can_contradict:
        buttons.append(button(t("I see it differently"), "outcome.open", one.id))
    if one.starts_at <= now or one.state != State.BOOKED:
        buttons.append(button(t("Book again"), "book.again", one.id))
    return [section(text), *([actions(buttons, block_id=f"do:{one.id}")] if buttons else [])]


@dataclass(frozen=True)
class Place:
    """Which page of the list is shown: past or coming, from where on, and of which customers."""

    past: bool = False
    cursor: Cursor | None = None
    about: str = ""

    @property
    def text(self) -> str:
        """As the value of a button."""
        begin = self.cursor.starts_at.isoformat() if self.cursor else ""
        kind, key = "past" if self.past else "coming", self.cursor.id if self.cursor else ""
        return f"{kind}|{begin}|{key}|{self.about}"


def parse_place(text: str) -> Place:
    """A place from a button's value, or from anything else."""
    kind, when, key, about = [*text.split("|", 3), "", "", ""][:4]
    place = Place(kind == "past", None, clip(about.replace("\0", "").strip(), LONGEST_ABOUT))
    try:
        begin = datetime.fromisoformat(when)
    except ValueError:
        return place
    return replace(place, cursor=Cursor(begin, key)) if begin.tzinfo else place
