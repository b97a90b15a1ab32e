"""Commands, modals, shortcuts and what is typed into them."""

import re
from typing import TYPE_CHECKING

from sandbox.server import Served
from tests.sandbox.page.desk import gone, modal, soon, write
from tests.sandbox.slack_desk import BEN, OPEN, Tiny

if TYPE_CHECKING:
    pass


def test_commands_are_completed_and_open_a_modal(look, desk: Tiny) -> None:
    page = look()
    field = page.locator("#composer textarea")
    field.type("/b")
    page.get_by_role("option", name=re.compile("book")).wait_for()
    field.press("Enter")
    assert field.input_value() == "/book "
    field.type("morgen")
    field.press("Enter")
    assert modal(page).get_by_role("heading", name="Termin buchen").is_visible()
    assert desk.seen[-1]["text"] == "morgen"
    page.keyboard.press("Escape")
    gone(page)


def test_typed_words_survive_an_update_of_the_view(look, desk: Tiny) -> None:
    page = look()
    write(page, "/book")
    dialog = modal(page)
    dialog.get_by_label("Name", exact=True).fill("Frau Weber")
    dialog.get_by_role("button", name=re.compile("^Tag")).click()
    page.get_by_role("button", name="Mittwoch, 25. November 2026").click()
    dialog.get_by_text("Plätze am 2026-11-25").wait_for()
    assert dialog.get_by_label("Name", exact=True).input_value() == "Frau Weber"
    dialog.get_by_role("combobox", name="Uhrzeit").click()
    page.get_by_role("option", name="14:00").click()
    dialog.get_by_role("button", name="Buchen").click()
    gone(page)
    state = desk.seen[-1]["view"]["state"]["values"]
    assert state["slot-2026-11-25"]["slot"]["selected_option"]["value"] == "2026-11-25 14:00"
    page.locator(".message", has_text="Gebucht für Frau Weber").last.wait_for()


def test_errors_stand_at_their_fields_and_go_when_the_field_changes(look) -> None:
    page = look()
    write(page, "/book")
    dialog = modal(page)
    dialog.get_by_role("button", name="Buchen").click()
    assert dialog.locator(".input-error:visible").count() == 2
    dialog.get_by_label("Name", exact=True).fill("Voll")
    assert dialog.locator(".input-error:visible").count() == 1
    dialog.get_by_role("combobox", name="Uhrzeit").click()
    page.get_by_role("option", name="09:00").click()
    dialog.get_by_role("button", name="Buchen").click()
    dialog.get_by_text("Der Platz ist eben weggegangen.").wait_for()
    dialog.get_by_label("Name", exact=True).fill("Danke")
    dialog.get_by_role("button", name="Buchen").click()
    dialog.get_by_role("heading", name="Gebucht", exact=True).wait_for()


def test_an_external_select_asks_the_app(look, desk: Tiny) -> None:
    page = look()
    write(page, "/book")
    dialog = modal(page)
    field = dialog.get_by_role("combobox", name=re.compile("Schon bekannt"))
    field.click()
    field.type("ma")
    page.get_by_role("option", name="Ma Weber").wait_for()
    field.press("Enter")
    assert dialog.locator(".select-value", has_text="Ma Weber").is_visible()
    assert desk.seen[-1]["type"] == "block_suggestion"


def test_what_is_optional_can_be_emptied_by_a_finger_and_what_is_required_not(look) -> None:
    page = look()
    write(page, "/book")
    dialog = modal(page)
    clear = dialog.get_by_role("button", name="Auswahl löschen")
    assert clear.count() == 0
    dialog.get_by_role("combobox", name="Uhrzeit").click()
    page.get_by_role("option", name="09:00").click()
    dialog.get_by_role("combobox", name=re.compile("Schon bekannt")).type("ma")
    page.get_by_role("option", name="Ma Weber").click()
    clear.click()
    assert dialog.locator(".select-value").all_inner_texts() == ["09:00 · 2/3 frei"]
    assert clear.count() == 0


