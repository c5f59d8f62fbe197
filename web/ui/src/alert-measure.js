// What alert rules watch: how it is called, written and typed.

import { dollars, exactDollars, grouped, rounded, shifted, trimmed } from './amount.js';
import { fieldNamed, valueLabel } from './filter.js';

/** `unit`: what stands beside a field for it; `isMany`: whether its name is a plural. */
export const MEASURES = [
  { id: 'COST', label: 'Cost', unit: '$' },
  { id: 'EVENTS', label: 'Events', unit: 'events', isMany: true },
  { id: 'TOTAL_TOKENS', label: 'Tokens', unit: 'tokens', isMany: true },
  { id: 'ERRORS', label: 'Errors', unit: 'errors', isMany: true },
  { id: 'ERROR_RATE', label: 'Error rate', unit: '%', isShare: true },
  { id: 'UNPRICED_SHARE', label: 'Share without a price', unit: '%', isShare: true },
];
const BY_ID = new Map(MEASURES.map((measure) => [measure.id, measure]));

export function measureOf(rule) {
  return BY_ID.get(rule.measure);
}

/** Short, to be taken in at a glance: `$52.10`, `12.5 %`, `1,204`. */
export function worth(rule, amount) {
  if (measureOf(rule).isShare) return `${trimmed(rounded(shifted(amount, 2), 1))} %`;
  if (rule.measure !== 'COST') return grouped(trimmed(amount));
  return Number(amount) >= 1 ? `$${grouped(rounded(amount, 2))}` : dollars(amount);
}

/** To the last digit. */
export function exactWorth(rule, amount) {
  if (measureOf(rule).isShare) return `${shifted(amount, 2)} %`;
  return rule.measure === 'COST' ? exactDollars(amount) : grouped(trimmed(amount));
}

/** Which key a firing is of, as text; null where its rule has none. */
export function keyLabel({ per }, key) {
  if (key === null) return null;
  return per ? valueLabel(fieldNamed(per.toLowerCase()), key) : key;
}

/** What was found, with what it took: `$52.10, limit $50.00`. */
export function findingOf(rule, { value, limit, usual }) {
  if (limit === null) return 'nothing recorded';
  const compared = usual === null ? '' : `, usual ${worth(rule, usual)}`;
  return `${worth(rule, value)}, limit ${worth(rule, limit)}${compared}`;
}
