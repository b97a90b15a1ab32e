// Starts the page, knows the address, and passes live notices on to the parts that show them.
import { api, Live } from "./api.js";
import { Calendar } from "./calendar.js";
import { Composer } from "./composer.js";
import { debounce, h, place } from "./dom.js";
import { Home } from "./home.js";
import { setLanguage, t } from "./i18n.js";
import { icon } from "./icons.js";
import { Messages } from "./messages.js";
import { Modals } from "./modal.js";
import { avatar } from "./people.js";
import { Sidebar } from "./sidebar.js";
import { botId, conversationOf, isSamePlace, languageOf, learn, me, myChannels, nameOf } from "./state.js";
import { on, readAddress, state, tell, writeAddress } from "./state.js";

const byId = (id) => document.getElementById(id);

class Page {
  constructor() {
    this.sidebar = new Sidebar(byId("rail"), byId("side"));
    this.modals = new Modals();
    this.home = new Home(byId("home"));
    this.calendar = new Calendar(byId("calendar"));
    this.messages = new Messages(byId("messages"));
    this.composer = new Composer(
      byId("composer"),
      {
        where: () => this.messages.channelId(),
        onSend: () => this.messages.toEnd(),
        onLocal: (words) => this.messages.addLocal(words),
        placeholder: () => t("write", { name: this.placeName() }),
      },
    );
    this.refreshSide = debounce(() => this.sidebar.refresh(), 60);
    this.refreshMessages = debounce(() => { this.messages.channel && this.messages.refresh(); this.thread?.refresh(); }, 40);
    this.refreshCalendar = debounce(() => state.place === "calendar" && this.calendar.refresh(), 120);
    this.listen();
  }

  listen() {
    on("go", (target) => this.go(target));
    on("become", (id) => this.become(id));
    on("thread", (ts) => this.openThread(ts));
    on("conversations", () => this.refreshSide());
    on("theme", () => {
      const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      localStorage.setItem("theme", next);
      setTheme(next);
    });
    on("acted", () => { this.modals.refresh(); this.refreshMessages(); if (state.place === "home") this.home.refresh(); });
    addEventListener("popstate", () => this.fromAddress());
    document.addEventListener("visibilitychange", () => !document.hidden && this.refreshMessages());
    byId("menu").addEventListener("click", () => this.drawer(true));
    byId("skip").addEventListener("click", () => byId("main").focus());
    byId("shade").addEventListener("click", () => this.drawer(false));
    addEventListener("keydown", (event) => event.key === "Escape" && this.drawer(false));
  }

  drawer(open) {
    document.body.classList.toggle("drawer-open", open);
    byId("menu").setAttribute("aria-expanded", String(open));
    if (open) byId("side").querySelector("button[aria-current], button")?.focus();
  }

  async fromAddress() {
    const wanted = readAddress();
    if (wanted.user && wanted.user !== me() && state.users.has(wanted.user)) await this.become(wanted.user, wanted.place);
    else await this.go(wanted.place || state.place, false);
    if (wanted.thread) this.openThread(wanted.thread);
  }

  async become(id, target = state.place) {
    state.user = state.users.get(id);
    state.conversations = [];
    this.modals.forget();
    this.home.forget();
    setLanguage(languageOf(state.user));
    this.live?.stop();
    this.live = new Live(
      id,
      { onNotice: (notice) => this.notice(notice), onState: (open, again) => this.connection(open, again) },
    );
    await this.sidebar.refresh();
    const isPlace = ["home", "calendar"].includes(target) || state.users.has(target);
    const known = isPlace || myChannels().some((channel) => channel.id === target) || conversationOf(target);
    await this.go(known ? target : "home");
    this.modals.refresh();
  }

  connection(open, again) {
    const bar = byId("connection");
    clearTimeout(this.lost);
    if (open) {
      bar.hidden = true;
      if (again) this.readAll();
    } else this.lost = setTimeout(() => { bar.textContent = t("reconnecting"); bar.hidden = false; }, 700);
  }

  async readAll() {
    await this.readWorkspace();
    this.refreshMessages();
    this.modals.refresh();
    if (state.place === "home") this.home.refresh();
    this.refreshCalendar();
  }

  async readWorkspace() {
    const workspace = await api.workspace().catch(() => null);
    if (!workspace?.users) return;
    const before = state.user?.locale;
    learn(workspace);
    if (state.user && before !== state.user.locale) {
      setLanguage(languageOf(state.user));
      this.drawHead();
      this.composer.relabel();
    }
    if (state.user) await this.sidebar.refresh();
  }

  notice(notice) {
    if (notice.topic === "message") {
      this.refreshSide();
      if (this.messages.channel && (isSamePlace(notice.channel, state.place) || notice.channel?.startsWith("D"))) this.refreshMessages();
    } else if (notice.topic === "view" && (!notice.user || notice.user === me())) this.modals.refresh();
    else if (notice.topic === "home" && (!notice.user || notice.user === me())) state.place === "home" && this.home.refresh();
    else if (notice.topic === "calendar") this.refreshCalendar();
    else if (notice.topic === "workspace") this.readWorkspace();
  }

  placeName() {
    const channel = state.channels.get(state.place);
    return channel ? `#${channel.name}` : nameOf(conversationOf(state.place)?.with ?? state.place);
  }

