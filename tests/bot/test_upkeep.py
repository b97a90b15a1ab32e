"""The hourly job that keeps the tables small."""

from datetime import timedelta

from sqlmodel import select

from core.upkeep import KEPT
from storage.tables import Effect, EffectState
from tests.desk import TEAM, Desk


def test_the_job_forgets_what_has_arrived_and_the_product_works_on(desk: Desk) -> None:
    desk.book(9)
    desk.quiet()

    def arrived() -> int:
        with desk.engine.view(TEAM) as view:
            return len(view.session.exec(select(Effect.id).where(Effect.state == EffectState.DONE)).all())

    before = arrived()
    desk.run("forget")
    assert arrived() == before > 0
    desk.clock.forward(KEPT + timedelta(hours=1))
    desk.run("forget")
    assert arrived() == 0
    assert desk.bot.services.declared.jobs["forget"].every == timedelta(hours=1)
