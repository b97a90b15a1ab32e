"""The answers: a button, a word against a recorded one, and the modal that records or corrects."""

from collections.abc import Callable

from bot.answers import Answer, Close, Errors, Home, Message, Open, Refresh, Reply, Several, Show, Verdict
from bot.blocks import Block, actions, button, field, modal, option, radio, section
from bot.call import Call
from bot.errors import extend
from bot.features.agenda.listing import my_modal
from bot.features.outcomes.lines import CHOICES, outcome_words, said_by, verdict, what
from bot.language import Translator, _
from bot.registry import action, submit
from bot.texts import OUTCOME_SIGNS
from core.booking.appointments import get_appointment
from core.booking.outcomes.deciding import require_answerable
from core.booking.outcomes.overview import Ending, ending
from core.booking.outcomes.recording import may_correct, record
from core.errors import AlreadyDone
from core.model import Outcome, Role
from core.transaction import View

extend(
    invalid={
        ("outcome", "before_start"): _("The appointment hasn't begun yet. Its outcome can be told from its start on.")
    },
    missing={"dispute": _("This dispute no longer exists.")},
    done={"disputed": _("There is a dispute about this one already; a lead decides.")},
)


# Lists that are shown anew when an answer was given on top of them: callback id -> builder from what the list shows.
BELOW: dict[str, Callable[[View, Translator, str], Block]] = {"my": my_modal}
HOME = "home"  # App Home, where an answer was given on top of it
LEAD_DECIDES = _("If you say otherwise, a lead decides. Until then the recorded answer stands.")


@action("outcome.say:*")
def say(call: Call) -> Answer | None:
    """The first answer decides; the message with the button is edited by what follows from it."""
    return answer(call, call.value, Outcome(call.suffix))


@action("outcome.claim:*")
def claim(call: Call) -> Answer | None:
    """The caller insists: a correction where that is theirs to make, else a matter for the leads."""
    outcome = Outcome(call.suffix)
    try:
        with call.transaction() as tx:
            changed = record(tx, call.value, outcome, claim=True).outcome == outcome
    except AlreadyDone as refusal:
        return _told(call, Message(_refused(call, call.value, refusal)))
    words = call.t("Changed: {outcome}", outcome=outcome_words(outcome, call.t)) if changed else _passed_on(call.t)
    told, list_below = _told(call, Message(words)), _list_below(call)
    return Several((told, list_below)) if list_below else told


@action("outcome.open")
def change(call: Call) -> Answer | None:
    """Open the modal for the appointment in the button's value, decided or not."""
    with call.view() as view:
        appointment = get_appointment(view, call.value)
        require_answerable(view, appointment)
        about = ending(view, call.value)
        follows = _what_follows(call, view, about, mine=may_correct(view, appointment))
    return Open(outcome_modal(about, call.t, follows, _opened_from(call)))


@submit("outcome.change")
def changed(call: Call) -> Verdict:
    """Record, correct, or open a dispute: whichever the caller's word amounts to."""
    chosen = call.typed.choice("outcome")
    if chosen is None:
        return Errors({"outcome": call.t("Please choose one.")})
    appointment_id, outcome = str(call.private.get("appointment", "")), Outcome(chosen)
    try:
        with call.transaction() as tx:
            stands = record(tx, appointment_id, outcome, claim=True).outcome == outcome
    except AlreadyDone as refusal:
        return Errors({"outcome": _refused(call, appointment_id, refusal)})
    if stands:
        return Close(False, then=lambda: _list_below(call))
    return Show(_note(Message(_passed_on(call.t)), call.t), then=lambda: _list_below(call))


def answer(call: Call, appointment_id: str, outcome: Outcome) -> Answer | None:
    """Record an answer; None when it stands, else what to show to the caller."""
    try:
        with call.transaction() as tx:
            record(tx, appointment_id, outcome)
    except AlreadyDone as refusal:
        return _contradicted(call, appointment_id, outcome, refusal)
    return None


