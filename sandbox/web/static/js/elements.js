// The interactive elements of Block Kit, except the searchable lists (selects.js).
import { h, uid, debounce } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { link, text, words } from "./mrkdwn.js";
import { dateField, timeField } from "./pickers.js";
import { confirm, float, menu } from "./popup.js";
import { select } from "./selects.js";

/**
 * ctx: {blockId, form, labelId, hintId, dispatches, act(element, answer) -> Promise, suggest(element, query)}.
 * `dispatches` is whether a change of a value is sent at once (always outside input blocks).
 */
export function element(spec, ctx) {
  const build = BUILDERS[spec.type];
  if (!build) return h("span", { class: "unknown" }, spec.type);
  const node = build(spec, ctx);
  node.dataset.element = `${ctx.blockId}/${spec.action_id ?? ""}`;
  return node;
}

/** Asks first where the element wants it, then sends; shows that it is under way. */
async function send(spec, ctx, answer, shown) {
  if (spec.confirm && !(await confirm(spec.confirm))) return false;
  shown?.setAttribute("aria-busy", "true");
  try {
    await ctx.act(spec, answer);
  } finally {
    shown?.removeAttribute("aria-busy");
  }
  return true;
}

function labelled(spec, ctx) {
  const own = { "aria-describedby": ctx.hintId ?? null };
  if (ctx.labelId) return { ...own, "aria-labelledby": ctx.labelId };
  return { ...own, "aria-label": spec.accessibility_label ?? (words(spec.placeholder) || ctx.label || t("choose")) };
}

function button(spec, ctx) {
  const style = spec.style ? ` ${spec.style}` : "";
  const node = h(
    "button",
    { type: "button", class: `button${style}`, "aria-label": spec.accessibility_label ?? null },
    ...text(spec.text),
  );
  if (spec.url) node.append(icon("next", 14));
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy")) return;
    if (spec.url) link(spec.url).click();
    await send(spec, ctx, { value: spec.value }, node);
  });
  return node;
}

const iconButton = (spec, ctx) => button({ ...spec, style: undefined }, ctx);

function feedback(spec, ctx) {
  const one = (part) => button({ ...part, type: spec.type, action_id: spec.action_id }, ctx);
  return h("span", { class: "elements" }, one(spec.positive_button), one(spec.negative_button));
}

function overflow(spec, ctx) {
  const open = () =>
    menu(
      node,
      spec.options.map((option) => ({
        label: words(option.text),
        hint: words(option.description),
        run: () => {
          if (option.url) link(option.url).click();
          send(spec, ctx, { selected_option: option }, node);
        },
      })),
      { align: "end" },
    );
  const node = h(
    "button",
    { type: "button", class: "button square", "aria-haspopup": "menu", "aria-label": t("moreActions"), on: { click: open } },
    icon("more"),
  );
  return node;
}

function boxes(spec, ctx, single) {
  const name = uid("group");
  const chosen = () => ctx.form.get(ctx.blockId, spec.action_id);
  const isOn = (option) => (single ? chosen()?.value === option.value : (chosen() ?? []).some((one) => one.value === option.value));
  const node = h("div", { class: "boxes", role: single ? "radiogroup" : "group", ...labelled(spec, ctx) });
  const change = async () => {
    const on = spec.options.filter((option, index) => inputs[index].checked);
    const before = chosen();
    const value = single ? (on[0] ?? null) : on;
    ctx.form.set(ctx.blockId, spec.action_id, value);
    if (!ctx.dispatches) return;
    if (!(await send(spec, ctx, single ? { selected_option: value } : { selected_options: value }, node))) {
      ctx.form.set(ctx.blockId, spec.action_id, before);
      inputs.forEach((input, index) => (input.checked = isOn(spec.options[index])));
    }
  };
  const inputs = spec.options.map((option) => {
    const input = h("input", { type: single ? "radio" : "checkbox", name, value: option.value, on: { change } });
    input.checked = isOn(option);
    const description = option.description && h("span", { class: "box-description" }, ...text(option.description));
    node.append(h("label", { class: "box" }, input, h("span", {}, h("span", {}, ...text(option.text)), description)));
    return input;
  });
  return node;
}

function field(spec, ctx, props, { multiline = false } = {}) {
  const current = ctx.form.get(ctx.blockId, spec.action_id) ?? "";
  const node = h(multiline ? "textarea" : "input", {
    class: "field",
    placeholder: words(spec.placeholder),
    ...(multiline ? { rows: 4 } : {}),
    ...labelled(spec, ctx),
    ...props,
    value: current,
  });
  const when = spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const dispatch = () => ctx.dispatches && send(spec, ctx, { value: node.value === "" ? null : node.value });
  const typed = debounce(dispatch, 300);
  node.addEventListener("input", () => {
    ctx.form.set(ctx.blockId, spec.action_id, node.value);
    if (when.includes("on_character_entered")) typed();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || multiline || event.isComposing) return;
    event.preventDefault();
    if (ctx.dispatches && when.includes("on_enter_pressed")) dispatch();
    else node.dispatchEvent(new CustomEvent("wants-submit", { bubbles: true }));
  });
  return node;
}

