// The timeline as it is drawn and tabled: texts for the table, floats for the chart.

import { computed } from '@preact/signals';
import { fieldNamed, OTHER, valueLabel } from './filter.js';
import { amountOf } from './measure.js';
import { usage } from './usage.js';
import { dayOf, hourOf, isMidnight, monthOf, spanOf, timeOf } from './zone.js';

/**
 * @typedef {Object} Amount
 * @property {string} amount
 * @property {'all'|'part'|'none'} known  how much of it has a price
 *
 * @typedef {Object} Point
 * @property {number} start  in ms, as `end`
 * @property {Amount} total  of everything
 * @property {Amount|null} previous  null where the range before has no such point
 * @property {{now: string, before: string}|null} unpriced  events without a price in full; null where that is not asked
 * @property {boolean} isSpike
 * @property {boolean} isFuture  not begun yet
 * @property {(Amount & {isSpike: boolean})[]} parts  by series
 */

/** `{points, series, asked}`; null before anything was read. */
export const timeline = computed(() => {
  const read = usage.value.value;
  if (!read) return null;
  const { asked } = read;
  const of = (totals) => amountOf(asked.measure, totals);
  const split = read.split ?? [];
  const points = read.timeline[0].points.map((point, place) => ({
    start: Date.parse(point.start),
    end: Date.parse(point.end),
    total: of(point.totals),
    previous: point.previous && of(point.previous),
    unpriced: asked.measure.id === 'cost' ? { now: point.totals.unpricedEvents, before: point.previous?.unpricedEvents ?? '' } : null,
    isSpike: point.isSpike,
    isFuture: Date.parse(point.start) > asked.at,
    parts: split.map((series) => ({
      ...of(series.points[place].totals),
      isSpike: series.points[place].isSpike,
    })),
  }));
  const series = split.map(({ key, isOther, totals }, place) => ({
    label: isOther ? OTHER : valueLabel(fieldNamed(asked.by.name), key[asked.by.property]),
    colour: isOther ? 'other' : String(place),
    total: of(totals),
  }));
  return { points, series, asked };
});

/** When a point is: `Tue, Nov 24`, `Nov 24, 14:00`, `Nov 23 – Nov 29`, `Nov 2026`. */
export function pointLabel({ start, end }, { interval, zone }) {
  if (interval.id === 'hour') {
    return `${dayOf(start, zone)}, ${timeOf(start, zone)}`;
  }
  if (interval.id === 'day') {
    const isWhole = isMidnight(start, zone) && isMidnight(end, zone);
    return isWhole ? dayOf(start, zone, true) : spanOf(start, end, zone);
  }
  return spanOf(start, end, zone);
}

/** The starts that an axis with room for `count` labels names, and how. */
export function ticks(points, { interval, zone }, count) {
  const named = points.filter(({ start }) => isNamed(start, interval, zone, points.length / count));
  const step = Math.ceil(named.length / count) || 1;
  return named.filter((_, place) => place % step === 0).map(({ start }) => ({ start, label: tickLabel(start, interval, zone) }));
}

const HOURS = [1, 2, 3, 6, 12];

/** Hours of a day go by round ones; of many days only the days are named. `each`: points for one label. */
function isNamed(start, interval, zone, each) {
  if (interval.id !== 'hour') return true;
  const round = HOURS.find((hours) => hours >= each) ?? 24;
  return hourOf(start, zone) % round === 0;
}

function tickLabel(start, interval, zone) {
  if (interval.id === 'month') return monthOf(start, zone);
  return interval.id === 'hour' && !isMidnight(start, zone) ? timeOf(start, zone) : dayOf(start, zone);
}
