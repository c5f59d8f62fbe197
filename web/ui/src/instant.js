// Instants as the server writes them (RFC 3339, up to microseconds), as numbers to sort by and as text to read.

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const dayAndYear = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', year: 'numeric' });

/** Microseconds since 1970; exact until the year 2255. */
export function micros(text) {
  const below = /\.\d{3}(\d{1,3})/.exec(text);
  return Date.parse(text) * 1000 + (below ? Number(below[1].padEnd(3, '0')) : 0);
}

/** `14:02:11.042` in the browser's zone. */
export function clock(text) {
  const at = new Date(text);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${pad(at.getMilliseconds(), 3)}`;
}

/** The day, where it is not today; null where it is. */
export function otherDay(text, today = new Date()) {
  const at = new Date(text);
  if (at.toDateString() === today.toDateString()) return null;
  return (at.getFullYear() === today.getFullYear() ? day : dayAndYear).format(at);
}

/** `2026-11-24 14:02:11.042 +01:00` in the browser's zone. */
export function absolute(text) {
  const at = new Date(text);
  const offset = -at.getTimezoneOffset();
  const sign = offset < 0 ? '−' : '+';
  const zone = `${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${date(at)} ${clock(text)} ${zone}`;
}

/** `2026-11-24 14:02` in the browser's zone; the second where it is not a full minute. */
export function minute(text) {
  const at = new Date(text);
  return `${date(at)} ${two(at.getHours())}:${two(at.getMinutes())}${at.getSeconds() ? `:${two(at.getSeconds())}` : ''}`;
}

/** `Nov 24, 2026` of an instant in ms. */
export function dayLabel(ms) {
  return dayAndYear.format(ms);
}

const STEPS = [
  [60, 1, 's'],
  [3600, 60, 'min'],
  [86400, 3600, 'h'],
  [Infinity, 86400, 'd'],
];

/** `12 s ago`, by the given clock (ms). */
export function ago(text, now) {
  const seconds = Math.round((now - Date.parse(text)) / 1000);
  if (Math.abs(seconds) < 1) return 'now';
  const [, size, unit] = STEPS.find(([below]) => Math.abs(seconds) < below);
  const amount = `${Math.floor(Math.abs(seconds) / size)} ${unit}`;
  return seconds < 0 ? `in ${amount}` : `${amount} ago`;
}

/** `12 min`, `3 h`: from one to the other. */
export function lasted(from, to) {
  const text = ago(from, Date.parse(to));
  return text === 'now' ? '0 s' : text.replace(' ago', '');
}

/** `Nov 24, 14:02` in the browser's zone; the year where it is another one. */
export function shortly(text, now = new Date()) {
  const at = new Date(text);
  const date = (at.getFullYear() === now.getFullYear() ? day : dayAndYear).format(at);
  return `${date}, ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** `850 ms`, `1.24 s`, `2 min 5 s`. */
export function duration(ms) {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60000) return `${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`;
  return `${Math.floor(ms / 60000)} min ${Math.round((ms % 60000) / 1000)} s`;
}

/** The value of a `datetime-local` field for an instant in ms, and back. */
export function toField(ms) {
  const at = new Date(ms);
  return `${date(at)}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function fromField(value) {
  const ms = value ? new Date(value).getTime() : NaN;
  return Number.isNaN(ms) ? null : ms;
}

function date(at) {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function two(number) {
  return pad(number, 2);
}

function pad(number, width) {
  return String(number).padStart(width, '0');
}
