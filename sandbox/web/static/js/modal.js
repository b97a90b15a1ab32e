// The stack of modals: the topmost view in one dialog, with Slack's Cancel, X, back arrow, errors and waiting.
import { api } from "./api.js";
import { contextFor } from "./acting.js";
import { keyed } from "./blocks.js";
import { h, Keyed, place, uid } from "./dom.js";
import { complaints, elementsOf, Form } from "./form.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { words } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { botId, me } from "./state.js";

export class Modals {
  constructor() {
    this.kept = new Map(); // view id -> {form, nodes, hash}
    this.stack = [];
    this.top = null;
    this.loading = null;
    this.build();
  }

  build() {
    const title = uid("modal");
    this.title = h("h1", { id: title, class: "modal-title" });
    this.back = h("button", { type: "button", class: "icon-button", on: { click: () => this.close(false) } }, icon("back"));
    this.x = h("button", { type: "button", class: "icon-button modal-x", on: { click: () => this.close(true) } }, icon("close"));
    this.banner = h("div", { class: "banner-error", role: "alert", hidden: true });
    this.body = h("div", { class: "modal-body", tabindex: "-1" });
    this.cancel = h("button", { type: "button", class: "button", on: { click: () => this.close(false) } });
    this.submit = h("button", { type: "button", class: "button primary", on: { click: () => this.send() } });
    this.dialog = h(
      "dialog",
      {
        class: "modal",
        "aria-labelledby": title,
        on: {
          cancel: (event) => {
            event.preventDefault();
            this.close(false);
          },
          "wants-submit": () => !this.submit.hidden && this.send(),
        },
      },
      h("header", { class: "modal-head" }, this.back, (this.sign = h("span", { class: "modal-sign" })), this.title, this.x),
      this.banner,
      this.body,
      h("footer", { class: "modal-foot" }, this.cancel, this.submit),
      h("div", { class: "notices", "aria-live": "polite" }),
    );
    document.body.append(this.dialog);
  }

  /** Reads the stack anew; while a reading is under way one more is remembered, not many. */
  async refresh() {
    if (this.loading) {
      this.again = true;
      return this.loading;
    }
    this.loading = (async () => {
      do {
        this.again = false;
        const user = me();
        const answer = await api.views(user).catch(() => null);
        if (answer?.stack && user === me()) this.show(answer.stack);
      } while (this.again);
      this.loading = null;
    })();
    return this.loading;
  }

  show(stack) {
    this.stack = stack;
    const alive = new Set(stack.map((view) => view.id));
    for (const id of this.kept.keys()) if (!alive.has(id)) this.kept.delete(id);
    const view = stack.at(-1);
    if (!view) {
      this.top = null;
      if (this.dialog.open) {
        this.dialog.close();
        this.opener?.isConnected && this.opener.focus();
      }
      return;
    }
    const isNew = this.top?.id !== view.id;
    const opening = !this.dialog.open;
    if (isNew && this.top) this.remember(this.top.id);
    if (!isNew && this.top.hash === view.hash) {
      this.top = view;
      return;
    }
    this.top = view;
    if (opening) this.opener = document.activeElement;
    this.draw(view, isNew);
    if (opening) this.dialog.showModal();
    if (isNew) this.focusFirst(view);
  }

  /** Where one was in a view that another one covers: there one comes back to. */
  remember(viewId) {
    const kept = this.kept.get(viewId);
    const focus = document.activeElement?.closest?.("[data-element]")?.dataset.element;
    if (kept) Object.assign(kept, { scroll: this.body.scrollTop, focus });
  }

