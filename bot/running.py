"""`slotquest run`: what is looked at before the start, and the web server around the bot."""

import asyncio
import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
import uvicorn
from sqlalchemy import make_url

from bot.claims import Refused, held, listening
from bot.logs import start_logging
from bot.settings import Settings
from bot.wiring import build
from core.booking.setup.workspace import workspace_ids
from core.transaction import Engine

log = logging.getLogger("slotquest")

TAKEN = "Does Slotquest run already? Otherwise look at HOST and PORT."


def run_bot(settings: Settings) -> int:
    """Run until a signal; the exit code. Raises SealBroken for a key that is missing."""
    start_logging(settings.log_level)
    bot = build(settings)
    _open_keys(bot.engine)
    try:
        with alone(settings.database_url), listening(settings.host, settings.port, TAKEN) as bound:
            mode = "Socket Mode" if settings.socket_mode else "HTTP, at /slack/events"
            log.info("Slotquest starts: %s; http://%s:%d/healthz says how it is", mode, *bound.getsockname()[:2])
            server = uvicorn.Server(
                uvicorn.Config(bot.serve, log_config=None, access_log=False, timeout_graceful_shutdown=10)
            )
            gc.freeze()
            gc.enable()
            asyncio.run(server.serve([bound]))
    except Refused as refused:
        typer.secho(f"✗ {refused}", err=True, fg=typer.colors.RED)
        return 1
    return 0


def _open_keys(engine: Engine) -> None:
    """A key that is missing is missed now, not with the first customer."""
    for workspace_id in workspace_ids(engine):
        with engine.view(workspace_id) as view:
            view.index_key  # noqa: B018


@contextmanager
def alone(database_url: str) -> Iterator[None]:
    """SQLite serves one process: a second one would have its jobs fail for want of the lock. Raises Refused."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        yield
        return
    advice = "SQLite serves one process; for several, set DATABASE_URL to a PostgreSQL."
    with held(Path(f"{url.database}.run"), f"Slotquest runs already on {url.database}. {advice}"):
        yield
