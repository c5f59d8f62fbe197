// So much of a measure: dollars or a count.

import { dollars, exactDollars, grouped } from '../amount.js';
import { Money } from './money.jsx';

/** Exact, unless it is said to be rounded; then the title is. `known`: how much of it is. */
export function Amount({ known = 'all', ...of }) {
  if (known === 'none') return <Unknown />;
  return (
    <>
      {known === 'part' && (
        <span class="sign" title="At least this much: not every event has a price">
          ≥{' '}
        </span>
      )}
      <Told {...of} />
    </>
  );
}

export function Unknown() {
  return (
    <span class="none" title="No price known: the cost is unknown, not zero">
      —
    </span>
  );
}

function Told({ measure, amount, places, isRounded = false }) {
  if (measure.id !== 'cost') return grouped(amount);
  if (isRounded) return <span title={exactDollars(amount)}>{dollars(amount)}</span>;
  return <Money amount={amount} places={places} />;
}
