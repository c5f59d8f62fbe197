// A model's prices over time as a drawing has them: spans of time, and what held in each.
//
// Geometry may be float: what is read off is approximate, the exact numbers stand in the table below.

import { baseRate, baseRates, byMillion, isVoid } from './price.js';

/** The part of the width that stands for "since ever" and "from now on". */
const MARGIN = 0.06;
const DAY_MS = 86400_000;

/**
 * @typedef {Object} Span
 * @property {number} from  ms
 * @property {number} to
 * @property {object[]} prices   those that held: several where they depend on the hour of the day
 * @property {boolean} isOwn    an override held
 *
 * @returns {{spans: Span[], start: number, end: number, units: string[]}|null} null where there is one price alone
 */
export function stepsOf(prices, now) {
  const real = prices.filter((price) => !isVoid(price));
  const edges = [...new Set(real.flatMap(({ effectiveFrom, effectiveTo }) => [effectiveFrom, effectiveTo]))]
    .filter((edge) => edge !== null)
    .map((edge) => Date.parse(edge))
    .sort((one, other) => one - other);
  if (real.length < 2 || !edges.length) return null;
  const last = Math.max(now, edges[edges.length - 1]);
  const margin = Math.max(DAY_MS, last - edges[0]) * MARGIN;
  const [start, end] = [edges[0] - margin, last + margin];
  const bounds = [...new Set([start, ...edges, end])];
  const spans = bounds.slice(0, -1).map((from, index) => spanOf(real, from, bounds[index + 1]));
  return { spans: spans.filter((span) => span.prices.length), start, end, units: unitsOf(real) };
}

function spanOf(prices, from, to) {
  const holding = prices.filter(({ effectiveFrom, effectiveTo }) => {
    const begins = effectiveFrom === null ? -Infinity : Date.parse(effectiveFrom);
    return begins <= from && (effectiveTo === null || Date.parse(effectiveTo) > from);
  });
  const own = holding.filter((price) => price.source === 'OVERRIDE');
  return { from, to, prices: own.length ? own : holding, isOwn: own.length > 0 };
}

/** What is drawn: input and output, or what the newest price has in their stead. */
function unitsOf(prices) {
  const units = ['input_tokens', 'output_tokens'].filter((unit) => prices.some((price) => baseRate(price, unit)));
  return units.length ? units : baseRates(prices[0]).slice(0, 1).map((rate) => rate.unit);
}

/** The levels of a unit in a span, in USD for a million: one, or one for each part of the day. */
export function levelsOf(span, unit) {
  const rates = span.prices.map((price) => baseRate(price, unit)).filter(Boolean);
  return [...new Set(rates.map((rate) => Number(byMillion(rate))))];
}
