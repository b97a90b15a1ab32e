"""Booking through the front door: a modal is filled in Slack, a seat, a calendar event and a post come of it."""

from tests.desk import AGENT, BOOKINGS, Desk, valid_message, words_in


def test_a_booking_reaches_the_database_the_calendar_and_the_channel(each_desk: Desk) -> None:
    desk = each_desk
    booked = desk.book(9, "Alex", "Frau Weber", phone="0171 2345678")
    desk.quiet()
    assert (booked.state, booked.seat) == ("booked", 1)
    (event,) = desk.events("alex@example.com")
    assert event["id"] == f"sq{booked.id}"
    assert "Weber" in event["summary"] + event["description"]
    post = valid_message(desk.control.wait_for_message(AGENT, BOOKINGS, lambda m: "Alex" in m["text"]))
    assert "Weber" not in words_in(post)
    assert "2345678" not in words_in(post)
