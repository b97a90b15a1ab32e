// The layout blocks of Block Kit as DOM nodes.
import { h, uid } from "./dom.js";
import { DATA } from "./data_blocks.js";
import { element } from "./elements.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { link, text, words } from "./mrkdwn.js";
import { richText } from "./richtext.js";

function section(block, ctx) {
  const body = h("div", { class: "section-body" });
  if (block.text) body.append(h("div", { class: "section-text" }, ...text(block.text)));
  if (block.fields) body.append(h(
    "div",
    { class: "section-fields" },
    ...block.fields.map((one) => h("div", { class: "section-field" }, ...text(one))),
  ));
  if (!block.accessory) return body;
  const context = { ...ctx, dispatches: true, label: block.text ? words(block.text).slice(0, 120) : "" };
  const stands = ["checkboxes", "radio_buttons"].includes(block.accessory.type) ? " below" : "";
  return h(
    "div",
    { class: `section-row${stands}` },
    body,
    h("div", { class: "section-accessory" }, element(block.accessory, context)),
  );
}

function context(block) {
  const parts = block.elements.map((part) =>
    part.type === "image"
      ? h("img", { class: "context-image", src: part.image_url ?? part.slack_file?.url, alt: part.alt_text, loading: "lazy" })
      : h("span", { class: "context-text" }, ...text(part)),
  );
  return h("div", { class: "context" }, ...parts);
}

function image(block) {
  const title = block.title ? h("figcaption", {}, ...text(block.title)) : null;
  return h(
    "figure",
    { class: "image" },
    title,
    h("img", { src: block.image_url ?? block.slack_file?.url, alt: block.alt_text, loading: "lazy" }),
  );
}

function input(block, ctx) {
  const labelId = uid("label");
  const hintId = block.hint ? uid("hint") : null;
  const errorId = uid("error");
  const control = element(
    block.element,
    { ...ctx, dispatches: Boolean(block.dispatch_action), labelId, hintId, required: !block.optional },
  );
  const optional = block.optional ? h("span", { class: "optional" }, ` ${t("optional")}`) : null;
  const label = h("div", { class: "input-label", id: labelId }, ...text(block.label), optional);
  label.addEventListener(
    "click",
    () => (control.matches("input,textarea") ? control : control.querySelector("input,textarea"))?.focus(),
  );
  return h(
    "div",
    { class: "input" },
    label,
    control,
    h("div", { class: "input-error", id: errorId, role: "alert", hidden: true }),
    block.hint ? h("div", { class: "input-hint", id: hintId }, ...text(block.hint)) : null,
  );
}

function video(block) {
  return h(
    "figure",
    { class: "video" },
    h("figcaption", {}, block.title_url ? link(block.title_url, ...text(block.title)) : h("strong", {}, ...text(block.title))),
    h(
      "a",
      {
        class: "video-thumb",
        href: block.video_url,
        target: "_blank",
        rel: "noopener noreferrer",
        "aria-label": `${t("video")}: ${block.alt_text}`,
      },
      h("img", { src: block.thumbnail_url, alt: block.alt_text, loading: "lazy" }),
      icon("play", 40),
    ),
    block.description ? h("div", { class: "context" }, ...text(block.description)) : null,
  );
}

function container(block, ctx) {
  const children = block.child_blocks.map((child) => render(child, ctx));
  const title = h("span", { class: "container-title" }, ...text(block.title));
  const subtitle = block.subtitle ? h("div", { class: "context" }, ...text(block.subtitle)) : null;
  if (!block.is_collapsible) return h("div", { class: "container" }, title, subtitle, ...children);
  return h("details", { class: "container", open: !block.default_collapsed }, h("summary", {}, title), subtitle, ...children);
}

const BLOCKS = {
  section,
  context,
  image,
  input,
  video,
  container,
  header: (block) => h("h2", { class: "header" }, ...text(block.text)),
  divider: () => h("hr", { class: "divider" }),
  actions: (block, ctx) => h(
    "div",
    { class: "elements" },
    ...block.elements.map((spec) => element(spec, { ...ctx, dispatches: true })),
  ),
  context_actions: (block, ctx) => h(
    "div",
    { class: "elements small" },
    ...block.elements.map((spec) => element(spec, { ...ctx, dispatches: true })),
  ),
  rich_text: (block) => h("div", { class: "rich" }, ...richText(block)),
  ...DATA,
};

export function render(block, ctx) {
  const build = BLOCKS[block.type];
  const inner = { ...ctx, blockId: block.block_id ?? "" };
  const node = h("div", { class: `block block-${block.type}`, data: { blockId: block.block_id ?? "" } });
  try {
    node.append(build ? build(block, inner) : h("span", { class: "unknown" }, block.type));
  } catch (error) {
    console.error("block", block, error);
    node.append(h("span", { class: "unknown" }, block.type));
  }
  return node;
}

/** Blocks for Keyed: unchanged blocks keep their nodes, and with them focus and what is being typed. */
export function keyed(blocks, ctx) {
  return (blocks ?? []).map((block, index) => ({
    key: block.block_id ?? `#${index}`,
    source: block,
    build: () => render(block, ctx),
  }));
}
