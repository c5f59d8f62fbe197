// What of the Activity page is in the address: the filter and the date range.
// `?customer=acme&customer=globex&no=user&range=custom&from=2026-11-24T10:00:00.000Z`

import { computed } from '@preact/signals';
import { queryOf, setQuery } from './address.js';
import { readFilter, writeFilter } from './filter.js';
import { ALL_TIME, readRange, writeRange } from './range.js';

const query = queryOf('activity');

/** @type {import('@preact/signals').ReadonlySignal<import('./filter.js').Filter>} */
export const filter = computed(() => readFilter(new URLSearchParams(query.value)));
/** @type {import('@preact/signals').ReadonlySignal<import('./range.js').Range>} */
export const range = computed(() => readRange(new URLSearchParams(query.value)));

export function setFilter(next) {
  write(next, range.value);
}

export function setRange(next) {
  write(filter.value, next);
}

export function clear() {
  write({}, ALL_TIME);
}

function write(filter, range) {
  const next = new URLSearchParams();
  writeFilter(next, filter);
  writeRange(next, range);
  setQuery(next);
}
