"""/book from the signed request to the modal's arrival at Slack: against bare Bolt, and against itself with much history."""

import json
from pathlib import Path
from statistics import median, quantiles

from tests.bench.firm import Firm
from tests.bench.processes import environment, serving
from tests.bench.recorder import Recorder
from tests.bench.table import Figure, at_most

WARM_UP = 30
TEXTS = {"/book": "", "/book with words": "morgen 14 Uhr bei Alex, Frau Weber 0171 2345678"}


def measure(folder: Path, firm: Firm, large: Firm, appointments: int, rounds: int, requests: int) -> list[Figure]:
    """The requests of all servers take turns, one at a time; the figures are medians over the rounds."""
    recorder = Recorder()
    try:
        with serving("bot", environment(recorder, firm)) as ours, serving("bot", environment(recorder, large)) as old:
            _, modal = recorder.run(_first(recorder, ours))
            file = folder / "modal.json"
            file.write_text(json.dumps(modal), encoding="utf-8")
            with serving("bare", environment(recorder, firm, BENCH_MODAL=str(file))) as bare:
                return _figures(recorder, (bare, ours, old), len(json.dumps(modal)), appointments, rounds, requests)
    finally:
        recorder.close()


def _figures(
    recorder: Recorder, ports: tuple[int, int, int], size: int, appointments: int, rounds: int, requests: int
) -> list[Figure]:
    bare, ours, old = ports
    for port in ports:
        recorder.run(_first(recorder, port))
    recorder.run(_turns(recorder, dict.fromkeys(ports, ""), WARM_UP))
    plain = [recorder.run(_turns(recorder, dict.fromkeys(ports, ""), requests)) for _ in range(rounds)]
    words = TEXTS["/book with words"]
    recorder.run(_turns(recorder, {bare: "", ours: words}, WARM_UP))
    said = [recorder.run(_turns(recorder, {bare: "", ours: words}, requests)) for _ in range(rounds)]
    kilobytes = f"{size / 1000:.1f} kB modal"
    return [
        at_most(f"/book to views.open, p50 ({kilobytes})", _p(plain, ours, 50), _p(plain, bare, 50), 3),
        at_most("/book to views.open, p99", _p(plain, ours, 99), _p(plain, bare, 99), 3),
        at_most("/book with words, p50", _p(said, ours, 50), _p(said, bare, 50), 3),
        at_most("/book with words, p99", _p(said, ours, 99), _p(said, bare, 99), 3),
        at_most(f"/book with {appointments:,} appointments, p50", _p(plain, old, 50), _p(plain, ours, 50), 1.3),
        at_most(f"/book with {appointments:,} appointments, p99", _p(plain, old, 99), _p(plain, ours, 99), 1.3),
    ]


async def _first(recorder: Recorder, port: int) -> tuple[float, dict[str, object]]:
    return await recorder.command(port)


async def _turns(recorder: Recorder, texts: dict[int, str], requests: int) -> dict[int, list[float]]:
    """Milliseconds by port."""
    took: dict[int, list[float]] = {port: [] for port in texts}
    for n in range(requests):
        order = list(texts.items())
        for port, text in order[n % len(order) :] + order[: n % len(order)]:
            seconds, _ = await recorder.command(port, text)
            took[port].append(seconds * 1000)
    return took


def _p(rounds: list[dict[int, list[float]]], port: int, percent: int) -> float:
    return median(quantiles(took[port], n=100, method="inclusive")[percent - 1] for took in rounds)
