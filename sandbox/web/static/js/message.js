// One message: who, when, its blocks, files, reactions and replies, and what can be done with it.
import { api } from "./api.js";
import { contextFor } from "./acting.js";
import { keyed } from "./blocks.js";
import { clock, longDate, tsDate } from "./dates.js";
import { h, Keyed } from "./dom.js";
import { emoji } from "./emoji.js";
import { Form } from "./form.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { menu, notice } from "./popup.js";
import { botId, me, nameOf, person, state, tell } from "./state.js";

/** On a touch screen, holding a message opens its menu. */
function longPress(event) {
  if (event.pointerType !== "touch") return;
  event.preventDefault();
  event.currentTarget.querySelector(".message-more")?.click();
}

function author(message) {
  if (message.user === "USLACKBOT") return t("slackbotName");
  return message.username || nameOf(message.user);
}

/** One message of `list`, the Messages that it stands in. */
export function messageNode(list, message, grouped) {
  const date = tsDate(message.ts);
  const name = author(message);
  const time = h(
    "time",
    { class: "message-time", datetime: date.toISOString(), title: `${longDate(date)} ${clock(date)}` },
    clock(date),
  );
  const isApp = message.bot || message.user === botId();
  const head = h(
    "div",
    { class: "message-head" },
    h(
      "button",
      { type: "button", class: "message-author", on: { click: () => person(message.user) && tell("go", message.user) } },
      name,
    ),
    isApp ? h("span", { class: "app-mark" }, t("app")) : null,
    time,
  );
  const only = message.ephemeral ? h("div", { class: "only-you" }, icon("eye", 15), t("onlyYou")) : null;
  return h(
    "article",
    {
      class: `message${grouped ? " grouped" : ""}${message.ephemeral ? " ephemeral" : ""}`,
      data: { ts: message.ts },
      "aria-label": `${name}, ${clock(date)}`,
      tabindex: "-1",
      on: { contextmenu: longPress },
    },
    only,
    h("div", { class: "message-side" }, grouped ? time.cloneNode(true) : avatar(message.user, 36)),
    h("div", { class: "message-main" }, grouped ? null : head, content(list, message), ...extras(list, message)),
    message.local ? null : toolbar(list, message),
  );
}

function content(list, message) {
  const edited = message.edited ? h("span", { class: "edited" }, ` ${t("edited")}`) : null;
  if (!message.blocks?.length) return h("div", { class: "message-text" }, ...mrkdwn(message.text), edited);
  const form = list.forms.get(message.ts) ?? new Form();
  list.forms.set(message.ts, form);
  form.take(message.blocks);
  const ctx = contextFor({ type: "message", channel: list.channelId(), ts: message.ts }, form);
  return h("div", { class: "message-blocks" }, ...new Keyed().nodes(keyed(message.blocks, ctx)), edited);
}

function* extras(list, message) {
  for (const attachment of message.attachments ?? []) {
    const inner = attachment.blocks ? keyed(
      attachment.blocks,
      contextFor({ type: "message", channel: list.channelId(), ts: message.ts }, new Form()),
    ).map((one) => one.build()) : mrkdwn(attachment.text ?? attachment.fallback ?? "");
    yield h("div", { class: "attachment" }, ...inner);
  }
  for (const file of message.files ?? []) {
    const address = file.url_private ?? file.permalink ?? "";
    const picture = /^image\//.test(file.mimetype ?? "") && address;
    yield picture
      ? h(
        "figure",
        { class: "image" },
        h("figcaption", {}, file.title ?? file.name),
        h("img", { src: address, alt: file.alt_txt || file.title || file.name, loading: "lazy" }),
      )
      : h(
        "a",
        { class: "file", href: address || null, target: "_blank", rel: "noopener noreferrer" },
        icon("file"),
        h("span", {}, file.title ?? file.name),
      );
  }
  if (message.reactions?.length) {
    yield h(
      "div",
      { class: "reactions" },
      ...message.reactions.map((r) => h(
        "span",
        { class: "reaction", title: (r.users ?? []).map(nameOf).join(", ") },
        emoji(r.name) ?? `:${r.name}:`,
        ` ${r.count ?? r.users?.length ?? 1}`,
      )),
    );
  }
  if (!list.threadTs && message.reply_count) {
    const label = message.reply_count === 1 ? t("oneReply") : t("replies", { n: message.reply_count });
    yield h(
      "button",
      { type: "button", class: "replies", on: { click: () => tell("thread", message.ts) } },
      icon("thread", 16),
      label,
    );
  }
}

function toolbar(list, message) {
  const shortcuts = (state.workspace.shortcuts ?? []).filter((one) => one.type === "message");
  const open = (event) => {
    const items = [];
    if (!message.ephemeral && !list.threadTs) items.push({
      label: t("replyInThread"),
      icon: icon("thread", 16),
      run: () => tell("thread", message.ts),
    });
    items.push({
      label: t("copyText"),
      icon: icon("file", 16),
      run: () => navigator.clipboard?.writeText(message.text ?? "").then(() => notice(t("copied"))),
    });
    if (!message.ephemeral && shortcuts.length) {
      items.push({ heading: nameOf(botId()) });
      for (const one of shortcuts) items.push({
        label: one.name,
        hint: one.description,
        icon: icon("bolt", 16),
        run: () => shortcut(list, one, message),
      });
    }
    menu(event.currentTarget, items, { align: "end" });
  };
  const more = h(
    "button",
    {
      type: "button",
      class: "icon-button message-more",
      "aria-label": t("moreActions"),
      "aria-haspopup": "menu",
      on: { click: open },
    },
    icon("more"),
  );
  const reply = !message.ephemeral && !list.threadTs ? h(
    "button",
    { type: "button", class: "icon-button", "aria-label": t("replyInThread"), on: { click: () => tell("thread", message.ts) } },
    icon("thread"),
  ) : null;
  return h("div", { class: "message-tools" }, reply, more);
}

async function shortcut(list, one, message) {
  const result = await api.shortcut(me(), one.callback_id, list.channelId(), message.ts).catch(() => null);
  if (!result || result.ok === false) notice(
    t("commandFailed", { command: one.name, error: result?.error ?? "dispatch_failed" }),
    { error: true },
  );
  tell("acted");
}
