// What of the Analytics page is in the address: all that one can choose there.
// `?range=7-days&zone=Asia/Kolkata&interval=hour&measure=tokens&by=customer&model=gpt-4o&no=user`

import { computed } from '@preact/signals';
import { setQuery } from './address.js';
import { FIELDS, withValue } from './filter.js';
import { chosenInterval } from './interval.js';
import { MEASURES, measureWith } from './measure.js';
import { usageChoice } from './usage-choice.js';
import { lengthOf, rangeWord } from './usage-range.js';

/** What a timeline can be split by; the server's Dimension is the name in capitals. */
const NO_DIMENSIONS = ['outcome', 'reported'];
export const DIMENSIONS = FIELDS.filter((field) => !NO_DIMENSIONS.includes(field.name));
/** Rows of a table before the rest is summed up. */
export const FEW = 10;
export const MANY = 100;

export const choice = usageChoice('analytics');
export const { filter, range, outer, zone, setFilter, clearFilter, setRange, setZone, zoomOut } = choice;
const { given, choose } = choice;

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

/** Adds one value for each field, as `{model: 'gpt-4o'}`. */
export function narrowTo(values) {
  setFilter(Object.entries(values).reduce((all, [name, value]) => withValue(all, name, value), filter.value));
}

/** Looks closer; `outer` is the range that one came from first. */
export function zoom(from, to) {
  const query = new URLSearchParams(given.value);
  query.set('within', rangeWord(outer.value ?? range.value));
  query.set('range', rangeWord({ id: 'custom', from, to }));
  query.delete('interval');
  setQuery(query);
}

export const setIntervalOf = (id) => choose('interval', id, null);
export const setMeasure = (id) => choose('measure', id, MEASURES[0].id);
export const setBy = (name) => choose('by', name, 'model');
export const setShape = (name) => choose('shape', name, 'stacked');
export const setComparing = (isOn) => choose('previous', isOn ? 'shown' : 'hidden', comparingPlain.value);
export const setTabling = (isOn) => choose('numbers', isOn ? 'shown' : 'hidden', 'hidden');
export const setTop = (rows) => choose('rows', String(rows), String(FEW));
