"""Keeping the tables small."""

import logging
from datetime import timedelta

from bot.registry import job
from bot.services import Services
from core.upkeep import forget_old

log = logging.getLogger(__name__)


@job("forget", every=timedelta(hours=1))
def forget(services: Services, workspace_id: str) -> None:
    """Drop what has arrived and been dealt with for long enough."""
    gone = forget_old(services.engine, workspace_id)
    if gone.effects or gone.deliveries or gone.calendar_events:
        log.info(
            "forgot %d effects that arrived, %d requests that were dealt with and %d foreign calendar events",
            gone.effects,
            gone.deliveries,
            gone.calendar_events,
        )
