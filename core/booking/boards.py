"""Live boards: a channel's own view of the open times. What stands in it is the bot's to say; which there are is kept here."""

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlalchemy import select as plain_select
from sqlmodel import col, select

from core.booking.setup.changes import lock_settings
from core.errors import AlreadyDone, NotAllowed, NotFound
from core.transaction import Transaction, View
from storage.tables import Board, Role
from storage.tables.base import table_of

_BOARDS = table_of(Board)
# In the order of ids: two transactions that put the same effects in different orders would wait for each other.
_LIVE = (
    plain_select(_BOARDS.c.id, _BOARDS.c.channel)
    .where(_BOARDS.c.workspace_id == bindparam("workspace"), _BOARDS.c.ended_at.is_(None))
    .order_by(_BOARDS.c.id)
)


def live_boards(view: View) -> Sequence[tuple[str, str]]:
    """The id and the channel of each board that is kept up to date."""
    return [(board_id, channel) for board_id, channel in view.rows(_LIVE, workspace=view.workspace_id)]


def pin_board(tx: Transaction, channel: str, span: str) -> Board:
    """A new live board; one of a kind to a channel, also when two ask at once. Raises AlreadyDone("pinned")."""
    lock_settings(tx)
    same = select(Board).where(
        Board.workspace_id == tx.workspace_id,
        Board.channel == channel,
        Board.span == span,
        col(Board.ended_at).is_(None),
    )
    if tx.session.exec(same).first() is not None:
        raise AlreadyDone("pinned")
    owner = tx.actor.id if tx.actor else None
    board = Board(
        id=tx.new_id(), workspace_id=tx.workspace_id, channel=channel, span=span, created_by=owner, created_at=tx.now
    )
    tx.add(board)
    return board


def end_board(tx: Transaction, board_id: str) -> Board:
    """Keep a board up to date no longer: for whoever pinned it, and leads. Raises NotFound("board"), NotAllowed("lead")."""
    board = tx.session.get(Board, board_id)
    if board is None or board.workspace_id != tx.workspace_id:
        raise NotFound("board")
    if tx.actor is not None and board.created_by != tx.actor.id and not tx.actor_is(Role.LEAD):
        raise NotAllowed("lead")
    board.ended_at = board.ended_at or tx.now
    tx.add(board)
    return board
