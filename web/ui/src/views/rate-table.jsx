// Every rate of a price: a line for each unit, a column for each kind of request.

import { grouped, placesOf } from '../amount.js';
import { kindOf } from '../price.js';
import { Dollars, perLabel } from './rate.jsx';

export function RateTable({ price }) {
  const kinds = kindsOf(price.rates);
  const columns = kinds.flatMap(({ columns }) => columns.map((column, index) => ({ ...column, shape: index ? 'number' : 'number first' })));
  const hasSizes = columns.some(({ above }) => above !== null);
  const units = unitsOf(price.rates);
  return (
    <div class="rate-table" tabIndex={0} role="region" aria-label="Rates">
      <table class="lines">
        {columns.length > 1 && (
          <thead>
            {kinds.length > 1 && (
              <tr>
                {hasSizes ? <td /> : <th scope="col">Unit</th>}
                {kinds.map(({ kind, columns }) => (
                  <th key={kind} scope="colgroup" colSpan={columns.length} class={columns.length > 1 ? 'kind' : 'kind number'}>
                    {kind || 'standard'}
                  </th>
                ))}
              </tr>
            )}
            {hasSizes && (
              <tr>
                <th scope="col">Unit</th>
                {columns.map(({ above, rates, shape }) => (
                  <th key={keyOf(rates[0])} scope="col" class={shape} title={above === null ? undefined : ABOVE}>
                    {above === null ? 'base' : `> ${grouped(above)}`}
                  </th>
                ))}
              </tr>
            )}
          </thead>
        )}
        <tbody>
          {units.map(({ unit, per }) => (
            <tr key={`${unit} ${per}`}>
              <th scope="row">
                <code>{unit}</code> <span class="per">/ {perLabel(per)}</span>
              </th>
              {columns.map(({ rates, shape }) => {
                const rate = rates.find((rate) => rate.unit === unit && rate.per === per);
                const room = Math.max(...rates.map(({ amount }) => placesOf(amount)));
                return (
                  <td key={keyOf(rates[0])} class={shape}>
                    {rate ? <Dollars amount={rate.amount} room={room} /> : <span class="none">—</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {hasSizes && <p class="hint">{ABOVE}</p>}
      {price.dailyFrom !== null && (
        <p class="hint">
          Each day from {price.dailyFrom} to {price.dailyTo} UTC
        </p>
      )}
    </div>
  );
}

const ABOVE = 'Above so many input tokens, the rate holds for all of the request.';

/** The kinds of calls, the standard one first, each with its columns by the size of the request. */
function kindsOf(rates) {
  const kinds = new Map([['', new Map()]]);
  for (const rate of rates) {
    const kind = kindOf(rate);
    if (!kinds.has(kind)) kinds.set(kind, new Map());
    const columns = kinds.get(kind);
    columns.set(rate.aboveInputTokens, [...(columns.get(rate.aboveInputTokens) ?? []), rate]);
  }
  return [...kinds]
    .map(([kind, columns]) => ({ kind, columns: [...columns].map(([above, rates]) => ({ above, rates })).sort(bySize) }))
    .filter(({ columns }) => columns.length);
}

function bySize(one, other) {
  return Number(one.above ?? -1) - Number(other.above ?? -1);
}

function unitsOf(rates) {
  return [...new Map(rates.map(({ unit, per }) => [`${unit} ${per}`, { unit, per }])).values()];
}

function keyOf(rate) {
  return `${kindOf(rate)} ${rate.aboveInputTokens}`;
}
