// The page's state that an address can hold: the filter and the date range.
// `?customer=acme&customer=globex&no=user&range=custom&from=2026-11-24T10:00:00.000Z`

import { batch, signal } from '@preact/signals';
import { FIELDS } from './filter.js';
import { ALL_TIME, PRESETS } from './range.js';

/** @type {import('@preact/signals').Signal<import('./filter.js').Filter>} */
export const filter = signal({});
/** @type {import('@preact/signals').Signal<import('./range.js').Range>} */
export const range = signal(ALL_TIME);

export function setFilter(next) {
  if (next === filter.value) return;
  filter.value = next;
  push();
}

export function setRange(next) {
  range.value = next;
  push();
}

export function clear() {
  batch(() => {
    filter.value = {};
    range.value = ALL_TIME;
  });
  push();
}

/** Reads the address now and whenever one goes back or forward. */
export function followAddress() {
  read();
  window.addEventListener('popstate', read);
}

function push() {
  const query = toQuery(filter.value, range.value);
  const next = location.pathname + (query ? `?${query}` : '');
  if (next !== location.pathname + location.search) history.pushState(null, '', next);
}

function read() {
  const query = new URLSearchParams(location.search);
  batch(() => {
    filter.value = readFilter(query);
    range.value = readRange(query);
  });
}

export function toQuery(filter, range) {
  const query = new URLSearchParams();
  for (const { name } of FIELDS) {
    for (const value of filter[name] ?? []) {
      if (value === null) query.append('no', name);
      else query.append(name, value);
    }
  }
  if (range.id !== 'all') query.set('range', range.id);
  if (range.id === 'custom') {
    for (const end of ['from', 'to']) {
      if (range[end]) query.set(end, new Date(range[end]).toISOString());
    }
  }
  return query.toString();
}

function readFilter(query) {
  const found = {};
  const without = query.getAll('no');
  for (const { name, choices } of FIELDS) {
    const known = (value) => !choices || choices.some((choice) => choice.value === value);
    const values = [...new Set(query.getAll(name))].filter((value) => value && known(value));
    if (!choices && without.includes(name)) values.push(null);
    if (values.length) found[name] = values;
  }
  return found;
}

function readRange(query) {
  const id = query.get('range');
  if (!PRESETS.some((preset) => preset.id === id)) return ALL_TIME;
  if (id !== 'custom') return { id };
  const [from, to] = ['from', 'to'].map((end) => Date.parse(query.get(end) ?? '') || null);
  return { id, from, to };
}
