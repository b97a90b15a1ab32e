"""Every message and modal about outcomes, with the longest lists and the worst names, in both languages, as Slack takes it."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

import bot.features
from bot.answers import Message
from bot.features.day import day_message
from bot.features.outcomes.answering import outcome_modal
from bot.features.outcomes.notices import NOTICES
from bot.language import Translator
from bot.registry import collect
from core.booking.agenda import day_of
from core.booking.outcomes.asking import ask_due, escalate_due
from core.booking.outcomes.colours import colour_seen
from core.booking.outcomes.overview import ending
from core.booking.outcomes.recording import record
from sandbox.slack.blockkit.check import check_message, check_view
from storage.tables import Consultant, Customer, Effect, Outcome
from tests import services
from tests.core.booking.outcomes.firm import NOON, Firm, W

WORST = ["W" * 10_000, "😀" * 3000, "‮Weber", "<!channel> *fett* _`x`_ & <@U1>", "\n\n", "Frau Weber 0171 2345678"]
SECRETS = ("Weber", "0171", "😀", "WWW")


@pytest.fixture
def firm(database_folder: Path) -> Iterator[Firm]:
    with services.database_on("sqlite", database_folder) as database:
        made = Firm(database)
        made.engine.reactions = NOTICES
        with made.engine.transaction(W) as tx:
            tx.workspace.admin_channel = "CADMIN"
            tx.add(tx.workspace)
        yield made


def crowd(firm: Firm, count: int = 20) -> list[str]:
    """Appointments of one start with the worst names in turn."""
    keys = [firm.appointment() for _ in range(count)]
    with firm.engine.transaction(W) as tx:
        for customer, name in zip(tx.session.exec(select(Customer)).all(), itertools.cycle(WORST), strict=False):
            customer.name = name
            tx.add(customer)
        consultant = tx.session.get_one(Consultant, "c-alex")
        consultant.name = "A*l*e<x>" * 50
        tx.add(consultant)
    return keys


def said(firm: Firm, language: str) -> dict[str, Message]:
    """Every message in the outbox, built in this language: by its name and place."""
    declared = collect(bot.features)
    with firm.engine.view(W) as view:
        effects = view.session.exec(select(Effect).where(Effect.kind == "slack.message")).all()
    found = {}
    for effect in effects:
        to = effect.payload["to"]
        reader = next((m for m in firm.members.values() if m.slack_id == to), None)
        with firm.engine.view(W, reader) as view:
            t = Translator(language, ZoneInfo("Europe/Berlin"), view.now)
            message = declared.messages[effect.payload["message"]](view, t, effect.payload["facts"])
        if message is not None:
            found[f"{effect.payload['message']} {to}"] = message
    return found


def everything(firm: Firm) -> list[str]:
    """Questions, answers of each kind, a dispute and an escalation."""
    keys = crowd(firm)
    ask_due(firm.engine, W)
    for key, outcome in zip(keys[:8], itertools.cycle(Outcome), strict=False):
        firm.act("alex", record, key, outcome)
    firm.act(None, colour_seen, firm.row(keys[0]), "11")
    firm.act("booker", record, keys[4], Outcome.NO_SHOW, claim=True)
    firm.act("booker", record, keys[5], Outcome.COMPLETED, claim=True)
    firm.act("lead", record, keys[5], Outcome.RESCHEDULED, claim=True)
    firm.act("admin", record, keys[5], Outcome.COMPLETED, claim=True)
    firm.now += timedelta(hours=80)
    escalate_due(firm.engine, W)
    return keys


@pytest.mark.parametrize("language", ["de-DE", "en-US", "fr-FR"])
def test_slack_takes_every_message(firm: Firm, language: str) -> None:
    keys = everything(firm)
    messages = said(firm, language)
    assert {name.split()[0] for name in messages} == {
        "outcomes_asked",
        "outcomes_escalated",
        "outcomes_overdue",
        "outcome_disputed",
        "outcome_contested",
        "dispute_decided",
        "outcome_corrected",
    }
    for name, message in messages.items():
        assert check_message({"text": message.text, "blocks": message.blocks}) == [], name
        assert len(message.text) <= 4000, name
        assert "<!channel>" not in f"{message.text}{message.blocks}", name
    for key in (keys[0], keys[3], keys[10]):
        with firm.engine.view(W) as view:
            t = Translator(language, ZoneInfo("Europe/Berlin"), view.now)
            assert check_view(outcome_modal(ending(view, key), t, "What follows " * 20, {})) == []


def test_the_channel_never_sees_a_customer(firm: Firm) -> None:
    everything(firm)
    shown = said(firm, "de")["outcomes_overdue CADMIN"]
    assert not [secret for secret in SECRETS if secret in f"{shown.text}{shown.blocks}"]
    assert shown.text.startswith("12 Termine am Mittwoch, 18. November waren drei Tage lang ohne Ergebnis")


def test_who_is_no_lead_is_told_nothing_of_leads_matters(firm: Firm) -> None:
    everything(firm)
    firm.members["lead"].role = "member"
    told = [name for name in said(firm, "de") if name.endswith(" ULEAD")]
    assert told == ["outcome_corrected ULEAD"], "what became of their own word is still theirs to know"


@pytest.mark.parametrize("count", [0, 1, 60])
@pytest.mark.parametrize("language", ["de-DE", "en-US"])
def test_slack_takes_every_day(firm: Firm, language: str, count: int) -> None:
    keys = crowd(firm, count)
    for key in keys[::3]:
        firm.act("alex", record, key, Outcome.NO_SHOW)
    with firm.engine.view(W, firm.members["alex"]) as view:
        t = Translator(language, ZoneInfo("Europe/Berlin"), view.now)
        found = day_of(view, view.session.get_one(Consultant, "c-alex"), NOON.date())
        message = day_message(found, t, NOON.date())
    assert check_message({"text": message.text, "blocks": message.blocks}) == []
