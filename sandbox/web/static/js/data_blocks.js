// Blocks that show data: tables, charts (as bars with their figures), cards, plans, alerts.
import { h } from "./dom.js";
import { element } from "./elements.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { link, mrkdwn, text } from "./mrkdwn.js";
import { richText } from "./richtext.js";

function cell(content, tag, align) {
  const inner = content.type === "rich_text" ? richText(content) : [content.text ?? String(content.value ?? "")];
  return h(tag, { scope: tag === "th" ? "col" : null, style: align ? { "text-align": align } : null }, ...inner);
}

function table(block) {
  const align = (column) => block.column_settings?.[column]?.align;
  const [head, ...rest] = block.rows;
  return h(
    "div",
    { class: "table-box", tabindex: "0", role: "region", "aria-label": block.caption ?? t("details") },
    h(
      "table",
      {},
      block.caption ? h("caption", {}, block.caption) : null,
      h("thead", {}, h("tr", {}, ...head.map((one, column) => cell(one, "th", align(column))))),
      h("tbody", {}, ...rest.map((row) => h("tr", {}, ...row.map((one, column) => cell(one, "td", align(column)))))),
    ),
  );
}

function chart(block) {
  const body = block.chart;
  const lines = body.segments ? [{ name: "", data: body.segments }] : body.series;
  const most = Math.max(...lines.flatMap((line) => line.data.map((point) => Math.abs(point.value))), 1);
  const bar = (point, index) =>
    h(
      "div",
      { class: "bar-row" },
      h("span", { class: "bar-label" }, point.label),
      h(
        "span",
        { class: "bar-track" },
        h("span", { class: `bar bar-${index % 6}`, style: { width: `${(Math.abs(point.value) / most) * 100}%` } }),
      ),
      h("span", { class: "bar-value" }, String(point.value)),
    );
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", {}, block.title),
    ...lines.map((line, index) => h(
      "div",
      {},
      line.name ? h("div", { class: "bar-name" }, line.name) : null,
      ...line.data.map((point, n) => bar(point, body.segments ? n : index)),
    )),
  );
}

function card(block, ctx) {
  const picture = (image, name) => (image ? h(
    "img",
    { class: name, src: image.image_url ?? image.slack_file?.url, alt: image.alt_text, loading: "lazy" },
  ) : null);
  return h(
    "article",
    { class: "card" },
    picture(block.hero_image, "card-hero"),
    h(
      "div",
      { class: "card-head" },
      picture(block.icon, "card-icon"),
      h(
        "div",
        {},
        h("div", { class: "card-title" }, ...text(block.title)),
        h("div", { class: "card-subtitle" }, ...text(block.subtitle)),
      ),
    ),
    h("div", {}, ...text(block.body)),
    h("div", { class: "elements" }, ...(block.actions ?? []).map((spec) => element(spec, ctx))),
  );
}

const MARKS = { complete: "check", error: "warning", in_progress: "clock", pending: "clock" };

function task(block) {
  const sources = (block.sources ?? []).map((source) => h("li", {}, link(source.url, source.text)));
  return h(
    "div",
    { class: "task" },
    h("div", { class: "task-title" }, icon(MARKS[block.status] ?? "clock", 16), block.title),
    ...(block.details ? richText(block.details) : []),
    ...(block.output ? richText(block.output) : []),
    sources.length ? h("ul", {}, ...sources) : null,
  );
}

/** Slack's `markdown` block is standard Markdown: headings, lists and bold are enough for what bots write. */
function markdown(block) {
  const toSlack = (line) => line.replace(/\*\*(.+?)\*\*/g, "*$1*").replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>");
  return block.text.split(/\n{2,}/).map((paragraph) => {
    const heading = /^(#{1,6}) (.*)$/.exec(paragraph);
    if (heading) return h(`h${Math.min(6, heading[1].length + 2)}`, {}, ...mrkdwn(toSlack(heading[2])));
    const items = paragraph.split("\n");
    if (items.every((line) => /^[-*] /.test(line))) return h(
      "ul",
      {},
      ...items.map((line) => h("li", {}, ...mrkdwn(toSlack(line.slice(2))))),
    );
    return h("p", {}, ...mrkdwn(toSlack(paragraph)));
  });
}

export const DATA = {
  table,
  data_table: table,
  data_visualization: chart,
  card,
  carousel: (block, ctx) => h("div", { class: "carousel", tabindex: "0" }, ...block.elements.map((one) => card(one, ctx))),
  task_card: task,
  plan: (block) => h(
    "div",
    {},
    h("div", { class: "task-title" }, typeof block.title === "string" ? block.title : block.title.text),
    ...(block.tasks ?? []).map(task),
  ),
  markdown: (block) => h("div", { class: "markdown" }, ...markdown(block)),
  alert: (block) => h(
    "div",
    { class: `alert alert-${block.level ?? "default"}`, role: "note" },
    icon(block.level === "success" ? "check" : "warning", 18),
    h("div", {}, ...text(block.text)),
  ),
};
