// The form of one event: new or changed.
import { api } from "./api.js";
import { COLORS, isAllDay, outcomeOf } from "./calendar_layout.js";
import { h, uid } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { dateField, timeField } from "./pickers.js";
import { confirm, notice } from "./popup.js";
import { addDays, clockText, instantOf, minutesOf, rfc3339, wall } from "./zones.js";

function row(label, control) {
  const id = control.id || (control.id = uid("f"));
  return h("div", { class: "form-row" }, h("label", { for: id, class: "input-label" }, label), control);
}

const chooser = (options, value) => {
  const node = h("select", { class: "field" }, ...options.map(([one, label]) => h("option", { value: one }, label)));
  node.value = value ?? "";
  return node;
};

function colors(value) {
  const name = uid("color");
  const choice = (id, label, color) => {
    const input = h("input", { type: "radio", name, value: id, "aria-label": label });
    input.checked = (value ?? "") === id;
    return h(
      "label",
      { class: "color-choice", title: label, style: color ? { "--color": color } : {} },
      input,
      h("span", { class: color ? "" : "no-color" }),
    );
  };
  const label = (id) => `${t("color")} ${id}${outcomeOf(id) ? `: ${t(outcomeOf(id))}` : ""}`;
  const box = h(
    "div",
    { class: "color-choices", role: "radiogroup", "aria-label": t("color") },
    choice("", t("colorNone")),
    ...Object.entries(COLORS).map(([id, color]) => choice(id, label(id), color)),
  );
  return { box, read: () => box.querySelector("input:checked")?.value ?? "" };
}

