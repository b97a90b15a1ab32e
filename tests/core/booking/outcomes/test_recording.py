"""Who may say how an appointment ended, who may take it back, and what that does to the seat."""

import threading
from datetime import timedelta

import pytest

from core.booking.outcomes.colours import colour_seen
from core.booking.outcomes.recording import correct, record
from core.errors import AlreadyDone, CustomerBusy, Invalid, NotAllowed, NotFound, TooLate
from storage.tables import Outcome, State
from tests.core.booking.outcomes.firm import NOON, Firm

C, N, X, R = Outcome.COMPLETED, Outcome.NO_SHOW, Outcome.CANCELLED, Outcome.RESCHEDULED


@pytest.mark.parametrize("who", ["alex", "booker", "lead", "admin", None])
@pytest.mark.parametrize("outcome", list(Outcome))
def test_those_concerned_may_record(firm: Firm, who: str | None, outcome: Outcome) -> None:
    key = firm.appointment()
    firm.act(who, record, key, outcome)
    row = firm.row(key)
    assert row.outcome == outcome
    assert row.outcome_by == (f"m-{who}" if who else None)
    assert row.outcome_at == NOON
    assert row.outcome_source == "person"
    assert row.state == (State.CANCELLED if outcome in (X, R) else State.BOOKED)
    assert firm.kinds(key) == ["OutcomeRecorded"]


def test_others_may_not(firm: Firm) -> None:
    key = firm.appointment()
    for change in (record, correct):
        with pytest.raises(NotAllowed):
            firm.act("other", change, key, C)
    assert firm.row(key).outcome is None


def test_nothing_is_recorded_before_the_start(firm: Firm) -> None:
    key = firm.appointment(NOON + timedelta(seconds=1))
    with pytest.raises(Invalid) as refused:
        firm.act("lead", record, key, C)
    assert (refused.value.field, refused.value.why) == ("outcome", "before_start")
    assert refused.value.facts == {"starts_at": NOON + timedelta(seconds=1)}
    firm.now += timedelta(seconds=1)
    firm.act("alex", record, key, C)
    assert firm.row(key).outcome == C


@pytest.mark.parametrize("state", [State.CANCELLED, State.UNDONE])
def test_what_was_called_off_has_no_outcome(firm: Firm, state: State) -> None:
    key = firm.appointment()
    with firm.engine.transaction("T1") as tx:
        row = tx.session.get_one(type(firm.row(key)), key)
        row.state = state
        tx.add(row)
    for change in (record, correct):
        with pytest.raises(AlreadyDone) as refused:
            firm.act("lead", change, key, C)
        assert refused.value.state == state


def test_an_unknown_appointment_or_one_of_another_workspace_is_not_found(firm: Firm) -> None:
    with pytest.raises(NotFound):
        firm.act("lead", record, "f" * 32, C)


def test_the_first_word_decides_and_the_same_again_changes_nothing(firm: Firm) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    firm.now += timedelta(minutes=5)
    firm.act("booker", record, key, C)
    row = firm.row(key)
    assert (row.outcome, row.outcome_by, row.outcome_at) == (C, "m-alex", NOON)
    with pytest.raises(AlreadyDone) as refused:
        firm.act("booker", record, key, N)
    assert refused.value.state == C
    assert firm.kinds(key) == ["OutcomeRecorded"]
    assert not firm.disputes(key)


def test_who_means_a_different_word_opens_one_dispute(firm: Firm) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    firm.act("booker", record, key, N, claim=True)
    firm.act("booker", record, key, N, claim=True)
    (dispute,) = firm.disputes(key)
    assert (dispute.recorded, dispute.claimed, dispute.claimed_by, dispute.state) == (C, N, "m-booker", "open")
    assert firm.row(key).outcome == C
    assert firm.kinds(key) == ["OutcomeRecorded", "OutcomeDisputed"]


def test_a_claim_can_change_and_be_taken_back_by_its_author(firm: Firm) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    firm.act("booker", record, key, N, claim=True)
    firm.act("booker", record, key, R, claim=True)
    (dispute,) = firm.disputes(key)
    assert (dispute.claimed, dispute.state) == (R, "open")
    firm.act("booker", record, key, C)
    (dispute,) = firm.disputes(key)
    assert dispute.state == "settled"
    assert firm.row(key).outcome_by == "m-alex"
    assert firm.kinds(key) == ["OutcomeRecorded", "OutcomeDisputed", "OutcomeDisputed", "DisputeSettled"]


