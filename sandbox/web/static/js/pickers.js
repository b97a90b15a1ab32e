// Fields for a day and for a time of day, in the language of the page; keyboard and pointer.
import { h, uid } from "./dom.js";
import { locale, t } from "./i18n.js";
import { icon } from "./icons.js";
import { float } from "./popup.js";
import { addDays, clockText, monday } from "./zones.js";

const words = (day, options) => new Intl.DateTimeFormat(locale(), { timeZone: "UTC", ...options }).format(new Date(`${day}T12:00:00Z`));
const today = () => {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};
const firstOf = (day) => `${day.slice(0, 7)}-01`;
function addMonths(day, count) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + count, Math.min(date, last))).toISOString().slice(0, 10);
}

const MOVES = {
  ArrowLeft: (day) => addDays(day, -1),
  ArrowRight: (day) => addDays(day, 1),
  ArrowUp: (day) => addDays(day, -7),
  ArrowDown: (day) => addDays(day, 7),
  Home: (day) => monday(day),
  End: (day) => addDays(monday(day), 6),
  PageUp: (day) => addMonths(day, -1),
  PageDown: (day) => addMonths(day, 1),
};

/** A day as "YYYY-MM-DD" or null. `labelId` or `label` names it; `clearable` offers to empty it. */
export function dateField({ value, onChange, labelId, label, placeholder, clearable = false, describedBy }) {
  let current = value || null;
  const textId = uid("day");
  const shown = h("span", { class: "picker-text", id: textId });
  const button = h(
    "button",
    {
      type: "button",
      class: "field picker-button",
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
      "aria-describedby": describedBy ?? null,
      on: { click: () => open() },
    },
    icon("calendar", 17),
    shown,
  );
  if (labelId) button.setAttribute("aria-labelledby", `${labelId} ${textId}`);
  const node = h("span", { class: "picker" }, button);

  function show() {
    shown.textContent = current ? words(
      current,
      { weekday: "short", day: "numeric", month: "short", year: "numeric" },
    ) : placeholder || t("chooseDate");
    shown.classList.toggle("placeholder", !current);
    button.dataset.value = current ?? "";
    if (!labelId) button.setAttribute("aria-label", `${label || placeholder || t("chooseDate")}: ${shown.textContent}`);
  }

  function take(day) {
    if (day !== current) {
      current = day;
      show();
      onChange(day);
    }
    opened?.close();
    button.focus();
  }

  let opened = null;
  function open() {
    if (opened) return opened.close();
    let at = current ?? today();
    const box = h("div", { class: "day-picker", role: "dialog", "aria-label": t("chooseDate") });
    const step = (count) => {
      at = addMonths(at, count);
      draw(false);
    };
    function draw(focus) {
      const first = monday(firstOf(at));
      const week = (start) => Array.from({ length: 7 }, (_, n) => addDays(start, n));
      const cell = (day) =>
        h(
          "td",
          { role: "gridcell", "aria-selected": String(day === current) },
          h(
            "button",
            {
              type: "button",
              class: `day-cell${day.slice(0, 7) === at.slice(0, 7) ? "" : " other"}${day === today() ? " is-today" : ""}`,
              tabindex: day === at ? "0" : "-1",
              data: { day },
              "aria-label": words(day, { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
              on: { click: () => take(day) },
            },
            String(Number(day.slice(8))),
          ),
        );
      box.replaceChildren(
        h(
          "div",
          { class: "day-picker-head" },
          h(
            "button",
            { type: "button", class: "icon-button", "aria-label": t("prevMonth"), on: { click: () => step(-1) } },
            icon("back", 16),
          ),
          h("strong", { "aria-live": "polite" }, words(at, { month: "long", year: "numeric" })),
          h(
            "button",
            { type: "button", class: "icon-button", "aria-label": t("nextMonth"), on: { click: () => step(1) } },
            icon("next", 16),
          ),
        ),
        h(
          "table",
          { role: "grid" },
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              ...week(first).map((day) => h(
                "th",
                { scope: "col", abbr: words(day, { weekday: "long" }) },
                words(day, { weekday: "short" }).slice(0, 2),
              )),
            ),
          ),
          h("tbody", {}, ...Array.from({ length: 6 }, (_, n) => h("tr", {}, ...week(addDays(first, n * 7)).map(cell)))),
        ),
        h(
          "div",
          { class: "day-picker-foot" },
          h("button", { type: "button", class: "text-button", on: { click: () => take(today()) } }, t("today")),
          clearable && current ? h(
            "button",
            { type: "button", class: "text-button", on: { click: () => take(null) } },
            t("clear"),
          ) : null,
        ),
      );
      if (focus) box.querySelector(`[data-day="${at}"]`).focus();
    }
    box.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move || !event.target.dataset.day) return;
      event.preventDefault();
      at = move(at);
      draw(true);
    });
    draw(false);
    opened = float(button, box, { onClose: () => { opened = null; button.setAttribute("aria-expanded", "false"); } });
    button.setAttribute("aria-expanded", "true");
    box.querySelector(`[data-day="${at}"]`).focus();
    return opened;
  }

  show();
  node.setValue = (day) => {
    current = day;
    show();
  };
  Object.defineProperty(node, "value", { get: () => current });
  return node;
}

