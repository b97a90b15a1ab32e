"""Whatever people and colours say, in whatever order: the journal alone tells where the appointment stands."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.booking.outcomes.asking import ask_due, close_day, escalate_due
from core.booking.outcomes.colours import colour_seen
from core.booking.outcomes.deciding import FREEING
from core.booking.outcomes.disputes import settle
from core.booking.outcomes.recording import correct, record
from core.booking.outcomes.replay import replay
from core.errors import Refusal
from storage.tables import Outcome, State
from tests.core.booking.outcomes.firm import Firm, W

PEOPLE = st.sampled_from(["alex", "booker", "lead", "alex", "booker", "lead", "other", "admin"])
OUTCOMES = st.sampled_from(list(Outcome))
STEP = st.one_of(
    st.tuples(st.just("record"), PEOPLE, OUTCOMES, st.sampled_from([True, True, False])),
    st.tuples(st.just("correct"), PEOPLE, OUTCOMES),
    st.tuples(st.just("colour"), st.sampled_from([None, "2", "6", "8", "10", "11"])),
    st.tuples(st.just("settle"), PEOPLE, OUTCOMES),
    st.tuples(st.just("sweep"), st.sampled_from([ask_due, close_day, escalate_due])),
    st.tuples(st.just("wait"), st.sampled_from([1, 12, 30, 80])),
)


def take(firm: Firm, key: str, step: tuple[object, ...]) -> None:
    match step:
        case ("record", who, outcome, claim):
            firm.act(str(who), record, key, outcome, claim=claim)
        case ("correct", who, outcome):
            firm.act(str(who), correct, key, outcome)
        case ("colour", colour):
            firm.colour(key, colour if isinstance(colour, str) else None)
            firm.act(None, colour_seen, firm.row(key), colour)
        case ("settle", who, outcome):
            for dispute in firm.disputes(key)[-1:]:
                firm.act(str(who), settle, dispute.id, outcome)
        case ("sweep", sweep):
            assert callable(sweep)
            sweep(firm.engine, W)
        case ("wait", hours):
            assert isinstance(hours, int)
            firm.now += timedelta(hours=hours)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=OUTCOMES, steps=st.lists(STEP, max_size=12))
def test_any_order_ends_where_a_replay_of_the_journal_ends(
    firm: Firm, first: Outcome, steps: list[tuple[object, ...]]
) -> None:
    key = firm.appointment(firm.now - timedelta(hours=2))
    for step in [*steps[:2], ("record", "alex", first, False), *steps[2:]]:
        before = (firm.row(key), len(firm.journal(key)))
        try:
            take(firm, key, step)
        except Refusal:
            assert (firm.row(key), len(firm.journal(key))) == before
        row, disputes = firm.row(key), firm.disputes(key)
        standing = replay(firm.journal(key))
        assert (standing.state, standing.outcome) == (row.state, row.outcome)
        still_open = [d for d in disputes if d.state == "open"]
        assert len(still_open) <= 1
        assert [(d.id, d.claimed) for d in still_open] == (
            [(standing.dispute, standing.claimed)] if standing.dispute else []
        )
        assert all(d.recorded == row.outcome and d.claimed != row.outcome for d in still_open)
        assert (row.state == State.CANCELLED) == (row.outcome in FREEING)
        assert (row.outcome is None) == (row.outcome_at is None)
