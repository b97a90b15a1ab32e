// Searchable lists, for one or several choices: static, external, users, channels and conversations.
import { h, uid, debounce } from "./dom.js";
import { fieldOf, isEmpty } from "./form.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { text, words } from "./mrkdwn.js";
import { myChannels, nameOf, state } from "./state.js";

const fold = (value) => value.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const matches = (choice, query) => fold(`${choice.name} ${choice.hint ?? ""}`).includes(fold(query));

const ofOption = (option, group) => ({
  id: option.value,
  value: option,
  name: words(option.text),
  hint: words(option.description),
  group,
  show: () => text(option.text),
});
const ofUser = (user) => ({
  id: user.id,
  value: user.id,
  name: user.real_name || user.name,
  hint: user.title,
  picture: () => avatar(user.id, 20),
  show: () => [user.real_name || user.name],
});
const ofChannel = (channel) => ({
  id: channel.id,
  value: channel.id,
  name: channel.name,
  picture: () => icon(channel.is_private ? "lock" : "hash", 16),
  show: () => [channel.name],
});

const people = (bots = true) => state.workspace.users.filter((user) => !user.deleted && (bots || !user.is_bot)).map(ofUser);

/** Where the choices of a type come from: a function of what was typed so far. */
function source(spec, ctx) {
  if (spec.type.includes("static")) {
    const flat = [
      ...(spec.options ?? []).map((option) => ofOption(option)),
      ...(spec.option_groups ?? []).flatMap((group) => group.options.map((option) => ofOption(option, words(group.label)))),
    ];
    return { choices: (query) => flat.filter((choice) => matches(choice, query)) };
  }
  if (spec.type.includes("users")) return { choices: (query) => people().filter((choice) => matches(choice, query)) };
  if (spec.type.includes("channels")) {
    const open = () => myChannels().filter((channel) => !channel.is_private).map(ofChannel);
    return { choices: (query) => open().filter((choice) => matches(choice, query)) };
  }
  if (spec.type.includes("conversations")) {
    const include = spec.filter?.include ?? ["im", "mpim", "private", "public"];
    const channels = () => myChannels().filter((c) => include.includes(c.is_private ? "private" : "public")).map(ofChannel);
    const ims = () => (include.includes("im") ? people(!spec.filter?.exclude_bot_users) : []);
    return { choices: (query) => [...channels(), ...ims()].filter((choice) => matches(choice, query)) };
  }
  return {
    least: spec.min_query_length ?? 3,
    async ask(query) {
      const answer = await ctx.suggest(spec, query);
      if (!answer?.ok) throw new Error(answer?.error ?? "no answer");
      return [
        ...(answer.options ?? []).map((option) => ofOption(option)),
        ...(answer.option_groups ?? []).flatMap((group) => (group.options ?? []).map((option) => ofOption(option, words(group.label)))),
      ];
    },
  };
}

function describe(value) {
  if (value && typeof value === "object") return ofOption(value);
  if (state.channels.has(value)) return ofChannel(state.channels.get(value));
  return { id: value, value, name: nameOf(value), picture: () => avatar(value, 20), show: () => [nameOf(value)] };
}

