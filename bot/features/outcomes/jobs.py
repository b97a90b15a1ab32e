"""When outcomes are looked for: soon after each appointment, every evening, and once nobody has answered."""

import logging
from datetime import timedelta

from bot.registry import job
from bot.services import Services
from core.booking.outcomes import asking

log = logging.getLogger(__name__)


@job("outcomes.ask", every=timedelta(minutes=10))
def ask(services: Services, workspace_id: str) -> None:
    """Half an hour after an appointment: its colour, else the question."""
    _report("ask", asking.ask_due(services.engine, workspace_id))


@job("outcomes.evening", at="21:00")
def evening(services: Services, workspace_id: str) -> None:
    """The day's round over everything that is still undecided."""
    _report("evening", asking.close_day(services.engine, workspace_id))


@job("outcomes.escalate", every=timedelta(hours=1))
def escalate(services: Services, workspace_id: str) -> None:
    """Three days without an answer: the leads are asked."""
    _report("escalate", asking.escalate_due(services.engine, workspace_id))


def _report(round_: str, swept: asking.Swept) -> None:
    if swept.recorded or swept.asked or swept.escalated:
        log.info(
            "outcomes %s: %d recorded, %d asked, %d escalated", round_, swept.recorded, swept.asked, swept.escalated
        )
