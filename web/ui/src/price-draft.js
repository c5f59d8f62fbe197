// A price as it is being written: text, until it is right. What is wrong is told by the server's names of the fields.

import { grouped, isZero } from './amount.js';
import { fromField, toField } from './instant.js';
import { kindOf } from './price.js';
import { perOf } from './units.js';

/**
 * @typedef {{unit: string, amount: string, per: string, above: string}} RateDraft
 * @typedef {Object} PriceDraft
 * @property {boolean} isCustom   the price of a custom unit, not of a model
 * @property {string} provider
 * @property {string} model
 * @property {RateDraft[]} rates
 * @property {string} from   a datetime-local field's value; empty: from now on
 * @property {string} to     empty: until further notice
 */

const DECIMAL = /^(\d+\.?\d*|\.\d+)$/;
const WHOLE = /^\d+$/;
const GROUPS = /[,\s]/g;

/** @returns {RateDraft} */
export function rateOf(unit, amount = '', per = perOf(unit), above = '') {
  return { unit, amount, per: per === null ? '' : grouped(String(per)), above: grouped(above) };
}

/** @returns {PriceDraft} */
export function blankDraft() {
  return {
    isCustom: false,
    provider: '',
    model: '',
    rates: [rateOf('input_tokens'), rateOf('output_tokens')],
    from: '',
    to: '',
  };
}

/** To change a price that is known; what of it cannot be set, `lostKinds` tells. */
export function draftOfPrice(price) {
  return { ...blankDraft(), ...subjectOf(price), rates: ratesOf(price) };
}

/** For usage that waits: from its first event on. Rates of a price that it has in part are kept. */
export function draftOfUsage(usage, price) {
  const known = price ? ratesOf(price) : [];
  const missing = usage.missingUnits.filter((unit) => !known.some((rate) => rate.unit === unit));
  return {
    ...blankDraft(),
    ...subjectOf(usage),
    rates: usage.unit !== null ? [rateOf(usage.unit, '', 1)] : [...known, ...missing.map((unit) => rateOf(unit))],
    // The field has no seconds: the minute in which the first event fell.
    from: toField(Date.parse(usage.firstOccurredAt)),
  };
}

function ratesOf({ rates }) {
  return rates.filter((rate) => !kindOf(rate)).map((rate) => rateOf(rate.unit, rate.amount, rate.per, rate.aboveInputTokens ?? ''));
}

/** The kinds of calls whose rates an own price cannot have. */
export function lostKinds(price) {
  return [...new Set(price.rates.map(kindOf).filter(Boolean))];
}

function subjectOf({ provider, model, unit }) {
  return unit !== null ? { isCustom: true } : { provider: provider ?? '', model: model ?? '' };
}

/** @returns {Object<string, string>} what is wrong, by field: `model`, `rates[0].amount`, `effectiveTo` … */
export function problemsOf(draft, now = Date.now()) {
  const problems = {};
  const check = (field, message) => {
    if (message) problems[field] = message;
  };
  if (!draft.isCustom) {
    check('provider', !draft.provider.trim() && 'Who sells it, as your events name it.');
    check('model', !draft.model.trim() && 'The model’s name, as your events have it.');
  }
  draft.rates.forEach((rate, index) => {
    const others = draft.rates.slice(0, index);
    check(`rates[${index}].unit`, unitProblem(rate, others, draft));
    check(`rates[${index}].amount`, amountProblem(rate.amount));
    check(`rates[${index}].per`, !isCount(rate.per) && 'A whole number, 1 or more.');
    check(`rates[${index}].aboveInputTokens`, aboveProblem(rate, draft));
  });
  check('rates', !draft.rates.length && 'A price has at least one rate.');
  const from = draft.from ? fromField(draft.from) : now;
  if (draft.to) check('effectiveTo', fromField(draft.to) <= from && 'It would end before it begins.');
  return problems;
}

function unitProblem({ unit, above }, others, { isCustom }) {
  if (!unit.trim()) return isCustom ? 'The unit’s name, as your events have it.' : 'Which unit?';
  const isTwice = others.some((other) => other.unit.trim() === unit.trim() && digits(other.above) === digits(above));
  return isTwice && 'This unit has this rate already.';
}

function amountProblem(text) {
  const amount = text.trim();
  if (!amount) return 'How many dollars?';
  if (amount.startsWith('-')) return 'Not below zero.';
  if (amount.includes(',')) return 'Write it with a point, and no commas: 1234.50';
  return !DECIMAL.test(amount) && 'A decimal number: 2.50';
}

function aboveProblem({ unit, above }, { rates }) {
  if (!above.trim()) return null;
  if (!isCount(above)) return 'A whole number of tokens, 1 or more.';
  const hasBase = rates.some((other) => other.unit.trim() === unit.trim() && !other.above.trim());
  return !hasBase && 'Give this unit a rate for smaller requests too.';
}

/** Digits alone: one may write them in groups. */
function digits(text) {
  return text.replace(GROUPS, '');
}

function isCount(text) {
  return WHOLE.test(digits(text)) && !isZero(digits(text));
}

/** The server's SetPriceInput, of a draft without problems. */
export function toInput(draft) {
  const at = (field) => (field ? new Date(fromField(field)).toISOString() : null);
  return {
    provider: draft.isCustom ? null : draft.provider.trim(),
    model: draft.isCustom ? null : draft.model.trim(),
    rates: draft.rates.map((rate) => ({
      unit: rate.unit.trim(),
      amount: rate.amount.trim().replace(/^\./, '0.').replace(/\.$/, ''),
      per: Number(digits(rate.per)),
      aboveInputTokens: digits(rate.above) || null,
    })),
    effectiveFrom: at(draft.from),
    effectiveTo: at(draft.to),
  };
}
