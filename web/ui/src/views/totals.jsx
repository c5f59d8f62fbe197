// What the range adds up to, each number beside that of the range before.

import { grouped, isZero } from '../amount.js';
import { serverNow } from '../graphql.js';
import { amountOf, changeOf, measureWith, percent, told } from '../measure.js';
import { worklistHref } from '../prices-query.js';
import { spanOf } from '../zone.js';
import { Amount } from './amount.jsx';

const COST = measureWith('cost');
const EVENTS = measureWith('events');

export function Totals({ read }) {
  const { totals, previous } = read;
  return (
    <section class="totals" aria-label="Totals" data-testid="totals">
      <dl>
        <Total label="Cost" measure={COST} now={amountOf(COST, totals)} before={amountOf(COST, previous)} />
        <Total label="Events" now={count(totals.events)} before={count(previous.events)} />
        <Total label="Tokens in" now={count(totals.usage.inputTokens)} before={count(previous.usage.inputTokens)} />
        <Total label="Tokens out" now={count(totals.usage.outputTokens)} before={count(previous.usage.outputTokens)} />
        <ErrorRate totals={totals} previous={previous} />
      </dl>
      <p class="compared">
        <Ranges read={read} />
        <Coverage read={read} />
      </p>
    </section>
  );
}

function Total({ label, measure = EVENTS, now, before }) {
  const change = changeOf(now, before);
  return (
    <div class="total">
      <dt>{label}</dt>
      <dd class="amount">
        <Amount measure={measure} {...now} />
      </dd>
      <dd class="before">
        {change && <span class="change">{change}</span>} <span class="past">from {told(measure, before)}</span>
      </dd>
    </div>
  );
}

/** Counts are always known. */
function count(amount) {
  return { amount, known: 'all' };
}

function ErrorRate({ totals, previous }) {
  const points = (totals.errorRate - previous.errorRate) * 100;
  const size = Math.abs(points).toFixed(1);
  const change = size === '0.0' ? '0.0 pp' : `${points < 0 ? '−' : '+'}${size} pp`;
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
            {change}
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
