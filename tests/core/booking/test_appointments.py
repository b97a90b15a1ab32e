"""Booking, moving, cancelling and taking back as use cases, on both databases."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from core.booking import appointments
from core.booking.appointments import LONGEST_NOTE, LONGEST_REASON, UNDO_FOR, BookingRequest
from core.booking.seats import lock
from core.booking.setup.staffing import remove_consultant
from core.booking.slots import Full, NotOffered, Over, TooSoon
from core.errors import AlreadyDone, CustomerBusy, Invalid, NotAllowed, NotFound, SlotNotOpen, TooLate
from core.transaction import Engine, Transaction
from storage.tables import Appointment, Outcome, State
from tests.core.booking.house import DAY, House, at

MINUTE = timedelta(minutes=1)


def do(house: House, work: Callable[..., Appointment], *given: object, by: str = "Emre") -> Appointment:
    """A use case as a person does it; the row as it is afterwards."""
    with house.engine.transaction(house.team, house.people[by]) as tx:
        key = work(tx, *given).id
    return house.row(key)


def test_seats_are_given_from_the_lowest_and_a_gap_is_filled(house: House) -> None:
    keys = [house.book(f"Kundin {n}") for n in range(3)]
    assert [house.row(key).seat for key in keys] == [1, 2, 3]
    with pytest.raises(SlotNotOpen) as refused:
        house.book("Zu Spät")
    assert refused.value.reason == Full(3, 3)
    assert all(slot.open for slot in refused.value.alternatives)
    assert refused.value.alternatives
    do(house, appointments.cancel, keys[1], "krank")
    assert house.row(house.book("Nachrückerin")).seat == 2


def test_a_repeated_request_is_one_booking_even_when_the_slot_is_full_by_then(house: House) -> None:
    first = house.book("Anna", request_key="m:1")
    assert house.book("Anna", request_key="m:1") == first
    house.book("Bernd"), house.book("Cem")
    assert house.book("Anna", request_key="m:1") == first
    assert len(house.booked()) == 3
    assert house.told(first) == ["AppointmentBooked"]


def test_the_same_customer_at_the_same_time_is_refused_with_anybody(house: House) -> None:
    first = house.book("Anna", phone="0171 2345678")
    for consultant in ("Alex", "Bea"):
        with pytest.raises(CustomerBusy) as refused:
            house.book("Anna W.", consultant=consultant, phone="+49 171 2345678")
        assert (refused.value.appointment_id, refused.value.starts_at) == (first, at(9))
    house.book("Anna", 11, "Bea", phone="0171 2345678")
    assert len(house.booked()) == 2


def test_a_customer_cannot_be_moved_onto_another_appointment_of_theirs(house: House) -> None:
    first, second = house.book("Anna"), house.book("Anna", 11)
    with pytest.raises(CustomerBusy):
        do(house, appointments.reschedule, second, house.consultants["Bea"], at(9))
    assert house.row(second).starts_at == at(11)
    do(house, appointments.cancel, first, "krank")
    assert do(house, appointments.reschedule, second, house.consultants["Bea"], at(9)).starts_at == at(9)
    with pytest.raises(CustomerBusy):
        do(house, appointments.reinstate, first)


@pytest.mark.parametrize(
    ("starts_at", "reason"),
    [
        (at(10), NotOffered),
        (at(9, DAY - timedelta(days=1)), Over),
        (at(9, date(2099, 1, 5)), None),
        (at(9, date(2026, 11, 21)), NotOffered),
    ],
)
def test_what_the_schedule_or_the_clock_does_not_allow(house: House, starts_at: object, reason: type | None) -> None:
    request = BookingRequest(house.consultants["Alex"], starts_at, "Anna")  # type: ignore[arg-type]
    with pytest.raises(SlotNotOpen) as refused:
        do(house, appointments.book, request)
    assert reason is None or isinstance(refused.value.reason, reason)
    assert house.booked() == []


def test_a_consultant_of_nowhere_elsewhere_or_removed_cannot_be_booked(engine: Engine, house: House) -> None:
    other = House(engine)
    with house.engine.transaction(house.team) as tx:
        remove_consultant(tx, house.consultants["Bea"])
    for consultant in ("nobody", "", other.consultants["Alex"], house.consultants["Bea"]):
        with pytest.raises(SlotNotOpen) as refused:
            do(house, appointments.book, BookingRequest(consultant, at(9), "Anna"))
        assert refused.value.reason == NotOffered()


def test_moving_frees_the_old_seat_and_takes_the_lowest_of_the_new(house: House) -> None:
    house.book("Bernd", 11, "Bea")
    key = house.book("Anna")
    moved = do(house, appointments.reschedule, key, house.consultants["Bea"], at(11))
    assert (moved.consultant_id, moved.starts_at, moved.ends_at, moved.seat) == (
        house.consultants["Bea"],
        at(11),
        at(12),
        2,
    )
    assert house.row(house.book("Cem")).seat == 1
    assert house.told(key) == ["AppointmentBooked", "AppointmentRescheduled"]


def test_moving_to_where_it_is_changes_nothing_even_when_the_slot_is_full(house: House) -> None:
    key = house.book("Anna")
    house.book("Bernd"), house.book("Cem")
    before = house.row(key)
    assert do(house, appointments.reschedule, key, house.consultants["Alex"], at(9)) == before
    assert house.told(key) == ["AppointmentBooked"]
    with pytest.raises(SlotNotOpen):
        do(house, appointments.reschedule, house.book("Dora", 11), house.consultants["Alex"], at(9))


@pytest.mark.parametrize("reason", ["", "  \n", "\u200b\x00"])
def test_cancelling_needs_a_reason(house: House, reason: str) -> None:
    key = house.book()
    with pytest.raises(Invalid) as refused:
        do(house, appointments.cancel, key, reason)
    assert (refused.value.field, refused.value.why) == ("reason", "empty")
    with pytest.raises(Invalid):
        do(house, appointments.cancel, key, "x" * (LONGEST_REASON + 1))
    assert house.row(key).state == State.BOOKED
    assert do(house, appointments.cancel, key, " krank\x00 ").cancel_reason == "krank"


def test_taking_back_ends_after_ten_minutes(house: House) -> None:
    kept, gone = house.book("Anna"), house.book("Bernd")
    house.forward(UNDO_FOR)
    assert do(house, appointments.undo, gone).state == State.UNDONE
    assert do(house, appointments.undo, gone).state == State.UNDONE
    assert house.told(gone) == ["AppointmentBooked", "AppointmentUndone"]
    house.forward(timedelta(seconds=1))
    with pytest.raises(TooLate) as refused:
        do(house, appointments.undo, kept)
    assert refused.value.what == "undo"
    assert house.row(kept).state == State.BOOKED


def test_a_cancellation_is_taken_back_within_ten_minutes_while_there_is_a_seat(house: House) -> None:
    key = house.book("Anna")
    house.book("Bernd"), house.book("Cem")
    do(house, appointments.cancel, key, "krank")
    last = house.book("Dora")
    with pytest.raises(SlotNotOpen):
        do(house, appointments.reinstate, key)
    do(house, appointments.cancel, last, "krank")
    back = do(house, appointments.reinstate, key)
    assert (back.state, back.seat, back.cancel_reason) == (State.BOOKED, 1, None)
    assert do(house, appointments.reinstate, key).state == State.BOOKED
    do(house, appointments.cancel, key, "doch krank")
    house.forward(UNDO_FOR + MINUTE)
    with pytest.raises(TooLate):
        do(house, appointments.reinstate, key)


DEEDS: dict[str, Callable[[House, Transaction, str], object]] = {
    "move": lambda house, tx, key: appointments.reschedule(tx, key, house.consultants["Alex"], at(14)),
    "cancel": lambda house, tx, key: appointments.cancel(tx, key, "krank"),
    "take back": lambda house, tx, key: appointments.undo(tx, key),
    "reinstate": lambda house, tx, key: appointments.reinstate(tx, key),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_only_the_booker_the_consultant_and_leads_change_an_appointment(house: House, deed: str) -> None:
    key = house.book("Anna", by="Emre")
    if deed == "reinstate":
        do(house, appointments.cancel, key, "krank")
    with pytest.raises(NotAllowed), house.engine.transaction(house.team, house.people["Priya"]) as tx:
        DEEDS[deed](house, tx, key)
    with house.engine.transaction(house.team, house.people["Lena"]) as tx:
        DEEDS[deed](house, tx, key)
    assert len(house.told(key)) == (3 if deed == "reinstate" else 2)


@pytest.mark.parametrize("deed", DEEDS)
def test_an_appointment_of_another_workspace_does_not_exist(engine: Engine, house: House, deed: str) -> None:
    key = House(engine).book("Anna")
    for wrong in (key, "", "nothing", "0" * 32):
        with pytest.raises(NotFound), house.engine.transaction(house.team, house.people["Lena"]) as tx:
            DEEDS[deed](house, tx, wrong)


def test_nothing_is_changed_once_it_began_or_ended(house: House) -> None:
    begun, cancelled, undone = house.book("Anna"), house.book("Bernd", 11), house.book("Cem", 14)
    do(house, appointments.cancel, cancelled, "krank")
    do(house, appointments.undo, undone)
    for key, deed in ((cancelled, "move"), (cancelled, "cancel"), (cancelled, "take back"), (undone, "cancel"), (undone, "move"),
                      (undone, "reinstate")):  # fmt: skip
        with pytest.raises(AlreadyDone), house.engine.transaction(house.team, house.people["Emre"]) as tx:
            DEEDS[deed](house, tx, key)
    house.forward(at(9) - house.clock())
    for deed in ("move", "cancel", "take back"):
        with pytest.raises(TooLate), house.engine.transaction(house.team, house.people["Emre"]) as tx:
            DEEDS[deed](house, tx, begun)
    with house.engine.transaction(house.team) as tx:
        row = lock(tx, begun)
        row.outcome = Outcome.COMPLETED
        tx.add(row)
    with pytest.raises(AlreadyDone):
        do(house, appointments.cancel, begun, "krank")


def test_the_notice_holds_for_moving_too(house: House) -> None:
    key = house.book("Anna", 14)
    house.forward(at(8) + 30 * MINUTE - house.clock())
    with pytest.raises(SlotNotOpen) as refused:
        do(house, appointments.reschedule, key, house.consultants["Alex"], at(9))
    assert isinstance(refused.value.reason, TooSoon)


def test_a_note_is_sealed_cleaned_and_bounded(house: House) -> None:
    key = house.book("Anna", note=" Rollstuhl\x00\n\n\n\nbitte \u202e klingeln ")
    row = house.row(key)
    assert row.note is not None
    assert "Rollstuhl" not in row.note
    with house.engine.view(house.team) as view:
        assert view.open(row.note, f"appointment.note:{key}") == "Rollstuhl\n\nbitte klingeln"
    with pytest.raises(Invalid) as refused:
        house.book("Bernd", note="x" * (LONGEST_NOTE + 1))
    assert (refused.value.field, refused.value.why) == ("note", "too_long")
