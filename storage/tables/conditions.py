"""Conditions in the very words of the partial indexes: with a bound value in a literal's place no database uses them."""

from sqlalchemy import ColumnElement, literal_column

BOOKED: ColumnElement[bool] = literal_column("appointment.state = 'booked'")
UNDECIDED: ColumnElement[bool] = literal_column("appointment.state = 'booked' AND appointment.outcome IS NULL")
DISPUTE_OPEN: ColumnElement[bool] = literal_column("dispute.state = 'open'")
CONFLICT_OPEN: ColumnElement[bool] = literal_column("conflict.state = 'open'")
BUSY: ColumnElement[bool] = literal_column("calendar_event.busy")
GIVEN_UP: ColumnElement[bool] = literal_column("effect.state = 'given_up'")
SETTINGS_CHANGED: ColumnElement[bool] = literal_column("journal.kind = 'SettingsChanged'")