  draw(view, isNew) {
    const kept = this.kept.get(view.id) ?? { form: new Form(), nodes: new Keyed() };
    this.kept.set(view.id, kept);
    this.form = kept.form;
    this.form.take(view.blocks, view.state?.values);
    this.form.onChange = (blockId) => this.mark(
      this.body.querySelector(`.block-input[data-block-id="${CSS.escape(blockId)}"]`),
      null,
    );
    const ctx = contextFor({ type: "view", view_id: view.id }, this.form);
    this.title.textContent = words(view.title);
    this.sign.replaceChildren(avatar(botId(), 24));
    this.back.hidden = this.stack.length < 2;
    this.back.setAttribute("aria-label", t("back"));
    this.x.setAttribute("aria-label", t("close"));
    this.cancel.textContent = words(view.close) || t(view.submit ? "cancel" : "close");
    this.submit.hidden = !view.submit;
    this.submit.textContent = words(view.submit) || "";
    this.wait(false);
    this.banner.hidden = true;
    const focus = document.activeElement?.closest?.("[data-element]")?.dataset.element;
    const scroll = isNew ? kept.scroll ?? 0 : this.body.scrollTop;
    place(this.body, kept.nodes.nodes(keyed(view.blocks, ctx)));
    this.body.scrollTop = scroll;
    if (!isNew && focus && !this.body.contains(document.activeElement)) this.focusElement(focus);
  }

  focusElement(key) {
    const host = [...this.body.querySelectorAll("[data-element]")].find((node) => node.dataset.element === key);
    const target = host?.matches("button,input,textarea") ? host : host?.querySelector("input,textarea,button");
    target?.focus();
    if (target?.type === "text" || target?.tagName === "TEXTAREA") target.setSelectionRange(target.value.length, target.value.length);
  }

  focusFirst(view) {
    const left = this.kept.get(view.id).focus;
    if (left) this.focusElement(left);
    if (left && this.body.contains(document.activeElement)) return;
    const all = [...elementsOf(view.blocks)];
    const wanted = all.find(([, spec]) => spec.focus_on_load) ?? all.find(([block]) => block.type === "input");
    if (wanted) this.focusElement(`${wanted[0].block_id}/${wanted[1].action_id ?? ""}`);
    else this.body.focus(); // not a button: Enter, still held from the command, must not answer a question
  }

  wait(on) {
    this.submit.disabled = on;
    this.dialog.toggleAttribute("data-waiting", on);
    if (on) this.submit.setAttribute("aria-busy", "true");
    else this.submit.removeAttribute("aria-busy");
    this.busyFor = on ? this.top?.id : null;
  }

  errors(found) {
    let first = null;
    for (const node of this.body.querySelectorAll(".block-input")) {
      const words = found[node.dataset.blockId];
      this.mark(node, words);
      if (words && !first) first = node;
    }
    const elsewhere = Object.entries(found).filter(([id]) => !this.body.querySelector(`.block-input[data-block-id="${CSS.escape(id)}"]`));
    this.say(elsewhere.map(([, words]) => words).join(" "));
    first?.scrollIntoView({ block: "nearest" });
    first?.querySelector("input,textarea,button")?.focus();
  }

  /** Writes the complaint under the field, or takes it away as soon as the field changes. */
  mark(node, complaint) {
    if (!node || (!complaint && !node.classList.contains("has-error"))) return;
    const box = node.querySelector(".input-error");
    box.hidden = !complaint;
    box.replaceChildren(...(complaint ? [icon("warning", 16), complaint] : []));
    node.classList.toggle("has-error", Boolean(complaint));
    for (const control of node.querySelectorAll("input,textarea,.picker-button")) {
      if (complaint) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      if (complaint) control.setAttribute("aria-errormessage", box.id);
    }
  }

  say(words) {
    this.banner.hidden = !words;
    this.banner.replaceChildren(...(words ? [icon("warning", 18), h("span", {}, words)] : []));
  }

  async send() {
    const view = this.top;
    if (!view || this.busyFor === view.id) return;
    const found = complaints(view.blocks, this.form, t);
    this.errors(found);
    if (Object.keys(found).length) return;
    this.wait(true);
    const result = await api.submit(me(), view.id, this.form.values()).catch(() => null);
    if (result?.errors && Object.keys(result.errors).length) {
      this.wait(false);
      this.errors(result.errors);
    } else if (!result || result.ok === false || result.error) {
      this.wait(false);
      const known = ["operation_timeout", "dispatch_failed", undefined].includes(result?.error);
      this.say(known ? t("trouble") : `${t("trouble")} (${result.error})`);
    }
    await this.refresh();
    if (this.top?.id === view.id) this.wait(false);
  }

  async close(all) {
    const view = this.top;
    if (!view) return;
    this.show(all ? [] : this.stack.slice(0, -1));
    await api.close(me(), view.id, all);
    await this.refresh();
  }

  forget() {
    this.kept.clear();
    this.show([]);
  }
}
