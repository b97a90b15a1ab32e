"""Words in German or English, understood: bookings, time off, days.

Pure and total: the moment and the zone are arguments, any text has an answer, and nothing is raised. What was not
understood stays None; whether a day is in the past or a time exists on it is for the caller to judge.
"""

from core.booking.words.booking import BookingWords, parse_booking
from core.booking.words.period import parse_day, parse_period, parse_week
from core.booking.words.questions import asks_for_help, asks_for_own, asks_for_times, asks_to_change
from core.booking.words.timeoff import TimeOffWords, parse_time_off

__all__ = [
    "BookingWords",
    "TimeOffWords",
    "asks_for_help",
    "asks_for_own",
    "asks_for_times",
    "asks_to_change",
    "parse_booking",
    "parse_day",
    "parse_period",
    "parse_time_off",
    "parse_week",
]
