// What a person has entered into the elements of one view or message.

/** type -> [field of the state entry, field of the initial value, what empty looks like] */
const STATEFUL = {
  plain_text_input: ["value", "initial_value", null],
  email_text_input: ["value", "initial_value", null],
  url_text_input: ["value", "initial_value", null],
  number_input: ["value", "initial_value", null],
  rich_text_input: ["rich_text_value", "initial_value", null],
  static_select: ["selected_option", "initial_option", null],
  external_select: ["selected_option", "initial_option", null],
  radio_buttons: ["selected_option", "initial_option", null],
  multi_static_select: ["selected_options", "initial_options", []],
  multi_external_select: ["selected_options", "initial_options", []],
  checkboxes: ["selected_options", "initial_options", []],
  users_select: ["selected_user", "initial_user", null],
  multi_users_select: ["selected_users", "initial_users", []],
  channels_select: ["selected_channel", "initial_channel", null],
  multi_channels_select: ["selected_channels", "initial_channels", []],
  conversations_select: ["selected_conversation", "initial_conversation", null],
  multi_conversations_select: ["selected_conversations", "initial_conversations", []],
  datepicker: ["selected_date", "initial_date", null],
  timepicker: ["selected_time", "initial_time", null],
  datetimepicker: ["selected_date_time", "initial_date_time", null],
  file_input: ["files", "", []],
};

export const fieldOf = (type) => STATEFUL[type]?.[0];
export const isEmpty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);

/** Every interactive element of a list of blocks, with its block. */
export function* elementsOf(blocks) {
  for (const block of blocks ?? []) {
    if (block.element) yield [block, block.element];
    if (block.accessory) yield [block, block.accessory];
    if (block.type === "actions" || block.type === "context_actions") {
      for (const element of block.elements ?? []) yield [block, element];
    }
    if (block.type === "card") for (const element of block.actions ?? []) yield [block, element];
    if (block.type === "container") yield* elementsOf(block.child_blocks);
    if (block.type === "carousel") yield* elementsOf(block.elements);
  }
}

export const optionsOf = (element) => [
  ...(element.options ?? []),
  ...(element.option_groups ?? []).flatMap((group) => group.options ?? []),
];

function stillOffered(element, value) {
  if (!element.options && !element.option_groups) return value;
  const offered = new Map(optionsOf(element).map((option) => [option.value, option]));
  if (Array.isArray(value)) {
    const kept = value.map((option) => offered.get(option.value)).filter(Boolean);
    return kept.length === value.length ? kept : undefined;
  }
  return value && typeof value === "object" ? offered.get(value.value) : value;
}

export class Form {
  constructor() {
    this.entries = new Map();
  }

  key(blockId, actionId) {
    return JSON.stringify([blockId, actionId]);
  }

  /**
   * Takes in the elements of new blocks. What was entered under the same block_id, action_id and type stays, as in
   * Slack; otherwise the server's state counts, then the initial value.
   */
  take(blocks, serverValues = {}) {
    const next = new Map();
    for (const [block, element] of elementsOf(blocks)) {
      const kind = STATEFUL[element.type];
      if (!kind) continue;
      const [field, source, empty] = kind;
      const key = this.key(block.block_id, element.action_id);
      const before = this.entries.get(key);
      const kept = before?.type === element.type ? stillOffered(element, before.value) : undefined;
      const told = serverValues?.[block.block_id]?.[element.action_id]?.[field];
      const first = (source ? element[source] : null) ?? empty;
      const touched = before?.touched && kept !== undefined;
      const value = touched || !isEmpty(kept) ? kept : !isEmpty(told) ? told : first;
      next.set(key, { blockId: block.block_id, actionId: element.action_id, type: element.type, field, value, touched });
    }
    this.entries = next;
  }

  get(blockId, actionId) {
    return this.entries.get(this.key(blockId, actionId))?.value ?? null;
  }

  set(blockId, actionId, value) {
    const entry = this.entries.get(this.key(blockId, actionId));
    if (entry) Object.assign(entry, { value, touched: true });
    this.onChange?.(blockId);
  }

  /** `state.values` in Slack's shape. */
  values() {
    const values = {};
    for (const { blockId, actionId, type, field, value } of this.entries.values()) {
      values[blockId] ??= {};
      values[blockId][actionId] = { type, [field]: value === "" ? null : value };
    }
    return values;
  }
}

/** What Slack's own dialog refuses before anything is sent: block_id -> words. `t` makes the words. */
export function complaints(blocks, form, t) {
  const found = {};
  for (const [block, element] of elementsOf(blocks)) {
    if (block.type !== "input") continue;
    const value = form.get(block.block_id, element.action_id);
    const complaint = isEmpty(value) ? !block.optional && t("required") : wrong(element, value, t);
    if (complaint) found[block.block_id] = complaint;
  }
  return found;
}

function wrong(element, value, t) {
  const length = typeof value === "string" ? [...value].length : 0;
  switch (element.type) {
    case "plain_text_input":
      if (length < (element.min_length ?? 0)) return t("tooShort", { n: element.min_length });
      return length > (element.max_length ?? 3000) && t("tooLong", { n: element.max_length ?? 3000 });
    case "email_text_input":
      return !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value) && t("badEmail");
    case "url_text_input":
      return !/^https?:\/\/\S+$/.test(value) && t("badUrl");
    case "number_input":
      if (!(element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/).test(value)) {
        return element.is_decimal_allowed ? t("badNumber") : t("badWhole");
      }
      if (element.min_value !== undefined && Number(value) < Number(element.min_value)) return t("tooSmall", { n: element.min_value });
      return element.max_value !== undefined && Number(value) > Number(element.max_value) && t("tooLarge", { n: element.max_value });
    default:
      return element.max_selected_items && value.length > element.max_selected_items && t(
        "tooMany",
        { n: element.max_selected_items },
      );
  }
}
