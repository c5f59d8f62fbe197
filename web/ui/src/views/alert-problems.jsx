// What rules cannot be evaluated for: above all that the Alerts page shows, while there is any.

import { problems } from '../alerts.js';
import { serverNow } from '../graphql.js';
import { absolute, ago } from '../instant.js';
import { grouped } from '../amount.js';

export function AlertProblems() {
  const known = problems.value.value ?? [];
  if (!known.length) return null;
  return (
    <section class="alert-problems" role="alert" aria-labelledby="alert-problems-title" data-testid="alert-problems">
      <h2 id="alert-problems-title">Not everything is evaluated</h2>
      <ul>
        {known.map((problem) => (
          <li key={`${problem.kind} ${problem.ruleId}`}>
            <b>{titleOf(problem)}</b>{' '}
            <time dateTime={problem.since} title={absolute(problem.since)}>
              {ago(problem.since, serverNow())}
            </time>
            <code>{problem.message}</code>
          </li>
        ))}
      </ul>
      <p>All other rules and events are evaluated. These are tried again by themselves.</p>
    </section>
  );
}

function titleOf({ kind, ruleId, ruleName, events, eventIds }) {
  if (kind === 'WORKSPACE') return 'No rule is evaluated.';
  if (kind === 'RULE') return `The rule “${ruleName ?? ruleId}” is not evaluated in full.`;
  const ids = eventIds.join(', ') + (Number(events) > eventIds.length ? ' …' : '');
  return `${grouped(events)} ${events === '1' ? 'event' : 'events'} could not be counted: ${ids}.`;
}
