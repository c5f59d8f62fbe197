// Where alerts are sent: who is told, and what could not be told.

import { destinations, KINDS, sendTest } from '../alert-destinations.js';
import { task } from '../alerts.js';
import { absolute } from '../instant.js';
import { isAdmin } from '../session.js';
import { Deliveries } from './deliveries.jsx';
import { Failure } from './failure.jsx';
import { RowAction } from './row-action.jsx';
import { Skeleton } from './skeleton.jsx';

export function Destinations() {
  const known = destinations.value.value;
  if (!known) {
    const problem = destinations.problem.value;
    return problem ? <Failure what="The destinations" problem={problem} onRetry={() => destinations.run()} /> : <Skeleton what="destinations" />;
  }
  return (
    <>
      {known.length ? <Table all={known} /> : <NoDestinations />}
      {isAdmin.value && <Deliveries destinations={known} />}
    </>
  );
}

function NewDestination() {
  return (
    <button type="button" class="primary" onClick={() => (task.value = { kind: 'destination' })}>
      New destination…
    </button>
  );
}

function NoDestinations() {
  return (
    <section class="notice">
      <h2>Nobody is told yet</h2>
      <p>Alerts can be sent to a webhook, to Slack and chats like it, or by e-mail. Without that they are shown here and by the bell.</p>
      {isAdmin.value ? (
        <p class="actions">
          <NewDestination />
        </p>
      ) : (
        <p>An admin of this workspace says who is told.</p>
      )}
    </section>
  );
}

function Table({ all }) {
  return (
    <section class="firings" aria-labelledby="destinations-title">
      <div class="keys-head">
        <h2 id="destinations-title">Destinations</h2>
        <p>Rules say which of them are told.</p>
        {isAdmin.value && <NewDestination />}
      </div>
      <table class="alert-table rule-table" aria-labelledby="destinations-title">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Kind</th>
            <th scope="col">Where to</th>
            {isAdmin.value && (
              <th scope="col">
                <span class="unseen">Change</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {all.map((destination) => (
            <Row key={destination.id} destination={destination} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ destination }) {
  const { name, kind, target, createdAt, createdBy } = destination;
  return (
    <tr class="rule-row" data-testid="destination">
      <th scope="row" class="rule" title={`Made by ${createdBy}, ${absolute(createdAt)}`}>
        {name}
      </th>
      <td class="kind">{KINDS.find(({ id }) => id === kind).label}</td>
      <td class="sentence">{target}</td>
      {isAdmin.value && (
        <td class="row-actions">
          <RowAction label="Send a test" name={`Send a test to ${name}`} onRun={() => sendTest(destination)} />
          {kind === 'WEBHOOK' && (
            <button type="button" class="small" aria-label={`New secret of ${name}`} onClick={() => (task.value = { kind: 'secret', destination })}>
              New secret…
            </button>
          )}
          <button type="button" class="small" aria-label={`Delete ${name}`} onClick={() => (task.value = { kind: 'undestine', destination })}>
            Delete…
          </button>
        </td>
      )}
    </tr>
  );
}