export function select(spec, ctx, { send, labelled, float }) {
  const many = spec.type.startsWith("multi_");
  const field = fieldOf(spec.type);
  const from = source(spec, ctx);
  const listId = uid("list");
  const current = () => {
    const value = ctx.form.get(ctx.blockId, spec.action_id);
    return (many ? (value ?? []) : isEmpty(value) ? [] : [value]).map(describe);
  };
  const input = h(
    "input",
    {
      class: "select-input",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": listId,
      ...labelled,
    },
  );
  const chips = h("span", { class: "select-chips" });
  const clear = many || ctx.required || !ctx.labelId ? null : h(
    "button",
    { type: "button", class: "icon-button select-clear", "aria-label": t("clear"), on: { click: () => take(null) } },
    icon("close", 14),
  );
  const box = h("div", { class: `select${many ? " select-many" : ""}` }, chips, input, clear, icon("down", 16));
  let opened = null;
  let shown = [];
  let at = -1;
  let turn = 0;

  function showValue() {
    const chosen = current();
    chips.replaceChildren(
      ...chosen.map((choice) => {
        const label = h(
          "span",
          { class: many ? "chip" : "select-value" },
          choice.picture?.() ?? null,
          h("span", {}, ...choice.show()),
        );
        if (many) label.append(h(
          "button",
          {
            type: "button",
            class: "chip-remove",
            "aria-label": t("remove", { name: choice.name }),
            on: { click: () => take(choice, true) },
          },
          icon("close", 12),
        ));
        return label;
      }),
    );
    input.placeholder = chosen.length ? "" : words(spec.placeholder) || t("choose");
    if (!many) input.setAttribute("aria-description", chosen[0]?.name ?? "");
    box.classList.toggle("has-value", chosen.length > 0);
    if (clear) clear.hidden = !chosen.length;
  }

  async function take(choice, drop = false) {
    const before = ctx.form.get(ctx.blockId, spec.action_id);
    const ids = current().map((one) => one.id);
    let value = choice?.value ?? null;
    if (many) {
      const rest = (before ?? []).filter((one) => describe(one).id !== choice.id);
      if (!drop && !ids.includes(choice.id) && ids.length >= (spec.max_selected_items ?? Infinity)) return;
      value = drop || ids.includes(choice.id) ? rest : [...rest, choice.value];
    }
    ctx.form.set(ctx.blockId, spec.action_id, value);
    input.value = "";
    showValue();
    if (!many) close();
    else if (opened) list();
    input.focus();
    if (ctx.dispatches && !(await send(spec, ctx, { [field]: value }, box))) {
      ctx.form.set(ctx.blockId, spec.action_id, before);
      showValue();
    }
  }

  const panel = h(
    "div",
    { class: "select-list", role: "listbox", id: listId, "aria-multiselectable": many ? "true" : null, ...labelled },
  );

  function point(index) {
    at = index;
    [...panel.querySelectorAll("[role=option]")].forEach((row, n) => {
      row.classList.toggle("active", n === at);
      if (n === at) {
        row.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", row.id);
      }
    });
    if (at < 0) input.removeAttribute("aria-activedescendant");
  }

  function rows(choices) {
    shown = choices.slice(0, 200);
    const ids = new Set(current().map((one) => one.id));
    let group;
    const nodes = shown.flatMap((choice, index) => {
      const heading = choice.group !== group ? [h(
        "div",
        { class: "select-group", role: "presentation" },
        choice.group ?? "",
      )] : [];
      group = choice.group;
      const props = {
        class: "select-row",
        role: "option",
        id: `${listId}-${index}`,
        "aria-selected": String(ids.has(choice.id)),
        on: { pointermove: () => at !== index && point(index), click: () => take(choice) },
      };
      const hint = choice.hint ? h("span", { class: "select-hint" }, choice.hint) : null;
      return [
        ...heading,
        h(
          "div",
          props,
          choice.picture?.() ?? null,
          h("span", { class: "select-text" }, h("span", {}, ...choice.show()), hint),
          ids.has(choice.id) ? icon("check", 16) : null,
        ),
      ];
    });
    panel.replaceChildren(...(nodes.length ? nodes : [h("div", { class: "select-empty" }, t("noResults"))]));
    const chosen = shown.findIndex((choice) => ids.has(choice.id));
    point(shown.length ? Math.max(0, many ? 0 : chosen) : -1);
    opened?.follow();
  }

  const message = (words) => {
    shown = [];
    panel.replaceChildren(h("div", { class: "select-empty" }, words));
    point(-1);
    opened?.follow();
  };

  async function ask(query) {
    const mine = ++turn;
    try {
      const found = await from.ask(query);
      if (mine === turn && opened) rows(found);
    } catch {
      if (mine === turn && opened) message(t("trouble"));
    }
  }
  const askSoon = debounce(ask, 250);

  function list() {
    const query = input.value.trim();
    if (from.choices) return rows(from.choices(query));
    turn += 1;
    if (query.length < from.least) return message(t("typeMore", { n: from.least }));
    message(t("searching"));
    return askSoon(query);
  }

  function open() {
    if (opened) return;
    opened = float(
      box,
      panel,
      {
        width: "anchor",
        takesEscape: false,
        onClose: () => { opened = null; input.setAttribute("aria-expanded", "false"); box.classList.remove("open"); },
      },
    );
    input.setAttribute("aria-expanded", "true");
    box.classList.add("open");
    list();
  }

  function close() {
    opened?.close();
  }

  box.addEventListener("click", (event) => {
    if (event.target.closest(".chip-remove, .select-clear")) return;
    input.focus();
    opened && event.target !== input ? close() : open();
  });
  input.addEventListener("input", () => (opened ? list() : open()));
  input.addEventListener(
    "blur",
    () => setTimeout(() => { if (!box.contains(document.activeElement)) { close(); input.value = ""; } }, 150),
  );
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && opened) {
      event.preventDefault();
      event.stopPropagation();
      return close();
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!opened) return open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      return shown.length ? point((at + step + shown.length) % shown.length) : undefined;
    }
    if (event.key === "Enter") {
      event.preventDefault();
      if (opened && shown[at]) return take(shown[at]);
      return opened ? undefined : open();
    }
    if (event.key === "Backspace" && !input.value) {
      const chosen = current();
      if (chosen.length && (many || !ctx.required)) many ? take(chosen.at(-1), true) : take(null);
    }
    return undefined;
  });
  panel.addEventListener("pointerdown", (event) => event.preventDefault());
  showValue();
  return box;
}