@pytest.mark.parametrize("who", ["lead", "admin"])
@pytest.mark.parametrize("how", ["correct", "claim"])
def test_leads_correct_at_any_time(firm: Firm, who: str, how: str) -> None:
    key = firm.appointment()
    firm.act("alex", record, key, C)
    firm.now += timedelta(days=400)
    firm.act(who, correct, key, N) if how == "correct" else firm.act(who, record, key, N, claim=True)
    assert firm.row(key).outcome == N
    assert not firm.disputes(key)
    assert firm.journal(key)[-1][1]["previous"] == C


@pytest.mark.parametrize(("hours", "allowed"), [(0, True), (23.99, True), (24, False), (100, False)])
def test_the_recorder_corrects_within_24_hours(firm: Firm, hours: float, allowed: bool) -> None:
    key = firm.appointment()
    firm.act("booker", record, key, C)
    firm.now += timedelta(hours=hours)
    if allowed:
        firm.act("booker", correct, key, N)
        assert firm.row(key).outcome == N
    else:
        with pytest.raises(TooLate) as refused:
            firm.act("booker", correct, key, N)
        assert (refused.value.what, refused.value.until) == ("correct", NOON + timedelta(hours=24))


def test_nobody_else_corrects(firm: Firm) -> None:
    key = firm.appointment()
    firm.act("booker", record, key, C)
    with pytest.raises(NotAllowed):
        firm.act("alex", correct, key, N)
    firm.act("lead", correct, key, N)
    with pytest.raises(NotAllowed):
        firm.act("booker", correct, key, C)


def test_the_recorder_ends_a_dispute_by_agreeing_only(firm: Firm) -> None:
    key = firm.appointment()
    firm.act("booker", record, key, C)
    firm.act("alex", record, key, N, claim=True)
    with pytest.raises(AlreadyDone) as refused:
        firm.act("booker", correct, key, R)
    assert refused.value.state == "disputed"
    firm.now += timedelta(hours=30)
    firm.act("booker", correct, key, N)
    assert firm.row(key).outcome == N
    assert [d.state for d in firm.disputes(key)] == ["settled"]


def test_a_third_voice_in_an_open_dispute_is_sent_to_the_leads(firm: Firm) -> None:
    key = firm.appointment(booker="other")
    firm.act("other", record, key, C)
    firm.colour(key, "11")
    firm.act(None, colour_seen, firm.row(key), "11")
    with pytest.raises(AlreadyDone) as refused:
        firm.act("alex", record, key, R, claim=True)
    assert refused.value.state == "disputed"


@pytest.mark.parametrize("freeing", [X, R])
@pytest.mark.parametrize("back", [C, N])
def test_taking_a_cancellation_back_gives_the_lowest_free_seat(firm: Firm, freeing: Outcome, back: Outcome) -> None:
    keys = [firm.appointment() for _ in range(3)]
    firm.act("alex", record, keys[1], freeing)
    taken = firm.appointment(seat=2)
    firm.act("alex", correct, keys[1], back)
    row = firm.row(keys[1])
    assert (row.state, row.seat, row.outcome) == (
        State.BOOKED,
        4,
        back,
    )  # beyond the capacity of 3: it is what happened
    assert firm.row(taken).seat == 2
    assert sorted(firm.kinds(keys[1])) == ["AppointmentReinstated", "OutcomeRecorded", "OutcomeRecorded"]


def test_a_customer_who_sits_elsewhere_cannot_be_given_a_seat_again(firm: Firm) -> None:
    who = firm.customer()
    key = firm.appointment(customer=who)
    firm.act("alex", record, key, X)
    other = firm.appointment(customer=who, consultant="c-bea")
    with pytest.raises(CustomerBusy) as refused:
        firm.act("alex", correct, key, C)
    assert refused.value.appointment_id == other
    assert (firm.row(key).state, firm.row(key).outcome) == (State.CANCELLED, X)
    firm.act("alex", correct, key, R)
    assert firm.row(key).outcome == R


def test_a_second_click_at_the_same_time_decides_once(firm: Firm) -> None:
    key = firm.appointment()
    refused: list[Exception] = []

    def click(who: str, outcome: Outcome) -> None:
        try:
            firm.act(who, record, key, outcome)
        except AlreadyDone as error:
            refused.append(error)

    threads = [
        threading.Thread(target=click, args=(who, outcome))
        for who, outcome in (("alex", C), ("booker", N), ("lead", R), ("admin", X))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert firm.kinds(key) == ["OutcomeRecorded"]
