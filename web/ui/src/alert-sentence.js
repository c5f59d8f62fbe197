// What a rule does, in one sentence that can be read aloud.

import { exactWorth, measureOf } from './alert-measure.js';
import { isZero, trimmed } from './amount.js';
import { FIELDS, NONE, valueLabel } from './filter.js';

const PERIODS = { DAY: 'day', WEEK: 'week', MONTH: 'month' };

/** Of a rule as the server has it; what is not chosen yet may be null. */
export function sentenceOf(rule) {
  return `${SENTENCES[rule.condition](rule)}${clauseOf(rule)}.`;
}

const SENTENCES = {
  THRESHOLD: (rule) => `${subjectOf(rule)} ${verb(rule, 'reach')} ${limitOf(rule)} ${within(rule.window)}`,
  RISE: (rule) => `${subjectOf(rule)} ${within(rule.window)} ${verb(rule, 'reach')} ${factorOf(rule)} times that of ${before(rule.window)}`,
  SPIKE: (rule) =>
    `${subjectOf(rule)} ${within(rule.window)} ${verb(rule, 'lie')} more than ${factorOf(rule)} deviations above the median of the 24 windows before`,
  NO_DATA: (rule) => `${rule.per ? `A ${nameOf(rule.per)} has` : 'There are'} no events${whereOf(rule)} for ${length(rule.window.minutes)}`,
};

/** What is too little to tell of. */
function clauseOf(rule) {
  const { isMany, isShare } = measureOf(rule);
  const least = ['RISE', 'SPIKE'].includes(rule.condition) && !isZero(rule.minimum) && `, and ${isMany ? 'are' : 'is'} at least ${exactWorth(rule, rule.minimum)}`;
  const events = rule.condition !== 'NO_DATA' && isShare && rule.minimumEvents > 1 && `, of at least ${rule.minimumEvents} events`;
  return [least, events].filter(Boolean).join('');
}

function subjectOf(rule) {
  return `${measureOf(rule).label}${rule.per ? ` of each ${nameOf(rule.per)}` : ''}${whereOf(rule)}`;
}

function verb(rule, word) {
  return measureOf(rule).isMany ? word : `${word}${word.endsWith('ch') ? 'es' : 's'}`;
}

function limitOf(rule) {
  return rule.threshold === null ? '…' : exactWorth(rule, rule.threshold);
}

function factorOf({ threshold }) {
  return threshold === null ? '…' : trimmed(threshold);
}

function within({ minutes, period, timeZone }) {
  return minutes === null ? `in a calendar ${PERIODS[period]} (${timeZone})` : `within ${length(minutes)}`;
}

function before({ minutes, period }) {
  return `the ${minutes === null ? PERIODS[period] : length(minutes).replace(/^1 /, '')} before`;
}

/** `15 minutes`, `1 hour`, `7 days`. */
export function length(minutes) {
  const [size, unit] = [
    [1440, 'day'],
    [60, 'hour'],
    [1, 'minute'],
  ].find(([size]) => minutes % size === 0);
  // A day that moves is no day of the calendar.
  if (minutes === 1440) return '24 hours';
  return `${minutes / size} ${unit}${minutes === size ? '' : 's'}`;
}

export function nameOf(dimension) {
  return dimension.toLowerCase();
}

/** ` where model is gpt-4o or gpt-4o-mini`; nothing where everything is meant. */
function whereOf({ filter }) {
  const parts = FIELDS.filter(({ input }) => filter[input]).map((field) => {
    const values = filter[field.input].map((value) => valueLabel(field, value));
    return `${field.label.toLowerCase()} is ${values.join(' or ') || 'nothing'}`;
  });
  if (filter.costStatuses) parts.push(`cost is ${filter.costStatuses.map((status) => status.toLowerCase()).join(' or ') || 'nothing'}`);
  if (filter.requestedModels) parts.push(`requested model is ${filter.requestedModels.map((model) => model ?? NONE).join(' or ') || 'nothing'}`);
  for (const { key, value, path } of filter.metadata ?? []) parts.push(`metadata has ${[key, ...path].join(' / ')} = ${value}`);
  return parts.length ? ` where ${parts.join(' and ')}` : '';
}