/** "14", "1430", "14:30", "14.30", "2pm" or "2:30 pm" as "HH:mm"; null for anything else. */
export function readTime(text) {
  const found = /^\s*(\d{1,2})(?:[:.h ]?(\d{2}))?\s*(?:uhr)?\s*([ap])?\.?m?\.?\s*$/i.exec(text);
  if (!found) return null;
  let hour = Number(found[1]);
  const minute = Number(found[2] ?? 0);
  if (found[3]) hour = (hour % 12) + (found[3].toLowerCase() === "p" ? 12 : 0);
  return hour < 24 && minute < 60 ? clockText(hour * 60 + minute) : null;
}

/** A time of day as "HH:mm" or null: typed freely, or chosen from a list of half hours. */
export function timeField({ value, onChange, labelId, label, placeholder, clearable = false, describedBy }) {
  let current = value || null;
  const listId = uid("times");
  const names = labelId ? { "aria-labelledby": labelId } : { "aria-label": label || placeholder || t("chooseTime") };
  const input = h(
    "input",
    {
      class: "field",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "none",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-describedby": describedBy ?? null,
      placeholder: placeholder || "--:--",
      ...names,
    },
  );
  const node = h("span", { class: "picker picker-time" }, input, icon("clock", 17));
  const steps = Array.from({ length: 48 }, (_, n) => clockText(n * 30));
  let opened = null;
  let at = -1;

  function take(time) {
    const changed = time !== current;
    current = time;
    input.value = time ?? "";
    if (changed) onChange(time);
  }

  function settle() {
    const text = input.value.trim();
    if (!text && clearable) return take(null);
    return take(readTime(text) ?? current);
  }

  function point(index) {
    at = index;
    [...(opened?.panel.children ?? [])].forEach((row, n) => {
      row.classList.toggle("active", n === at);
      row.setAttribute("aria-selected", String(n === at));
      if (n === at) {
        row.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", row.id);
      }
    });
  }

  function open() {
    if (opened) return;
    const choose = (time) => {
      take(time);
      close();
    };
    const panel = h(
      "div",
      { class: "select-list time-list", role: "listbox", id: listId, on: { pointerdown: (event) => event.preventDefault() } },
      ...steps.map((time, n) => h(
        "div",
        { class: "select-row", role: "option", id: `${listId}-${n}`, on: { click: () => choose(time) } },
        time,
      )),
    );
    opened = {
      panel,
      ...float(
        node,
        panel,
        {
          width: "anchor",
          takesEscape: false,
          onClose: () => {
            opened = null;
            input.setAttribute("aria-expanded", "false");
            input.removeAttribute("aria-activedescendant");
          },
        },
      ),
    };
    input.setAttribute("aria-expanded", "true");
    const near = current ?? "09:00";
    panel.scrollTop = Math.max(0, steps.findIndex((time) => time >= near)) * 34 - 68;
    point(steps.indexOf(current));
  }

  function close() {
    opened?.close();
  }

  input.addEventListener("click", open);
  input.addEventListener("input", () => point(steps.findIndex((time) => time === readTime(input.value))));
  input.addEventListener("blur", () => {
    close();
    settle();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      open();
      const from = at < 0 ? steps.findIndex((time) => time >= (current ?? "09:00")) : at + (event.key === "ArrowDown" ? 1 : -1);
      point((from + steps.length) % steps.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (opened && at >= 0) take(steps[at]);
      else settle();
      close();
    } else if (event.key === "Escape" && opened) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  input.value = current ?? "";
  Object.defineProperty(node, "value", { get: () => readTime(input.value) ?? current });
  return node;
}
