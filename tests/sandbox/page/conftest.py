"""The page in a real browser, against the real sandbox and an app that uses every block."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from sandbox.google.state import Calendar
from sandbox.server import Served, serve_in_thread
from tests.sandbox.page.desk import answers, chromium
from tests.sandbox.slack_desk import ANNA, BEN, OPEN, Tiny, bolt, small_team

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

WAIT = 20_000  # ms that the browser may take for anything, on a busy machine too


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def desk(browser: "Browser") -> Iterator[Tiny]:
    """One sandbox for all tests of this file; each test leaves no modal open."""
    world = small_team(rate_limits=False)
    for name, hue in (("alex", 210), ("bea", 330)):
        world.google.calendars[f"{name}@x.example"] = Calendar(f"{name}@x.example", name.title(), hue=hue)
    with serve_in_thread(world) as served, bolt(served, "http", answers) as tiny:
        yield tiny


@pytest.fixture
def served(desk: Tiny) -> Iterator[Served]:
    desk.seen.clear()
    yield desk.served
    for user in (ANNA, BEN):
        for view in desk.served.control.views(user)[:1]:
            desk.served.control.close(user, view["id"], everything=True)


@pytest.fixture
def errors() -> list[str]:
    return []


@pytest.fixture(scope="module")
def windows(browser: "Browser") -> Iterator[Callable[[int, bool], "BrowserContext"]]:
    """One window a size and theme for all tests of a file: what it has loaded once it need not load again."""
    opened: dict[tuple[int, bool], BrowserContext] = {}

    def window(width: int, dark: bool) -> "BrowserContext":
        if (width, dark) not in opened:
            opened[width, dark] = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme="dark" if dark else "light",
                timezone_id="Europe/Berlin",
                has_touch=width < 500,
            )
        return opened[width, dark]

    yield window
    for context in opened.values():
        context.close()


@pytest.fixture
def look(
    windows: Callable[[int, bool], "BrowserContext"], served: Served, errors: list[str]
) -> Iterator[Callable[..., "Page"]]:
    """Opens the page as somebody at some place. An error on its console, or a request elsewhere, fails the test."""
    pages: list[Page] = []

    def opened(user: str = ANNA, place: str = OPEN, *, width: int = 1280, dark: bool = False) -> "Page":
        page = windows(width, dark).new_page()
        pages.append(page)
        page.set_default_timeout(WAIT)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda note: errors.append(note.text) if note.type == "error" else None)
        page.on("request", lambda asked: asked.url.startswith((served.url, "data:")) or errors.append(asked.url))
        page.goto(f"{served.url}/?user={user}&channel={place}")
        page.wait_for_selector("body[data-ready]")
        return page

    yield opened
    for page in pages:
        page.close()
    assert errors == []
