"""Block Kit as Slack accepts it: a pure validator, stricter than the models of the SDK.

It checks limits, required and unknown fields, where plain_text is demanded, unique ids, which block and element may
stand on which surface, and that what is chosen at first is among the options. Whatever it passes, Slack takes.
"""

from sandbox.slack.blockkit.check import check_blocks, check_message, check_view
from sandbox.slack.blockkit.problem import Problem, Surface

__all__ = ["Problem", "Surface", "check_blocks", "check_message", "check_view"]
