"""Gives birth to bot processes that have imported everything already, so that a test can kill many of them.

A line on standard input is the environment of the next bot (JSON, with LOG for its output); its process id comes back.
"""

import json
import os
import signal
import sys
from pathlib import Path


def main() -> None:
    import alembic.command
    import googleapiclient.discovery
    import psycopg
    import uvicorn

    import bot.wiring
    import storage.migrate
    from bot import features
    from bot.__main__ import run
    from bot.language import _catalogue
    from bot.registry import collect

    assert all((alembic.command, googleapiclient.discovery, psycopg, uvicorn, bot.wiring, storage.migrate))
    collect(features)
    _catalogue("de")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    for line in sys.stdin:
        env: dict[str, str] = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            log = os.open(Path(env["LOG"]), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.environ.update(env)
            run()
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
