// Slack's rich text as DOM nodes.
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { broadcast, channelMention, dateNode, link, plainText, userMention } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

function dressed(node, style = {}) {
  return Object.entries(STYLES).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function leaf(part) {
  switch (part.type) {
    case "text":
      return dressed(h("span", {}, ...plainText(part.text, false)), part.style);
    case "link":
      return dressed(link(part.url, part.text || part.url), part.style);
    case "user":
      return userMention(part.user_id);
    case "channel":
      return channelMention(part.channel_id);
    case "usergroup":
      return h("span", { class: "mention" }, `@${part.usergroup_id}`);
    case "broadcast":
      return broadcast(part.range);
    case "emoji":
      return h(
        "span",
        { class: "emoji", role: "img", "aria-label": part.name.replaceAll("_", " ") },
        emoji(part.name) ?? `:${part.name}:`,
      );
    case "date":
      return dateNode(part.timestamp, part.format, part.url, part.fallback);
    case "color":
      return h("span", { class: "color" }, h("span", { class: "swatch", style: { background: part.value } }), part.value);
    default:
      return h("span", {}, part.text ?? "");
  }
}

const leaves = (parts) => (parts ?? []).map(leaf);

function container(part) {
  switch (part.type) {
    case "rich_text_list": {
      const ordered = part.style === "ordered";
      const props = { class: `rich-list indent-${part.indent ?? 0}`, start: ordered && part.offset ? part.offset + 1 : null };
      return h(ordered ? "ol" : "ul", props, ...part.elements.map((item) => h("li", {}, ...leaves(item.elements))));
    }
    case "rich_text_preformatted":
      return h("pre", {}, ...leaves(part.elements));
    case "rich_text_quote":
      return h("blockquote", {}, ...leaves(part.elements));
    default:
      return h("div", { class: "rich-section" }, ...leaves(part.elements));
  }
}

export const richText = (block) => (block.elements ?? []).map(container);
