"""After three days without an answer: the question to every lead, and a line without customers in the admin channel."""

from datetime import date, datetime
from typing import Any

from bot.answers import Message
from bot.blocks import Block, section
from bot.features.outcomes.lines import blocks_for, in_words, name, outcome_words, thanks, was_said
from bot.language import Translator
from bot.registry import message
from core.booking.outcomes.overview import Ending, escalated_together
from core.model import Role
from core.transaction import View


@message("outcomes_escalated")
def escalated(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To a lead: what nobody has answered, with buttons."""
    found = _pending(view, "outcomes_escalated", facts)
    if found is None or not view.actor_is(Role.LEAD):
        return None
    endings, pending, day = found
    title = t.plural(
        "Nobody has said how this appointment on {day} ended. Do you know?",
        "Nobody has said how these {n} appointments on {day} ended. Do you know?",
        len(endings),
        day=t.day(day),
    )
    blocks = [section(f"*{title}*")]
    for ending in endings:
        blocks += blocks_for(ending, t, consultant=True)
    if not pending:
        blocks.append(thanks(t))
    return Message(f"{title} {in_words(endings, t)}", blocks)


@message("outcomes_overdue")
def overdue(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """To the admin channel: which slots are without an answer; customers stay out of channels."""
    found = _pending(view, "outcomes_overdue", facts)
    if found is None:
        return None
    endings, pending, day = found
    title = t.plural(
        "{n} appointment on {day} was without an outcome for three days. The leads have been asked.",
        "{n} appointments on {day} were without an outcome for three days. The leads have been asked.",
        len(endings),
        day=t.day(day),
    )
    lines = "\n".join(
        f"*{t.time(e.starts_at)}* {name(e.consultant)}: "
        + (outcome_words(e.outcome, t) if e.outcome else t("not answered yet"))
        for e in endings
    )
    blocks: list[Block] = [section(f"⏳ {title}"), section(lines)]
    if not pending:
        blocks.append(thanks(t))
    return Message(title, blocks)


def _pending(view: View, kind: str, facts: dict[str, Any]) -> tuple[list[Ending], int, date] | None:
    day, at = date.fromisoformat(facts["day"]), datetime.fromisoformat(facts["at"])
    endings = escalated_together(view, day, at)
    pending = sum(ending.outcome is None for ending in endings)
    if not endings or not (pending or was_said(view, kind, facts["subject"], facts["place"])):
        return None
    return endings, pending, day
