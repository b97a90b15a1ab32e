// Things that float: menus, lists under a field, confirm dialogs and short notices.
import { h, uid } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { text, words } from "./mrkdwn.js";

const layerOf = (anchor) => anchor.closest("dialog") ?? document.body;

function put(box, anchor, { align = "start", width } = {}) {
  const at = anchor.getBoundingClientRect();
  if (width === "anchor") box.style.minWidth = `${at.width}px`;
  box.style.left = "0"; // else the old place would limit the width that is measured
  const size = box.getBoundingClientRect();
  const above = at.top > size.height + 8 && innerHeight - at.bottom < size.height + 8;
  const left = align === "end" ? at.right - size.width : at.left;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
  box.style.top = above ? `${at.top - size.height - 4}px` : `${Math.min(
    at.bottom + 4,
    Math.max(8, innerHeight - size.height - 8),
  )}px`;
}

/** Floats `box` next to `anchor` until somebody clicks elsewhere, presses Escape or calls what is returned. */
export function float(anchor, box, { align, width, onClose, takesEscape = true } = {}) {
  box.classList.add("floating");
  layerOf(anchor).append(box);
  put(box, anchor, { align, width });
  const outside = (event) => !box.contains(event.target) && !anchor.contains(event.target) && close();
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
    anchor.focus?.();
  };
  const follow = () => put(box, anchor, { align, width });
  let open = true;
  function close() {
    if (!open) return;
    open = false;
    box.remove();
    document.removeEventListener("pointerdown", outside, true);
    if (takesEscape) document.removeEventListener("keydown", escape, true);
    removeEventListener("resize", follow);
    onClose?.();
  }
  document.addEventListener("pointerdown", outside, true);
  if (takesEscape) document.addEventListener("keydown", escape, true);
  addEventListener("resize", follow);
  return { close, follow };
}

/** A menu of `items`: {label, hint?, icon?, run, checked?, danger?} or {heading}. */
export function menu(anchor, items, { label, align } = {}) {
  const box = h("div", { class: "menu", role: "menu", "aria-label": label ?? t("moreActions") });
  const opened = float(anchor, box, { align, onClose: () => anchor.setAttribute("aria-expanded", "false") });
  anchor.setAttribute("aria-expanded", "true");
  for (const item of items) {
    if (item.heading) {
      box.append(h("div", { class: "menu-heading", role: "presentation" }, item.heading));
      continue;
    }
    const props = {
      type: "button",
      class: `menu-item${item.danger ? " danger" : ""}`,
      role: item.checked === undefined ? "menuitem" : "menuitemradio",
      "aria-checked": item.checked === undefined ? null : String(item.checked),
      on: {
        click: () => {
          opened.close();
          anchor.focus?.();
          item.run();
        },
      },
    };
    const hint = item.hint && h("span", { class: "menu-hint" }, item.hint);
    box.append(h(
      "button",
      props,
      item.icon ?? null,
      h("span", { class: "menu-text" }, h("span", {}, item.label), hint),
      item.checked ? icon("check", 16) : null,
    ));
  }
  const entries = [...box.querySelectorAll(".menu-item")];
  box.addEventListener("keydown", (event) => {
    const at = entries.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (event.key === "Tab") opened.close();
    if (to === undefined) return;
    event.preventDefault();
    entries.at(to % entries.length)?.focus();
  });
  opened.follow();
  (entries.find((entry) => entry.getAttribute("aria-checked") === "true") ?? entries[0])?.focus();
  return opened;
}

/** Slack's confirm object as a dialog; resolves to whether the person agreed. */
export function confirm(object) {
  return new Promise((resolve) => {
    const title = uid("confirm");
    const answer = (yes) => {
      dialog.close();
      dialog.remove();
      resolve(yes);
    };
    const style = object.style === "danger" ? "danger" : "primary";
    const dialog = h(
      "dialog",
      {
        class: "confirm",
        "aria-labelledby": title,
        role: "alertdialog",
        on: { cancel: (event) => { event.preventDefault(); answer(false); } },
      },
      h("h2", { id: title }, words(object.title)),
      h("div", { class: "confirm-text" }, ...text(object.text)),
      h(
        "div",
        { class: "dialog-buttons" },
        h("button", { type: "button", class: "button", on: { click: () => answer(false) } }, words(object.deny) || t("cancel")),
        h(
          "button",
          { type: "button", class: `button ${style}`, autofocus: true, on: { click: () => answer(true) } },
          words(object.confirm) || t("confirmDefault"),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A short notice at the foot of the page, read out by screen readers. `action` is {label, run}. */
export function notice(message, { error = false, action } = {}) {
  const host = document.querySelector("dialog[open] .notices") ?? document.getElementById("notices");
  const box = h("div", { class: `notice${error ? " notice-error" : ""}`, role: error ? "alert" : "status" });
  const away = () => box.remove();
  box.append(h("span", {}, message));
  if (action) box.append(h(
    "button",
    { type: "button", class: "notice-action", on: { click: () => { away(); action.run(); } } },
    action.label,
  ));
  box.append(h(
    "button",
    { type: "button", class: "icon-button", "aria-label": t("close"), on: { click: away } },
    icon("close", 16),
  ));
  host.append(box);
  setTimeout(away, error ? 9000 : 6000);
}
