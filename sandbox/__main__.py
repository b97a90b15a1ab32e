"""Command line: serve the local Slack and Google until Ctrl-C."""

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from sandbox import seed
from sandbox.seed import files
from sandbox.server import listening, server
from sandbox.slack.manifest import Manifest
from sandbox.world import World


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Slack and Google Calendar.")
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--dir", type=Path, default=Path("var/demo"), help="where the state is kept")
    parser.add_argument("--seed", type=int, default=1, help="which believable team to make up on the first start")
    parser.add_argument("--today", type=date.fromisoformat, default=None, help="the day the history ends (first start)")
    parser.add_argument("--manifest", type=Path, default=None, help="the app's manifest: its commands and shortcuts")
    parser.add_argument("--events-url", default=None, help="where signed requests go when no socket is connected")
    parser.add_argument("--no-rate-limits", action="store_true", help="lift Slack's limits, to measure throughput")
    return parser.parse_args(given)


def prepared(chosen: argparse.Namespace) -> World:
    """The world of the last run in that directory, or a new one with a believable team."""
    directory: Path = chosen.dir
    url = f"http://127.0.0.1:{chosen.port}"
    world = World(directory=directory, events_url=chosen.events_url, rate_limits=not chosen.no_rate_limits)
    world.base_url = url
    if not world.load():
        directory.mkdir(parents=True, exist_ok=True)
        seed.build(chosen.seed, chosen.today or datetime.now(UTC).date(), url, directory, world)
    adopt_environment(world, directory / "sandbox.env")
    move_to(url, world, directory)
    if chosen.manifest is not None:
        world.slack.manifest = Manifest.parse(json.loads(chosen.manifest.read_text("utf-8")))
    return world


def adopt_environment(world: World, path: Path) -> None:
    """The tokens and the signing secret are those that the bot is started with."""
    if not path.exists():
        return
    lines = [line.partition("=") for line in path.read_text("utf-8").splitlines() if "=" in line]
    values = {name.strip(): value.strip().strip("\"'") for name, _, value in lines if not name.startswith("#")}
    world.slack.bot_token = values.get("SLACK_BOT_TOKEN", world.slack.bot_token)
    world.slack.app_token = values.get("SLACK_APP_TOKEN", world.slack.app_token)
    world.slack.signing_secret = values.get("SLACK_SIGNING_SECRET", world.slack.signing_secret)


def move_to(url: str, world: World, directory: Path) -> None:
    """Have the bot find the sandbox at this address, which may be another than last time."""
    path = directory / "service-account.json"
    if not path.exists():
        return
    account = json.loads(path.read_text("utf-8")) | {"token_uri": f"{url}/google/token"}
    slack = world.slack
    text = json.dumps(account, indent=2) + "\n"
    files.write(directory, "service-account.json", text, secret=True)
    environment = files.environment(url, text, slack.bot_token, slack.app_token, slack.signing_secret)
    files.write(directory, "sandbox.env", environment, secret=True)


def main(given: list[str] | None = None) -> int:
    chosen = arguments(given)
    try:
        bound = listening("127.0.0.1", chosen.port)
    except OSError as refused:
        print(f"Port {chosen.port} is not free: {refused.strerror}", file=sys.stderr)
        return 1
    world = prepared(chosen)
    world.base_url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    print(f"Open {world.base_url}/", flush=True)
    try:
        server(world).run(sockets=[bound])
    except KeyboardInterrupt:
        return 0
    finally:
        world.save()
    return 0


if __name__ == "__main__":
    sys.exit(main())