/** Opens the form; `entry` is {calendar, event} with or without an id. `done` runs after something changed. */
export function eventForm({ entry, calendars, zone, done }) {
  const { event } = entry;
  const isNew = !event.id;
  const whole = isAllDay(event);
  const start = whole ? { day: event.start.date, minutes: 540 } : wall(Date.parse(event.start.dateTime), zone);
  const end = whole ? { day: addDays(event.end.date, -1), minutes: 600 } : wall(Date.parse(event.end.dateTime), zone);
  const heading = uid("event");
  const title = h("input", { class: "field", value: event.summary ?? "", placeholder: t("noTitle"), autocomplete: "off" });
  const calendar = chooser(calendars.map((one) => [one.id, one.summary]), entry.calendar);
  const allDay = h("input", { type: "checkbox" });
  allDay.checked = whole;
  const follow = () => toDay.value < fromDay.value && toDay.setValue(fromDay.value);
  const date = (value, label, onChange = () => {}) => dateField({ value, label, onChange });
  const time = (value, label) => timeField({ value: clockText(value), label, onChange: () => {} });
  const [fromDay, fromTime] = [date(start.day, t("starts"), follow), time(start.minutes, t("starts"))];
  const [toDay, toTime] = [date(end.day, t("ends")), time(end.minutes, t("ends"))];
  const transparency = chooser([["opaque", t("busy")], ["transparent", t("free")]], event.transparency ?? "opaque");
  const visibility = chooser(
    [["default", t("vDefault")], ["public", t("vPublic")], ["private", t("vPrivate")]],
    event.visibility ?? "default",
  );
  const color = colors(event.colorId);
  const description = h("textarea", { class: "field", rows: 3, value: event.description ?? "" });
  const error = h("div", { class: "input-error", role: "alert", hidden: true });
  const times = () => [fromTime, toTime].forEach((one) => (one.hidden = allDay.checked));
  allDay.addEventListener("change", times);
  times();

  function read() {
    const stamp = (day, at) => ({ dateTime: rfc3339(instantOf(day, minutesOf(at), zone), zone), timeZone: zone });
    const [from, to] = allDay.checked
      ? [{ date: fromDay.value }, { date: addDays(toDay.value, 1) }]
      : [stamp(fromDay.value, fromTime.value), stamp(toDay.value, toTime.value)];
    const wrong = allDay.checked ? toDay.value < fromDay.value : Date.parse(to.dateTime) <= Date.parse(from.dateTime);
    if (wrong) return null;
    const change = {
      summary: title.value,
      start: from,
      end: to,
      transparency: transparency.value,
      visibility: visibility.value,
      description: description.value,
    };
    if (color.read() || event.colorId) change.colorId = color.read() || null;
    return change;
  }

  function say(words) {
    error.hidden = !words;
    error.replaceChildren(...(words ? [icon("warning", 16), words] : []));
  }

  const close = () => {
    dialog.close();
    dialog.remove();
  };

  async function save() {
    const change = read();
    if (!change) return say(t("endBeforeStart"));
    let result;
    if (isNew) {
      for (const name of Object.keys(change)) if (change[name] === null || change[name] === "") delete change[name];
      result = await api.addEvent(calendar.value, change);
    } else {
      result = await api.changeEvent(entry.calendar, event.id, change);
      if (result?.ok !== false && calendar.value !== entry.calendar) result = await api.moveEvent(entry.calendar, event.id, calendar.value);
    }
    if (result?.ok === false) return say(t("actionFailed", { error: result.error }));
    close();
    notice(t("saved"));
    return done();
  }

  async function remove() {
    const plain = (text) => ({ type: "plain_text", text });
    if (!(await confirm({
      title: plain(event.summary || t("noTitle")),
      text: plain(t("reallyDelete")),
      confirm: plain(t("delete")),
      deny: plain(t("cancel")),
      style: "danger",
    }))) return;
    const result = await api.removeEvent(entry.calendar, event.id);
    if (result?.ok === false) return say(t("actionFailed", { error: result.error }));
    close();
    const back = async () => { await api.changeEvent(entry.calendar, event.id, { status: event.status }); done(); };
    notice(t("deleted"), { action: { label: t("undo"), run: back } });
    done();
  }

  const dialog = h(
    "dialog",
    {
      class: "modal event-form",
      "aria-labelledby": heading,
      on: { cancel: (happening) => { happening.preventDefault(); close(); } },
    },
    h(
      "header",
      { class: "modal-head" },
      h("h1", { class: "modal-title", id: heading }, t(isNew ? "newEvent" : "editEvent")),
      h(
        "button",
        { type: "button", class: "icon-button modal-x", "aria-label": t("close"), on: { click: close } },
        icon("close"),
      ),
    ),
    h(
      "form",
      { class: "modal-body", method: "dialog", on: { submit: (happening) => { happening.preventDefault(); save(); } } },
      event.recurringEventId ? h("p", { class: "context" }, t("recurring")) : null,
      row(t("title"), title),
      row(t("calendarOf"), calendar),
      h(
        "div",
        { class: "form-times" },
        h("div", {}, h("div", { class: "input-label" }, t("starts")), fromDay, fromTime),
        h("div", {}, h("div", { class: "input-label" }, t("ends")), toDay, toTime),
      ),
      h("label", { class: "box" }, allDay, h("span", {}, t("allDay"))),
      error,
      h("div", { class: "form-times" }, row(t("showAs"), transparency), row(t("visibility"), visibility)),
      h("div", { class: "form-row" }, h("div", { class: "input-label" }, t("color")), color.box),
      row(t("description"), description),
      h("button", { type: "submit", hidden: true }),
    ),
    h(
      "footer",
      { class: "modal-foot" },
      isNew ? null : h(
        "button",
        { type: "button", class: "button danger-text", on: { click: remove } },
        icon("trash", 16),
        t("delete"),
      ),
      h("span", { class: "spacer" }),
      h("button", { type: "button", class: "button", on: { click: close } }, t("cancel")),
      h("button", { type: "button", class: "button primary", on: { click: save } }, t("save")),
    ),
    h("div", { class: "notices" }),
  );
  document.body.append(dialog);
  dialog.showModal();
  title.focus();
}
