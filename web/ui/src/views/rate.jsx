// Amounts of money for units, so that their points stand below each other.

import { exactDollars, grouped, placesOf, rounded, trimmed } from '../amount.js';

/** Digits behind the point that a column keeps room for. */
const ROOM = 4;
/** Longer ones are rounded in a list; what a list rounds, the detail shows in full. */
const MOST = 6;

/** USD, exact. `room`: how many digits behind the point others in the column have. */
export function Dollars({ amount, room = ROOM, title }) {
  const missing = Math.min(ROOM, Math.max(0, room - Math.max(2, placesOf(amount))));
  return (
    <span class={`pad-${missing}`} title={title}>
      {exactDollars(amount)}
    </span>
  );
}

/** USD for a list: at most six digits behind the point, all of them in the title. */
export function ShortDollars({ amount }) {
  if (placesOf(amount) <= MOST) return <Dollars amount={amount} />;
  return <Dollars amount={trimmed(rounded(amount, MOST))} title={`exactly ${exactDollars(amount)}`} />;
}

/** `1M`, `1,000`, `3,600`. */
export function perLabel(per) {
  return per === 1_000_000 ? '1M' : grouped(String(per));
}
