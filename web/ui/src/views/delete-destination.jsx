// Taking away where alerts are sent.

import { deliveries, destinations } from '../alert-destinations.js';
import { closeTask, rules } from '../alerts.js';
import deleteAlertDestination from '../documents/deleteAlertDestination.graphql?raw';
import { ask } from '../graphql.js';
import { Confirmation } from './confirmation.jsx';

const LABELS = { confirm: 'Delete the destination', busy: 'Deleting…', leave: 'Keep it' };

export function DeleteDestination({ task: { destination } }) {
  const telling = (rules.value.value ?? []).filter(({ destinationIds }) => destinationIds.includes(destination.id));

  async function remove() {
    await ask(deleteAlertDestination, { id: destination.id });
    destinations.run();
    deliveries.run();
    closeTask();
  }

  return (
    <Confirmation labels={LABELS} onConfirm={remove} onLeave={closeTask}>
      <p class="subject">
        <code>{destination.name}</code> <span class="per">{destination.target}</span>
      </p>
      <p>
        What waits for it is given up. {telling.length ? `Told by ${telling.map(({ name }) => `“${name}”`).join(', ')}, it is told no more.` : 'No rule tells it.'}
      </p>
    </Confirmation>
  );
}
