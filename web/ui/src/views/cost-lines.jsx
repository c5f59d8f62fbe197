// What an event cost, line by line, to the last digit.

import { exactDollars, grouped, placesOf, shifted, trimmed } from '../amount.js';
import { otherDay } from '../instant.js';
import { pricesHref } from '../prices-query.js';
import { letReportedCostsCount } from '../reported-providers.js';
import { isAdmin } from '../session.js';
import { RowAction } from './row-action.jsx';

const STATUS = {
  PRICED: null,
  PARTIAL: 'The cost is not known in full.',
  UNPRICED: 'The cost is unknown, not zero.',
  SUPPLIED: 'The caller gave this cost.',
  REPORTED: 'The provider or gateway reported this cost, and it counts in this workspace.',
};

export function CostLines({ event }) {
  const { amount, status, lines, price, reasons, reported } = event.cost;
  // Points stand below each other: all amounts get as many places as the longest one has.
  const places = Math.max(2, ...[amount, ...lines.map((line) => line.amount)].map((one) => placesOf(one ?? '')));
  return (
    <section>
      <h3>Cost</h3>
      <table class="lines">
        <thead>
          <tr>
            <th scope="col">Unit</th>
            <th scope="col" class="number">
              Quantity
            </th>
            <th scope="col" class="number">
              Unit price
            </th>
            <th scope="col" class="number">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={JSON.stringify([line.unit, line.model])}>
              <td>
                <code>{line.unit}</code>
                {line.model && <span class="per"> of {line.model}</span>}
              </td>
              <td class="number">{grouped(trimmed(line.quantity))}</td>
              <td class="number">
                <UnitPrice line={line} />
              </td>
              <td class="number">{line.amount === null ? <Unknown /> : exactDollars(line.amount, places)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              Total
            </th>
            <td class="number" data-testid="total">
              {amount === null ? <Unknown /> : `${status === 'PARTIAL' ? '≥ ' : ''}${exactDollars(amount, places)}`}
            </td>
          </tr>
        </tfoot>
      </table>
      {STATUS[status] && (
        <p class="hint">
          {STATUS[status]} {status !== 'SUPPLIED' && status !== 'REPORTED' && reasons.map(({ message }) => message).join(' ')}
        </p>
      )}
      {reported && <Reported reported={reported} provider={event.provider} />}
      {price && <AppliedPrice price={price} />}
    </section>
  );
}

/** Tokens are priced by the million, as everybody quotes them; the price of one is in the title. */
function UnitPrice({ line }) {
  const { unit, unitPrice } = line;
  if (unitPrice === null) return <Unknown />;
  if (!unit.endsWith('tokens')) return exactDollars(unitPrice);
  return (
    <span title={`${exactDollars(unitPrice)} for one`}>
      {exactDollars(shifted(unitPrice, 6))}
      <span class="per"> / 1M</span>
    </span>
  );
}

/** What the provider or gateway says it charged, beside our own cost. */
function Reported({ reported: { amount, status, computed, counts }, provider }) {
  return (
    <p class={`hint ${status === 'DIFFERS' ? 'differs' : ''}`} data-testid="reported">
      {counts ? 'The price book says ' : 'The provider or gateway reported '}
      <strong>{counts ? <Dollars amount={computed} /> : exactDollars(amount)}</strong>
      {COMPARED[status]}{' '}
      {!counts && provider && isAdmin.value && (
        <RowAction label="Let it count" name={`Let reported costs of ${provider} count`} onRun={() => count(provider)} />
      )}
    </p>
  );
}

async function count(provider) {
  await letReportedCostsCount(provider, true);
  return { isGood: true, words: `What ${provider} reports is the cost of new events now. Reprice earlier ones on the Prices page.` };
}

const COMPARED = {
  AGREES: ', which agrees.',
  DIFFERS: ': more than 1 % apart.',
  NOT_COMPARED: '; there is no cost of ours to compare it with.',
};

function Dollars({ amount }) {
  return amount === null ? <Unknown /> : exactDollars(amount);
}

function Unknown() {
  return (
    <span class="none" title="No price known">
      —
    </span>
  );
}

function AppliedPrice({ price }) {
  const since = price.effectiveFrom && ` since ${dayOf(price.effectiveFrom)}`;
  const until = price.effectiveTo && ` until ${dayOf(price.effectiveTo)}`;
  const daily = price.dailyFrom && `, from ${price.dailyFrom} to ${price.dailyTo} UTC`;
  return (
    <p class="hint">
      Price of{' '}
      <a href={pricesHref(price.unit === null ? price : { search: price.unit })}>
        <code>{price.unit ?? `${price.provider} ${price.model}`}</code>
      </a>
      , {price.source === 'OVERRIDE' ? 'set in this workspace' : 'from the catalogue'}
      {since}
      {until}
      {daily}
    </p>
  );
}

function dayOf(instant) {
  return otherDay(instant) ?? 'today';
}
