"""The rows and the words in which the engine answers: all that `bot` knows of the tables."""

from storage.tables import Appointment as Appointment
from storage.tables import Board as Board
from storage.tables import Calendar as Calendar
from storage.tables import Conflict as Conflict
from storage.tables import Consultant as Consultant
from storage.tables import Dispute as Dispute
from storage.tables import Member as Member
from storage.tables import Outcome as Outcome
from storage.tables import Role as Role
from storage.tables import Settling as Settling
from storage.tables import Source as Source
from storage.tables import State as State
from storage.tables import TimeOff as TimeOff
from storage.tables import Workspace as Workspace
