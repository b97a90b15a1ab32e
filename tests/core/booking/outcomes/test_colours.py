"""What colours mean, when they count, and how they quarrel with people."""

from datetime import timedelta

import pytest

from core.booking.outcomes.colours import colour_of, colour_seen, one_outcome, outcome_of
from core.booking.outcomes.disputes import settle
from core.booking.outcomes.recording import correct, record
from core.errors import AlreadyDone, NotAllowed, NotFound
from storage.tables import Outcome, State, Workspace
from tests.core.booking.outcomes.firm import NOON, Firm

C, N, X, R = Outcome.COMPLETED, Outcome.NO_SHOW, Outcome.CANCELLED, Outcome.RESCHEDULED
PLAIN = Workspace(id="T1", created_at=NOON)


@pytest.mark.parametrize(
    ("colour", "outcome"),
    [
        *((colour, C) for colour in ("2", "5", "7", "9", "10", "3")),
        ("11", N),
        ("6", X),
        *((colour, None) for colour in ("1", "4", "8", "12", "", "x", None)),
    ],
)
def test_the_default_map(colour: str | None, outcome: Outcome | None) -> None:
    assert outcome_of(PLAIN, colour) == outcome


def test_a_workspace_may_have_its_own_map() -> None:
    own = Workspace(id="T1", created_at=NOON, colours={"1": "no_show", "4": "rescheduled"})
    assert [outcome_of(own, colour) for colour in ("1", "4", "11", "2")] == [N, R, None, None]
    assert colour_of(own, N) == "1"
    assert colour_of(own, C) is None
    assert outcome_of(PLAIN, colour_of(PLAIN, X)) == X


@pytest.mark.parametrize(
    ("colours", "outcome"),
    [([], None), ([None], None), (["2"], C), (["2", None], C), (["2", "5"], C), (["2", "11"], None), (["8", "6"], X)],
)
def test_copies_of_an_event_speak_together(colours: list[str | None], outcome: Outcome | None) -> None:
    assert one_outcome(PLAIN, colours) == outcome


def see(firm: Firm, key: str, colour: str | None) -> None:
    firm.act(None, colour_seen, firm.row(key), colour)


@pytest.mark.parametrize(("colour", "outcome"), [("10", C), ("11", N), ("6", X)])
def test_a_colour_decides_what_is_over_and_undecided(firm: Firm, colour: str, outcome: Outcome) -> None:
    key = firm.appointment()
    see(firm, key, colour)
    row = firm.row(key)
    assert (row.outcome, row.outcome_source, row.outcome_by) == (outcome, "colour", None)
    assert row.state == (State.CANCELLED if outcome == X else State.BOOKED)


@pytest.mark.parametrize("minutes", [30, 59, -60])
def test_a_colour_before_the_end_decides_nothing(firm: Firm, minutes: int) -> None:
    key = firm.appointment(NOON - timedelta(minutes=minutes))
    see(firm, key, "11")
    assert firm.row(key).outcome is None
    assert not firm.kinds(key)


@pytest.mark.parametrize("colour", [None, "8", "", "99"])
def test_a_colour_without_meaning_says_nothing(firm: Firm, colour: str | None) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    see(firm, key, colour)
    assert not firm.disputes(key)


def test_a_different_colour_opens_one_dispute_and_putting_it_back_closes_it(firm: Firm) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    see(firm, key, "5")
    assert not firm.disputes(key)
    for _ in range(3):
        see(firm, key, "11")
    (dispute,) = firm.disputes(key)
    assert (dispute.recorded, dispute.claimed, dispute.claimed_by) == (C, N, None)
    see(firm, key, "6")
    (dispute,) = firm.disputes(key)
    assert (dispute.claimed, dispute.state) == (X, "open")
    see(firm, key, "8")
    assert [d.state for d in firm.disputes(key)] == ["open"]
    see(firm, key, "10")
    assert [d.state for d in firm.disputes(key)] == ["settled"]
    row = firm.row(key)
    assert (row.outcome, row.outcome_by) == (C, "m-alex")


def test_a_colour_that_decided_and_changes_is_disputed_too(firm: Firm) -> None:
    key = firm.appointment()
    see(firm, key, "6")
    assert firm.row(key).state == State.CANCELLED
    see(firm, key, "10")
    assert [(d.recorded, d.claimed) for d in firm.disputes(key)] == [(X, C)]
    assert firm.row(key).outcome == X


def test_a_colour_does_not_interfere_in_a_dispute_between_people(firm: Firm) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    firm.act("booker", record, key, R, claim=True)
    see(firm, key, "11")
    see(firm, key, "10")
    (dispute,) = firm.disputes(key)
    assert (dispute.claimed, dispute.claimed_by, dispute.state) == (R, "m-booker", "open")


def test_what_was_called_off_is_not_coloured_back(firm: Firm) -> None:
    key = firm.appointment()
    with firm.engine.transaction("T1") as tx:
        row = tx.session.get_one(type(firm.row(key)), key)
        row.state = State.CANCELLED
        tx.add(row)
    see(firm, key, "10")
    assert firm.row(key).outcome is None
    assert not firm.disputes(key)


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("who", ["lead", "admin"])
def test_a_lead_settles(firm: Firm, who: str, outcome: Outcome) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    see(firm, key, "11")
    (dispute,) = firm.disputes(key)
    firm.now += timedelta(hours=1)
    firm.act(who, settle, dispute.id, outcome)
    row = firm.row(key)
    assert (row.outcome, row.outcome_by, row.outcome_at) == (outcome, f"m-{who}", firm.now)
    (dispute,) = firm.disputes(key)
    assert (dispute.state, dispute.settled_by, dispute.settled_at) == ("settled", f"m-{who}", firm.now)
    kinds = firm.kinds(key)[2:]
    assert kinds == (["DisputeSettled"] if outcome == C else ["OutcomeRecorded", "DisputeSettled"])
    with pytest.raises(AlreadyDone):
        firm.act(who, settle, dispute.id, N)


def test_after_a_lead_decided_the_first_recorder_no_longer_corrects(firm: Firm) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    see(firm, key, "11")
    firm.act("lead", settle, firm.disputes(key)[0].id, C)
    with pytest.raises(NotAllowed):
        firm.act("alex", correct, key, N)


def test_only_leads_settle(firm: Firm) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    see(firm, key, "11")
    for who in ("alex", "booker"):
        with pytest.raises(NotAllowed):
            firm.act(who, settle, firm.disputes(key)[0].id, N)
    with pytest.raises(NotFound):
        firm.act("lead", settle, "f" * 32, N)


def test_a_leads_correction_settles_the_open_dispute(firm: Firm) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    see(firm, key, "11")
    firm.act("lead", correct, key, R)
    assert firm.row(key).outcome == R
    assert [d.state for d in firm.disputes(key)] == ["settled"]
