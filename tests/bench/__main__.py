"""`python -m tests.bench [--quick] [--markdown]`: measure everything and print the table. Exit code 1: a goal is missed."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import booking, google, opening, process
from tests.bench.firm import Firm, make_firm, multiply
from tests.bench.table import Figure, as_markdown, as_text


def main() -> int:
    """Run every measurement in a folder that is gone afterwards."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests and of the history")
    parser.add_argument("--markdown", action="store_true", help="print the table as the README quotes it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slotquest-bench-") as name:
        figures = run(Path(name), quick=chosen.quick)
    print(as_markdown(figures) if chosen.markdown else as_text(figures))
    return int(any(figure.met is False for figure in figures))


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """All figures, in the order of the table."""
    rounds, part = (2, 10) if quick else (5, 1)
    say("a firm with 269 days of history, and the same with " + ("10" if quick else "100") + " times as much")
    firm = make_firm(folder)
    large = Firm(f"sqlite:///{folder / 'large.db'}", firm.key)
    shutil.copy(firm.path, large.path)
    appointments = multiply(large, 10 if quick else 100)
    steps: list[tuple[str, Callable[[], list[Figure]]]] = [
        ("/book against bare Bolt", lambda: opening.measure(folder, firm, large, appointments, rounds, 200 // part)),
        ("bookings on SQLite", lambda: booking.on_sqlite(folder, firm, rounds, 200 // part)),
        ("bookings on PostgreSQL", lambda: booking.on_postgresql(folder, rounds, 160 // part)),
        ("calls to Google", lambda: google.count(folder)),
        ("the running bot", lambda: process.measure(folder, firm, 1 if quick else 5, 1500 // part)),
    ]
    figures: list[Figure] = []
    for what, measure in steps:
        say(what)
        figures += measure()
    return figures


_began = time.monotonic()


def say(what: str) -> None:
    """Progress, apart from the table."""
    print(f"{time.monotonic() - _began:5.0f} s  {what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
