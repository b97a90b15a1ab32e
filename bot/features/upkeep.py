"""Keeping the tables small."""

import logging
from dataclasses import astuple
from datetime import timedelta

from bot.registry import job
from bot.services import Services
from core.upkeep import forget_old

log = logging.getLogger(__name__)


@job("forget", every=timedelta(hours=1))
def forget(services: Services, workspace_id: str) -> None:
    """Drop what has arrived and been dealt with for long enough."""
    gone = forget_old(services.engine, workspace_id)
    if any(astuple(gone)):
        log.info(
            "forgot %d effects that arrived, %d that were given up, %d requests that were dealt with, "
            "%d foreign calendar events and %d ended boards",
            *astuple(gone),
        )
