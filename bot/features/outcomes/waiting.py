"""What waits for an answer, as App Home shows it: the member's own, and to leads what is theirs to decide."""

from bot.blocks import Block, button, context, section
from bot.features.outcomes.lines import name, verdict
from bot.language import Translator
from bot.registry import home_section
from core.booking.outcomes.overview import for_leads, still_due
from core.model import Role
from core.transaction import View

MOST = 6  # at once; the next follow when these are answered


@home_section("outcomes_due", place=35)
def due(view: View, t: Translator) -> list[Block]:
    """To a consultant (without one in Slack, to the booker): what was asked and is not answered yet, whatever the day."""
    assert view.actor is not None
    found = still_due(view, view.actor.id)
    blocks: list[Block] = []
    for ending in found[:MOST]:
        when = f"*{t.moment(ending.starts_at, short=True)}* · {name(ending.customer)}"
        key = ending.appointment_id
        blocks.append(section(when, button(t("Say how it ended"), "outcome.open", key), block_id=f"due:{key}"))
    if len(found) > MOST:
        blocks.append(context(t("There are more; they follow here once these are answered.")))
    return [section(f"*{t('Your answer is missing')}*"), *blocks] if blocks else []


@home_section("for_leads", place=25, needs=Role.LEAD)
def waiting(view: View, t: Translator) -> list[Block]:
    """To a lead: disputes to decide, and what nobody has answered for three days."""
    found = for_leads(view)
    blocks: list[Block] = []
    for ending in found[:MOST]:
        who = f"{name(ending.customer)} · {name(ending.consultant)}"
        words = f"*{t.moment(ending.starts_at, short=True)}* · {who}\n{verdict(ending, t)}"
        key, label = ending.appointment_id, t("Decide") if ending.claim else t("Say how it ended")
        blocks.append(section(words, button(label, "outcome.open", key), block_id=f"lead:{key}"))
    if len(found) > MOST:
        blocks.append(context(t("There are more; they follow here once these are answered.")))
    return [section(f"*{t('For the leads to decide')}*"), *blocks] if blocks else []
