// What the range adds up to, each number beside that of the range before.

import { exactDollars, grouped, isZero } from '../amount.js';
import { serverNow } from '../graphql.js';
import { changeBetween, percent } from '../measure.js';
import { worklistHref } from '../prices-query.js';
import { spanOf } from '../zone.js';
import { Money } from './money.jsx';

export function Totals({ read }) {
  const { totals, previous } = read;
  return (
    <section class="totals" aria-label="Totals" data-testid="totals">
      <dl>
        <Total label="Cost" now={totals.cost} before={previous.cost} format={exactDollars}>
          {!isZero(totals.unpricedEvents) && (
            <span class="sign" title="At least this much: not every event has a price">
              ≥{' '}
            </span>
          )}
          <Money amount={totals.cost} />
        </Total>
        <Total label="Events" now={totals.events} before={previous.events} />
        <Total label="Tokens in" now={totals.usage.inputTokens} before={previous.usage.inputTokens} />
        <Total label="Tokens out" now={totals.usage.outputTokens} before={previous.usage.outputTokens} />
        <ErrorRate totals={totals} previous={previous} />
      </dl>
      <p class="compared">
        <Ranges read={read} />
        <Coverage read={read} />
      </p>
    </section>
  );
}

function Total({ label, now, before, format = grouped, children }) {
  const told = changeBetween(now, before);
  return (
    <div class="total">
      <dt>{label}</dt>
      <dd class="amount">{children ?? grouped(now)}</dd>
      <dd class="before">
        {told && <span class="change">{told}</span>} <span class="past">from {format(before)}</span>
      </dd>
    </div>
  );
}

function ErrorRate({ totals, previous }) {
  const points = (totals.errorRate - previous.errorRate) * 100;
  const size = Math.abs(points).toFixed(1);
  const told = size === '0.0' ? '0.0 pp' : `${points < 0 ? '−' : '+'}${size} pp`;
  const isTold = !isZero(totals.events) && !isZero(previous.events);
  return (
    <div class="total">
      <dt>Error rate</dt>
      <dd class="amount" title={`${grouped(totals.errors)} of ${grouped(totals.events)} events`}>
        {percent(totals.errorRate)}
        <span class="of">{grouped(totals.errors)}</span>
      </dd>
      <dd class="before">
        {isTold && (
          <span class="change" title="Percentage points">
            {told}
          </span>
        )}{' '}
        <span class="past">from {percent(previous.errorRate)}</span>
      </dd>
    </div>
  );
}

/** Which range is compared with which; a range that is not over is compared with a whole one. */
function Ranges({ read }) {
  const { zone } = read.asked;
  const [shown, before] = [read.range, read.previousRange].map(({ from, to }) => spanOf(Date.parse(from), Date.parse(to), zone));
  const isOver = Date.parse(read.range.to) <= serverNow();
  return (
    <span>
      <b>{shown}</b>
      {!isOver && ' so far'}, compared with <b>{before}</b>
    </span>
  );
}

function Coverage({ read }) {
  const { coverage, unpricedEvents } = read.totals;
  if (isZero(unpricedEvents)) return null;
  return (
    <a class="coverage" href={worklistHref(read)}>
      {percent(coverage)} of events have a price in full; {grouped(unpricedEvents)} {unpricedEvents === '1' ? 'does' : 'do'} not
    </a>
  );
}
