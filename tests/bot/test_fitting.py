"""Posted messages that would be too long as a whole are shortened, and what ends or turns them stays."""

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import Block, actions, button, context, section
from bot.blocks.fitting import FOOT, MOST_LETTERS, fitting, letters
from sandbox.slack.posting import MAX_BLOCK_LETTERS, api_content

LENGTHS = st.integers(1, 1900)
BLOCKS = st.one_of(
    LENGTHS.map(lambda n: section("s" * n)),
    LENGTHS.map(lambda n: context("c" * n)),
    st.integers(1, 20).map(lambda n: actions([button("b" * 60, f"a:{k}") for k in range(n)])),
)
END: list[Block] = [actions([button("Later", "later")]), actions([button("End", "end")]), context("live")]


@given(st.lists(BLOCKS, max_size=45))
def test_whatever_is_posted_fits_and_keeps_its_foot(blocks: list[Block]) -> None:
    whole = [*blocks, *END]
    shown = fitting(whole)
    assert MOST_LETTERS <= MAX_BLOCK_LETTERS
    assert letters(shown) <= MOST_LETTERS
    assert shown[-FOOT:] == END
    assert [block["type"] for block in shown[:-FOOT]] == [block["type"] for block in blocks][: len(shown) - FOOT]
    if letters(whole) <= MOST_LETTERS:
        assert shown == whole
    api_content({"text": "x", "blocks": shown})


def test_small_print_goes_before_a_button_does() -> None:
    rows = [actions([button("Anna 1/1", f"slot.book:{n}") for n in range(20)], block_id=f"row:{k}") for k in range(10)]
    notes = [context("away, " * 300) for _ in range(10)]
    shown = fitting([block for pair in zip(rows, notes, strict=True) for block in pair])
    assert [block for block in shown if block["type"] == "actions"] == rows
