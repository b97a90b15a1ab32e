// Where events go on the grid: pure, from Google's events to boxes with a day, minutes and a share of the width.
import { addDays, wall } from "./zones.js";

export const COLORS = {
  1: "#7986cb",
  2: "#33b679",
  3: "#8e24aa",
  4: "#e67c73",
  5: "#f6bf26",
  6: "#f4511e",
  7: "#039be5",
  8: "#616161",
  9: "#3f51b5",
  10: "#0b8043",
  11: "#d50000",
};

/** The outcome that a colour stands for in Slotquest's default map. */
export const outcomeOf = (colorId) => (["2", "5", "7", "9", "10", "3"].includes(colorId) ? "outcomeDone" : {
  11: "outcomeNoShow",
  6: "outcomeCancelled",
}[colorId] ?? null);

export const isAllDay = (event) => Boolean(event.start?.date);
export const startOf = (event) => Date.parse(event.start.dateTime);
export const endOf = (event) => Date.parse(event.end?.dateTime ?? event.start.dateTime);

/** The parts of a timed event, one a day it touches: {entry, day, from, to} in minutes of that day. */
export function piecesOf(entry, zone) {
  const [start, end] = [wall(startOf(entry.event), zone), wall(endOf(entry.event), zone)];
  const pieces = [];
  for (let day = start.day; day <= end.day && pieces.length < 40; day = addDays(day, 1)) {
    const from = day === start.day ? start.minutes : 0;
    const to = day === end.day ? end.minutes : 1440;
    if (to > from || start.day === end.day) pieces.push({ entry, day, from, to: Math.max(to, from + 15) });
  }
  return pieces;
}

/** Gives each piece of one column a lane; pieces that overlap share the width. Adds {lane, lanes}. */
export function arrange(pieces) {
  const sorted = [...pieces].sort((a, b) => a.from - b.from || b.to - a.to || (a.entry.order ?? 0) - (b.entry.order ?? 0));
  let cluster = [];
  let ends = [];
  let reach = -1;
  const flush = () => cluster.forEach((piece) => (piece.lanes = ends.length));
  for (const piece of sorted) {
    if (piece.from >= reach) {
      flush();
      cluster = [];
      ends = [];
    }
    let lane = ends.findIndex((end) => end <= piece.from);
    if (lane < 0) lane = ends.push(0) - 1;
    ends[lane] = piece.to;
    piece.lane = lane;
    cluster.push(piece);
    reach = Math.max(reach, piece.to);
  }
  flush();
  return sorted;
}

/** All-day events of a column on a day. Google's end date is the first day that is not in it any more. */
export const coversDay = (event, day) => event.start.date <= day && (event.end?.date ?? addDays(event.start.date, 1)) > day;
