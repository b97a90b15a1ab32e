"""Which live boards there may be, and who may end them."""

import pytest

from core.booking.boards import end_board, live_boards, pin_board
from core.errors import AlreadyDone, NotAllowed, NotFound
from tests.core.booking.house import House

CHANNEL, OTHER = "C000000001", "C000000002"


def pin(house: House, channel: str = CHANNEL, span: str = "today", by: str = "Emre") -> str:
    with house.engine.transaction(house.team, house.people[by]) as tx:
        return pin_board(tx, channel, span).id


def end(house: House, board_id: str, by: str) -> None:
    with house.engine.transaction(house.team, house.people[by]) as tx:
        end_board(tx, board_id)


def live(house: House) -> dict[str, str]:
    with house.engine.view(house.team) as view:
        return dict(live_boards(view))


def test_a_channel_has_one_board_of_a_kind(house: House) -> None:
    first = pin(house)
    with pytest.raises(AlreadyDone) as refusal:
        pin(house, by="Priya")
    assert refusal.value.state == "pinned"
    week, elsewhere = pin(house, span="week"), pin(house, OTHER)
    assert live(house) == {first: CHANNEL, week: CHANNEL, elsewhere: OTHER}
    assert list(live(house)) == sorted(live(house)), "in the order of ids"


@pytest.mark.parametrize("by", ["Emre", "Lena"])
def test_whoever_pinned_it_and_leads_end_a_board_and_it_can_be_pinned_anew(house: House, by: str) -> None:
    first = pin(house)
    end(house, first, by)
    assert live(house) == {}
    assert pin(house) != first


def test_nobody_else_ends_a_board(house: House) -> None:
    board = pin(house)
    with pytest.raises(NotAllowed):
        end(house, board, "Priya")
    assert live(house) == {board: CHANNEL}
    with pytest.raises(NotFound):
        end(house, "nothing", "Lena")
    with pytest.raises(NotFound):
        end(House(house.engine), board, "Lena")
