// What goes on, in few words, over whatever page one is on.

import { alertConnection, goingOn, openCount } from '../alert-feed.js';
import { findingOf, keyLabel } from '../alert-measure.js';
import { serverNow } from '../graphql.js';
import { absolute, ago } from '../instant.js';
import { isAdmin } from '../session.js';
import { Acknowledge } from './acknowledge.jsx';

const SHOWN = 8;

export function AlertPanel({ onClose }) {
  const all = goingOn.value;
  // What nobody knows of comes first.
  const shown = [...all.filter(isOpen), ...all.filter((firing) => !isOpen(firing))].slice(0, SHOWN);
  const isLost = ['waiting', 'offline'].includes(alertConnection.value.state);
  return (
    <div class="alert-panel" role="group" aria-label="What goes on">
      {isLost && <p class="lost">The connection is lost: this may be out of date.</p>}
      {shown.length === 0 ? (
        <p class="none">{openCount.value === null ? 'Not known yet.' : 'All quiet: no rule fires.'}</p>
      ) : (
        <ul>
          {shown.map((firing) => (
            <Firing key={firing.id} firing={firing} />
          ))}
        </ul>
      )}
      <p class="alert-panel-foot">
        <a href="/alerts" onClick={onClose}>
          All alerts
        </a>
        {all.length > SHOWN && <span class="per">{SHOWN} of those that go on are shown</span>}
      </p>
    </div>
  );
}

function isOpen({ state }) {
  return state === 'OPEN';
}

function Firing({ firing }) {
  const { rule, key, openedAt } = firing;
  const label = keyLabel(rule, key);
  return (
    <li class={isOpen(firing) ? 'open' : ''}>
      <span class="alert-panel-rule">
        {rule.name}
        {label !== null && <span class="alert-key">{label}</span>}
      </span>
      <span class="alert-panel-what">
        {findingOf(rule, firing)} ·{' '}
        <time dateTime={openedAt} title={absolute(openedAt)}>
          {ago(openedAt, serverNow())}
        </time>
        {!isOpen(firing) && ` · ${firing.acknowledgedBy} knows`}
      </span>
      {isOpen(firing) && isAdmin.value && <Acknowledge firing={firing} />}
    </li>
  );
}
