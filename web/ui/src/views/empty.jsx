// No rows: because of the filter, because of the range, or because nothing was recorded yet.

import { clear, filter, range, setRange } from '../activity-query.js';
import recordDocument from '../documents/recordEvents.graphql?raw';
import { isEmpty } from '../filter.js';
import { ALL_TIME, isBackwards } from '../range.js';
import { CopyButton } from './copy-button.jsx';

export function Empty() {
  if (!isEmpty(filter.value)) {
    return (
      <section class="notice">
        <h2>No event matches</h2>
        <p>No event has all of these values{range.value.id === 'all' ? '' : ' in this range'}. New ones that match will appear here.</p>
        <button type="button" class="primary" onClick={clear}>
          Clear the filter
        </button>
      </section>
    );
  }
  if (range.value.id !== 'all') {
    return (
      <section class="notice">
        <h2>{isBackwards(range.value) ? 'The range ends before it begins' : 'No events in this range'}</h2>
        <button type="button" class="primary" onClick={() => setRange(ALL_TIME)}>
          Show all time
        </button>
      </section>
    );
  }
  return <Nothing />;
}

const EXAMPLE = `{"id": "my-first-event", "customerId": "acme", "featureId": "chat",
      "provider": "openai", "model": "gpt-4o-mini", "inputTokens": 1200, "outputTokens": 340}`;

function Nothing() {
  const query = recordDocument.replace(/\s+/g, ' ').trim();
  const command = [
    `curl ${location.origin}/graphql \\`,
    `  -H 'Authorization: Bearer om_live_…' \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '{"query": ${JSON.stringify(query)},`,
    `    "variables": {"events": [`,
    `      ${EXAMPLE}]}}'`,
  ].join('\n');
  return (
    <section class="notice">
      <h2>Nothing recorded yet</h2>
      <p>Events appear here the moment they are recorded. Record one:</p>
      <pre class="command" tabIndex={0} aria-label="Example command">
        {command}
      </pre>
      <p class="actions">
        <CopyButton text={command} label="Copy the command" />
      </p>
      <p>
        In place of <code>om_live_…</code> goes a key that may write: <code>livemeter key create my-app --scope EVENTS_WRITE</code>
      </p>
    </section>
  );
}
