"""Posts scheduled messages when their time comes."""

import asyncio

from sandbox.slack import posting
from sandbox.world import World

EVERY = 0.5  # seconds


def post_due(world: World) -> int:
    """How many were posted. One with metadata never is: Slack's documentation warns of it."""
    slack = world.slack
    now = slack.clock()
    posted = 0
    for entry in sorted(slack.scheduled.values(), key=lambda s: s.post_at):
        if entry.post_at > now:
            break
        del slack.scheduled[entry.id]
        slack.changed()
        channel = slack.channels.get(entry.channel)
        if channel is None or channel.is_archived or slack.bot.id not in channel.members:
            continue
        if entry.arguments.get("metadata"):
            continue
        posting.post(world, channel, posting.content(entry.arguments), thread_ts=entry.arguments.get("thread_ts"))
        posted += 1
    return posted


async def post_scheduled(world: World) -> None:
    while True:
        await asyncio.sleep(EVERY)
        post_due(world)
