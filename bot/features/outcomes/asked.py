"""The question to whoever should know: one message for what one consultant's slots of a day were asked about together."""

from datetime import date, datetime
from typing import Any

from bot.answers import Message
from bot.blocks import context, section
from bot.features.outcomes.lines import blocks_for, in_words, thanks, was_said
from bot.language import Translator
from bot.registry import message
from core.booking.outcomes.overview import asked_together
from core.transaction import View


@message("outcomes_asked")
def asked(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """The open questions with buttons, the answered ones with their answers."""
    day, at = date.fromisoformat(facts["day"]), datetime.fromisoformat(facts["at"])
    endings = asked_together(view, facts["member"], facts["consultant"], day, at)
    pending = [ending for ending in endings if ending.outcome is None]
    if not endings or not (pending or was_said(view, "outcomes_asked", facts["subject"], facts["place"])):
        return None
    title = t.plural(
        "How did this appointment on {day} go?",
        "How did these {n} appointments on {day} go?",
        len(endings),
        day=t.day(day),
    )
    mine = facts["own"]
    blocks = [section(f"*{title}*")]
    for ending in endings:
        blocks += blocks_for(ending, t, consultant=not mine)
    if any(ending.escalated for ending in pending):
        blocks.append(context(t("The leads have been asked by now; your answer still counts.")))
    elif pending:
        blocks.append(context(t("A colour in the calendar answers as well. After three days the leads are asked.")))
    else:
        blocks.append(thanks(t))
    return Message(f"{title} {in_words(endings, t)}", blocks)
