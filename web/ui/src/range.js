// Date ranges: what the address says, what the server is asked, what a fresh event must fit.

/**
 * @typedef {{id: 'all'|'hour'|'today'|'week'|'custom', from?: number|null, to?: number|null}} Range
 *   `from` and `to` in ms, only with `custom`; half-open.
 */

export const PRESETS = [
  { id: 'all', label: 'All time' },
  { id: 'hour', label: 'Last hour' },
  { id: 'today', label: 'Today' },
  { id: 'week', label: 'Last 7 days' },
  { id: 'custom', label: 'Custom…' },
];

export const ALL_TIME = { id: 'all' };

/** The bounds in ms at this moment, in the browser's zone; days are calendar days. */
export function bounds(range, now = Date.now()) {
  const today = new Date(now);
  const midnight = (daysBack) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() - daysBack).getTime();
  switch (range.id) {
    case 'hour':
      return { from: now - 3600_000, to: null };
    case 'today':
      return { from: midnight(0), to: null };
    case 'week':
      return { from: midnight(6), to: null };
    case 'custom':
      return { from: range.from ?? null, to: range.to ?? null };
    default:
      return { from: null, to: null };
  }
}

/** Whether events of now can still fall into it. */
export function isLive(range, now = Date.now()) {
  const { to } = bounds(range, now);
  return to === null || to > now;
}

/** Whether it ends before it begins: nothing can be in it. */
export function isBackwards(range) {
  const { from, to } = bounds(range);
  return from !== null && to !== null && from >= to;
}

/**
 * The server's RangeInput, or null for everything. Both ends are always said: an open end lies where no
 * event can be.
 */
export function toRangeInput(range, now = Date.now()) {
  const { from, to } = bounds(range, now);
  if (from === null && to === null) return null;
  return {
    from: new Date(from ?? 0).toISOString(),
    to: new Date(to ?? now + 366 * 86400_000).toISOString(),
  };
}

/** Whether an instant (microseconds) lies in it. */
export function contains({ from, to }, at) {
  return (from === null || at >= from * 1000) && (to === null || at < to * 1000);
}

/** Puts the range into an address's query. */
export function writeRange(query, range) {
  if (range.id !== 'all') query.set('range', range.id);
  if (range.id !== 'custom') return;
  for (const end of ['from', 'to']) {
    if (range[end]) query.set(end, new Date(range[end]).toISOString());
  }
}

/** @returns {Range} everything, where the query names no range that is known */
export function readRange(query) {
  const id = query.get('range');
  if (!PRESETS.some((preset) => preset.id === id)) return ALL_TIME;
  if (id !== 'custom') return { id };
  const [from, to] = ['from', 'to'].map((end) => Date.parse(query.get(end) ?? '') || null);
  return { id, from, to };
}
