// What a model cost over time: a drawing, and below it each price with its exact numbers, who set it and when.

import { useEffect, useMemo } from 'preact/hooks';
import historyDocument from '../documents/priceHistory.graphql?raw';
import { ask, serverNow } from '../graphql.js';
import { absolute, minute } from '../instant.js';
import { baseRate, baseRates, COLUMNS, isEndable, isVoid } from '../price.js';
import { task } from '../price-task.js';
import { changes } from '../prices.js';
import { Reading } from '../reading.js';
import { isAdmin } from '../session.js';
import { StepChart } from './step-chart.jsx';
import { Dollars, perLabel } from './rate.jsx';

/** All prices of a model, or of a custom unit; read anew after each change. @returns {Reading} */
export function usePriceHistory({ provider, model, unit }) {
  const history = useMemo(() => {
    const named = unit === null ? { provider, model } : { unit };
    return new Reading(async (signal) => (await ask(historyDocument, named, signal)).priceHistory);
  }, [provider, model, unit]);
  useEffect(() => {
    history.run();
    return () => history.stop();
  }, [history, changes.value]);
  return history;
}

/** `prices`: newest first. `shown`: the one whose rates are shown beside. */
export function PriceHistory({ prices, shown, onChoose }) {
  if (!prices.length) return <p class="none">No price was ever known.</p>;
  const units = unitsOf(prices);
  const hasEnds = isAdmin.value && prices.some((price) => isEndable(price, serverNow()));
  return (
    <>
      <StepChart prices={prices} />
      <div class="history-table" tabIndex={0} role="region" aria-label="Prices over time">
        <table class="lines">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">To</th>
              {units.map(({ unit, label, per }) => (
                <th key={unit} scope="col" class="number">
                  {label} <span class="per">/ {perLabel(per)}</span>
                </th>
              ))}
              <th scope="col">Source</th>
              {hasEnds && (
                <th scope="col">
                  <span class="unseen">What to do</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {prices.map((price) => (
              <tr key={price.id} class={rowClass(price)} data-testid="past-price">
                <td>
                  <button
                    type="button"
                    class="from"
                    aria-pressed={price.id === shown?.id}
                    title="Show all of its rates"
                    onClick={() => onChoose(price.id)}
                  >
                    {price.effectiveFrom === null ? 'since ever' : <Moment at={price.effectiveFrom} />}
                  </button>
                  {price.dailyFrom !== null && (
                    <span class="per">
                      {' '}
                      {price.dailyFrom}–{price.dailyTo} UTC
                    </span>
                  )}
                </td>
                <td>{price.effectiveTo === null ? <span class="none">open</span> : <Moment at={price.effectiveTo} />}</td>
                {units.map(({ unit, per }) => {
                  const rate = baseRates(price).find((rate) => rate.unit === unit && rate.per === per);
                  return (
                    <td key={unit} class="number">
                      {rate ? <Dollars amount={rate.amount} /> : <span class="none">—</span>}
                    </td>
                  );
                })}
                <td class="source">
                  <Source price={price} />
                </td>
                {hasEnds && <td class="action">{isEndable(price, serverNow()) && <End price={price} />}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function rowClass(price) {
  if (isVoid(price)) return 'void';
  const now = serverNow();
  const begins = price.effectiveFrom === null || Date.parse(price.effectiveFrom) <= now;
  const ended = price.effectiveTo !== null && Date.parse(price.effectiveTo) <= now;
  return begins && !ended ? 'holding' : '';
}

/** The units with a column, or the first that there is in their stead; `per` as the newest price has it. */
function unitsOf(prices) {
  const used = COLUMNS.map(({ unit, label }) => ({ unit, label, per: perIn(prices, unit) })).filter(({ per }) => per !== null);
  if (used.length) return used;
  const [first] = baseRates(prices[0]);
  return first ? [{ unit: first.unit, label: first.unit, per: first.per }] : [];
}

function perIn(prices, unit) {
  const price = prices.find((price) => baseRate(price, unit));
  return price ? baseRate(price, unit).per : null;
}

function Moment({ at }) {
  return (
    <time dateTime={at} title={absolute(at)}>
      {minute(at)}
    </time>
  );
}

function Source({ price }) {
  const { source, recordedAt, recordedBy, endedAt, endedBy } = price;
  if (source === 'CATALOGUE') {
    return (
      <span title={`Learnt ${absolute(recordedAt)}`}>
        catalogue<span class="per">, learnt {minute(recordedAt)}</span>
      </span>
    );
  }
  return (
    <>
      {isVoid(price) && <span class="mark">void</span>}
      <span class="mark own">override</span> <By who={recordedBy} at={recordedAt} verb="set" as={price.effectiveFrom} />
      {endedAt && (
        <>
          ; <By who={endedBy} at={endedAt} verb="ended" as={price.effectiveTo} />
        </>
      )}
    </>
  );
}

/** `as`: where it was done at the very time that the row shows, it is not said again. */
function By({ who, at, verb, as }) {
  return (
    <span title={`${verb} ${absolute(at)}`}>
      {verb} by {who ?? 'somebody'}
      {minute(at) !== minute(as) && <span class="per">, {minute(at)}</span>}
    </span>
  );
}

function End({ price }) {
  return (
    <button type="button" class="small" onClick={() => (task.value = { kind: 'end', price })}>
      End…
    </button>
  );
}