def outcome_modal(about: Ending, t: Translator, follows: str, opened_from: dict[str, str]) -> Block:
    """Four answers to choose from, the recorded one chosen. `follows` says what comes of another answer."""
    line = f"{t.day(about.starts_at)}\n{what(about, t, consultant=True)}"
    blocks = [section(line if about.outcome is None else f"{line}\n{verdict(about, t)}")]
    if follows:
        blocks.append(section(follows))
    options = [option(f"{OUTCOME_SIGNS[outcome]} {t(words)}", outcome) for outcome, words in CHOICES.items()]
    blocks.append(field("outcome", t("How did it end?"), radio("choose", options, chosen=about.outcome)))
    return modal(
        "outcome.change",
        t("Outcome"),
        blocks,
        submit=t("Save"),
        close=t("Close"),
        private={"appointment": about.appointment_id, **opened_from},
    )


def _what_follows(call: Call, view: View, about: Ending, *, mine: bool) -> str:
    """What comes of the caller's answer. `mine`: it replaces what is recorded, were it not for a dispute."""
    t, me = call.t, call.member.slack_id
    if about.outcome is None:
        return ""
    if about.claim is None:
        return t("Your answer replaces the recorded one.") if mine else t(LEAD_DECIDES)
    if view.actor_is(Role.LEAD):
        return t("Your answer decides.")
    if about.claim.by == me:
        return t("You say otherwise. To take that back, choose the recorded answer.")
    if about.said_by == me:
        return t("If the other answer is right, choose it: then this is settled. Otherwise a lead decides.")
    return t("There is a dispute about this one already; a lead decides.")


def _contradicted(call: Call, appointment_id: str, wanted: Outcome, refusal: AlreadyDone) -> Answer:
    """Somebody else was faster and said otherwise: nothing has changed, but the caller may insist."""
    t = call.t
    with call.view() as view:
        about = ending(view, appointment_id)
        mine = may_correct(view, get_appointment(view, appointment_id))
    words = _refused(call, appointment_id, refusal)
    if about.outcome is None or about.claim is not None:
        return _on_top(call, Message(words))
    insist = (
        t("Change it to: {outcome}", outcome=t(CHOICES[wanted]))
        if mine
        else t("I say: {outcome}", outcome=t(CHOICES[wanted]))
    )
    said = words if mine else f"{words} {t(LEAD_DECIDES)}"
    buttons = [button(insist, f"outcome.claim:{wanted}", appointment_id)]
    return _on_top(call, Message(said, [section(said), actions(buttons)]))


def _on_top(call: Call, message: Message) -> Answer:
    """Words for the caller on top of the modal they are in, else as a reply."""
    return Open(_note(message, call.t, _opened_from(call))) if call.modal else Reply(message)


def _told(call: Call, message: Message) -> Answer:
    """Words for the caller in place of those whose button was pressed."""
    return Refresh(_note(message, call.t)) if call.modal else Reply(message, replace=True)


def _refused(call: Call, appointment_id: str, refusal: AlreadyDone) -> str:
    t = call.t
    with call.view() as view:
        about = ending(view, appointment_id)
    if refusal.state == "disputed" or about.claim is not None:
        return t("There is a dispute about this one already; a lead decides.")
    if about.outcome is None:
        return t("This appointment was called off before it began; it has no outcome.")
    return t(
        "It is already recorded: {outcome}, says {who}.",
        outcome=outcome_words(about.outcome, t),
        who=said_by(about.source, about.said_by, t),
    )


def _passed_on(t: Translator) -> str:
    return t("Passed on to the leads: they decide which answer is right.")


def _opened_from(call: Call) -> dict[str, str]:
    """The callback id of the modal in which the caller is (or HOME) and what it shows, for what is opened on top of it."""
    below = HOME if call.modal.get("type") == HOME else str(call.modal.get("callback_id") or "")
    return {"below": below, "place": str(call.private.get("at") or "")}


def _list_below(call: Call) -> Answer | None:
    """The list that the modal was opened from, with the new answer in it."""
    if call.private.get("below") == HOME:
        return Home()
    build, view_id = BELOW.get(str(call.private.get("below"))), call.modal.get("previous_view_id")
    if build is None or not view_id:
        return None
    with call.view() as view:
        return Refresh(build(view, call.t, str(call.private.get("place", ""))), view_id=view_id)


def _note(message: Message, t: Translator, opened_from: dict[str, str] | None = None) -> Block:
    blocks = message.blocks or [section(message.text)]
    return modal("outcome.note", t("Outcome"), blocks, close=t("Close"), private=opened_from)
