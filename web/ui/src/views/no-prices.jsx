// No rows: nothing that holds now is called so. A model that had a price once still has its history.

import { useState } from 'preact/hooks';
import { isEverything, want, wanted } from '../prices-query.js';
import { PriceHistory, usePriceHistory } from './price-history.jsx';
import { RateTable } from './rate-table.jsx';

export function NoPrices() {
  if (isEverything.value) {
    return (
      <section class="notice">
        <h2>No prices are known</h2>
        <p>The catalogue is empty: costs are unknown until it is refreshed, or prices are set here.</p>
      </section>
    );
  }
  const { search, provider, model } = wanted.value;
  const names = [search, model].filter(Boolean).map((name) => `“${name}”`);
  return (
    <>
      <section class="notice">
        <h2>No price found</h2>
        <p>
          Nothing that has a price now is called {names.join(' and ') || 'so'}
          {provider && ` at ${provider}`}.
        </p>
        <button type="button" class="primary" onClick={() => want({ search: null, provider: null, model: null })}>
          Show all prices
        </button>
      </section>
      {provider && model && <Past provider={provider} model={model} />}
    </>
  );
}

/** What it cost, where it cost something once or will. */
function Past({ provider, model }) {
  const prices = usePriceHistory({ provider, model, unit: null }).value.value;
  const [chosen, choose] = useState(null);
  if (!prices?.length) return null;
  const shown = prices.find((price) => price.id === chosen);
  return (
    <section class="detail price-detail" aria-label="Price details">
      {shown && (
        <section class="rates">
          <h3>Rates in US dollars</h3>
          <RateTable price={shown} />
        </section>
      )}
      <section class="history">
        <h3>
          Other prices of {model} of {provider}
        </h3>
        <PriceHistory prices={prices} shown={shown} onChoose={choose} />
      </section>
    </section>
  );
}
