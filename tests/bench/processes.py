"""Starting and ending the processes that are measured."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.firm import Firm
from tests.bench.recorder import SECRET, Recorder

ROOT = Path(__file__).resolve().parents[2]
OURS = ("SLACK_", "GOOGLE_", "CENTRAL_", "PUBLIC_", "DATABASE_", "REDIS_", "SLOTQUEST_", "PORT", "HOST", "LOG_LEVEL")


def environment(recorder: Recorder, firm: Firm, **more: str) -> dict[str, str]:
    """A clean environment in which the bot runs for this firm against the recorder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | {
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": recorder.api_url,
        "DATABASE_URL": firm.url,
        "SLOTQUEST_KEYS": firm.key,
        "LOG_LEVEL": "WARNING",
        "HOST": "127.0.0.1",
        "PYTHONPATH": str(ROOT),
        **more,
    }


@contextmanager
def serving(kind: str, settings: Mapping[str, str]) -> Iterator[int]:
    """`tests.bench.serve` as a process; the port that it listens on, from the beginning, so that nobody has to wait."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.listen(512)
    given = {**settings, "BENCH_SOCKET": str(bound.fileno())}
    with ended(
        subprocess.Popen([sys.executable, "-m", "tests.bench.serve", kind], env=given, pass_fds=[bound.fileno()])
    ):
        port: int = bound.getsockname()[1]
        bound.close()
        yield port


@contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    """End the process with the block, kindly first."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def memory_mb(process: "subprocess.Popen[bytes]") -> float:
    """The resident memory of a process in MB (10^6 bytes), as the kernel counts it."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ProcessLookupError(process.pid)


def cpu_seconds(process: "subprocess.Popen[bytes]") -> float:
    """How long the process has computed until now, whatever else the machine did meanwhile."""
    numbers = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def wait_for_port(port: int, process: "subprocess.Popen[bytes]", seconds: float = 30.0) -> None:
    """Wait until somebody listens."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            raise ChildProcessError(f"the bot ended with {process.returncode}")
        time.sleep(0.005)
    raise TimeoutError(f"nobody listens on {port}")
