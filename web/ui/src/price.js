// What is read out of a price: its name, its rates by the million, what is special about it.

import { perMillion } from './amount.js';

/** Units that have a column of their own. */
export const COLUMNS = [
  { unit: 'input_tokens', label: 'Input' },
  { unit: 'output_tokens', label: 'Output' },
  { unit: 'cache_read_tokens', label: 'Cache read' },
  { unit: 'cache_write_tokens', label: 'Cache write' },
];

/** What is priced: the same for all prices of a model, or of a custom unit. */
export function subjectOf({ provider, model, unit }) {
  return JSON.stringify(unit === null ? [provider, model] : [unit]);
}

/** The rates that hold for any request that is not of a special kind. */
export function baseRates(price) {
  return price.rates.filter((rate) => rate.aboveInputTokens === null && !kindOf(rate));
}

export function baseRate(price, unit) {
  return baseRates(price).find((rate) => rate.unit === unit) ?? null;
}

/** A rate as USD for a million, exact. */
export function byMillion(rate) {
  return perMillion(rate.amount, rate.per);
}

/** How a call must have been run for the rate to hold; empty where it does not matter. */
export function kindOf({ processing, serviceTier, speed, region, searchContextSize }) {
  const words = [
    processing,
    serviceTier && `${serviceTier} tier`,
    speed && `${speed} speed`,
    region && `region ${region}`,
    searchContextSize && `${searchContextSize} search context`,
  ];
  return words.filter(Boolean).join(', ');
}

/**
 * Prices of one model that are each for a part of the day become one entry.
 * @returns {Array<{subject: string, prices: object[]}>} in the order of the prices
 */
export function entriesOf(prices) {
  const entries = new Map();
  for (const price of prices) {
    const subject = subjectOf(price);
    if (entries.has(subject)) entries.get(subject).prices.push(price);
    else entries.set(subject, { subject, prices: [price] });
  }
  return [...entries.values()];
}

/** The one that holds at this time of the day. */
export function presentOf({ prices }, now = new Date()) {
  const time = now.toISOString().slice(11, 16);
  return prices.find((price) => holdsAt(price, time)) ?? prices[0];
}

function holdsAt({ dailyFrom, dailyTo }, time) {
  if (dailyFrom === null) return true;
  return dailyFrom < dailyTo ? dailyFrom <= time && time < dailyTo : dailyFrom <= time || time < dailyTo;
}

/** Ended where it began: it never held. */
export function isVoid({ effectiveFrom, effectiveTo }) {
  return effectiveFrom !== null && effectiveTo !== null && Date.parse(effectiveFrom) >= Date.parse(effectiveTo);
}

/** An own price that can still be ended, by the given clock (ms). */
export function isEndable(price, now) {
  return price.source === 'OVERRIDE' && !isVoid(price) && (price.effectiveTo === null || Date.parse(price.effectiveTo) > now);
}

/** `gpt-4o`, `pages`: the name alone; null where usage says neither. */
export function nameOf({ model, unit }) {
  return unit ?? model;
}
