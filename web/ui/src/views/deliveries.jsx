// What was sent, what waits, and what was given up: that can be sent again.

import { useEffect } from 'preact/hooks';
import { deliveries, deliveryState, DELIVERY_STATES, extend, extending, sendAgain, sendAllAgain, startDeliveries } from '../alert-destinations.js';
import { serverNow } from '../graphql.js';
import { absolute, ago, shortly } from '../instant.js';
import { Choice } from './choice.jsx';
import { Failure } from './failure.jsx';
import { RowAction } from './row-action.jsx';

const NONE = {
  DEAD: 'Nothing was given up: all that was to be sent arrived, or is tried again.',
  PENDING: 'Nothing waits.',
  SENT: 'Nothing was sent in the last 30 days.',
};
const WHEN = { DEAD: 'Given up', PENDING: 'Next try', SENT: 'Sent' };

/** `destinations`: those that there are; what was for others cannot be sent again. */
export function Deliveries({ destinations }) {
  useEffect(startDeliveries, []);
  const known = deliveries.value.value;
  const problem = deliveries.problem.value;
  return (
    <section class="firings deliveries" aria-labelledby="deliveries-title">
      <div class="keys-head">
        <h2 id="deliveries-title">Deliveries</h2>
        <Choice label="Deliveries" options={DELIVERY_STATES} value={deliveryState.value} onChange={(id) => (deliveryState.value = id)} />
        <span class="space" />
        {deliveryState.value === 'DEAD' && known && <AllAgain nodes={known.nodes} destinations={destinations} />}
      </div>
      {!known && problem && <Failure what="The deliveries" problem={problem} onRetry={() => deliveries.run()} />}
      {known?.nodes.length === 0 && <p class="none">{NONE[deliveryState.value]}</p>}
      {known?.nodes.length > 0 && <Table nodes={known.nodes} destinations={destinations} />}
      {known?.pageInfo.hasNextPage && (
        <p class="more">
          <button type="button" disabled={extending.value} onClick={extend}>
            {extending.value ? 'Loading…' : 'Show more'}
          </button>
        </p>
      )}
    </section>
  );
}

/** One button for each destination that something was not brought to. */
function AllAgain({ nodes, destinations }) {
  return destinations
    .filter(({ id }) => nodes.filter(({ destinationId }) => destinationId === id).length > 1)
    .map(({ id, name }) => (
      <RowAction key={id} label={`Send all to ${name} again`} name={`Send all to ${name} again`} onRun={() => sendAllAgain(id)} />
    ));
}

function Table({ nodes, destinations }) {
  const state = deliveryState.value;
  const isDead = state === 'DEAD';
  const now = serverNow();
  return (
    <table class="alert-table rule-table" aria-labelledby="deliveries-title">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Where to</th>
          <th scope="col" class="number">
            Tries
          </th>
          <th scope="col">{WHEN[state]}</th>
          {state !== 'SENT' && <th scope="col">Why not yet</th>}
          {isDead && (
            <th scope="col">
              <span class="unseen">Again</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {nodes.map((node) => (
          <tr key={node.id} class="rule-row delivery" data-testid="delivery">
            <th scope="row" class="rule">
              {node.subject}
            </th>
            <td class="of">{node.destinationName}</td>
            <td class="number tries">{node.attempts}</td>
            <td class="when">
              <When node={node} now={now} />
            </td>
            {state !== 'SENT' && <td class="sentence">{node.lastError ?? <span class="none">—</span>}</td>}
            {isDead && (
              <td class="row-actions">
                {destinations.some(({ id }) => id === node.destinationId) ? (
                  <RowAction label="Send again" name={`Send again to ${node.destinationName}: ${node.subject}`} onRun={() => sendAgain(node.id)} />
                ) : (
                  <span class="none">deleted</span>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function When({ node, now }) {
  const at = node.givenUpAt ?? node.sentAt ?? node.nextAt;
  if (!at) return <span class="none">—</span>;
  return (
    <time dateTime={at} title={absolute(at)}>
      {node.state === 'PENDING' ? ago(at, now) : shortly(at)}
    </time>
  );
}
