// Firings, one a row: of which rule and key, what was found, since when, and who knows.

import { exactWorth, keyLabel, worth } from '../alert-measure.js';
import { ruleId, setRuleId } from '../alerts-query.js';
import { grouped, isZero } from '../amount.js';
import { serverNow } from '../graphql.js';
import { absolute, ago, lasted, shortly } from '../instant.js';
import { isAdmin } from '../session.js';
import { Acknowledge } from './acknowledge.jsx';

const HEADS = [
  { slug: 'rule', label: 'Rule' },
  { slug: 'of', label: 'Key' },
  { slug: 'value', label: 'Value', isNumber: true },
  { slug: 'limit', label: 'Limit', isNumber: true },
  { slug: 'usual', label: 'Usual', isNumber: true },
  { slug: 'most', label: 'Most', isNumber: true },
  { slug: 'began', label: 'Began' },
];
const STATES = { OPEN: 'Open', ACKNOWLEDGED: 'Acknowledged', RESOLVED: 'Over' };

export function FiringTable({ firings, labelledBy, isPast }) {
  const now = serverNow();
  // Only what rises or stands out was compared with something.
  const hasUsual = firings.some(({ usual }) => usual !== null);
  return (
    <table class="alert-table firing-table" aria-labelledby={labelledBy}>
      <thead>
        <tr>
          {HEADS.filter(({ slug }) => slug !== 'usual' || hasUsual).map(({ slug, label, isNumber }) => (
            <th key={slug} scope="col" class={isNumber ? `number ${slug}` : slug}>
              {label}
            </th>
          ))}
          <th scope="col" class="standing">
            {isPast ? 'Lasted' : 'State'}
          </th>
        </tr>
      </thead>
      <tbody>
        {firings.map((firing) => (
          <Row key={firing.id} firing={firing} now={now} hasUsual={hasUsual} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ firing, now, hasUsual }) {
  const { rule, key, openedAt, state } = firing;
  const label = keyLabel(rule, key);
  return (
    <tr class={`firing ${state.toLowerCase()}`} data-testid="firing">
      <th scope="row" class="rule">
        <button type="button" class="link" title="Only this rule’s" disabled={ruleId.value === rule.id} onClick={() => setRuleId(rule.id)}>
          {rule.name}
        </button>
      </th>
      <td class="of">{label === null ? <span class="none">—</span> : <span title={label}>{label}</span>}</td>
      <Amount slug="value" rule={rule} amount={firing.limit === null ? null : firing.value} unpriced={firing.unpricedEvents} none="no events" />
      <Amount slug="limit" rule={rule} amount={firing.limit} />
      {hasUsual && <Amount slug="usual" rule={rule} amount={firing.usual} />}
      <Amount slug="most" rule={rule} amount={firing.limit === null ? null : firing.peak} />
      <td class="began">
        <time dateTime={openedAt} title={absolute(openedAt)}>
          {state === 'RESOLVED' ? shortly(openedAt) : ago(openedAt, now)}
        </time>
      </td>
      <td class="standing">
        {state === 'RESOLVED' ? lasted(openedAt, firing.resolvedAt) : <span class="state">{STATES[state]}</span>}
        {firing.acknowledgedBy && (
          <span class="per" title={absolute(firing.acknowledgedAt)}>
            {state === 'RESOLVED' && ', known'} by {firing.acknowledgedBy}
          </span>
        )}
        {state === 'OPEN' && isAdmin.value && <Acknowledge firing={firing} />}
      </td>
    </tr>
  );
}

function Amount({ slug, rule, amount, unpriced = '0', none = '—' }) {
  const isLeast = rule.measure === 'COST' && !isZero(unpriced);
  return (
    <td class={`number ${slug}`}>
      {amount === null ? (
        <span class="none">{none}</span>
      ) : (
        <span title={exactWorth(rule, amount)}>
          {isLeast && (
            <span class="sign" title={`At least this much: ${grouped(unpriced)} events have no price`}>
              ≥{' '}
            </span>
          )}
          {worth(rule, amount)}
        </span>
      )}
    </td>
  );
}
