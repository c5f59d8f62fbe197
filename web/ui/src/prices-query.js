// What of the Prices page is in the address: what one looks for, and of which usage the worklist is.
// `?search=sonnet`, `?provider=openai&model=gpt-4o`, `?usage=` and a range, zone and filter as the Analytics page has them

import { computed } from '@preact/signals';
import { queryOf, setQuery } from './address.js';
import { readFilter, writeFilter } from './filter.js';
import { rangeWord, readRangeWord } from './usage-range.js';
import { zoneNamed } from './zone.js';

const NAMES = ['search', 'provider', 'model'];
const PART = 'usage';
const query = queryOf('prices');
const partWord = computed(() => new URLSearchParams(query.value).get(PART));

/** `{search, provider, model}`, each null where it is not asked for. */
export const wanted = computed(() => {
  const found = new URLSearchParams(query.value);
  return Object.fromEntries(NAMES.map((name) => [name, found.get(name) || null]));
});

export const isEverything = computed(() => NAMES.every((name) => wanted.value[name] === null));

/** The part of usage that the worklist is of: `{range, zone, filter}`; null for all of it. */
export const part = computed(() => {
  const given = new URLSearchParams(partWord.value ?? '');
  const range = readRangeWord(given.get('range'));
  return range && { range, zone: zoneNamed(given.get('zone')) ?? 'UTC', filter: readFilter(given) };
});

/** The worklist is of all usage again. */
export function widen() {
  setQuery(toQuery(wanted.value));
}

/** The page's address with the worklist of what the Analytics page shows: of the ends that were shown. */
export function worklistHref({ range: { from, to }, asked }) {
  const given = new URLSearchParams({ range: rangeWord({ id: 'custom', from: Date.parse(from), to: Date.parse(to) }), zone: asked.zone });
  writeFilter(given, asked.filter);
  return `/prices?${new URLSearchParams({ [PART]: given })}`;
}

/** `isStep`: back leads to what was wanted before. */
export function want(changes, isStep = true) {
  const next = toQuery({ ...wanted.value, ...changes });
  if (part.value) next.set(PART, partWord.value);
  setQuery(next, isStep);
}

/** The page's address for what one looks for. */
export function pricesHref(given) {
  return `/prices?${toQuery(given)}`;
}

function toQuery(given) {
  return new URLSearchParams(NAMES.filter((name) => given[name]).map((name) => [name, given[name]]));
}
