/** Figures and times in the browser's language and zone. */

import { now as serverNow } from "./clock.js";

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 3 });
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export const count = (value) => whole.format(value ?? 0);
export const brief = (value) => (Math.abs(value ?? 0) < 10000 ? whole.format(value ?? 0) : short.format(value));

/** "0.3/s", "12/s". */
export const perSecond = (value) => `${value < 10 ? tenths.format(value) : brief(value)}/s`;

/** "3 jobs", "1 job". */
export const counted = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** Microseconds as "340 µs", "12 ms", "3.4 s", "5 min 12 s", "3 h 4 min", "2 d 3 h". */
export function duration(us) {
  if (us === null || us === undefined) return "–";
  if (us < 0) return `−${duration(-us)}`;
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 1e6) return `${round(us / 1e3)} ms`;
  if (us < 6e7) return `${round(us / 1e6)} s`;
  const s = Math.round(us / 1e6);
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

const round = (value) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));

export function bytes(value) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let at = 0;
  let left = value ?? 0;
  while (left >= 1000 && at < units.length - 1) {
    left /= 1000;
    at += 1;
  }
  return `${at === 0 ? whole.format(left) : round(left)} ${units[at]}`;
}

/** A time of the API (RFC 3339) in microseconds since 1970; null for none. */
export function micros(text) {
  if (!text) return null;
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? "";
  return Date.parse(text.replace(/\.\d+/, "")) * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

export const date = (text) => (text ? moment.format(new Date(text)) : "–");
export const timeOfDay = (text) => (text ? clock.format(new Date(text)) : "–");

/** "3 min 2 s ago", "in 4 s". */
export function ago(text, now = serverNow()) {
  if (!text) return "–";
  const past = now - Date.parse(text);
  if (Math.abs(past) < 1000) return "now";
  const us = Math.floor(Math.abs(past) / 1000) * 1e6;
  return past < 0 ? `in ${duration(us)}` : `${duration(us)} ago`;
}
