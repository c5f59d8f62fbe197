// Tables of usage by a property: what each is called, which filter its rows stand for, what the rows say.

import { isZero, perThousand } from './amount.js';
import { fieldNamed, OTHER, valueLabel } from './filter.js';
import { knownPart } from './measure.js';

/** `fields`: filters that a row stands for; the first is its name. */
export const BREAKDOWNS = [
  { id: 'models', title: 'Models', fields: ['model', 'provider'] },
  { id: 'features', title: 'Features', fields: ['feature'] },
  { id: 'customers', title: 'Customers', fields: ['customer'] },
  { id: 'users', title: 'Users', fields: ['user'] },
];

/**
 * @typedef {Object} Row
 * @property {string} label
 * @property {string|null} second  what else tells it apart
 * @property {Object<string, string|null>|null} values  by filter; null for all the others together
 * @property {object} totals  as `previous`
 * @property {number} share  of the chosen measure, 0 to 1
 * @property {object|null} adoption  of a feature; null where it is not known
 */

/** @returns {Row[]} */
export function rowsOf({ id, fields }, read) {
  const { of } = read.asked.measure;
  const whole = Number(of(read.totals));
  const adoptions = new Map(read.adoption.map((adoption) => [adoption.featureId, adoption]));
  return read[id].map(({ key, isOther, totals, previous }) => {
    const values = isOther ? null : Object.fromEntries(fields.map((name) => [name, key[fieldNamed(name).property]]));
    const [name, besides] = fields;
    return {
      label: isOther ? OTHER : valueLabel(fieldNamed(name), values[name]),
      second: isOther || !besides || values[besides] === null ? null : valueLabel(fieldNamed(besides), values[besides]),
      values,
      totals,
      previous,
      share: whole ? Number(of(totals)) / whole : 0,
      adoption: (!isOther && id === 'features' && adoptions.get(key.featureId)) || null,
    };
  });
}

/** Dollars for a thousand events; null where there is nothing to tell. */
export function thousandCost(totals) {
  if (isZero(totals.events) || knownPart(totals) === 'none') return null;
  return perThousand(totals.cost, totals.events, 6);
}
