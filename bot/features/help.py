"""/slotquest says what the bot can do, by role and language; words in a direct message are understood as a booking,
a question about open times is answered with them."""

from bot.answers import Answer, Message, Open, Reply
from bot.blocks import Block, actions, button, clip, context, escape, header, modal, section
from bot.call import Call
from bot.features.book.form import Form, form_for_words
from bot.features.slots import board_message, next_open_day, nobody
from bot.language import Translator, _
from bot.registry import Command, action, command, event
from bot.texts import why_closed
from core.booking.availability import today
from core.booking.setup.consultants import consultant_of, list_consultants
from core.booking.words import asks_for_help, asks_for_own, asks_for_times, asks_to_change
from core.model import Role
from core.transaction import View

FOR_CONSULTANTS = {"/day", "/off"}  # of no use to anybody else
LONGEST_WORDS = 1500  # of a direct message that are carried to the form in a button's value (Slack: 2,000)


@command("/slotquest", summary="What Slotquest can do", help=_("This overview"))
def overview(call: Call) -> Answer:
    """What the caller can do, privately."""
    entries = _commands(call)
    return Reply(Message(_spoken(call.t, entries), _overview(call.t, entries)))


@action("help.open")
def open_overview(call: Call) -> Answer:
    """The overview as a modal, from a button."""
    return Open(modal("help", call.t("What I can do"), _overview(call.t, _commands(call)), close=call.t("Close")))


@event("message")
def words(call: Call) -> Answer | None:
    """A direct message: what was understood, and a button that opens the filled form. Nothing is booked by words alone."""
    said = call.payload["event"]
    if said.get("channel_type") != "im" or said.get("subtype") or said.get("bot_id") or not said.get("user"):
        return None
    with call.transaction() as tx:
        if not tx.first_time(call.key):
            return None
    text = str(said.get("text") or "").strip()
    if asks_for_help(text):
        return overview(call)
    with call.view() as view:
        form = form_for_words(view, text, None)
        if asks_to_change(text) or asks_for_own(text):
            return Reply(_in_the_list(call.t, form, text))
        if asks_for_times(text):
            return Reply(_open_times(view, call.t, form))
        people = {c.id: c.name for c in list_consultants(view)}
        if not people:
            return Reply(nobody(call.t))
        facts = _facts(call.t, form, people, bool(text))
    return Reply(_understood(call.t, facts, form.ignored, text) if facts else _hint(call.t))


def _facts(t: Translator, form: Form, people: dict[str, str], said: bool) -> list[str]:
    """What was understood, a line each in markup: when, with whom, for whom."""
    facts, choice = [], form.choice
    if choice.slot is not None:
        facts.append(f"🗓 {t.moment(choice.slot[1])}")
    elif form.closed is not None and form.closed.closed is not None:
        why = escape(why_closed(form.closed.closed, t))
        facts.append("⚠️ " + t("{what} can't be booked: {why}.", what=t.moment(form.closed.starts_at), why=why))
    elif said and (choice.consultant or form.name or form.phone):
        facts.append(f"🗓 {t.day(choice.day)} · {t('time still to be chosen')}")
    who = people.get((choice.slot[0] if choice.slot else choice.consultant) or "", "")
    if who and choice.consultant is None:
        who = t("{consultant} (my suggestion)", consultant=who)
    signed = (("🧑‍💼", who), ("👤", form.name), ("📞", form.phone), ("✉️", form.email))
    return [*facts, *(f"{sign} {escape(words)}" for sign, words in signed if words)]


def _understood(t: Translator, facts: list[str], ignored: str, said: str) -> Message:
    understood = t("This is what I understood:")
    opening = button(t("Check and book"), "book.open", said[:LONGEST_WORDS], style="primary")
    foot = [t("Not understood: {words}", words=escape(clip(ignored, 300)))] if ignored else []
    foot.append(t("Nothing is booked yet."))
    blocks = [section("\n".join([understood, *facts])), actions([opening]), context("\n".join(foot))]
    return Message(f"{understood} {' · '.join(facts)} · {t('Nothing is booked yet.')}", blocks)


def _in_the_list(t: Translator, form: Form, said: str) -> Message:
    """Moving and cancelling are done in the caller's list, which opens with the customer that was named."""
    if asks_to_change(said):
        words = t("You can move and cancel in the list of your appointments.")
    else:
        words = t("Here is the list of your appointments.")
    who = form.name or form.phone or form.email
    label = t("Appointments with {customer}", customer=clip(who, 40)) if who else t("My appointments")
    row = [
        button(label, "my.open", who, style="primary"),
        button(t("Book an appointment"), "book.open", said[:LONGEST_WORDS]),
    ]
    return Message(words, [section(words), actions(row)])


def _hint(t: Translator) -> Message:
    hint = t("I book appointments. Just write, for example: “tomorrow 2pm with Alex, Ms Weber 0171 2345678”.")
    buttons = [
        button(t("Book an appointment"), "book.open", style="primary"),
        button(t("What can you do?"), "help.open"),
    ]
    return Message(hint, [section(hint), actions(buttons)])


def _open_times(view: View, t: Translator, form: Form) -> Message:
    """The board of the day that was asked about; of today, or where no day was said, the next one with an open time."""
    day, consultant = form.choice.day, form.choice.consultant
    if day == today(view):
        day = next_open_day(view, day, consultant)
    return board_message(view, t, day.isoformat(), pin=False, consultant=consultant)


def _overview(t: Translator, entries: list[Command]) -> list[Block]:
    blocks = [header(t("What I can do")), section("\n".join(_line(t, entry) for entry in entries))]
    plain = [
        t("You can also write to me in plain words: “tomorrow 2pm with Alex, Ms Weber 0171 2345678”."),
        t("Or ask me: “When is Elena free on Monday?”"),
        t("In the menu of any message you can book from what it says."),
    ]
    blocks.append(section("\n".join(plain)))
    row = [button(t("Book an appointment"), "book.open", style="primary"), button(t("My appointments"), "my.open")]
    return [*blocks, actions(row)]


def _spoken(t: Translator, entries: list[Command]) -> str:
    return "\n".join([t("What I can do"), *(_line(t, entry) for entry in entries)])


def _commands(call: Call) -> list[Command]:
    """Those that the caller may use; the overview itself stands last."""
    with call.view() as view:
        away = set() if consultant_of(view, call.member.id) else FOR_CONSULTANTS
    entries = sorted(call.services.declared.commands.values(), key=lambda c: (c.name == "/slotquest", c.name))
    return [entry for entry in entries if Role(call.member.role).covers(entry.needs) and entry.name not in away]


def _line(t: Translator, entry: Command) -> str:
    return f"`{entry.name}`  {t(entry.help)}"
