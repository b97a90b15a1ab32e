"""Whether the bot is in a channel, which only Slack knows."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


def inside(slack: WebClient, channel: str) -> bool:
    """Whether the bot is a member; no, too, where Slack does not show it the channel."""
    try:
        return bool(slack.conversations_info(channel=channel)["channel"].get("is_member"))
    except SlackApiError:
        return False


def enter(slack: WebClient, channel: str) -> bool:
    """Be a member: into a public channel the bot goes by itself, into a private one it has to be invited."""
    if inside(slack, channel):
        return True
    try:
        slack.conversations_join(channel=channel)
    except SlackApiError:
        return False
    return True
