"""What the page makes of Slack's texts and dates, and how it reckons with days: its modules, run in the browser."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.slack_desk import ANNA, BEN, Tiny

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def page(browser: "Browser", desk: Tiny) -> Iterator["Page"]:
    context = browser.new_context(timezone_id="America/New_York")
    opened = context.new_page()
    opened.goto(f"{desk.served.url}/?user={BEN}&channel=home")
    opened.wait_for_selector("body[data-ready]")
    yield opened
    context.close()


def call(page: "Page", module: str, name: str, *given: Any) -> Any:
    return page.evaluate(
        "async ([module, name, given]) => (await import(`/web/js/${module}.js`))[name](...given)",
        [module, name, list(given)],
    )


SHOWN = [
    ("plain words", "plain words"),
    ("*bold* and _slanted_ and ~gone~", "<strong>bold</strong> and <em>slanted</em> and <s>gone</s>"),
    ("*bold _both_*", "<strong>bold <em>both</em></strong>"),
    ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
    ("* not bold *", "* not bold *"),
    ("*unclosed", "*unclosed"),
    ("`*code*` stays", "<code>*code*</code> stays"),
    ("```two\nlines```", "<pre>two\nlines</pre>"),
    ("one\ntwo", "one<br>two"),
    ("&gt; quoted\n&gt; twice\nafter", "<blockquote>quoted<br>twice</blockquote>after"),
    ("&lt;!channel&gt; &amp; &lt;b&gt;", "&lt;!channel&gt; &amp; &lt;b&gt;"),
    ("&amp;lt;", "&amp;lt;"),
    ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"),
    ("<!here> look", '<span class="mention mention-me">@here</span> look'),
    (f"<@{BEN}>", '<button type="button" class="mention mention-me">@Ben Bussard</button>'),
    (f"<@{ANNA}|other>", '<button type="button" class="mention">@Anna Amsel</button>'),
    ("<@U404|gone>", '<button type="button" class="mention">@gone</button>'),
    ("<#C000000001>", '<button type="button" class="mention">#bookings</button>'),
    (
        "<https://example.com/?a=1&amp;b=2|*here*>",
        '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer"><strong>here</strong></a>',
    ),
    (
        "see https://example.com/x.",
        'see <a href="https://example.com/x" target="_blank" rel="noopener noreferrer">https://example.com/x</a>.',
    ),
    (
        "<mailto:a@example.com>",
        '<a href="mailto:a@example.com" target="_blank" rel="noopener noreferrer">a@example.com</a>',
    ),
    ("well :tada: done", 'well <span class="emoji" role="img" aria-label="tada">🎉</span> done'),
    ("10:30:45 and :not_an_emoji:", "10:30:45 and :not_an_emoji:"),
]


@pytest.mark.parametrize(("text", "html"), SHOWN, ids=[row[0] for row in SHOWN])
def test_mrkdwn(page: "Page", text: str, html: str) -> None:
    shown = page.evaluate(
        """async (text) => {
            const { mrkdwn } = await import('/web/js/mrkdwn.js');
            const box = document.createElement('div');
            box.append(...mrkdwn(text));
            return box.innerHTML;
        }""",
        text,
    )
    assert shown == html


DATES = [
    ("{date_num} {time}", "20/11/2026 04:00"),
    ("{date_short}", "20 Nov 2026"),
    ("{date_long}", "Friday, 20 November 2026"),
    ("{date} at {time_secs}", "20 November 2026 at 04:00:00"),
    ("{date_nonsense}", None),
]


@pytest.mark.parametrize(("pattern", "words"), DATES)
def test_dates_are_shown_in_the_zone_of_the_browser(page: "Page", pattern: str, words: str | None) -> None:
    assert call(page, "dates", "slackDate", 1795165200, pattern) == words  # 20 November 2026, 09:00 UTC


def test_a_date_that_nobody_knows_shows_its_fallback(page: "Page") -> None:
    shown = page.evaluate(
        """async () => {
            const { mrkdwn } = await import('/web/js/mrkdwn.js');
            const box = document.createElement('div');
            box.append(...mrkdwn('<!date^1795165200^{nonsense}^https://example.com|20.11. 10:00>'));
            return [box.textContent, box.querySelector('a').href];
        }"""
    )
    assert shown == ["20.11. 10:00", "https://example.com/"]


TIMES = [
    ("9", "09:00"),
    ("14:30", "14:30"),
    ("1430", "14:30"),
    ("14.30 Uhr", "14:30"),
    ("2pm", "14:00"),
    ("12:15 am", "00:15"),
    ("24:00", None),
    ("noon", None),
    ("", None),
]


@pytest.mark.parametrize(("typed", "time"), TIMES)
def test_times_as_people_type_them(page: "Page", typed: str, time: str | None) -> None:
    assert call(page, "pickers", "readTime", typed) == time


ZONED = [
    ("2026-11-20", 540, "Europe/Berlin", "2026-11-20T09:00:00+01:00"),
    ("2026-07-01", 540, "Europe/Berlin", "2026-07-01T09:00:00+02:00"),
    ("2026-10-25", 540, "Europe/Berlin", "2026-10-25T09:00:00+01:00"),
    ("2027-03-28", 540, "Europe/Berlin", "2027-03-28T09:00:00+02:00"),
    ("2027-03-28", 60, "Europe/Berlin", "2027-03-28T01:00:00+01:00"),
    ("2026-12-31", 1439, "America/New_York", "2026-12-31T23:59:00-05:00"),
]


@pytest.mark.parametrize(("day", "minutes", "zone", "stamp"), ZONED)
def test_wall_clocks_keep_their_hour_on_days_that_change_it(
    page: "Page", day: str, minutes: int, zone: str, stamp: str
) -> None:
    instant = call(page, "zones", "instantOf", day, minutes, zone)
    assert call(page, "zones", "rfc3339", instant, zone) == stamp
    assert call(page, "zones", "wall", instant, zone) == {"day": day, "minutes": minutes}


def test_events_that_overlap_share_the_width(page: "Page") -> None:
    times = [(540, 600), (540, 660), (600, 660), (660, 720)]
    pieces = [{"from": start, "to": end, "entry": {}} for start, end in times]
    arranged = call(page, "calendar_layout", "arrange", pieces)
    assert [(p["from"], p["lane"], p["lanes"]) for p in arranged] == [
        (540, 0, 2),
        (540, 1, 2),
        (600, 1, 2),
        (660, 0, 1),
    ]


def test_the_page_has_the_same_words_in_both_languages(page: "Page") -> None:
    holes = page.evaluate(
        """async () => {
            const { words } = await import('/web/js/i18n.js');
            const [de, en] = [words('de'), words('en')];
            const gaps = (text) => JSON.stringify([...text.matchAll(/\\{\\w+\\}/g)].map(String).sort());
            const names = new Set([...Object.keys(de), ...Object.keys(en)]);
            return [...names].filter((name) => !de[name] || !en[name] || gaps(de[name]) !== gaps(en[name]));
        }"""
    )
    assert holes == []


def test_every_word_that_the_page_asks_for_exists(page: "Page") -> None:
    missing = page.evaluate(
        """async () => {
            const { words } = await import('/web/js/i18n.js');
            const files = performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.endsWith('.js'));
            const texts = await Promise.all(files.map(async (name) => (await fetch(name)).text()));
            const asked = texts.flatMap((text) => [...text.matchAll(/\\bt\\("(\\w+)"/g)].map((found) => found[1]));
            return asked.filter((name) => !(name in words('en')));
        }"""
    )
    assert missing == []
