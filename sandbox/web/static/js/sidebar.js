// The rail and the sidebar: where one can go, what is unread, and as whom one looks.
import { api } from "./api.js";
import { h, place } from "./dom.js";
import { languageOf, me, myChannels, nameOf, botId, state, tell } from "./state.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { menu } from "./popup.js";

export class Sidebar {
  constructor(rail, side) {
    Object.assign(this, { rail, side });
  }

  async refresh() {
    const user = me();
    const answer = await api.conversations(user).catch(() => null);
    if (answer?.channels && user === me()) state.conversations = answer.channels;
    this.draw();
  }

  unread(place) {
    return state.conversations.find((c) => c.id === place || (c.kind === "im" && c.with === place))?.unread ?? 0;
  }

  draw() {
    this.drawRail();
    const bot = botId();
    const ims = state.conversations.filter((c) => c.kind === "im" && c.with && c.with !== bot && c.with !== me());
    ims.sort((a, b) => nameOf(a.with).localeCompare(nameOf(b.with)));
    const here = state.place;
    const row = (id, label, sign, { title } = {}) => {
      const unread = this.unread(id);
      const open = here === id || (id === bot && here === "home");
      const mark = unread ? h("span", { class: "unread-count" }, String(unread)) : null;
      const hidden = unread ? h("span", { class: "visually-hidden" }, `, ${unread} ${t("newLine")}`) : null;
      return h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: `place${unread ? " unread" : ""}`,
            "aria-current": open ? "page" : null,
            title: title ?? null,
            on: { click: () => tell("go", id) },
          },
          sign,
          h("span", { class: "place-name" }, label),
          hidden,
          mark && h("span", { "aria-hidden": "true" }, mark),
        ),
      );
    };
    const group = (label, rows, extra) => h(
      "section",
      { class: "side-group" },
      h("div", { class: "side-heading" }, h("h2", {}, label), extra ?? null),
      h("ul", {}, ...rows),
    );
    const online = state.workspace.bot.connected;
    place(this.side, [
      h(
        "header",
        { class: "side-head" },
        h("div", { class: "workspace-name" }, state.workspace.team.name),
        h(
          "div",
          { class: `bot-state${online ? " online" : ""}` },
          h("span", { class: "presence" }),
          t(online ? "botOnline" : "botOffline"),
        ),
      ),
      h(
        "nav",
        { class: "side-nav", "aria-label": t("channels") },
        group(t("apps"), [row(bot, nameOf(bot), avatar(bot, 20), {})]),
        group(
          t("channels"),
          myChannels().map((c) => row(c.id, c.name, icon(c.is_private ? "lock" : "hash", 17), { title: c.topic })),
        ),
        group(
          t("directMessages"),
          ims.map((c) => row(c.id, nameOf(c.with), avatar(c.with, 20))),
          h(
            "button",
            {
              type: "button",
              class: "icon-button",
              "aria-label": t("newMessage"),
              title: t("newMessage"),
              on: { click: (event) => this.newMessage(event.currentTarget) },
            },
            icon("plus", 16),
          ),
        ),
      ),
      this.switcher(),
    ]);
  }

  drawRail() {
    const unread = state.conversations.reduce((sum, c) => sum + (c.unread ? 1 : 0), 0);
    const item = (name, label, target, open) =>
      h(
        "button",
        { type: "button", class: "rail-item", "aria-current": open ? "page" : null, on: { click: () => tell("go", target) } },
        h(
          "span",
          { class: "rail-icon" },
          icon(name, 20),
          name === "messages" && unread ? h("span", { class: "rail-dot" }) : null,
        ),
        h("span", {}, label),
      );
    const elsewhere = state.lastChannel ?? myChannels()[0]?.id ?? botId();
    const dark = document.documentElement.dataset.theme === "dark";
    place(this.rail, [
      h("div", { class: "rail-logo", "aria-hidden": "true" }, state.workspace.team.name.slice(0, 1)),
      item("home", t("home"), "home", state.place === "home"),
      item("messages", t("messages"), elsewhere, !["home", "calendar"].includes(state.place)),
      item("calendar", t("calendar"), "calendar", state.place === "calendar"),
      h("span", { class: "spacer" }),
      h(
        "button",
        { type: "button", class: "rail-item", "aria-label": t("theme"), title: t("theme"), on: { click: () => tell("theme") } },
        h("span", { class: "rail-icon" }, icon(dark ? "sun" : "moon", 20)),
        h("span", {}, t(dark ? "themeLight" : "themeDark")),
      ),
      h(
        "button",
        {
          type: "button",
          class: "rail-me",
          "aria-label": `${t("switchPerson")}: ${nameOf(me())}`,
          "aria-haspopup": "menu",
          on: { click: (event) => this.people(event.currentTarget) },
        },
        avatar(me(), 36),
      ),
    ]);
  }

  switcher() {
    return h(
      "button",
      {
        type: "button",
        class: "switcher",
        "aria-haspopup": "menu",
        "aria-label": `${t("switchPerson")}: ${nameOf(me())}`,
        on: { click: (event) => this.people(event.currentTarget) },
      },
      avatar(me(), 34),
      h(
        "span",
        { class: "switcher-text" },
        h("span", { class: "switcher-name" }, nameOf(me())),
        h(
          "span",
          { class: "switcher-hint" },
          [languageOf(state.user).toUpperCase(), state.user.title].filter(Boolean).join(" · "),
        ),
      ),
      icon("people", 18),
    );
  }

  people(anchor) {
    const all = state.workspace.users.filter((user) => !user.is_bot && !user.deleted);
    const items = all.map((user) => ({
      label: user.real_name || user.name,
      hint: [
        user.title,
        user.is_admin ? t("roleAdmin") : "",
        languageOf(user) === "de" ? "Deutsch" : "English",
      ].filter(Boolean).join(" · "),
      icon: avatar(user.id, 28),
      checked: user.id === me(),
      run: () => tell("become", user.id),
    }));
    menu(anchor, [{ heading: t("actingAs") }, ...items], { label: t("switchPerson") });
  }

  newMessage(anchor) {
    const others = state.workspace.users.filter((user) => user.id !== me() && !user.deleted);
    menu(
      anchor,
      others.map((user) => ({
        label: user.real_name || user.name,
        hint: user.title,
        icon: avatar(user.id, 24),
        run: () => tell("go", user.id),
      })),
      { label: t("newMessage") },
    );
  }
}

