"""The running bot, as `python -m bot run` starts it: how soon it answers and how much memory it takes."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from tests import services
from tests.bench.firm import Firm
from tests.bench.processes import cpu_seconds, ended, environment, memory_mb, wait_for_port
from tests.bench.recorder import Recorder
from tests.bench.table import Figure

START_GOAL_S = 2.0
MEMORY_GOAL_MB = 150.0
WORDS = ("", "morgen 14 Uhr bei Alex, Frau Weber 0171 2345678", "next Friday at 11 with Mona, Mr Adler")


def measure(folder: Path, firm: Firm, starts: int, requests: int) -> list[Figure]:
    """The median start, and the memory after the load of the last run."""
    recorder = Recorder()
    took: list[tuple[float, float]] = []
    memory = 0.0
    try:
        for number in range(starts):
            port = services.free_port()
            settings = environment(recorder, firm, PORT=str(port))
            began = time.perf_counter()
            command = [sys.executable, "-m", "bot", "run"]
            with ended(subprocess.Popen(command, env=settings, cwd=folder)) as process:
                wait_for_port(port, process)
                recorder.run(recorder.command(port))
                took.append((time.perf_counter() - began, cpu_seconds(process)))
                if number == starts - 1:
                    for n in range(requests):
                        recorder.run(recorder.command(port, WORDS[n % len(WORDS)]))
                    memory = memory_mb(process)
    finally:
        recorder.close()
    seconds, cpu = median(wall for wall, _ in took), median(cpu for _, cpu in took)
    return [
        Figure(
            "start to first answered command",
            f"{seconds:.2f} s ({cpu:.2f} s CPU)",
            goal=f"< {START_GOAL_S:g} s",
            met=seconds < START_GOAL_S,
        ),
        Figure(
            f"memory of the bot after {requests:,} commands",
            f"{memory:.0f} MB",
            goal=f"< {MEMORY_GOAL_MB:g} MB",
            met=memory < MEMORY_GOAL_MB,
        ),
    ]
