// The app's own page: its Home as Block Kit. Its messages are an ordinary conversation.
import { api } from "./api.js";
import { contextFor } from "./acting.js";
import { keyed } from "./blocks.js";
import { h, Keyed, place } from "./dom.js";
import { Form } from "./form.js";
import { t } from "./i18n.js";
import { avatar } from "./people.js";
import { botId, me } from "./state.js";

export class Home {
  constructor(host) {
    this.host = host;
    this.body = h("div", { class: "home-body" });
    host.append(this.body);
    this.forget();
  }

  forget() {
    this.nodes = new Keyed();
    this.form = new Form();
    this.turn = 0;
    this.viewId = null;
  }

  /** Tells the app that the person came, as Slack does on every visit, and shows what is published. */
  async open() {
    await this.refresh();
    await api.homeOpened(me(), "home").catch(() => null);
    await this.refresh();
  }

  async refresh() {
    const turn = ++this.turn;
    const user = me();
    const answer = await api.home(user).catch(() => null);
    if (turn !== this.turn || user !== me()) return;
    const view = answer?.view ?? (answer?.blocks ? answer : null);
    if (!view || !view.blocks?.length) {
      place(
        this.body,
        [h("div", { class: "empty" }, avatar(botId(), 56), h("h2", {}, t("homeEmpty")), h("p", {}, t("homeEmptyHint")))],
      );
      return;
    }
    if (view.id !== this.viewId) {
      this.forget();
      this.turn = turn;
      this.viewId = view.id;
    }
    this.form.take(view.blocks, view.state?.values);
    const ctx = contextFor({ type: "view", view_id: view.id }, this.form);
    place(this.body, this.nodes.nodes(keyed(view.blocks, ctx)));
  }
}
