"""The length of a posted message as a whole, which Slack bounds without saying how far.

Measured: 13,297 letters of text passed, 11,341 did not (slackapi/bolt-js#2509 and #2867). Answers to a command or a button
are not bounded.
"""

from collections.abc import Sequence
from typing import Any

from bot.blocks import Block, clip

MOST_LETTERS = 10_000
LONGEST_TEXT = 4000  # chat.update refuses more in the text beside the blocks
SMALL_PRINT = 200
FOOT = 3  # blocks at the end that stay: what turns the page or ends a board


def fitting(blocks: Sequence[Block]) -> list[Block]:
    """The blocks as they are, or shortened to what Slack posts: first the small print, then what is last before the foot."""
    kept = list(blocks)
    if letters(kept) > MOST_LETTERS:
        kept = [_brief(block) if block["type"] == "context" else block for block in kept]
    while letters(kept) > MOST_LETTERS and len(kept) > FOOT:
        del kept[-FOOT - 1]
    return kept


def letters(node: Any) -> int:
    """The letters of all texts, those on buttons and options among them."""
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(letters(part) for part in node.values())
    return sum(letters(part) for part in node) if isinstance(node, list) else 0


def _brief(block: Block) -> Block:
    return {**block, "elements": [_clipped(part) if "text" in part else part for part in block["elements"]]}


def _clipped(text: Block) -> Block:
    return {**text, "text": clip(text["text"], SMALL_PRINT)}