function plainField(spec, ctx) {
  const node = field(spec, ctx, { maxlength: null, autocomplete: "off" }, { multiline: spec.multiline });
  const most = spec.max_length;
  if (!most) return node;
  const left = h("span", { class: "letters-left", "aria-hidden": "true" });
  const show = () => {
    const rest = most - [...node.value].length;
    left.textContent = rest <= Math.max(20, most / 10) ? String(rest) : "";
    left.classList.toggle("over", rest < 0);
  };
  node.addEventListener("input", show);
  show();
  return h("span", { class: "field-box" }, node, left);
}

/** Wires one of the pickers to the form; a change goes out a moment later, so that a wrong click can be corrected. */
function picker(spec, ctx, make, key) {
  const change = debounce((value) => send(spec, ctx, { [key]: value }, node), 150);
  const node = make({
    value: ctx.form.get(ctx.blockId, spec.action_id),
    labelId: ctx.labelId,
    label: words(spec.placeholder) || ctx.label,
    placeholder: words(spec.placeholder),
    describedBy: ctx.hintId,
    clearable: Boolean(ctx.labelId) && !ctx.required,
    onChange(value) {
      ctx.form.set(ctx.blockId, spec.action_id, value);
      if (ctx.dispatches) change(value);
    },
  });
  return node;
}

const localText = (unix) => {
  const date = new Date(unix * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
};

function instantField({ value, onChange, ...names }) {
  const text = value ? localText(value) : null;
  const told = () => onChange(day.value && time.value ? Math.floor(new Date(`${day.value}T${time.value}`).getTime() / 1000) : null);
  const day = dateField({ ...names, value: text?.slice(0, 10), onChange: told });
  const time = timeField({ ...names, value: text?.slice(11, 16), onChange: told });
  return h("span", { class: "elements" }, day, time);
}

function richTextField(spec, ctx) {
  const flat = (value) => (value?.elements ?? []).flatMap((part) => part.elements ?? []).map((leaf) => leaf.text ?? leaf.url ?? "").join("");
  const node = h("textarea", { class: "field", rows: 4, placeholder: words(spec.placeholder), ...labelled(spec, ctx) });
  node.value = flat(ctx.form.get(ctx.blockId, spec.action_id));
  node.addEventListener("input", () => {
    const value = {
      type: "rich_text",
      elements: [{ type: "rich_text_section", elements: [{ type: "text", text: node.value }] }],
    };
    ctx.form.set(ctx.blockId, spec.action_id, node.value ? value : null);
  });
  return node;
}

function fileField(spec, ctx) {
  const list = h("ul", { class: "file-list" });
  const chosen = () => ctx.form.get(ctx.blockId, spec.action_id) ?? [];
  const show = () => list.replaceChildren(...chosen().map((file) => h("li", {}, icon("file", 16), file.name)));
  const input = h(
    "input",
    {
      type: "file",
      class: "field",
      multiple: (spec.max_files ?? 10) > 1,
      accept: (spec.filetypes ?? []).map((kind) => `.${kind}`).join(",") || null,
      ...labelled(spec, ctx),
    },
  );
  input.addEventListener("change", () => {
    const files = [...input.files].slice(0, spec.max_files ?? 10);
    ctx.form.set(
      ctx.blockId,
      spec.action_id,
      files.map((file) => ({ name: file.name, title: file.name, size: file.size, mimetype: file.type })),
    );
    show();
  });
  show();
  return h("div", {}, input, list);
}

const BUILDERS = {
  button,
  workflow_button: button,
  icon_button: iconButton,
  feedback_buttons: feedback,
  overflow,
  checkboxes: (spec, ctx) => boxes(spec, ctx, false),
  radio_buttons: (spec, ctx) => boxes(spec, ctx, true),
  plain_text_input: plainField,
  email_text_input: (spec, ctx) => field(spec, ctx, { type: "email", autocomplete: "off" }),
  url_text_input: (spec, ctx) => field(spec, ctx, { type: "url", autocomplete: "off" }),
  number_input: (spec, ctx) => field(spec, ctx, { type: "text", inputmode: spec.is_decimal_allowed ? "decimal" : "numeric", autocomplete: "off" }),
  datepicker: (spec, ctx) => picker(spec, ctx, dateField, "selected_date"),
  timepicker: (spec, ctx) => picker(spec, ctx, timeField, "selected_time"),
  datetimepicker: (spec, ctx) => picker(spec, ctx, instantField, "selected_date_time"),
  rich_text_input: richTextField,
  file_input: fileField,
  image: (spec) => h(
    "img",
    { class: "accessory-image", src: spec.image_url ?? spec.slack_file?.url, alt: spec.alt_text, loading: "lazy" },
  ),
  ...Object.fromEntries(
    ["static", "external", "users", "channels", "conversations"].flatMap((kind) => [
      [`${kind}_select`, (spec, ctx) => select(spec, ctx, { send, labelled: labelled(spec, ctx), float })],
      [`multi_${kind}_select`, (spec, ctx) => select(spec, ctx, { send, labelled: labelled(spec, ctx), float })],
    ]),
  ),
};
