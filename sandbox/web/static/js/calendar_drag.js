// Pointer work on the calendar's grid: draw a new event, move one, change its length. Steps of 15 minutes.
import { h } from "./dom.js";
import { clockText } from "./zones.js";

const STEP = 15;
const FAR = 5;

/**
 * columns(): [{node, key}] of the grid. perMinute(): pixels. onNew(key, from, to), onMove(piece, key, from, to), onOpen(piece).
 */
export function draggable(grid, { columns, perMinute, onNew, onMove, onOpen }) {
  const columnAt = (x) => columns().find(({ node }) => x >= node.getBoundingClientRect().left && x < node.getBoundingClientRect().right);
  const minuteAt = (column, y) => Math.max(0, Math.min(1440, (y - column.node.getBoundingClientRect().top) / perMinute()));
  const snap = (minute) => Math.round(minute / STEP) * STEP;

  const ghost = h("div", { class: "event-ghost", hidden: true });
  function show(column, from, to) {
    if (ghost.parentNode !== column.node) column.node.append(ghost);
    ghost.hidden = false;
    ghost.style.top = `${from * perMinute()}px`;
    ghost.style.height = `${(to - from) * perMinute()}px`;
    ghost.textContent = `${clockText(from)} – ${clockText(to)}`;
  }

  function follow(down, { piece, mode, column }) {
    const begin = minuteAt(column, down.clientY);
    let now = null;
    let moved = false;
    const move = (event) => {
      if (!moved && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < FAR) return;
      moved = true;
      const over = mode === "move" ? (columnAt(event.clientX) ?? column) : column;
      const minute = minuteAt(over, event.clientY);
      if (mode === "new") {
        const [a, b] = [Math.floor(Math.min(begin, minute) / STEP) * STEP, Math.ceil(Math.max(begin, minute) / STEP) * STEP];
        now = { over, from: a, to: Math.max(b, a + STEP) };
      } else if (mode === "length") {
        now = { over, from: piece.from, to: Math.max(piece.from + STEP, snap(minute)) };
      } else {
        const length = piece.to - piece.from;
        const from = Math.max(0, Math.min(1440 - length, snap(piece.from + minute - begin)));
        now = { over, from, to: from + length };
      }
      show(now.over, now.from, now.to);
    };
    const end = (event) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      ghost.hidden = true;
      if (event.type === "pointercancel") return;
      if (now && mode === "new") onNew(now.over.key, now.from, now.to);
      else if (now) onMove(piece, now.over.key, now.from, now.to);
      else if (mode === "new") {
        const from = Math.min(1380, Math.floor(begin / 30) * 30);
        onNew(column.key, from, from + 60);
      } else onOpen(piece);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  grid.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const box = event.target.closest(".event");
    const column = columnAt(event.clientX);
    if (!column || event.target.closest(".all-day, .calendar-corner")) return;
    if (box?.piece) {
      if (event.pointerType === "touch") return; // a tap opens; dragging scrolls
      event.preventDefault();
      box.focus();
      follow(event, { piece: box.piece, mode: event.target.closest(".event-end") ? "length" : "move", column });
    } else if (event.target.closest(".day-column")) {
      if (event.pointerType !== "touch") event.preventDefault();
      if (event.pointerType === "touch") return;
      follow(event, { mode: "new", column });
    }
  });
  grid.addEventListener("click", (event) => {
    const box = event.target.closest(".event");
    if (box?.piece && (event.pointerType === "touch" || event.detail === 0)) return onOpen(box.piece);
    const column = columnAt(event.clientX);
    if (!box && event.pointerType === "touch" && column && event.target.closest(".day-column")) {
      const from = Math.min(1380, Math.floor(minuteAt(column, event.clientY) / 30) * 30);
      onNew(column.key, from, from + 60);
    }
    return undefined;
  });
}
