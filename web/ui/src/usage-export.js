// What is on the Analytics page as CSV files: the server's exact numbers, not what is drawn of them.

import { rowsOf, thousandCost } from './breakdown.js';
import { safe, save } from './csv.js';
import { fieldNamed, OTHER, valueLabel } from './filter.js';
import { knownPart } from './measure.js';
import { usage } from './usage.js';
import { wallClock } from './zone.js';

const TOTALS = {
  events: (totals) => totals.events,
  input_tokens: (totals) => totals.usage.inputTokens,
  output_tokens: (totals) => totals.usage.outputTokens,
  cost_usd: (totals) => (knownPart(totals) === 'none' ? '' : totals.cost),
  unpriced_events: (totals) => totals.unpricedEvents,
  errors: (totals) => totals.errors,
};
const ADOPTION = {
  users: (adoption) => adoption.users,
  customers: (adoption) => adoption.customers,
  new_users: (adoption) => adoption.newUsers,
};

/** One of the breakdowns, as its table has it. */
export function exportBreakdown(breakdown, read) {
  const adoption = breakdown.id === 'features' ? ADOPTION : {};
  const heads = [
    ...breakdown.fields,
    ...Object.keys(TOTALS),
    'cost_per_thousand_events_usd',
    ...Object.keys(adoption),
    ...Object.keys(TOTALS).map((name) => `previous_${name}`),
  ];
  const rows = rowsOf(breakdown, read).map((row) => [
    ...breakdown.fields.map((name) => (row.values ? safe(valueLabel(fieldNamed(name), row.values[name])) : OTHER)),
    ...valuesOf(TOTALS, row.totals),
    thousandCost(row.totals) ?? '',
    ...valuesOf(adoption, row.adoption),
    ...valuesOf(TOTALS, row.previous),
  ]);
  save(fileName(breakdown.id, read), [heads, ...rows]);
}

/** The timeline's points, in order of time. */
export function exportTimeline({ points, series, asked }) {
  const { id } = asked.measure;
  const isCost = id === 'cost';
  const name = isCost ? 'cost_usd' : id;
  const names = isCost ? [name, 'unpriced_events'] : [name];
  const heads = ['from', 'to', ...names, ...names.map((each) => `previous_${each}`), 'spike', ...series.map(({ label }) => safe(label))];
  const rows = points.map((point) => [
    new Date(point.start).toISOString(),
    new Date(point.end).toISOString(),
    cellOf(point.total),
    ...(isCost ? [point.unpriced.now] : []),
    cellOf(point.previous),
    ...(isCost ? [point.unpriced.before] : []),
    String(point.isSpike),
    ...point.parts.map(cellOf),
  ]);
  save(fileName('timeline', usage.value.value), [heads, ...rows]);
}

/** Empty where there is nothing, or nothing is known. */
function cellOf(amount) {
  return !amount || amount.known === 'none' ? '' : amount.amount;
}

function valuesOf(columns, of) {
  return Object.values(columns).map((read) => (of ? read(of) : ''));
}

/** `livemeter-models-20261119-20261125.csv`. */
function fileName(what, { range, asked }) {
  const day = (ms) => wallClock(ms, asked.zone).slice(0, 10).replaceAll('-', '');
  return `livemeter-${what}-${day(Date.parse(range.from))}-${day(Date.parse(range.to) - 1)}.csv`;
}
