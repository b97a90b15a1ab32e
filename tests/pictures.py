"""Takes the README's pictures: `python -m tests.pictures`. Starts a demo of its own and photographs its page."""

import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.services import chromium

DOCS = Path(__file__).parents[1] / "docs"
EMRE, PRIYA, ALEX, MIRIAM, GENERAL = "U000000005", "U000000007", "U000000009", "U000000001", "C000000004"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def demo() -> Iterator[str]:
    """A fresh demo; the address of its page."""
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-u", "-m", "bot", "demo", "--port", "8790", "--directory", directory]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            for line in running.stdout:
                found = re.search(r"Open (http\S+) +\(ready", line)
                if found:
                    yield found[1]
                    break
            running.send_signal(signal.SIGINT)


def page(browser: Browser, url: str, *, width: int = 1180, height: int = 760, dark: bool = False) -> Page:
    """A window of that size on the page."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        timezone_id="Europe/Berlin",
        locale="de-DE",
    )
    opened = context.new_page()
    opened.goto(url)
    opened.wait_for_timeout(1500)
    return opened


def say(opened: Page, words: str) -> None:
    """Type into the composer and send."""
    box = opened.locator("#composer textarea")
    box.fill(words)
    box.press("Enter")
    opened.wait_for_timeout(2000)


def main() -> None:
    """Take all pictures."""
    with demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        agent = page(browser, f"{url}?user={EMRE}&channel={GENERAL}")
        say(agent, "/slots Montag")
        agent.screenshot(path=DOCS / "slots.png")
        say(agent, "/book Montag 14 Uhr bei Alex, Frau Weber 0171 2345678")
        agent.screenshot(path=DOCS / "book.png")
        agent.locator("dialog button.primary").click()
        agent.wait_for_timeout(2500)
        page(browser, f"{url}?user={ALEX}&home").screenshot(path=DOCS / "home.png")
        page(browser, f"{url}?user={MIRIAM}&calendar").screenshot(path=DOCS / "calendar.png")
        admin = page(browser, f"{url}?user={MIRIAM}&channel={GENERAL}", width=390, height=760, dark=True)
        say(admin, "/slotadmin")
        admin.screenshot(path=DOCS / "phone.png")
        browser.close()


if __name__ == "__main__":
    main()
