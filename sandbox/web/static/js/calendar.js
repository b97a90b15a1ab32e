// The calendar: a week of days or a day of calendars, with everybody's events as Google has them.
import { api } from "./api.js";
import { box, head, wholeDay } from "./calendar_boxes.js";
import { draggable } from "./calendar_drag.js";
import { eventForm } from "./calendar_form.js";
import { arrange, coversDay, isAllDay, piecesOf } from "./calendar_layout.js";
import { h } from "./dom.js";
import { locale, t } from "./i18n.js";
import { icon } from "./icons.js";
import { notice } from "./popup.js";
import { state } from "./state.js";
import { addDays, clockText, instantOf, monday, rfc3339, wall, weekday, weekNumber } from "./zones.js";

const FIRST_HOUR = 7;

export class Calendar {
  constructor(host) {
    Object.assign(
      this,
      { host, hidden: new Set(), calendars: [], entries: [], mode: innerWidth < 700 ? "day" : "week", turn: 0, scrolled: false },
    );
    this.bar = h("div", { class: "calendar-bar" });
    this.chips = h("div", { class: "calendar-chips", role: "group" });
    this.grid = h("div", { class: "calendar-grid" });
    this.scroller = h("div", { class: "calendar-scroller", tabindex: "0" }, this.grid);
    host.append(this.bar, this.chips, this.scroller);
    draggable(this.grid, {
      columns: () => this.columns ?? [],
      perMinute: () => this.perMinute(),
      onNew: (key, from, to) => this.add(key, from, to),
      onMove: (piece, key, from, to) => this.move(piece, key, from, to),
      onOpen: (piece) => this.edit(piece.entry),
    });
  }

  get zone() {
    return state.user?.tz || "Europe/Berlin";
  }

  perMinute() {
    return Number.parseFloat(getComputedStyle(this.grid).getPropertyValue("--hour")) / 60 || 0.8;
  }

  async open() {
    this.day ??= this.today();
    const answer = await api.calendars().catch(() => null);
    this.calendars = (answer?.calendars ?? []).map((one, order) => ({ ...one, order }));
    await this.refresh();
  }

  today() {
    return wall(Date.now(), this.zone).day;
  }

  days() {
    if (this.mode === "day") return [this.day];
    const first = monday(this.day);
    const all = Array.from({ length: 7 }, (_, n) => addDays(first, n));
    const dayOf = (event) => wall(Date.parse(event.start.dateTime), this.zone).day;
    const weekend = this.entries.some(({ event }) => !isAllDay(event) && weekday(dayOf(event)) > 4);
    return weekend ? all : all.slice(0, 5);
  }

  async refresh() {
    const turn = ++this.turn;
    const first = this.mode === "day" ? this.day : monday(this.day);
    const last = addDays(first, this.mode === "day" ? 1 : 7);
    const [from, to] = [instantOf(first, 0, this.zone), instantOf(last, 0, this.zone)];
    const answer = await api.events(new Date(from).toISOString(), new Date(to).toISOString()).catch(() => null);
    if (turn !== this.turn || !answer?.events) return;
    const order = new Map(this.calendars.map((one) => [one.id, one.order]));
    this.entries = answer.events
      .filter(({ event }) => event.status !== "cancelled" && event.start)
      .map((entry) => ({ ...entry, order: order.get(entry.calendar) ?? 99 }));
    this.draw();
  }

  async go(days) {
    this.day = days === 0 ? this.today() : addDays(this.day, days * (this.mode === "day" ? 1 : 7));
    await this.refresh();
  }

  visible() {
    return this.calendars.filter((one) => !this.hidden.has(one.id));
  }

  draw() {
    this.drawBar();
    this.drawChips();
    this.drawGrid();
  }

