// What usage is measured by: ordered, drawn and compared.

import { exactDollars, grouped, isZero } from './amount.js';

/** `of` reads it from totals, as the server's text. */
export const MEASURES = [
  { id: 'cost', label: 'Cost', input: 'COST', of: (totals) => totals.cost },
  { id: 'tokens', label: 'Tokens', input: 'TOTAL_TOKENS', of: (totals) => totals.usage.totalTokens },
  { id: 'events', label: 'Events', input: 'EVENTS', of: (totals) => totals.events },
  { id: 'errors', label: 'Errors', input: 'ERRORS', of: (totals) => totals.errors },
];

export function measureWith(id) {
  return MEASURES.find((measure) => measure.id === id) ?? MEASURES[0];
}

/** How much of a cost is known: `all`, `part` or `none`. */
export function knownPart({ events, unpricedEvents, cost }) {
  if (isZero(unpricedEvents)) return 'all';
  return events === unpricedEvents && isZero(cost) ? 'none' : 'part';
}

/** `{amount, known}` of totals: what is not a cost is always known. */
export function amountOf(measure, totals) {
  return { amount: measure.of(totals), known: measure.id === 'cost' ? knownPart(totals) : 'all' };
}

/** To the last digit, and `≥` where not all of it is known; `unknown` where none is. */
export function told(measure, { amount, known }) {
  if (known === 'none') return 'unknown';
  return `${known === 'part' ? '≥ ' : ''}${inFull(measure, amount)}`;
}

const few = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const many = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** Short, for an axis: `$0.02`, `1.5K`. */
export function short(measure, value) {
  const text = (value < 1000 ? few : many).format(value);
  return measure.id === 'cost' ? `$${text}` : text;
}

/** To the last digit. */
export function inFull(measure, amount) {
  return measure.id === 'cost' ? exactDollars(amount) : grouped(amount);
}

/** The same of two with `known`: what is unknown is no more and no less. */
export function changeOf(now, before) {
  return now.known === 'none' || before.known === 'none' ? null : changeBetween(now.amount, before.amount);
}

/** How one more or less of it is told: `+12.4 %`; `new` where there was nothing; null where nothing can be told. */
export function changeBetween(now, before) {
  const [present, past] = [Number(now), Number(before)];
  if (past === 0) return present === 0 ? null : 'new';
  const change = ((present - past) / past) * 100;
  const size = Math.abs(change);
  if (size >= 1000) return `${change < 0 ? '−' : '+'}${grouped(String(Math.round(size)))} %`;
  const text = size.toFixed(1);
  if (text === '0.0') return '0.0 %';
  return `${change < 0 ? '−' : '+'}${text} %`;
}

/** `42.1 %` of a part from 0 to 1; what is there and tiny is not told as nothing. */
export function percent(part) {
  if (part > 0 && part < 0.0005) return '< 0.1 %';
  if (part < 1 && part > 0.9995) return '> 99.9 %';
  return `${(part * 100).toFixed(1)} %`;
}
