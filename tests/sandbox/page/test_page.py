"""Conversations, Home, people, themes and phones on the page."""

import re
from typing import TYPE_CHECKING

from sandbox.server import Served
from sandbox.slack.blockkit import check_message, check_view
from tests.sandbox.page.desk import booking, everything, gone, home, modal, showcase, soon, write
from tests.sandbox.slack_desk import ANNA, BEN, BOT, OPEN, Tiny

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_what_the_app_of_these_tests_sends_is_valid() -> None:
    assert check_view(booking()) == []
    assert check_view(everything()) == []
    assert check_view(home("Anna")) == []
    assert check_message({"blocks": showcase()}) == []


def test_files_of_the_page_come_with_a_strict_policy_and_nothing_else_is_served(
    served: Served, browser: "Browser"
) -> None:
    request = browser.new_context().request
    answer = request.get(served.url + "/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert request.get(served.url + "/web/js/main.js").headers["content-type"].startswith("text/javascript")
    for outside in (
        "/web/../routes.py",
        "/web/%2e%2e/routes.py",
        "/web/js/none.js",
        "/web/",
        "/web//etc/passwd",
        "/web/a%00b",
    ):
        assert request.get(served.url + outside).status == 404


def test_a_message_is_sent_with_enter_and_arrives_in_another_tab_without_reload(look) -> None:
    anna, ben = look(ANNA), look(BEN)
    write(anna, "Moin *zusammen*")
    heard = ben.locator(".message", has_text="Moin zusammen").last
    heard.wait_for()
    assert heard.locator("strong").inner_text() == "zusammen"
    assert heard.locator(".message-author").inner_text() == "Anna Amsel"


def test_who_has_scrolled_up_sees_the_answer_to_what_they_send(look) -> None:
    anna = look(ANNA)
    write(anna, "\n".join(["Zeile"] * 60))
    anna.locator(".message", has_text="Zeile").last.wait_for()
    scroller = anna.locator(".message-scroller").first
    scroller.evaluate("node => { node.scrollTop = 0 }")
    write(anna, "Ganz unten")
    soon(anna, lambda: "Ganz unten" in anna.locator(".message").last.inner_text())
    soon(anna, lambda: scroller.evaluate("node => node.scrollHeight - node.scrollTop - node.clientHeight < 2"))


def test_the_keyboard_gets_past_the_sidebar_at_once(look) -> None:
    page = look(place="home")
    page.keyboard.press("Tab")
    skip = page.get_by_role("button", name="Zum Inhalt springen")
    assert skip.evaluate("node => node === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.get_by_role("tab", name="Home").evaluate("node => node === document.activeElement")


def test_unread_channels_are_bold_until_they_are_opened(look, served: Served) -> None:
    ben = look(BEN, "C000000004")
    place = ben.get_by_role("button", name=re.compile("^bookings"))
    served.control.message(ANNA, OPEN, "Wer hat Zeit?")
    ben.wait_for_selector(".place.unread")
    assert "unread" in (place.get_attribute("class") or "")
    place.click()
    ben.locator(".message", has_text="Wer hat Zeit?").wait_for()
    ben.locator(".new-line").wait_for()
    ben.wait_for_function("() => !document.querySelector('.place.unread')")


def test_users_text_is_shown_as_text(look) -> None:
    page = look()
    write(page, "<img src=x onerror=alert(1)> & <script>1</script>")
    page.locator(".message", has_text="<img src=x onerror=alert(1)> & <script>1</script>").wait_for()
    assert page.locator(".message img").count() == 0


def test_a_message_with_every_block_and_its_buttons(look, desk: Tiny) -> None:
    page = look()
    write(page, "/tell message")
    message = page.locator(".message", has=page.locator(".block-table")).last
    message.wait_for()
    assert message.locator(".unknown").count() == 0
    assert message.locator("blockquote").inner_text() == "Bitte die Unterlagen mitbringen\nund pünktlich sein"
    assert "<b>kein Fett</b>" in message.inner_text()
    assert message.get_by_role("link", name="Unterlagen").get_attribute("href") == "https://example.com/a?b=1&c=2"
    message.get_by_role("button", name="Nicht erschienen").click()
    page.get_by_role("alertdialog", name="Sicher?").get_by_role("button").first.click()
    message.get_by_role("button", name="Weitere Aktionen").first.click()
    page.get_by_role("menuitem", name="Option 1").click()
    acted = lambda: [body["actions"][0]["action_id"] for body in desk.seen if body.get("type") == "block_actions"]  # noqa: E731
    soon(page, lambda: acted() == ["flow"])
    message.get_by_role("button", name="Erschienen", exact=True).click()
    page.locator(".message", has_text="Erledigt: erschienen").last.wait_for()


def test_ephemeral_answers_and_failures_are_for_oneself(look) -> None:
    anna, ben = look(ANNA), look(BEN)
    write(anna, "/tell etwas")
    shown = anna.locator(".message.ephemeral", has_text="Nur du siehst das: etwas").last
    shown.wait_for()
    assert shown.get_by_text("Nur für dich sichtbar").is_visible()
    write(anna, "/tell fail")
    anna.locator(".message.ephemeral", has_text=re.compile(r"/tell .*dispatch_failed")).wait_for()
    write(anna, "/nothing")
    anna.locator(".message.ephemeral", has_text="/nothing ist kein gültiger Befehl").wait_for()
    assert ben.locator(".message", has_text="Nur du siehst das").count() == 0


def test_home_is_told_and_shown_and_its_tabs_lead_to_the_messages(look, desk: Tiny) -> None:
    page = look(BEN, "home")
    page.get_by_role("heading", name="Hallo Ben Bussard").wait_for()
    page.get_by_role("button", name="Termin buchen").click()
    modal(page).get_by_role("button", name="Cancel").click()
    gone(page)
    page.get_by_role("tab", name="Messages").click()
    write(page, "morgen 14 Uhr")
    page.locator(".message", has_text="morgen 14 Uhr").wait_for()
    soon(page, lambda: {"home", "messages"} <= {event.get("tab") for event in desk.seen})


def test_threads_open_beside_the_channel(look, served: Served) -> None:
    first = served.control.message(BEN, OPEN, "Frage zum Raum")["ts"]
    page = look()
    message = page.locator(".message", has_text="Frage zum Raum").last
    message.hover()
    message.get_by_role("button", name="Im Thread antworten").click()
    field = page.locator("#thread textarea")
    field.fill("Raum 3")
    field.press("Enter")
    page.locator("#thread .message", has_text="Raum 3").wait_for()
    page.locator("#messages").get_by_role("button", name="1 Antwort").wait_for()
    assert f"thread={first}" in page.url
    assert page.locator("#messages .message", has_text="Raum 3").count() == 0


def test_people_are_switched_and_the_page_speaks_their_language(look) -> None:
    page = look(ANNA, "home")
    assert page.get_by_role("tab", name="Nachrichten").is_visible()
    page.locator(".switcher").click()
    page.get_by_role("menuitemradio", name=re.compile("Ben Bussard")).click()
    page.get_by_role("tab", name="Messages").wait_for()
    assert f"user={BEN}" in page.url
    page.locator("#rail").get_by_role("button", name="Calendar").click()
    assert page.url.endswith("channel=calendar")
    page.go_back()
    page.get_by_role("tab", name="Messages").wait_for()


def test_a_private_channel_stays_closed_to_others(look) -> None:
    page = look(BEN, "C000000003")
    page.get_by_role("heading", name="Hallo Ben Bussard").wait_for()
    assert page.get_by_role("button", name="admin").count() == 0


def test_direct_messages_reach_the_other_person(look) -> None:
    page = look(ANNA, BEN)
    write(page, "Kaffee?")
    page.locator(".message", has_text="Kaffee?").wait_for()
    other = look(BEN, "home")
    other.get_by_role("button", name=re.compile("^Anna Amsel")).click()
    other.locator(".message", has_text="Kaffee?").wait_for()


def test_a_lost_connection_comes_back_with_what_was_missed(look, served: Served) -> None:
    page = look()
    page.add_init_script(
        """window.sockets = [];
        window.WebSocket = class extends WebSocket { constructor(...given) { super(...given); sockets.push(this); } };"""
    )
    page.reload()
    page.wait_for_function("() => window.sockets.some((one) => one.readyState === WebSocket.OPEN)")
    page.evaluate("() => sockets[0].close()")
    page.wait_for_function("() => sockets[0].readyState === WebSocket.CLOSED")
    served.control.message(BEN, OPEN, "inzwischen geschrieben")
    page.locator(".message", has_text="inzwischen geschrieben").wait_for()
    page.wait_for_function("() => sockets.length > 1")


def test_dark_follows_the_system_and_can_be_changed(look) -> None:
    page = look(ANNA, "home", dark=True)
    theme = "() => document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"
    page.get_by_role("button", name="Hell oder dunkel").click()
    assert page.evaluate(theme) == "light"
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate(theme) == "light"


def test_on_a_phone_nothing_is_wider_than_the_screen(look) -> None:
    page = look(ANNA, OPEN, width=390)
    page.get_by_role("button", name="Menü").click()
    page.wait_for_timeout(300)
    page.locator("#side").get_by_role("button", name="Tiny").or_(page.locator("#side .place").first).first.click()
    page.get_by_role("heading", name="Hallo Anna Amsel").or_(page.locator("#composer")).first.wait_for()
    write_here = page.locator("#composer textarea")
    write_here.fill("/book")
    write_here.press("Enter")
    dialog = modal(page)
    page.wait_for_function("() => !document.querySelector('dialog[open]').getAnimations().length")
    box = dialog.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["height"]) == (0, 390, 800)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_everything_has_a_name_and_the_app_is_known_by_its_own(look) -> None:
    """No control without an accessible name, on every kind of place."""
    nameless = """() => [...document.querySelectorAll('button, a[href], input, textarea, select, [role=button]')]
        .filter((one) => one.getClientRects().length)
        .filter((one) => !(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')
            || one.textContent.trim() || one.labels?.length || one.placeholder))
        .map((one) => one.outerHTML.slice(0, 120))"""
    for place in (OPEN, "home", "calendar", BOT):
        page = look(ANNA, place)
        assert page.evaluate(nameless) == []
    write(page, "/tell everything")
    modal(page)
    assert page.evaluate(nameless) == []


def test_older_messages_come_when_one_scrolls_up(look, served: Served) -> None:
    for number in range(120):
        served.control.message(BEN, "C000000004", f"Nachricht {number:03}")
    page = look(ANNA, "C000000004")
    page.locator(".message", has_text="Nachricht 119").wait_for()
    assert page.locator(".message", has_text="Nachricht 001").count() == 0
    page.locator(".message-scroller").evaluate("one => { one.scrollTop = 0; }")
    page.locator(".message", has_text="Nachricht 001").wait_for()
    assert page.locator(".message-scroller").evaluate("one => one.scrollTop") > 100
