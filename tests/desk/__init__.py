"""The whole product at a desk: the sandbox, the real bot in front of it, a small firm, and a clock that the test moves."""
# ruff: noqa: F401 (tests import all of it from here)

from tests.desk.acting import Clock, Desk
from tests.desk.firm import (
    ACHIEVEMENTS,
    ADMIN,
    ADMINS,
    AGENT,
    AGENT_EN,
    ALEX,
    BEA,
    BERLIN,
    BOOKINGS,
    BOT,
    CENTRAL,
    DAY,
    GENERAL,
    KEY,
    LEAD,
    NOON,
    TEAM,
    TEAM_FILE,
    credentials,
    load_team,
    make_world,
)
from tests.desk.opening import open_desk, running_bot, wait_until
from tests.desk.shown import option_of, state_of, valid, valid_message, words_in
