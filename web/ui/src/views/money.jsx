// Dollars to the last digit: what follows the cents is there, and does not shout.

import { exactDollars } from '../amount.js';

/** `places` after the point, at least: so that those of a column stand below each other. */
export function Money({ amount, places = 2 }) {
  const text = exactDollars(amount, places);
  const cents = text.indexOf('.') + 3;
  return (
    <>
      {text.slice(0, cents)}
      {text.length > cents && <span class="fine">{text.slice(cents)}</span>}
    </>
  );
}
