// Firings, one a row: of which rule and key, what was found, since when, and who knows.

import { exactWorth, keyLabel, worth } from '../alert-measure.js';
import { ruleId, setRuleId } from '../alerts-query.js';
import { grouped, isZero } from '../amount.js';
import { serverNow } from '../graphql.js';
import { absolute, ago, minute } from '../instant.js';
import { isAdmin } from '../session.js';
import { Acknowledge } from './acknowledge.jsx';

const HEADS = ['Rule', 'Key', 'Value', 'Limit', 'Usual', 'Most', 'Began', 'State'];
const NUMBERS = ['Value', 'Limit', 'Usual', 'Most'];
const STATES = { OPEN: 'Open', ACKNOWLEDGED: 'Acknowledged', RESOLVED: 'Over' };

export function FiringTable({ firings, labelledBy, isPast }) {
  const now = serverNow();
  return (
    <table class="alert-table firing-table" aria-labelledby={labelledBy}>
      <thead>
        <tr>
          {HEADS.map((head) => (
            <th key={head} scope="col" class={NUMBERS.includes(head) ? 'number' : ''}>
              {head === 'State' && isPast ? 'Lasted' : head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {firings.map((firing) => (
          <Row key={firing.id} firing={firing} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ firing, now }) {
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
      <Amount rule={rule} amount={firing.limit === null ? null : firing.value} unpriced={firing.unpricedEvents} head="Value" none="no events" />
      <Amount rule={rule} amount={firing.limit} head="Limit" />
      <Amount rule={rule} amount={firing.usual} head="Usual" />
      <Amount rule={rule} amount={firing.limit === null ? null : firing.peak} head="Most" />
      <td class="began">
        <time dateTime={openedAt} title={absolute(openedAt)}>
          {state === 'RESOLVED' ? minute(openedAt) : ago(openedAt, now)}
        </time>
      </td>
      <td class="standing">
        {state === 'RESOLVED' ? lasted(firing) : <span class="state">{STATES[state]}</span>}
        {firing.acknowledgedBy && <span class="per"> by {firing.acknowledgedBy}</span>}
        {state === 'OPEN' && isAdmin.value && <Acknowledge firing={firing} />}
      </td>
    </tr>
  );
}

/** The head stands beside it where there is no column for it. */
function Amount({ rule, amount, unpriced = '0', head, none = '—' }) {
  const isLeast = rule.measure === 'COST' && !isZero(unpriced);
  return (
    <td class={`number ${head.toLowerCase()}`} data-head={head}>
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

/** `12 min`, `3 h`. */
function lasted({ openedAt, resolvedAt }) {
  return ago(openedAt, Date.parse(resolvedAt)).replace(' ago', '').replace('now', '0 s');
}
