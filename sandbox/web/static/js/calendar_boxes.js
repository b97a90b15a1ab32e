// The pieces of the calendar's grid: heads of columns and boxes of events.
import { COLORS, outcomeOf } from "./calendar_layout.js";
import { h } from "./dom.js";
import { locale, t } from "./i18n.js";
import { clockText } from "./zones.js";

export function head(calendar, key, byDay, today) {
  if (!byDay) {
    const style = { "--hue": key.calendar.hue };
    return h("div", { class: "calendar-head", style }, h("span", { class: "calendar-dot" }), key.calendar.summary);
  }
  const date = new Date(`${key.day}T12:00:00Z`);
  const name = new Intl.DateTimeFormat(locale(), { weekday: "short", timeZone: "UTC" }).format(date);
  const open = () => {
    Object.assign(calendar, { mode: "day", day: key.day });
    calendar.refresh();
  };
  return h(
    "button",
    { type: "button", class: `calendar-head${key.day === today ? " is-today" : ""}`, on: { click: open } },
    name,
    h("span", { class: "day-number" }, String(date.getUTCDate())),
  );
}

function look(calendar, entry) {
  const hue = calendar.calendars.find((one) => one.id === entry.calendar)?.hue ?? 210;
  return { "--hue": hue, ...(COLORS[entry.event.colorId] ? { "--color": COLORS[entry.event.colorId] } : {}) };
}

function words(calendar, { calendar: id, event }) {
  const owner = calendar.calendars.find((one) => one.id === id)?.summary ?? id;
  const outcome = outcomeOf(event.colorId);
  return [
    event.summary || t("noTitle"),
    owner,
    outcome && t(outcome),
    event.transparency === "transparent" && t("free"),
    event.visibility === "private" && t("vPrivate"),
  ].filter(Boolean).join(" · ");
}

function classes(event) {
  const marks = {
    colored: event.colorId,
    transparent: event.transparency === "transparent",
    private: event.visibility === "private",
    declined: event.attendees?.some((one) => one.self && one.responseStatus === "declined"),
  };
  return ["event", ...Object.keys(marks).filter((name) => marks[name])].join(" ");
}

export function wholeDay(calendar, entry) {
  return h(
    "button",
    {
      type: "button",
      class: classes(entry.event),
      style: look(calendar, entry),
      title: words(calendar, entry),
      on: { click: () => calendar.edit(entry) },
    },
    entry.event.summary || t("noTitle"),
  );
}

export function box(calendar, piece) {
  const { entry, from, to, lane, lanes } = piece;
  const span = `${clockText(from)} – ${clockText(to)}`;
  const style = {
    ...look(calendar, entry),
    top: `calc(var(--hour) * ${from / 60})`,
    height: `calc(var(--hour) * ${(to - from) / 60} - 2px)`,
    left: `${(lane / lanes) * 100}%`,
    width: `calc(${100 / lanes}% - 2px)`,
  };
  const tight = (lanes > (calendar.mode === "day" ? 2 : 3) ? " narrow" : "") + (to - from < 45 ? " short" : "");
  const node = h(
    "div",
    {
      class: classes(entry.event) + tight,
      style,
      role: "button",
      tabindex: "0",
      title: `${span} · ${words(calendar, entry)}`,
      "aria-label": `${span}, ${words(calendar, entry)}`,
      data: { eventId: entry.event.id, calendar: entry.calendar },
      on: { keydown: (event) => pressed(calendar, event, piece) },
    },
    h("span", { class: "event-title" }, entry.event.summary || t("noTitle")),
    h("span", { class: "event-time" }, `${clockText(from)} `, h("span", {}, `– ${clockText(to)}`)),
    h("span", { class: "event-end" }),
  );
  node.piece = piece;
  return node;
}

function pressed(calendar, event, piece) {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    calendar.edit(piece.entry);
  }
}