def test_enter_does_not_answer_a_question_that_has_just_opened(look) -> None:
    page = look()
    write(page, "/tell question")
    dialog = modal(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert dialog.get_by_role("button", name="Entfernen").is_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    gone(page)


def test_one_comes_back_to_where_one_was(look) -> None:
    page = look()
    page.set_viewport_size({"width": 1280, "height": 420})
    write(page, "/book")
    dialog = modal(page)
    more = dialog.get_by_role("button", name="Mehr …")
    more.click()
    dialog.get_by_role("heading", name="Mehr").wait_for()
    dialog.get_by_role("button", name="Zurück").click()
    more.wait_for()
    assert more.evaluate("node => node === document.activeElement")
    assert page.evaluate("document.querySelector('.modal-body').scrollTop") > 0


def test_modals_stack_and_the_arrow_leads_back(look, desk: Tiny) -> None:
    page = look()
    write(page, "/book")
    dialog = modal(page)
    dialog.get_by_label("Name", exact=True).fill("Herr Wolf")
    dialog.get_by_role("button", name="Mehr …").click()
    dialog.get_by_role("heading", name="Mehr").wait_for()
    dialog.get_by_role("button", name="Zurück", exact=True).click()
    dialog.get_by_role("heading", name="Termin buchen").wait_for()
    assert dialog.get_by_label("Name", exact=True).input_value() == "Herr Wolf"
    dialog.get_by_role("button", name="Schließen").click()
    gone(page)
    soon(page, lambda: desk.seen[-1]["type"] == "view_closed")
    assert desk.seen[-1]["is_cleared"] is True


def test_every_element_can_be_filled(look) -> None:
    page = look()
    write(page, "/tell everything")
    dialog = modal(page)
    assert dialog.locator(".unknown").count() == 0
    assert dialog.locator(".block-input").count() == 15
    time = dialog.get_by_role("combobox", name=re.compile("^Time"))
    time.fill("930")
    time.press("Enter")
    assert time.input_value() == "09:30"
    dialog.get_by_role("combobox", name=re.compile("^People")).click()
    page.get_by_role("option", name="Ben Bussard").click()
    page.get_by_role("option", name="Carl Corvus").click()
    assert dialog.locator("[data-block-id=people] .chip").count() == 2
    dialog.get_by_role("textbox", name=re.compile("^Number")).fill("12")
    dialog.get_by_role("button", name="Weiter").click()
    dialog.get_by_text("Höchstens 9.").wait_for()


def test_shortcuts_of_the_composer_and_of_a_message(look, desk: Tiny, served: Served) -> None:
    served.control.message(BEN, OPEN, "Kann jemand Herrn Kaya nehmen?")
    page = look()
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("menuitem", name=re.compile("^Book")).click()
    modal(page).get_by_role("button", name="Abbrechen").click()
    gone(page)
    message = page.locator(".message", has_text="Herrn Kaya").last
    message.hover()
    message.get_by_role("button", name="Weitere Aktionen").click()
    page.get_by_role("menuitem", name=re.compile("Book from this")).click()
    modal(page)
    used = [body for body in desk.seen if body.get("type") == "message_action"]
    assert used[0]["message"]["text"] == "Kann jemand Herrn Kaya nehmen?"


def test_escape_closes_what_floats_before_it_closes_the_modal(look) -> None:
    page = look()
    write(page, "/book")
    dialog = modal(page)
    for opener in (
        dialog.get_by_role("button", name=re.compile("^Tag")),
        dialog.get_by_role("combobox", name="Uhrzeit"),
    ):
        opener.click()
        page.locator(".floating").wait_for()
        page.keyboard.press("Escape")
        page.locator(".floating").wait_for(state="detached")
        assert dialog.is_visible()
    page.keyboard.press("Escape")
    gone(page)


def test_a_double_click_on_submit_is_one_submission(look, desk: Tiny) -> None:
    page = look()
    write(page, "/book")
    dialog = modal(page)
    dialog.get_by_label("Name", exact=True).fill("Doppelt")
    dialog.get_by_role("combobox", name="Uhrzeit").click()
    page.get_by_role("option", name="09:00").click()
    dialog.get_by_role("button", name="Buchen").dblclick()
    gone(page)
    assert [body.get("type") for body in desk.seen].count("view_submission") == 1


def test_keyboard_alone_is_enough(look, desk: Tiny) -> None:
    page = look()
    page.keyboard.type("/book")
    page.keyboard.press("Enter")
    dialog = modal(page)
    page.keyboard.press("Enter")
    page.locator(".day-picker").wait_for()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    dialog.get_by_text("Plätze am 2026-12-01").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("16")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Frau Tast")
    page.keyboard.press("Enter")
    gone(page)
    values = desk.seen[-1]["view"]["state"]["values"]
    assert values["slot-2026-12-01"]["slot"]["selected_option"]["value"] == "2026-12-01 16:00"
    assert values["name"]["name"]["value"] == "Frau Tast"


def test_an_app_that_fails_leaves_the_modal_with_everything_in_it(look) -> None:
    page = look()
    write(page, "/book")
    dialog = modal(page)
    dialog.get_by_label("Name", exact=True).fill("Kaputt")
    dialog.get_by_role("combobox", name="Uhrzeit").click()
    page.get_by_role("option", name="09:00").click()
    dialog.get_by_role("button", name="Buchen").click()
    dialog.get_by_role("alert").get_by_text("Problem mit der Verbindung").wait_for()
    assert dialog.get_by_label("Name", exact=True).input_value() == "Kaputt"
    assert dialog.get_by_role("button", name="Buchen").is_enabled()


def test_an_open_modal_is_there_again_after_a_reload(look) -> None:
    page = look()
    write(page, "/book")
    dialog = modal(page)
    dialog.get_by_label("Name", exact=True).fill("Frau Neu")
    dialog.get_by_role("button", name=re.compile("^Tag")).click()
    page.get_by_role("button", name="Dienstag, 24. November 2026").click()
    dialog.get_by_text("Plätze am 2026-11-24").wait_for()
    page.reload()
    assert modal(page).get_by_label("Name", exact=True).input_value() == "Frau Neu"
