// Ranges that usage is looked at in: calendar days of a zone by their name, or two instants.

/** @typedef {{id: string, from?: number, to?: number}} UsageRange  `from` and `to` in ms, only with `custom`; half-open. */

const DAY_MS = 86_400_000;

/** `preset` is the server's name for it, `days` the most that it has. */
export const PRESETS = [
  { id: 'today', label: 'Today', preset: 'TODAY', days: 1 },
  { id: 'yesterday', label: 'Yesterday', preset: 'YESTERDAY', days: 1 },
  { id: '7-days', label: 'Last 7 days', preset: 'LAST_7_DAYS', days: 7 },
  { id: '30-days', label: 'Last 30 days', preset: 'LAST_30_DAYS', days: 30 },
  { id: 'month', label: 'This month', preset: 'THIS_MONTH', days: 31 },
  { id: 'last-month', label: 'Last month', preset: 'LAST_MONTH', days: 31 },
];
const BY_ID = new Map(PRESETS.map((preset) => [preset.id, preset]));

export const DEFAULT = { id: '30-days' };

export function presetOf(range) {
  return BY_ID.get(range.id) ?? null;
}

/** The server's RangeInput. */
export function toRangeInput(range) {
  const preset = presetOf(range);
  if (preset) return { preset: preset.preset };
  return { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() };
}

/** The most that it can last, in ms. */
export function lengthOf(range) {
  const preset = presetOf(range);
  // An hour more: clocks are set back.
  return preset ? preset.days * DAY_MS + 3_600_000 : range.to - range.from;
}

/** As one word of an address: a preset's id, or the two instants. */
export function rangeWord(range) {
  if (presetOf(range)) return range.id;
  return `${new Date(range.from).toISOString()}/${new Date(range.to).toISOString()}`;
}

/** @returns {UsageRange|null} null for what is no range */
export function readRangeWord(word) {
  if (BY_ID.has(word)) return { id: word };
  const [from, to] = (word ?? '').split('/').map((end) => Date.parse(end));
  return from < to ? { id: 'custom', from, to } : null;
}
