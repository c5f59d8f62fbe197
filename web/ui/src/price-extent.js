// Which events a change of prices concerns: a range of time and a filter, as repricing is told.

import { fromField } from './instant.js';

export const EVER = 'ever';

/** The server's own presets, and two of ours. */
export const RANGES = [
  { id: 'TODAY', label: 'Today' },
  { id: 'YESTERDAY', label: 'Yesterday' },
  { id: 'LAST_7_DAYS', label: 'Last 7 days' },
  { id: 'LAST_30_DAYS', label: 'Last 30 days' },
  { id: 'THIS_MONTH', label: 'This month' },
  { id: 'LAST_MONTH', label: 'Last month' },
  { id: EVER, label: 'All time' },
  { id: 'custom', label: 'Custom…' },
];

/** Events may be dated a little ahead of the server's clock. */
const AHEAD_MS = 5 * 60_000;

/**
 * Events from a price's beginning to now, of the model that waited for it; of the whole provider where none
 * is named, since events may name the model otherwise, by a dated version say. null where the price has no past.
 */
export function pastOf(price, usage, now) {
  const to = price.effectiveTo === null ? now + AHEAD_MS : Math.min(Date.parse(price.effectiveTo), now + AHEAD_MS);
  if (Date.parse(price.effectiveFrom) >= Math.min(to, now)) return null;
  return { range: { from: price.effectiveFrom, to: instant(to) }, filter: filterOf(price, usage) };
}

function filterOf({ provider, unit }, usage) {
  if (unit !== null) return { types: ['CUSTOM'] };
  return usage ? { providers: [usage.provider], models: [usage.model] } : { providers: [provider] };
}

/** What one chose: a range `{id, from, to}`, with fields' values where it is custom, and names; empty ones are all. */
export function toExtent(range, provider, model) {
  const filter = { ...(provider && { providers: [provider] }), ...(model && { models: [model] }) };
  return { range: toRange(range), filter };
}

function toRange({ id, from, to }) {
  if (id === 'custom') return { from: instant(fromField(from)), to: instant(fromField(to)) };
  return id === EVER ? { from: instant(0), to: instant(Date.now() + AHEAD_MS) } : { preset: id };
}

function instant(ms) {
  return new Date(ms).toISOString();
}
