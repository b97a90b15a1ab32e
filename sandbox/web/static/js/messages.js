// A conversation, grouped by author and day; a thread is one too, with its first message on top.
import { api } from "./api.js";
import { dayHeading, tsDate } from "./dates.js";
import { h, Keyed, place } from "./dom.js";
import { t } from "./i18n.js";
import { messageNode } from "./message.js";
import { me, nameOf, state, tell } from "./state.js";

const GROUP_SECONDS = 300;
const PAGE = 100; // messages that are read at first, and more each time one scrolls to the top

/** Whether a message stands under the same name as the one before it. */
function follows(before, message) {
  const soon = Number(message.ts) - Number(before.ts) < GROUP_SECONDS;
  return soon && before.user === message.user && !before.ephemeral && !message.ephemeral;
}

export class Messages {
  /** `threadTs` makes it the view of one thread. */
  constructor(host, { threadTs = null } = {}) {
    this.host = host;
    this.threadTs = threadTs;
    this.list = h("div", { class: "message-list", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
    this.scroller = h("div", { class: "message-scroller", tabindex: "0" }, this.list);
    this.scroller.addEventListener("scroll", () => this.scroller.scrollTop < 80 && this.older());
    host.append(this.scroller);
    this.nodes = new Keyed();
    this.forms = new Map();
    this.local = [];
    this.turn = 0;
    this.newFrom = null;
  }

  async open(channel) {
    Object.assign(
      this,
      {
        channel,
        nodes: new Keyed(),
        forms: new Map(),
        local: [],
        newFrom: null,
        items: [],
        first: true,
        limit: PAGE,
        readTs: null,
      },
    );
    this.list.replaceChildren();
    await this.refresh();
  }

  async refresh() {
    const turn = ++this.turn;
    const [user, channel] = [me(), this.channel];
    const answer = await api.messages(user, channel, this.limit).catch(() => null);
    if (turn !== this.turn || user !== me() || channel !== this.channel || !answer?.messages) return;
    this.items = answer.messages;
    this.draw();
    this.markRead(answer.channel);
  }

  /** Reads further back; what is on the screen stays where it is. */
  async older() {
    if (this.reading || !this.channel || this.items.length < this.limit) return;
    this.reading = true;
    const before = this.scroller.scrollHeight;
    this.limit += 2 * PAGE;
    await this.refresh();
    this.scroller.scrollTop += this.scroller.scrollHeight - before;
    this.reading = false;
  }

  /** Something only this page knows, such as the failure of a command; gone on reload, like Slack's. */
  addLocal(text) {
    this.local.push({ ts: (Date.now() / 1000).toFixed(6), user: "USLACKBOT", text, ephemeral: true, local: true, blocks: [] });
    this.draw();
  }

  wanted() {
    const all = [...this.items, ...this.local].sort((a, b) => Number(a.ts) - Number(b.ts));
    if (this.threadTs) return all.filter((m) => m.ts === this.threadTs || m.thread_ts === this.threadTs);
    return all.filter((m) => !m.thread_ts || m.thread_ts === m.ts || m.broadcast);
  }

  markRead(channel) {
    const last = this.items.at(-1);
    if (!last || this.threadTs || document.hidden) return;
    const known = state.conversations.find((c) => [c.id, c.with].includes(this.channel) || c.id === channel);
    if (this.first && known?.unread) {
      const unread = new Set(this.items.filter((m) => m.user !== me()).slice(-known.unread).map((m) => m.ts));
      this.newFrom = this.wanted().find((m) => unread.has(m.ts))?.ts ?? null;
    }
    const wasFirst = this.first;
    this.first = false;
    if (wasFirst && this.newFrom) this.draw();
    if (this.readTs === last.ts && !known?.unread) return;
    this.readTs = last.ts;
    api.read(me(), known?.id ?? this.channel, last.ts).then(() => tell("conversations")).catch(() => null);
  }

  draw() {
    const stuck = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 80 || !this.list.childElementCount;
    const items = [];
    let before = null;
    for (const message of this.wanted()) {
      const date = tsDate(message.ts);
      const day = dayHeading(date);
      const isNewDay = !before || dayHeading(tsDate(before.ts)) !== day;
      if (isNewDay) items.push({
        key: `day ${date.toDateString()}`,
        source: day,
        build: () => h("div", { class: "day", role: "separator" }, h("span", {}, day)),
      });
      if (message.ts === this.newFrom) items.push({
        key: "new",
        source: t("newLine"),
        build: () => h("div", { class: "new-line", role: "separator" }, h("span", {}, t("newLine"))),
      });
      const grouped = before && !isNewDay && message.ts !== this.newFrom && follows(before, message);
      items.push({
        key: `m ${message.ts} ${message.ephemeral ? "e" : ""}`,
        source: JSON.stringify([message, grouped]),
        build: () => messageNode(this, message, grouped),
      });
      before = message;
    }
    if (!items.length || (!this.threadTs && items.length && this.items.length < this.limit)) items.unshift({
      key: "start",
      source: this.channel,
      build: () => this.beginning(),
    });
    place(this.list, this.nodes.nodes(items));
    if (stuck) this.toEnd();
  }

  /** To the newest, where the answer to what one sends will stand: from there on the view follows what arrives. */
  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  beginning() {
    if (this.threadTs) return h("div");
    const channel = state.channels.get(this.channel);
    const known = state.conversations.find((c) => c.id === this.channel);
    const name = channel ? `#${channel.name}` : nameOf(known?.with ?? this.channel);
    const words = channel ? "emptyChannel" : "emptyDirect";
    return h(
      "div",
      { class: "beginning" },
      h("h2", {}, t(words, { name })),
      h("p", {}, channel?.topic || t("emptyChannelHint")),
    );
  }

  /** Messages are named by the conversation's own id; a direct message may have been opened by the other's. */
  channelId() {
    const known = state.conversations.find((c) => c.id === this.channel || (c.kind === "im" && c.with === this.channel));
    return known?.id ?? this.channel;
  }
}
