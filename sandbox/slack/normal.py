"""What Slack adds to blocks when it stores them: ids that were left out, and the defaults of texts and inputs."""

import random
from copy import deepcopy
from typing import Any

from sandbox.slack.elements import BUTTONS, STATEFUL
from sandbox.slack.model import Json

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def short_id(chance: random.Random, length: int = 5) -> str:
    return "".join(chance.choices(_LETTERS, k=length))


def normalised(blocks: list[Json], chance: random.Random) -> list[Json]:
    """A copy; the caller's blocks stay as they were."""
    stored = deepcopy(blocks)
    for block in stored:
        block.setdefault("block_id", short_id(chance))
        if block["type"] == "input":
            block.setdefault("optional", False)
            block.setdefault("dispatch_action", False)
        _complete(block, chance)
    return stored


def _complete(node: Any, chance: random.Random) -> None:
    if isinstance(node, list):
        for item in node:
            _complete(item, chance)
    elif isinstance(node, dict):
        kind = node.get("type")
        if kind == "plain_text":
            node.setdefault("emoji", True)
        elif kind == "mrkdwn":
            node.setdefault("verbatim", False)
        elif isinstance(kind, str) and (kind in STATEFUL or kind in BUTTONS or kind == "overflow"):
            node.setdefault("action_id", short_id(chance))
        for key, value in node.items():
            if key not in {"text", "value"} or isinstance(value, (dict, list)):
                _complete(value, chance)


def slack_files(node: Any) -> list[Json]:
    """Every `slack_file` reference inside blocks."""
    if isinstance(node, list):
        return [found for item in node for found in slack_files(item)]
    if not isinstance(node, dict):
        return []
    own = [node["slack_file"]] if isinstance(node.get("slack_file"), dict) else []
    return own + [found for value in node.values() for found in slack_files(value)]
