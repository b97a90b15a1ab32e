// Slack's mrkdwn as DOM nodes: blocks of code, quotes and lines first, then what stands inside a line.
import { h } from "./dom.js";
import { slackDate } from "./dates.js";
import { emoji, withEmoji } from "./emoji.js";
import { nameOf, person, state, tell } from "./state.js";

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
const SAFE = /^(https?:|mailto:|tel:|slack:)/i;

export function link(address, ...content) {
  if (!SAFE.test(address)) return h("span", {}, ...content);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...content);
}

export function userMention(id, fallback) {
  const known = person(id);
  const mine = state.user?.id === id;
  return h(
    "button",
    { type: "button", class: `mention${mine ? " mention-me" : ""}`, on: { click: () => known && tell("go", id) } },
    `@${known ? nameOf(id) : fallback || id}`,
  );
}

export function channelMention(id, fallback) {
  const known = state.channels.get(id);
  const props = { type: "button", class: "mention", on: { click: () => known && tell("go", id) } };
  return h("button", props, `#${known?.name || fallback || id}`);
}

export const broadcast = (range) => h("span", { class: "mention mention-me" }, `@${range}`);

export function dateNode(unix, pattern, address, fallback) {
  const text = slackDate(unix, pattern) ?? fallback ?? pattern;
  const date = new Date(Number(unix) * 1000);
  const valid = !Number.isNaN(date.getTime());
  const node = h("time", valid ? { datetime: date.toISOString(), title: date.toLocaleString() } : {}, text);
  return address ? link(address, node) : node;
}

function special(body) {
  const [command, label] = [body.slice(1).split("|")[0], body.includes("|") ? body.slice(body.indexOf("|") + 1) : ""];
  const [name, ...rest] = command.split("^");
  if (name === "date") return dateNode(rest[0], unescape(rest[1] ?? ""), rest[2] && unescape(rest[2]), unescape(label));
  if (["here", "channel", "everyone"].includes(name)) return broadcast(name);
  if (name === "subteam") return h("span", { class: "mention" }, unescape(label || `@${rest[0]}`));
  return h("span", {}, unescape(label || `<${body}>`));
}

function token(body, depth) {
  const bar = body.indexOf("|");
  const [target, label] = bar < 0 ? [body, ""] : [body.slice(0, bar), body.slice(bar + 1)];
  if (body[0] === "@") return userMention(target.slice(1), unescape(label));
  if (body[0] === "#") return channelMention(target.slice(1), unescape(label));
  if (body[0] === "!") return special(body);
  const address = unescape(target);
  if (!SAFE.test(address)) return null;
  return link(address, ...(label ? inline(label, depth + 1) : [address.replace(/^mailto:|^tel:/, "")]));
}

const MARKS = { "*": "strong", _: "em", "~": "s" };
const wordy = (letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

function closing(text, start, mark) {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\n") return -1;
    if (text[at] === mark && !/\s/.test(text[at - 1]) && at > start + 1 && !wordy(text[at + 1])) return at;
    if (text[at] === "<") {
      const end = text.indexOf(">", at);
      if (end > 0) at = end;
    }
  }
  return -1;
}

/** What stands inside a line: marks, code, tokens, emoji. `<` and `>` in tokens are Slack's own, users' are escaped. */
export function inline(text, depth = 0) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(unescape(plain));
    plain = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === "<") {
      const end = text.indexOf(">", at);
      const node = end > at + 1 ? token(text.slice(at + 1, end), depth) : null;
      if (node) {
        flush();
        nodes.push(node);
        at = end;
        continue;
      }
    } else if (letter === "`") {
      const end = text.indexOf("`", at + 1);
      if (end > at + 1 && !text.slice(at, end).includes("\n")) {
        flush();
        nodes.push(h("code", {}, unescape(text.slice(at + 1, end))));
        at = end;
        continue;
      }
    } else if (MARKS[letter] && depth < 8 && !wordy(text[at - 1]) && text[at + 1] && !/\s/.test(text[at + 1])) {
      const end = closing(text, at, letter);
      if (end > 0) {
        flush();
        nodes.push(h(MARKS[letter], {}, ...inline(text.slice(at + 1, end), depth + 1)));
        at = end;
        continue;
      }
    } else if (letter === ":") {
      const found = /^:([a-z0-9_+-]+):(?::skin-tone-\d:)?/.exec(text.slice(at, at + 60));
      const sign = found && emoji(found[1]);
      if (sign) {
        flush();
        nodes.push(h("span", { class: "emoji", role: "img", "aria-label": found[1].replaceAll("_", " ") }, sign));
        at += found[0].length - 1;
        continue;
      }
    } else if (letter === "h" && !wordy(text[at - 1])) {
      const found = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]'"*_~]/.exec(text.slice(at));
      if (found) {
        flush();
        nodes.push(link(unescape(found[0]), unescape(found[0])));
        at += found[0].length - 1;
        continue;
      }
    }
    plain += letter;
  }
  flush();
  return nodes;
}

function lines(text) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, index, all) => {
    const quoted = /^(?:&gt;|>)(?!&gt;&gt;) ?/.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote")));
      else quote.append(h("br"));
      quote.append(...inline(line.slice(quoted[0].length)));
      return;
    }
    quote = null;
    nodes.push(...inline(line));
    if (index < all.length - 1 && !/^(?:&gt;|>)/.test(all[index + 1])) nodes.push(h("br"));
  });
  return nodes;
}

/** A whole mrkdwn text as a list of nodes. */
export function mrkdwn(text) {
  const nodes = [];
  String(text ?? "").split(/```/).forEach((piece, index, all) => {
    if (index % 2 && index < all.length - 1) nodes.push(h("pre", {}, unescape(piece.replace(/^\n|\n$/g, ""))));
    else if (index % 2) nodes.push(...lines("```" + piece));
    else if (piece) nodes.push(...lines(piece.replace(index ? /^\n/ : /^$/, "").replace(index < all.length - 1 ? /\n$/ : /^$/, "")));
  });
  return nodes;
}

/** A text object, whichever kind it is. */
export function text(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return plainText(object.text, object.emoji !== false);
}

export function plainText(content, pictures = true) {
  const shown = pictures ? withEmoji(content ?? "") : (content ?? "");
  return shown.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

/** The words alone, for labels and titles. */
export const words = (object) => (object ? h("span", {}, ...text(object)).textContent : "");
