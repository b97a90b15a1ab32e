// How people look: initials on a colour of their own.
import { h } from "./dom.js";
import { botId, nameOf, person, state } from "./state.js";
import { icon } from "./icons.js";

const initials = (name) => {
  const parts = name.replace(/[^\p{L}\p{N}\s]/gu, "").split(/\s+/).filter(Boolean);
  return ((parts[0]?.[0] ?? "?") + (parts.length > 1 ? parts.at(-1)[0] : "")).toUpperCase();
};

function hueOf(id) {
  const known = person(id)?.avatar_hue;
  if (known !== undefined && known !== null) return known;
  return [...id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
}

/** Decorative: the name always stands beside it. */
export function avatar(id, size = 36) {
  const bot = state.workspace && id === botId();
  const style = { "--hue": hueOf(id), "--size": `${size}px` };
  return h(
    "span",
    { class: `avatar${bot ? " avatar-bot" : ""}`, style, "aria-hidden": "true" },
    bot ? icon("calendar", Math.round(size * 0.62)) : initials(nameOf(id)),
  );
}
