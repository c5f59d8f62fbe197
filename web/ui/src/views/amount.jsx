// So much of a measure: dollars or a count.

import { dollars, exactDollars, grouped } from '../amount.js';
import { Money } from './money.jsx';

/** Exact, unless it is said to be rounded; then the title is. */
export function Amount({ measure, amount, places, isRounded = false }) {
  if (measure.id !== 'cost') return grouped(amount);
  if (isRounded) return <span title={exactDollars(amount)}>{dollars(amount)}</span>;
  return <Money amount={amount} places={places} />;
}
