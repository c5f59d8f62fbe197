// What a page that looks at usage has in its address: the range, its time zone, and which events are meant.
// `?range=7-days&zone=Asia/Kolkata&model=gpt-4o&no=user`

import { computed } from '@preact/signals';
import { queryOf, setQuery } from './address.js';
import { FIELDS, readFilter, writeFilter } from './filter.js';
import { DEFAULT, rangeWord, readRangeWord } from './usage-range.js';
import { ownZone, zoneNamed } from './zone.js';

/** @typedef {ReturnType<typeof usageChoice>} UsageChoice */

/** Of the page of that name. */
export function usageChoice(page) {
  const query = queryOf(page);
  const given = computed(() => new URLSearchParams(query.value));
  const filter = computed(() => readFilter(given.value));
  /** @type {import('@preact/signals').ReadonlySignal<import('./usage-range.js').UsageRange>} */
  const range = computed(() => readRangeWord(given.value.get('range')) ?? DEFAULT);
  /** The range that was zoomed into; null where none was. */
  const outer = computed(() => readRangeWord(given.value.get('within')));
  const zone = computed(() => zoneNamed(given.value.get('zone') ?? ownZone) ?? ownZone);

  function setFilter(next) {
    const query = without(...FIELDS.map((field) => field.name), 'no');
    writeFilter(query, next);
    setQuery(query);
  }

  function setRange(next) {
    const query = without('within');
    set(query, 'range', rangeWord(next), rangeWord(DEFAULT));
    setQuery(query);
  }

  function choose(name, value, plain) {
    const query = new URLSearchParams(given.value);
    set(query, name, value, plain);
    setQuery(query);
  }

  function without(...names) {
    const query = new URLSearchParams(given.value);
    for (const name of names) query.delete(name);
    return query;
  }

  return {
    given,
    filter,
    range,
    outer,
    zone,
    setFilter,
    clearFilter: () => setFilter({}),
    setRange,
    zoomOut: () => setRange(outer.value),
    setZone: (name) => choose('zone', name, ownZone),
    choose,
  };
}

/** What goes without saying is not said. */
function set(query, name, value, plain) {
  if (value === plain) query.delete(name);
  else query.set(name, value);
}
