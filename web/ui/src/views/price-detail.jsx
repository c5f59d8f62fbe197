// All of a price, below its row: each rate, and what the model cost before and will cost.

import { useState } from 'preact/hooks';
import { presentOf } from '../price.js';
import { draftOfPrice, lostKinds } from '../price-draft.js';
import { task } from '../price-task.js';
import { isAdmin } from '../session.js';
import { PriceHistory, usePriceHistory } from './price-history.jsx';
import { RateTable } from './rate-table.jsx';

/** `prices`: the one that holds now, or those of the parts of the day. */
export function PriceDetail({ prices }) {
  const history = usePriceHistory(prices[0]);
  const [chosen, choose] = useState(null);
  const known = history.value.value;
  const present = presentOf({ prices });
  // An id: after a change the same price is another object.
  const shown = known?.find((price) => price.id === chosen) ?? present;
  const problem = history.problem.value;
  return (
    <section class="detail price-detail" aria-label="Price details" aria-busy={!known && !problem}>
      <section class="rates">
        <h3>Rates in US dollars</h3>
        <RateTable price={shown} />
        {isAdmin.value && <SetPrice price={present} />}
      </section>
      <section class="history">
        <h3>History</h3>
        {known && <PriceHistory prices={known} shown={shown} onChoose={choose} />}
        {problem && (
          <p class="problem" role="alert">
            {problem.message}{' '}
            <button type="button" class="small" onClick={() => history.run()}>
              Try again
            </button>
          </p>
        )}
      </section>
    </section>
  );
}

function SetPrice({ price }) {
  const isOwn = price.source === 'OVERRIDE';
  return (
    <p class="actions">
      <button
        type="button"
        onClick={() => (task.value = { kind: 'set', draft: draftOfPrice(price), lost: lostKinds(price), usage: null })}
      >
        {isOwn ? 'Set another price…' : 'Set your own price…'}
      </button>
    </p>
  );
}
