// Nothing was recorded yet: how to record the first event.

import recordDocument from '../documents/recordEvents.graphql?raw';
import { CopyButton } from './copy-button.jsx';

const EXAMPLE = `{"id": "my-first-event", "customerId": "acme", "featureId": "chat",
      "provider": "openai", "model": "gpt-4o-mini", "inputTokens": 1200, "outputTokens": 340}`;

/** `children`: what will be seen here once there is something. */
export function FirstEvent({ children }) {
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
      <p>{children}</p>
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
