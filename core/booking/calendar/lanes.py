"""The names under which calendar writes stand in the outbox, and calendars' failures. Imports nothing, so that everything
may import it.
"""

KIND = "calendar.write"
UNREACHABLE = "Google Calendar cannot be reached at the moment. It is tried again by itself."
UNWRITABLE = "Bookings cannot be written to this calendar. "  # begins a calendar's failure that only a write can end


def lane(appointment_id: str) -> str:
    """Writes about one appointment leave in order."""
    return f"calendar:{appointment_id}"
