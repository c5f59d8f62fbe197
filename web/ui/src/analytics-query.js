// What of the Analytics page is in the address: all that one can choose there.
// `?range=7-days&zone=Asia/Kolkata&interval=hour&measure=tokens&by=customer&model=gpt-4o&no=user`

import { computed } from '@preact/signals';
import { queryOf, setQuery } from './address.js';
import { FIELDS, readFilter, withValue, writeFilter } from './filter.js';
import { chosenInterval } from './interval.js';
import { MEASURES, measureWith } from './measure.js';
import { DEFAULT, lengthOf, rangeWord, readRangeWord } from './usage-range.js';
import { ownZone, zoneNamed } from './zone.js';

/** What a timeline can be split by; the server's Dimension is the name in capitals. */
export const DIMENSIONS = FIELDS.filter((field) => field.name !== 'outcome');
/** Rows of a table before the rest is summed up. */
export const FEW = 10;
export const MANY = 100;

const query = queryOf('analytics');
const given = computed(() => new URLSearchParams(query.value));

export const filter = computed(() => readFilter(given.value));
/** @type {import('@preact/signals').ReadonlySignal<import('./usage-range.js').UsageRange>} */
export const range = computed(() => readRangeWord(given.value.get('range')) ?? DEFAULT);
/** The range that was zoomed into; null where none was. */
export const outer = computed(() => readRangeWord(given.value.get('within')));
export const zone = computed(() => zoneNamed(given.value.get('zone') ?? ownZone) ?? ownZone);
export const interval = computed(() => chosenInterval(given.value.get('interval'), lengthOf(range.value)));
export const measure = computed(() => measureWith(given.value.get('measure')));
/** The field that the timeline is split by; null where it is not. */
export const by = computed(() => {
  const name = given.value.get('by');
  if (name === 'nothing') return null;
  return DIMENSIONS.find((field) => field.name === name) ?? DIMENSIONS.find((field) => field.name === 'model');
});
/** `stacked` or `lines`. */
export const shape = computed(() => (given.value.get('shape') === 'lines' ? 'lines' : 'stacked'));
/** Whether the range before is drawn: of everything, so that it would dwarf the lines of parts. */
const comparingPlain = computed(() => (shape.value === 'lines' && by.value ? 'hidden' : 'shown'));
export const comparing = computed(() => (given.value.get('previous') ?? comparingPlain.value) === 'shown');
/** Whether the timeline's numbers stand under it. */
export const tabling = computed(() => given.value.get('numbers') === 'shown');
export const top = computed(() => (given.value.get('rows') === String(MANY) ? MANY : FEW));

export function setFilter(next) {
  const query = without(...FIELDS.map((field) => field.name), 'no');
  writeFilter(query, next);
  setQuery(query);
}

export function clearFilter() {
  setFilter({});
}

/** Adds one value for each field, as `{model: 'gpt-4o'}`. */
export function narrowTo(values) {
  setFilter(Object.entries(values).reduce((all, [name, value]) => withValue(all, name, value), filter.value));
}

export function setRange(next) {
  const query = without('within');
  set(query, 'range', rangeWord(next), rangeWord(DEFAULT));
  setQuery(query);
}

/** Looks closer; `outer` is the range that one came from first. */
export function zoom(from, to) {
  const query = new URLSearchParams(given.value);
  query.set('within', rangeWord(outer.value ?? range.value));
  query.set('range', rangeWord({ id: 'custom', from, to }));
  query.delete('interval');
  setQuery(query);
}

export function zoomOut() {
  setRange(outer.value);
}

export const setZone = (name) => choose('zone', name, ownZone);
export const setIntervalOf = (id) => choose('interval', id, null);
export const setMeasure = (id) => choose('measure', id, MEASURES[0].id);
export const setBy = (name) => choose('by', name, 'model');
export const setShape = (name) => choose('shape', name, 'stacked');
export const setComparing = (isOn) => choose('previous', isOn ? 'shown' : 'hidden', comparingPlain.value);
export const setTabling = (isOn) => choose('numbers', isOn ? 'shown' : 'hidden', 'hidden');
export const setTop = (rows) => choose('rows', String(rows), String(FEW));

function choose(name, value, plain) {
  const query = new URLSearchParams(given.value);
  set(query, name, value, plain);
  setQuery(query);
}

/** What goes without saying is not said. */
function set(query, name, value, plain) {
  if (value === plain) query.delete(name);
  else query.set(name, value);
}

function without(...names) {
  const query = new URLSearchParams(given.value);
  for (const name of names) query.delete(name);
  return query;
}
