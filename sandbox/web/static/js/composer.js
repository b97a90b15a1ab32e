// Where one writes: Enter sends, "/" completes commands, the bolt lists the global shortcuts.
import { api } from "./api.js";
import { h, uid } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { float, menu, notice } from "./popup.js";
import { botId, me, nameOf, state, tell } from "./state.js";

export class Composer {
  /** `where()` is the conversation; `onSend()` is told at once; `onLocal(text)` shows what only this person sees. */
  constructor(host, { where, threadTs = null, onSend = () => {}, onLocal = () => {}, placeholder }) {
    Object.assign(this, { where, threadTs, onSend, onLocal, placeholder, shown: [], at: -1, opened: null });
    const listId = uid("commands");
    this.input = h(
      "textarea",
      {
        class: "composer-input",
        rows: 1,
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": listId,
        spellcheck: "false",
      },
    );
    this.panel = h("div", { class: "commands", role: "listbox", id: listId, "aria-label": t("commands") });
    this.bolt = h(
      "button",
      { type: "button", class: "icon-button", "aria-haspopup": "menu", on: { click: () => this.shortcuts() } },
      icon("bolt"),
    );
    this.slash = h("button", { type: "button", class: "icon-button", on: { click: () => this.write("/") } }, icon("slash"));
    this.sendButton = h("button", { type: "submit", class: "icon-button send" }, icon("send"));
    this.form = h(
      "form",
      { class: "composer", on: { submit: (event) => { event.preventDefault(); this.send(); } } },
      this.input,
      h(
        "div",
        { class: "composer-tools" },
        threadTs ? null : this.bolt,
        threadTs ? null : this.slash,
        h("span", { class: "spacer" }),
        this.sendButton,
      ),
    );
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.form.contains(document.activeElement) || this.hide(), 150));
    this.panel.addEventListener("pointerdown", (event) => event.preventDefault());
    host.append(this.form);
    this.relabel();
  }

  relabel() {
    const label = this.placeholder();
    this.input.placeholder = label;
    this.input.setAttribute("aria-label", label);
    this.bolt.setAttribute("aria-label", t("shortcuts"));
    this.bolt.title = t("shortcuts");
    this.slash.setAttribute("aria-label", t("commands"));
    this.slash.title = t("commands");
    this.sendButton.setAttribute("aria-label", t("send"));
    this.changed();
  }

  write(text) {
    this.input.value = text;
    this.input.focus();
    this.changed();
  }

  changed() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 180)}px`;
    this.sendButton.disabled = !this.input.value.trim();
    if (!this.threadTs) this.complete();
  }

  complete() {
    const typed = /^\/([\w-]*)$/.exec(this.input.value)?.[0];
    const commands = state.workspace?.commands ?? [];
    this.shown = typed ? commands.filter((one) => one.command.startsWith(typed.toLowerCase())) : [];
    if (!this.shown.length) return this.hide();
    this.panel.replaceChildren(
      h("div", { class: "commands-heading", role: "presentation" }, avatar(botId(), 18), nameOf(botId())),
      ...this.shown.map((one, index) =>
        h(
          "div",
          {
            class: "command",
            role: "option",
            id: `${this.panel.id}-${index}`,
            on: { pointermove: () => this.at !== index && this.point(index), click: () => this.take(one) },
          },
          h(
            "span",
            { class: "command-name" },
            one.command,
            one.usage_hint ? h("span", { class: "command-hint" }, ` ${one.usage_hint}`) : null,
          ),
          h("span", { class: "command-text" }, one.description),
        ),
      ),
    );
    if (!this.opened) {
      this.opened = float(
        this.form,
        this.panel,
        {
          width: "anchor",
          takesEscape: false,
          onClose: () => { this.opened = null; this.input.setAttribute("aria-expanded", "false"); },
        },
      );
      this.input.setAttribute("aria-expanded", "true");
    }
    this.opened.follow();
    return this.point(0);
  }

  point(index) {
    this.at = index;
    [...this.panel.querySelectorAll("[role=option]")].forEach((row, n) => {
      row.classList.toggle("active", n === index);
      row.setAttribute("aria-selected", String(n === index));
      if (n === index) {
        row.scrollIntoView({ block: "nearest" });
        this.input.setAttribute("aria-activedescendant", row.id);
      }
    });
  }

  hide() {
    this.opened?.close();
    this.input.removeAttribute("aria-activedescendant");
  }

  take(command) {
    this.write(`${command.command} `);
    this.hide();
  }

  key(event) {
    if (this.opened && this.shown.length) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        return this.point((this.at + step + this.shown.length) % this.shown.length);
      }
      if (event.key === "Escape") {
        event.preventDefault();
        return this.hide();
      }
      const exact = this.shown.some((one) => one.command === this.input.value);
      if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !exact)) {
        event.preventDefault();
        return this.take(this.shown[this.at]);
      }
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      return this.send();
    }
    return undefined;
  }

  async send() {
    const text = this.input.value;
    if (!text.trim()) return;
    const channel = this.where();
    this.write("");
    this.hide();
    this.onSend();
    if (/^\/\S/.test(text) && !this.threadTs) return this.command(channel, text.trim());
    const result = await api.message(me(), channel, text.trim(), this.threadTs ?? undefined).catch(() => null);
    if (!result || result.ok === false) {
      this.write(text);
      notice(t("actionFailed", { error: result?.error ?? "" }), { error: true });
    }
    return tell("acted");
  }

  async command(channel, text) {
    const command = text.split(/\s/)[0];
    const result = await api.command(me(), channel, text).catch(() => ({ ok: false, error: "dispatch_failed" }));
    if (!result || result.ok === false) {
      const known = (state.workspace.commands ?? []).some((one) => one.command === command);
      const error = result?.error ?? "dispatch_failed";
      this.onLocal(known || error === "operation_timeout" || error === "dispatch_failed" ? t("commandFailed", { command, error }) : t(
        "notCommand",
        { command: `\`${command}\`` },
      ));
    }
    tell("acted");
  }

  shortcuts() {
    const listed = (state.workspace.shortcuts ?? []).filter((one) => one.type === "global");
    if (!listed.length) return notice(t("noShortcuts"));
    const items = listed.map((one) => ({
      label: one.name,
      hint: one.description,
      icon: icon("bolt", 16),
      run: () => this.shortcut(one),
    }));
    return menu(this.bolt, [{ heading: `${nameOf(botId())} · ${t("shortcuts")}` }, ...items], { label: t("shortcuts") });
  }

  async shortcut(one) {
    const result = await api.shortcut(me(), one.callback_id).catch(() => null);
    if (!result || result.ok === false) notice(
      t("commandFailed", { command: one.name, error: result?.error ?? "dispatch_failed" }),
      { error: true },
    );
    tell("acted");
  }
}
