"""A Bolt app that uses every kind of block, and a browser that looks at the page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from tests import services
from tests.sandbox.blockkit_samples import actions, button, dialog, entry, mrkdwn, option, options, plain, section
from tests.sandbox.slack_desk import Tiny

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]
SLOT_TIMES = ("09:00", "11:00", "14:00", "16:00")


@contextmanager
def chromium() -> Iterator["Browser"]:
    """The browser that is installed here; without one the test is skipped, or fails where CI promises it."""
    if find_spec("playwright") is None:
        services.missing("playwright is not installed")
    path = services.chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def booking(day: str = "2026-11-23", taken: str | None = None, **more: Any) -> dict[str, Any]:
    """The modal of a booking; the slots follow the day, what is typed elsewhere must stay."""
    slots = [option(f"{day} {at}", f"{at} · 2/3 frei") for at in SLOT_TIMES if at != taken]
    return {
        "type": "modal",
        "callback_id": "booking",
        "title": plain("Termin buchen"),
        "submit": plain("Buchen"),
        "notify_on_close": True,
        "blocks": [
            section(block_id="intro", text=mrkdwn("*Wer kommt wann?* Ich prüfe Plätze, Kalender und Feiertage.")),
            entry({"type": "datepicker", "action_id": "day", "initial_date": day}, block_id="day",
                  label=plain("Tag"), dispatch_action=True),
            entry({"type": "static_select", "action_id": "slot", "options": slots, "placeholder": plain("Uhrzeit")},
                  block_id=f"slot-{day}", label=plain("Uhrzeit"), hint=plain(f"Plätze am {day}")),
            entry({"type": "plain_text_input", "action_id": "name", "max_length": 80}, block_id="name",
                  label=plain("Name")),
            entry({"type": "external_select", "action_id": "known", "min_query_length": 2,
                   "placeholder": plain("Name oder Telefonnummer")},
                  block_id="known", label=plain("Schon bekannt?"), optional=True),
            entry({"type": "email_text_input", "action_id": "email"}, block_id="email", label=plain("E-Mail"),
                  optional=True),
            actions(button(action_id="more", text=plain("Mehr …")),
                    button(action_id="danger", text=plain("Zurücksetzen"), style="danger",
                           confirm=dialog(title=plain("Wirklich zurücksetzen?"), confirm=plain("Ja"),
                                          deny=plain("Nein"), style="danger"))),
        ],
        **more,
    }  # fmt: skip


def everything() -> dict[str, Any]:
    """A modal with every element that a modal may hold."""
    inputs = {
        "static": {"type": "static_select", "options": options(3), "initial_option": options(3)[1]},
        "several": {"type": "multi_static_select", "options": options(12), "initial_options": options(2)},
        "person": {"type": "users_select"},
        "people": {"type": "multi_users_select"},
        "channel": {"type": "channels_select"},
        "conversation": {"type": "conversations_select"},
        "time": {"type": "timepicker", "initial_time": "14:00"},
        "instant": {"type": "datetimepicker"},
        "boxes": {"type": "checkboxes", "options": [option("a", "Erinnern", description=plain("am Vortag")), option("b")]},
        "radio": {"type": "radio_buttons", "options": options(3)},
        "text": {"type": "plain_text_input", "multiline": True, "placeholder": plain("Notiz")},
        "number": {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"},
        "url": {"type": "url_text_input"},
        "rich": {"type": "rich_text_input"},
        "files": {"type": "file_input"},
    }  # fmt: skip
    return {
        "type": "modal",
        "title": plain("Alles"),
        "submit": plain("Weiter"),
        "blocks": [
            {"type": "alert", "text": mrkdwn("Ein *Hinweis*"), "level": "warning"},
            *[
                entry({**spec, "action_id": "it"}, block_id=name, label=plain(name.title()), optional=True)
                for name, spec in inputs.items()
            ],
        ],
    }  # fmt: skip


def showcase() -> list[dict[str, Any]]:
    """A message with text, fields, pictures of structure and every element a message may hold."""
    text = (
        "*Morgen, 14:00* bei _Alex_ · ~15:00~ `sq-17`\n> Bitte die Unterlagen mitbringen\n> und pünktlich sein\n"
        "<!date^1795183200^{date_short_pretty} {time}|morgen> <@U000000002> <#C000000001> "
        "<https://example.com/a?b=1&amp;c=2|Unterlagen> :tada: &lt;b&gt;kein Fett&lt;/b&gt;"
    )
    rich = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "Reicher ", "style": {"bold": True}},
                                                   {"type": "user", "user_id": "U000000002"}]},
        {"type": "rich_text_list", "style": "bullet", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "eins"}]},
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "zwei"}]}]},
    ]  # fmt: skip
    cells = [["Berater", "Termine"], ["Alex", "12"], ["Bea", "9"]]
    return [
        {"type": "header", "text": plain("Neuer Termin")},
        section(text=mrkdwn(text)),
        section(
            text=mrkdwn("*Felder*"),
            fields=[mrkdwn("*Berater*\nAlex"), mrkdwn("*Gebucht von*\nAnna"), plain("Plätze: 2/3"), plain("Dauer: 60")],
            accessory={"type": "overflow", "action_id": "flow", "options": options(3)},
        ),
        {"type": "divider"},
        {"type": "rich_text", "elements": rich},
        {"type": "context", "elements": [mrkdwn("vor _5 Minuten_ · Köln")]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in cells]},
        actions(
            button(action_id="yes", text=plain("Erschienen"), style="primary", value="yes"),
            button(
                action_id="no", text=plain("Nicht erschienen"), style="danger", confirm=dialog(title=plain("Sicher?"))
            ),
            {"type": "static_select", "action_id": "pick", "options": options(4), "placeholder": plain("Verschieben")},
            {"type": "datepicker", "action_id": "date", "initial_date": "2026-11-23"},
        ),
    ]


def home(name: str) -> dict[str, Any]:
    slots = [
        section(
            text=mrkdwn(f"*{at}* · Alex\n2 von 3 frei"),
            accessory=button(action_id=f"book-{at[:2]}", text=plain("Buchen")),
        )
        for at in SLOT_TIMES
    ]
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain(f"Hallo {name}")},
            section(text=mrkdwn("Heute stehen *2 Termine* an.")),
            actions(button(action_id="open", text=plain("Termin buchen"), style="primary")),
            {"type": "divider"},
            *slots,
            section(block_id="mode", text=mrkdwn("*Ansicht*"),
                    accessory={"type": "radio_buttons", "action_id": "view", "options": options(2)}),
        ],
    }  # fmt: skip


def answers(app: App, tiny: Tiny) -> None:
    """What the app does: `tiny.seen` notes every payload."""

    def noted(body: dict[str, Any]) -> dict[str, Any]:
        tiny.seen.append(body)
        return body

    @app.command("/book")
    def book(ack: Ack, body: dict, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=noted(body)["trigger_id"], view=booking())

    @app.command("/tell")
    def tell(ack: Ack, body: dict, client: WebClient, respond: Respond) -> None:
        noted(body)
        if body["text"] == "fail":
            raise RuntimeError("on purpose")
        ack()
        if body["text"] == "question":
            blocks = [section(text=mrkdwn("*Alles entfernen?*"))]
            view = {"type": "modal", "callback_id": "question", "title": plain("Frage"), "submit": plain("Entfernen")}
            client.views_open(trigger_id=body["trigger_id"], view={**view, "blocks": blocks})
        elif body["text"] == "everything":
            client.views_open(trigger_id=body["trigger_id"], view=everything())
        elif body["text"] == "message":
            client.chat_postMessage(channel=body["channel_id"], text="Neuer Termin", blocks=showcase())
        else:
            respond(text=f"Nur du siehst das: *{body['text']}*")

    @app.action("day")
    def day(ack: Ack, body: dict, client: WebClient) -> None:
        ack()
        chosen = noted(body)["actions"][0]["selected_date"]
        client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=booking(chosen))

    @app.action("more")
    def more(ack: Ack, body: dict, client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=noted(body)["trigger_id"], view={**everything(), "title": plain("Mehr")})

    @app.options("known")
    def known(ack: Ack, body: dict) -> None:
        noted(body)
        names = [f"{body['value'].title()} {last}" for last in ("Weber", "Wolf")]
        ack(options=[option(name, name) for name in names])

    @app.view("booking")
    def submitted(ack: Ack, body: dict, client: WebClient) -> None:
        values = noted(body)["view"]["state"]["values"]
        name = values["name"]["name"]["value"]
        if name == "Kaputt":
            raise RuntimeError("on purpose")
        if name == "Voll":
            ack(response_action="errors", errors={"name": "Der Platz ist eben weggegangen."})
        elif name == "Danke":
            done = {"type": "modal", "title": plain("Gebucht"), "blocks": [section(text=mrkdwn(":tada: *Gebucht*"))]}
            ack(response_action="update", view=done)
        else:
            ack()
            client.chat_postMessage(channel="C000000001", text=f"Gebucht für {name}")

    @app.view_closed("booking")
    def closed(ack: Ack, body: dict) -> None:
        noted(body)
        ack()

    @app.event("app_home_opened")
    def opened(event: dict, client: WebClient) -> None:
        noted(event)
        if event["tab"] == "home":
            who = client.users_info(user=event["user"])["user"]["real_name"]
            client.views_publish(user_id=event["user"], view=home(who))

    @app.event("message")
    def heard(event: dict) -> None:
        noted(event)

    @app.action("open")
    def from_home(ack: Ack, body: dict, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=noted(body)["trigger_id"], view=booking())

    for name in ("yes", "no", "pick", "flow", "date", "view", "danger"):

        @app.action(name)
        def acted(ack: Ack, body: dict, respond: Respond) -> None:
            ack()
            action = noted(body)["actions"][0]
            if action["action_id"] == "yes":
                respond(replace_original=True, text="Erledigt: *erschienen*")

    for callback in ("book_global", "book_message"):

        @app.shortcut(callback)
        def shortcut(ack: Ack, body: dict, client: WebClient) -> None:
            ack()
            client.views_open(trigger_id=noted(body)["trigger_id"], view=booking())


def write(page: "Page", text: str) -> None:
    field = page.locator("#composer textarea")
    field.fill(text)
    field.press("Enter")


def modal(page: "Page") -> "Locator":
    dialog = page.locator("dialog.modal[open]")
    dialog.wait_for()
    return dialog


def soon(page: "Page", condition: Callable[[], bool]) -> None:
    """Waits for something that the page does not show, such as a payload that reached the app."""
    for _ in range(1000):
        if condition():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it did not happen within 20 s")


def gone(page: "Page") -> None:
    page.locator("dialog.modal[open]").wait_for(state="detached")
