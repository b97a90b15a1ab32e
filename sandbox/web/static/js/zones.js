// Wall-clock time in a named zone: what a day is, where it starts, and back to instants. Right on DST days too.

const formats = new Map();
function format(zone) {
  if (!formats.has(zone)) {
    const options = {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    };
    formats.set(zone, new Intl.DateTimeFormat("en-CA", options));
  }
  return formats.get(zone);
}

/** {day: "2026-11-20", minutes: since midnight on the clock} of an instant. */
export function wall(instant, zone) {
  const parts = Object.fromEntries(format(zone).formatToParts(new Date(instant)).map((part) => [part.type, part.value]));
  return { day: `${parts.year}-${parts.month}-${parts.day}`, minutes: Number(parts.hour) * 60 + Number(parts.minute) };
}

function offset(instant, zone) {
  const { day, minutes } = wall(instant, zone);
  return Date.parse(`${day}T00:00:00Z`) + minutes * 60_000 - Math.floor(instant / 60_000) * 60_000;
}

/** The instant (ms) at which the clocks of `zone` show `minutes` after midnight of `day`. */
export function instantOf(day, minutes, zone) {
  const naive = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000;
  const first = naive - offset(naive, zone);
  return naive - offset(first, zone);
}

export const addDays = (day, count) => new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
export const weekday = (day) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7; // Monday is 0
export const monday = (day) => addDays(day, -weekday(day));

export function weekNumber(day) {
  const thursday = addDays(monday(day), 3);
  return 1 + Math.floor((Date.parse(thursday) - Date.parse(`${thursday.slice(0, 4)}-01-01`)) / 604_800_000);
}

export const clockText = (minutes) => `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
export const minutesOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** An instant as RFC 3339 with the zone's own offset, as Google writes it. */
export function rfc3339(instant, zone) {
  const shift = Math.round(offset(instant, zone) / 60_000);
  const sign = shift < 0 ? "-" : "+";
  const local = new Date(instant + shift * 60_000).toISOString().slice(0, 19);
  return `${local}${sign}${clockText(Math.abs(shift))}`;
}
