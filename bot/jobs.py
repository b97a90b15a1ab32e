"""The schedule. Jobs live in memory and are sweeps over tables, so nothing is lost when a run is missed or repeated.

Daily jobs are claimed per workspace and local date in the database: they run once whatever the number of processes, late
after a downtime, and once on days on which the clock changes.
"""

import logging
from collections.abc import Callable
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from bot.registry import Job
from bot.services import Services
from core.booking.setup.workspace import workspace_ids

log = logging.getLogger(__name__)

DAILY_CHECK = timedelta(minutes=1)


class Schedule:
    """Runs the registry's jobs in background threads until `stop`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self, delay: timedelta = timedelta(seconds=5)) -> None:
        """Begin; the first runs come after `delay`, so that a start is not slowed by them."""
        first = self._services.engine.clock() + delay
        for job in self._services.declared.jobs.values():
            every = job.every or DAILY_CHECK
            self._scheduler.add_job(
                self._runner(job), "interval", seconds=every.total_seconds(), next_run_time=first, id=job.id
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Begin nothing more. A running sweep ends with the process: what it has not done, the next one does."""
        if self._scheduler.running:
            self._scheduler.pause()
            self._scheduler.shutdown(wait=False)

    def _runner(self, job: Job) -> Callable[[], None]:
        def run() -> None:
            for workspace_id in workspace_ids(self._services.engine):
                try:
                    run_due(self._services, job, workspace_id)
                except Exception:
                    log.exception("job %s failed; the next run does what this one has not done", job.id)

        return run


def run_due(services: Services, job: Job, workspace_id: str) -> None:
    """Run it, a daily one if this process is the one to do so today. A day on which it failed is given back."""
    if job.at is None:
        job.run(services, workspace_id)
        return
    with services.engine.view(workspace_id) as view:
        local = view.now.astimezone(view.zone)
    if local.strftime("%H:%M") < job.at:
        return
    day = f"job:{job.id}:{local.date().isoformat()}"
    with services.engine.transaction(workspace_id) as tx:
        if not tx.first_time(day):
            return
    try:
        job.run(services, workspace_id)
    except Exception:
        with services.engine.transaction(workspace_id) as tx:
            tx.forget(day)
        raise
