"""How an appointment and its end read, in a message or a modal."""

from collections.abc import Iterable
from datetime import datetime

from bot.blocks import Block, actions, button, clip, context, escape, mention, section
from bot.language import Translator, _
from bot.texts import OUTCOME_SIGNS, OUTCOMES, span
from core.booking.outcomes.overview import Ending
from core.model import Outcome, Source
from core.posts import find_post
from core.transaction import View

LONGEST_NAME = 80  # letters of a name that a list shows: twenty of them fit into a message's text
CHOICES = {
    Outcome.COMPLETED: _("Showed up"),
    Outcome.NO_SHOW: _("Didn't show up"),
    Outcome.CANCELLED: _("Cancelled"),
    Outcome.RESCHEDULED: _("Rescheduled"),
}


def outcome_words(outcome: str, t: Translator) -> str:
    """✅ showed up."""
    return f"{OUTCOME_SIGNS[outcome]} {t(OUTCOMES[outcome])}"


def what(ending: Ending, t: Translator, *, consultant: bool) -> str:
    """*14:00–15:00*  Frau Weber · Alex, in markup; without the day."""
    who = f" · {name(ending.consultant)}" if consultant else ""
    return f"*{span(ending.starts_at, ending.ends_at, t)}*  {name(ending.customer)}{who}"


def name(text: str) -> str:
    """A person's name in markup, at a length that leaves room for the rest."""
    return escape(clip(text, LONGEST_NAME))


def said_by(source: str | None, slack_id: str | None, t: Translator) -> str:
    """Who says so, in markup."""
    if slack_id:
        return mention(slack_id)
    if source == Source.COLOUR:
        return t("the event's colour in the calendar")
    return t("the calendar") if source == Source.CALENDAR else t("the earlier system")


def verdict(ending: Ending, t: Translator) -> str:
    """✅ showed up · @Alex, Wed 18 Nov 14:35; in markup."""
    if ending.outcome is None:
        return t("not answered yet")
    at = f", {t.moment(ending.said_at, short=True)}" if isinstance(ending.said_at, datetime) else ""
    words = f"{outcome_words(ending.outcome, t)} · {said_by(ending.source, ending.said_by, t)}{at}"
    if ending.claim is None:
        return words
    against = f"{outcome_words(ending.claim.outcome, t)} · {said_by(Source.COLOUR, ending.claim.by, t)}"
    return f"{words}\n⚖️ {t('Against it: {claim}. A lead decides.', claim=against)}"


def blocks_for(ending: Ending, t: Translator, *, consultant: bool = False) -> list[Block]:
    """The appointment with a button for each answer, or with the answer and a button to change it."""
    if ending.outcome is None:
        return [
            section(what(ending, t, consultant=consultant)),
            actions(answer_buttons(ending.appointment_id, t), block_id=f"say:{ending.appointment_id}"),
        ]
    change = button(t("Change"), "outcome.open", ending.appointment_id)
    lines = f"{what(ending, t, consultant=consultant)}\n{verdict(ending, t)}"
    shown: list[Block] = [section(lines, change, block_id=f"said:{ending.appointment_id}")]
    if ending.outcome == Outcome.RESCHEDULED and not ending.followed:
        shown.append(actions([again_button(ending.appointment_id, t)], block_id=f"again:{ending.appointment_id}"))
    return shown


def answer_buttons(appointment_id: str, t: Translator, *, action: str = "outcome.say", value: str = "") -> list[Block]:
    """One button an answer; `value` is the appointment's id unless given."""
    return [
        button(
            f"{OUTCOME_SIGNS[outcome]} {t(words)}",
            f"{action}:{outcome}",
            value or appointment_id,
        )
        for outcome, words in CHOICES.items()
    ]


def again_button(appointment_id: str, t: Translator) -> Block:
    """Opens the booking modal with the same customer."""
    return button(t("Book the new time"), "book.again", appointment_id, style="primary")


def in_words(endings: Iterable[Ending], t: Translator) -> str:
    """The appointments with their answers as plain text, for notifications and screen readers."""
    return "; ".join(
        f"{t.time(e.starts_at)} {name(e.customer)} ({t(OUTCOMES[e.outcome]) if e.outcome else t('not answered yet')})"
        for e in endings
    )


def thanks(t: Translator) -> Block:
    """The foot of a list in which everything is answered."""
    return context(t("All answered. Thank you!"))


def was_said(view: View, message: str, subject: str, place: str) -> bool:
    """Whether this message has reached its place before (see `bot.notify.say` for the key)."""
    return find_post(view, f"{message}:{subject}:{place}") is not None
