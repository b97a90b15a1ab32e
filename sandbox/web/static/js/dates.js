// Dates in words: Slack's <!date> tokens and the headings of the page, in the browser's zone and the person's language.
import { locale, t } from "./i18n.js";

const dayOf = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const DAY = 86_400_000;

function relativeDay(date) {
  const days = Math.round((dayOf(date) - dayOf(new Date())) / DAY);
  return { 0: t("today"), [-1]: t("yesterday"), 1: t("tomorrow") }[days] ?? null;
}

const format = (date, options) => new Intl.DateTimeFormat(locale(), options).format(date);
export const clock = (date) => format(date, { hour: "2-digit", minute: "2-digit" });
export const longDate = (date) => format(date, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export function dayHeading(date) {
  return relativeDay(date) ?? format(date, { weekday: "long", day: "numeric", month: "long" });
}

function ago(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  }
  return t("justNow");
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const MIDDLE = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };

const TOKENS = {
  date_num: (date) => format(date, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date: (date) => format(date, MIDDLE),
  date_short: (date) => format(date, SHORT),
  date_long: (date) => format(date, LONG),
  date_long_full: (date) => format(date, LONG),
  day_divider_pretty: (date) => dayHeading(date),
  date_pretty: (date) => relativeDay(date)?.toLowerCase() ?? format(date, MIDDLE),
  date_short_pretty: (date) => relativeDay(date)?.toLowerCase() ?? format(date, SHORT),
  date_long_pretty: (date) => relativeDay(date)?.toLowerCase() ?? format(date, LONG),
  time: clock,
  time_secs: (date) => format(date, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  ago,
};

/** Slack's date format; null when it holds a token that nobody knows, so that the fallback is shown. */
export function slackDate(unix, pattern) {
  const date = new Date(Number(unix) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token) => {
    if (TOKENS[token]) return TOKENS[token](date);
    known = false;
    return whole;
  });
  return known ? text : null;
}

export const tsDate = (ts) => new Date(Number(ts) * 1000);
