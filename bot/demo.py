"""`slotquest demo`: a local Slack and Google Calendar as a process of its own, and the unmodified bot against them.

The bot is configured by the environment that the sandbox writes, as it would be against the real services.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from bot.claims import Refused, held, listening
from bot.manifest import manifest_text
from storage.crypto import new_key

START_TIMEOUT_S = 90
MARK = "demo.lock"
LOCALE = "de"  # the firm's: Slack shows the hints of commands in one language to all


def run_demo(port: int, directory: Path, seed: int, reset: bool) -> int:
    """Start both, wait, stop both; the exit code. Raises OSError where the directory cannot be used."""
    for end in (signal.SIGINT, signal.SIGTERM):  # a shell's "&" has the first ignored, and children inherit that
        signal.signal(end, signal.default_int_handler)
    directory = directory.resolve()
    try:
        with _own(directory, reset):
            with listening("127.0.0.1", port, "Another --port may help."):
                pass  # else somebody else's page would be taken for ours
            return _run(port, directory, seed)
    except Refused as refused:
        typer.secho(f"✗ {refused}", err=True, fg="red")
        return 1


@contextmanager
def _own(directory: Path, reset: bool) -> Iterator[None]:
    """The directory for this demo alone, emptied on `reset`. Raises Refused, and then nothing has been touched."""
    mark = directory / MARK
    if reset and directory.exists() and any(directory.iterdir()) and not mark.exists():
        raise Refused(
            f"{directory} holds something else than a demo. Remove it yourself, or choose another --directory."
        )
    directory.mkdir(parents=True, exist_ok=True)
    with held(mark, f"A demo runs already in {directory}. Stop it first, or choose another --directory and --port."):
        for one in [path for path in directory.iterdir() if path != mark] if reset else ():
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        yield


def _run(port: int, directory: Path, seed: int) -> int:
    began = time.monotonic()
    first = not (directory / "ready").exists()
    (directory / "manifest.json").write_text(manifest_text(locale=LOCALE), encoding="utf-8")
    if first:
        typer.echo("Making up a consulting firm: 17 people, 9 consultants, 269 days of history …")
    processes: list[subprocess.Popen[bytes]] = []
    try:
        arguments = ["--port", str(port), "--dir", str(directory), "--seed", str(seed)]
        arguments += ["--manifest", str(directory / "manifest.json")]
        processes.append(_start("sandbox", arguments, os.environ.copy(), directory))
        page = f"http://127.0.0.1:{port}/"
        if not _answers(page, processes[0]):
            typer.secho("✗ The sandbox did not start. Another --port may help.", err=True, fg="red")
            return 1
        environment = _environment(directory)
        steps = [["migrate"]]
        if first:
            steps += [["load", str(directory / "team.toml")], ["import-history", str(directory / "history.jsonl")]]
        for step in steps:
            command = [sys.executable, "-m", "bot", *step]
            done = subprocess.run(command, env=environment, cwd=directory, stdout=subprocess.DEVNULL, check=False)
            if done.returncode:
                return done.returncode
        (directory / "ready").touch()
        if not _start_bot(processes, environment, directory):
            return 1
        seconds = time.monotonic() - began
        typer.secho(f"\n  Open {page}   (ready in {seconds:.1f} s, Ctrl-C stops)\n", fg="green", bold=True)
        return _wait(processes, environment, directory)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(processes)


def _start(
    module: str, arguments: list[str], environment: dict[str, str], directory: Path
) -> "subprocess.Popen[bytes]":
    """A process in its own group, so that Ctrl-C reaches us alone and we stop it in order.

    It works in the demo's directory: a `.env` of somebody who also runs the real thing is none of its business.
    """
    quiet = subprocess.DEVNULL if module == "sandbox" else None  # it names its page before there is a bot behind it
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, env=environment, cwd=directory, start_new_session=True, stdout=quiet)


def _start_bot(processes: "list[subprocess.Popen[bytes]]", environment: dict[str, str], directory: Path) -> bool:
    """Start it behind the sandbox, in the place of one that has ended; whether it answers."""
    processes[1:] = [_start("bot", ["run"], environment, directory)]
    if _answers(f"http://127.0.0.1:{environment['PORT']}/healthz", processes[1]):
        return True
    typer.secho("✗ The bot did not start.", err=True, fg="red")
    return False


def _environment(directory: Path) -> dict[str, str]:
    """The bot's environment: what the sandbox wrote, a database and a key of the demo's own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "GOOGLE_"))}
    for line in (directory / "sandbox.env").read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.startswith("#"):
            environment[name.strip()] = value.strip().strip("\"'")
    key_file = directory / "keys"
    if not key_file.exists():
        key_file.write_text(new_key(), encoding="utf-8")
        key_file.chmod(0o600)
    port = _kept_port(directory / "port")
    environment |= {
        "DATABASE_URL": f"sqlite:///{directory / 'slotquest.db'}",
        "SLOTQUEST_KEYS": key_file.read_text(encoding="utf-8").strip(),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",  # the local Google reaches it, so what is dragged there is noticed at once
        "LOG_LEVEL": environment.get("LOG_LEVEL", "WARNING"),
    }
    environment.pop("REDIS_URL", None)
    return environment


def _kept_port(file: Path) -> int:
    """The bot's own port: that of the last start where it is still free, for the local Google tells of changes there."""
    kept = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    for wanted in ([int(kept)] if kept.isdigit() else []) + [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except (OSError, OverflowError):
                continue
            port: int = probe.getsockname()[1]
        file.write_text(str(port), encoding="utf-8")
        return port
    raise RuntimeError("no port is free")


def _answers(url: str, process: "subprocess.Popen[bytes]") -> bool:
    """Whether the address answers that all is well before the time is out or the process has ended."""
    until = time.monotonic() + START_TIMEOUT_S
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < until and process.poll() is None:
        try:
            opener.open(url, timeout=2).close()
        except (urllib.error.HTTPError, OSError):
            time.sleep(0.05)
        else:
            break
    else:
        return False
    time.sleep(0.1)  # somebody else may have answered on that port while ours could not have it
    return process.poll() is None


def _wait(processes: "list[subprocess.Popen[bytes]]", environment: dict[str, str], directory: Path) -> int:
    """Until Ctrl-C or SIGTERM, or until the sandbox ends by itself. A bot that does is started again."""
    sandbox = processes[0]
    while sandbox.poll() is None:
        code = processes[1].poll()
        if code is not None:
            typer.secho(
                f"! The bot has ended by itself (exit code {code}). It is started again …", err=True, fg="yellow"
            )
            if not _start_bot(processes, environment, directory):
                return 1
            typer.secho("✓ The bot is back.", err=True, fg="green")
        time.sleep(0.2)
    typer.secho("✗ The sandbox has ended by itself. Start the demo again: nothing is lost.", err=True, fg="red")
    return 1


def _stop(processes: "list[subprocess.Popen[bytes]]") -> None:
    """The bot first, so that it can still finish what it was doing; a second Ctrl-C must not leave it behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for process in reversed(processes):
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