  drawBar() {
    const days = this.days();
    const format = (day, options) =>
      new Intl.DateTimeFormat(locale(), { timeZone: "UTC", ...options }).format(new Date(`${day}T12:00:00Z`));
    const long = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
    const short = { day: "numeric", month: "short" };
    const span = () => `${format(days[0], short)} – ${format(days.at(-1), { ...short, year: "numeric" })}`;
    const title = this.mode === "day" ? format(this.day, long) : span();
    const mode = (name) => h(
      "button",
      {
        type: "button",
        class: "segment",
        "aria-pressed": String(this.mode === name),
        on: { click: () => { this.mode = name; this.refresh(); } },
      },
      t(name),
    );
    this.bar.replaceChildren(
      h("button", { type: "button", class: "button", on: { click: () => this.go(0) } }, t("today")),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": t("prevWeek"), on: { click: () => this.go(-1) } },
        icon("back"),
      ),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": t("nextWeek"), on: { click: () => this.go(1) } },
        icon("next"),
      ),
      h(
        "h2",
        { class: "calendar-title", "aria-live": "polite" },
        title,
        this.mode === "week" ? h("span", { class: "calendar-week" }, t("weekNumber", { n: weekNumber(this.day) })) : null,
      ),
      h("span", { class: "spacer" }),
      h("div", { class: "segments", role: "group" }, mode("day"), mode("week")),
      h(
        "button",
        { type: "button", class: "button primary", on: { click: () => this.add(null, 540, 600) } },
        icon("plus", 16),
        h("span", {}, t("newEvent")),
      ),
    );
  }

  drawChips() {
    const toggle = (id) => {
      this.hidden.has(id) ? this.hidden.delete(id) : this.hidden.add(id);
      this.draw();
    };
    const only = (id) => {
      this.hidden = new Set(isLast(id) ? [] : this.calendars.filter((one) => one.id !== id).map((one) => one.id));
      this.draw();
    };
    const all = this.hidden.size === 0;
    const isLast = (id) => this.visible().length === 1 && !this.hidden.has(id);
    this.chips.setAttribute("aria-label", t("calendars"));
    this.chips.replaceChildren(
      h(
        "button",
        {
          type: "button",
          class: "calendar-chip",
          "aria-pressed": String(all),
          on: { click: () => { this.hidden = new Set(all ? this.calendars.map((one) => one.id) : []); this.draw(); } },
        },
        t("all"),
      ),
      ...this.calendars.map((one) =>
        h(
          "button",
          {
            type: "button",
            class: "calendar-chip",
            title: t("only", { name: one.summary }),
            style: { "--hue": one.hue },
            "aria-pressed": String(!this.hidden.has(one.id)),
            on: {
              // From all of them the first click picks one out; a click on the last one left brings all back.
              click: (event) => {
                if (event.detail > 1) return; // a double click is meant as one
                if (event.altKey || event.shiftKey || all || isLast(one.id)) only(one.id);
                else toggle(one.id);
              },
            },
          },
          h("span", { class: "calendar-dot" }),
          one.summary,
        ),
      ),
    );
  }

  drawGrid() {
    const shown = this.visible();
    const ids = new Set(shown.map((one) => one.id));
    const entries = this.entries.filter((entry) => ids.has(entry.calendar));
    const byDay = this.mode === "week";
    const keys = byDay ? this.days().map((day) => ({ day })) : shown.map((calendar) => ({ day: this.day, calendar }));
    if (!keys.length) {
      this.columns = [];
      this.grid.replaceChildren(h("div", { class: "empty" }, h("p", {}, this.calendars.length ? t("none") : t("noCalendars"))));
      return;
    }
    const pieces = entries.filter(({ event }) => !isAllDay(event)).flatMap((entry) => piecesOf(entry, this.zone));
    const mine = (key) => (piece) => piece.day === key.day && (byDay || piece.entry.calendar === key.calendar.id);
    this.grid.style.setProperty("--columns", keys.length);
    this.grid.classList.toggle("by-calendar", !byDay);
    const now = wall(Date.now(), this.zone);
    const heads = keys.map((key) => head(this, key, byDay, now.day));
    const wholes = keys.map((key) => {
      const list = entries.filter(({ calendar, event }) => isAllDay(event) && coversDay(event, key.day) && (byDay || calendar === key.calendar.id));
      return h("div", { class: "all-day" }, ...list.map((entry) => wholeDay(this, entry)));
    });
    this.columns = keys.map((key) => {
      const label = byDay ? key.day : key.calendar.summary;
      const node = h(
        "div",
        { class: `day-column${key.day === now.day ? " is-today" : ""}`, role: "group", "aria-label": label },
        ...arrange(pieces.filter(mine(key))).map((piece) => box(this, piece)),
      );
      if (key.day === now.day) node.append(h(
        "div",
        { class: "now-line", style: { top: `calc(var(--hour) * ${now.minutes / 60})` } },
      ));
      return { node, key };
    });
    const hours = h(
      "div",
      { class: "hours", "aria-hidden": "true" },
      ...Array.from(
        { length: 23 },
        (_, n) => h("span", { style: { top: `calc(var(--hour) * ${n + 1})` } }, clockText((n + 1) * 60)),
      ),
    );
    this.grid.replaceChildren(
      h("div", { class: "calendar-corner" }),
      ...heads,
      h("div", { class: "calendar-corner all-day-label" }, t("allDay")),
      ...wholes,
      hours,
      ...this.columns.map(({ node }) => node),
    );
    if (!this.scrolled && this.scroller.clientHeight) {
      this.scroller.scrollTop = FIRST_HOUR * 60 * this.perMinute();
      this.scrolled = true;
    }
  }

  edit(entry) {
    eventForm({ entry, calendars: this.calendars, zone: this.zone, done: () => this.refresh() });
  }

  add(key, from, to) {
    const shown = this.days();
    const day = key?.day ?? (shown.includes(this.today()) ? this.today() : shown[0]);
    const calendar = key?.calendar?.id ?? this.visible()[0]?.id ?? this.calendars[0]?.id;
    if (!calendar) return notice(t("noCalendars"));
    const stamp = (minutes) => ({ dateTime: rfc3339(instantOf(day, minutes, this.zone), this.zone), timeZone: this.zone });
    return this.edit({ calendar, event: { summary: "", start: stamp(from), end: stamp(to) } });
  }

  async move(piece, key, from, to) {
    const { entry } = piece;
    const stamp = (minutes) => ({ dateTime: rfc3339(instantOf(key.day, minutes, this.zone), this.zone), timeZone: this.zone });
    let result = { ok: true };
    if (key.day !== piece.day || from !== piece.from || to !== piece.to) result = await api.changeEvent(
      entry.calendar,
      entry.event.id,
      { start: stamp(from), end: stamp(to) },
    );
    if (result?.ok !== false && key.calendar && key.calendar.id !== entry.calendar) result = await api.moveEvent(
      entry.calendar,
      entry.event.id,
      key.calendar.id,
    );
    if (result?.ok === false) notice(t("actionFailed", { error: result.error }), { error: true });
    await this.refresh();
  }
}
