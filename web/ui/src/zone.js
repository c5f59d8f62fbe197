// Time zones: what clock and calendar show there at an instant, and which instant a clock there means.

import { timeZone } from './instant.js';

const formats = new Map();

/** A formatter of the zone, made once. @throws {RangeError} for what is no zone */
function formatOf(zone, options) {
  const key = `${zone} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat('en', { timeZone: zone, ...options }));
  return formats.get(key);
}

const CLOCK = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
};
const DAY = { month: 'short', day: 'numeric' };
const WEEKDAY = { weekday: 'short', ...DAY };
const MONTH = { month: 'short', year: 'numeric' };
const YEAR = { year: 'numeric' };
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** What the server knows the zone by: IANA's name of it, UTC for what has none, as offsets. Null for no zone. */
export function zoneNamed(name) {
  try {
    const known = formatOf(name, TIME).resolvedOptions().timeZone;
    return /^[+-]|^Etc\/Unknown$/.test(known) ? 'UTC' : known;
  } catch {
    return null;
  }
}

/** The browser's. */
export const ownZone = zoneNamed(timeZone) ?? 'UTC';

/** All that the browser knows: its own and UTC first. */
export function zones() {
  return [...new Set([ownZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}

/** `2026-11-24T14:02`, as a `datetime-local` field has it. */
export function wallClock(ms, zone) {
  return new Date(shown(ms, zone)).toISOString().slice(0, 16);
}

/** The instant (ms) of a field's `2026-11-24T14:02`; where a change of clock skips it, one beside it. NaN for none. */
export function instantAt(text, zone) {
  const wall = Date.parse(`${text}Z`);
  if (Number.isNaN(wall)) return NaN;
  const near = wall - offsetAt(wall, zone);
  return wall - offsetAt(near, zone);
}

export function isMidnight(ms, zone) {
  return shown(ms, zone) % 86_400_000 === 0;
}

export function hourOf(ms, zone) {
  return new Date(shown(ms, zone)).getUTCHours();
}

/** `Nov 24`; `isLong`: `Tue, Nov 24`. The year stands there where it is another one than now. */
export function dayOf(ms, zone, isLong = false) {
  const day = formatOf(zone, isLong ? WEEKDAY : DAY).format(ms);
  const year = formatOf(zone, YEAR);
  return year.format(ms) === year.format(Date.now()) ? day : `${day}, ${year.format(ms)}`;
}

/** `14:02`. */
export function timeOf(ms, zone) {
  return formatOf(zone, TIME).format(ms);
}

/** `Nov 2026`. */
export function monthOf(ms, zone) {
  return formatOf(zone, MONTH).format(ms);
}

/** A half-open stretch: `Nov 19 – Nov 25` of whole days, the last one included; else with times. */
export function spanOf(from, to, zone) {
  if (isMidnight(from, zone) && isMidnight(to, zone) && from < to) {
    const [first, last] = [dayOf(from, zone), dayOf(to - 1, zone)];
    return first === last ? first : `${first} – ${last}`;
  }
  const [first, last] = [dayOf(from, zone), dayOf(to, zone)];
  const end = timeOf(to, zone);
  return `${first}, ${timeOf(from, zone)} – ${first === last ? end : `${last}, ${end}`}`;
}

function offsetAt(ms, zone) {
  return shown(ms, zone) - ms;
}

/** What the zone's clock shows, to the second, in ms as if it were UTC's. */
function shown(ms, zone) {
  const found = {};
  for (const { type, value } of formatOf(zone, CLOCK).formatToParts(ms)) found[type] = Number(value);
  return Date.UTC(found.year, found.month - 1, found.day, found.hour, found.minute, found.second);
}
