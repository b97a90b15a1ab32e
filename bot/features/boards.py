"""Live boards: a day or the week pinned in a channel, which keeps itself up to date."""

from datetime import timedelta
from typing import Any

from bot.answers import Answer, Message, Reply
from bot.blocks import actions, button, context
from bot.call import Call
from bot.channels import enter
from bot.errors import extend
from bot.features.slots import board_message
from bot.features.turning import TODAY, WEEK
from bot.language import Translator, _
from bot.notify import say
from bot.registry import action, job, message
from bot.services import Services
from core.booking.boards import end_board, live_boards, pin_board
from core.model import Board
from core.transaction import View

MOST_BLOCKS = 48  # of Slack's 50, so that the foot always fits

extend(done={"pinned": _("This channel already has this live board.")})


@action("slots.pin")
def pin(call: Call) -> Answer:
    """Pin a live board in the channel, if the bot is there."""
    t, channel = call.t, call.channel
    if channel is None or channel.startswith("D"):
        return Reply(Message(t("A live board lives in a channel. Use `/slots` there.")))
    if not enter(call.services.slack, channel):
        words = t("Please invite me to this channel first: `/invite @Slotquest`. Then pin the board again.")
        return Reply(Message(words))
    with call.transaction() as tx:
        board = pin_board(tx, channel, WEEK if call.value == WEEK else TODAY)
        say(tx, "board", channel, board.id)
    return Reply(Message(t("The live board will be here in a moment. It keeps itself up to date.")))


@action("slots.unpin")
def unpin(call: Call) -> None:
    """End a live board; its message says so."""
    with call.transaction() as tx:
        board = end_board(tx, call.value)
        say(tx, "board", board.channel, board.id)


@message("board")
def board_post(view: View, t: Translator, facts: dict[str, Any]) -> Message | None:
    """The live board as it is now; an ended one says so."""
    board = view.session.get(Board, facts["subject"])
    if board is None:
        return None
    if board.ended_at is not None:
        ended = t("This live board has been ended. `/slots` shows the open times.")
        return Message(ended, [context(f"⏹ {ended}")])
    built = board_message(view, t, board.span, pin=False, public=True)
    end = button(t("End live board"), "slots.unpin", board.id)
    foot = [actions([end], block_id="board"), context(f"🟢 {t('live')}")]
    return Message(built.text, [*built.blocks[:MOST_BLOCKS], *foot])


@job("boards", every=timedelta(minutes=10))
def refresh_boards(services: Services, workspace_id: str) -> None:
    """Time alone closes slots and turns the day: live boards follow. Unchanged ones cost no call."""
    with services.engine.transaction(workspace_id) as tx:
        for board_id, channel in live_boards(tx):
            say(tx, "board", channel, board_id)