  isBotPlace() {
    return state.place === "home" || state.place === botId() || conversationOf(state.place)?.with === botId();
  }

  async go(target, write = true) {
    if (target === "messages") target = botId();
    state.place = target || "home";
    state.thread = null;
    if (!["home", "calendar"].includes(state.place)) state.lastChannel = state.place;
    if (write) writeAddress(!this.started);
    this.started = true;
    this.drawer(false);
    this.closeThread(false);
    this.drawHead();
    const kind = ["home", "calendar"].includes(state.place) ? state.place : "conversation";
    for (const id of ["home", "calendar", "conversation"]) byId(id).hidden = id !== kind;
    document.body.dataset.place = kind;
    this.sidebar.draw();
    this.messages.channel = null;
    if (kind === "home") await this.home.open();
    else if (kind === "calendar") await this.calendar.open();
    else {
      this.composer.relabel();
      await this.messages.open(state.place);
      if (this.isBotPlace()) api.homeOpened(me(), "messages").catch(() => null);
      if (innerWidth > 700) this.composer.input.focus();
    }
  }

  drawHead() {
    const head = byId("head");
    byId("menu").setAttribute("aria-label", t("menu"));
    byId("skip").textContent = t("skip");
    const channel = state.channels.get(state.place);
    const titles = [];
    if (state.place === "calendar") titles.push(h("h1", {}, icon("calendar"), t("calendar")));
    else if (this.isBotPlace()) {
      titles.push(h("h1", {}, avatar(botId(), 24), nameOf(botId())), this.tabs());
    } else if (channel) {
      titles.push(
        h("h1", {}, icon(channel.is_private ? "lock" : "hash"), channel.name),
        h("span", { class: "topic" }, channel.topic ?? ""),
      );
      titles.push(h(
        "span",
        { class: "members" },
        icon("people", 16),
        String((channel.members ?? []).length),
        h("span", { class: "visually-hidden" }, t("members", { n: (channel.members ?? []).length })),
      ));
    } else {
      const other = conversationOf(state.place)?.with ?? state.place;
      titles.push(
        h("h1", {}, avatar(other, 24), nameOf(other)),
        h("span", { class: "topic" }, state.users.get(other)?.title ?? ""),
      );
    }
    place(head, titles);
    const here = { home: t("home"), calendar: t("calendar") }[state.place] ?? this.placeName();
    document.title = `${here} · ${state.workspace.team.name}`;
  }

  tabs() {
    const tab = (label, target, open) => h(
      "button",
      { type: "button", role: "tab", class: "tab", "aria-selected": String(open), on: { click: () => this.go(target) } },
      label,
    );
    const isHome = state.place === "home";
    return h("div", { class: "tabs", role: "tablist" }, tab(t("home"), "home", isHome), tab(t("messages"), botId(), !isHome));
  }

  openThread(ts) {
    this.closeThread(false);
    state.thread = ts;
    const host = byId("thread");
    host.hidden = false;
    const close = h(
      "button",
      { type: "button", class: "icon-button", "aria-label": t("close"), on: { click: () => this.closeThread() } },
      icon("close"),
    );
    const body = h("div", { class: "thread-body" });
    host.replaceChildren(
      h("header", { class: "thread-head" }, h("h2", {}, t("thread")), h("span", { class: "topic" }, this.placeName()), close),
      body,
    );
    host.setAttribute("aria-label", t("thread"));
    this.thread = new Messages(body, { threadTs: ts });
    this.thread.open(state.place);
    const [where, onSend] = [() => this.thread.channelId(), () => this.thread.toEnd()];
    new Composer(body, { where, onSend, threadTs: ts, placeholder: () => t("writeThread") }).input.focus();
    writeAddress();
  }

  closeThread(write = true) {
    if (!this.thread) return;
    this.thread = null;
    state.thread = null;
    byId("thread").hidden = true;
    byId("thread").replaceChildren();
    if (write) writeAddress();
  }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  page?.sidebar.draw();
}

let page = null;

async function start() {
  const asked = matchMedia("(prefers-color-scheme: dark)");
  setTheme(localStorage.getItem("theme") ?? (asked.matches ? "dark" : "light"));
  asked.addEventListener("change", (event) => localStorage.getItem("theme") || setTheme(event.matches ? "dark" : "light"));
  let workspace = null;
  for (let pause = 200; !workspace?.users; pause = Math.min(pause * 2, 3000)) {
    workspace = await api.workspace().catch(() => null);
    if (!workspace?.users) await new Promise((go) => setTimeout(go, pause));
  }
  learn(workspace);
  page = new Page();
  const wanted = readAddress();
  const people = workspace.users.filter((user) => !user.is_bot && !user.deleted);
  const byName = (id) => people.find((user) => user.id === id);
  const anybody = people.find((user) => !user.is_admin) ?? people[0];
  const first = byName(wanted.user) ?? byName(localStorage.getItem("person")) ?? anybody;
  on("become", (id) => localStorage.setItem("person", id));
  const general = workspace.channels.find((channel) => channel.is_general);
  await page.become(first.id, wanted.place || general?.id || "home");
  if (wanted.thread) page.openThread(wanted.thread);
  document.body.dataset.ready = "true";
  tell("ready");
}

start();
