// A new secret for a webhook.

import { useSignal } from '@preact/signals';
import { closeTask } from '../alerts.js';
import rotateAlertDestinationSecret from '../documents/rotateAlertDestinationSecret.graphql?raw';
import { ask } from '../graphql.js';
import { Confirmation } from './confirmation.jsx';
import { DestinationIsMade } from './destination-is-made.jsx';

const LABELS = { confirm: 'Make a new secret', busy: 'Making…', leave: 'Keep it as it is' };

export function RotateSecret({ task: { destination } }) {
  const made = useSignal(null);

  async function rotate() {
    made.value = (await ask(rotateAlertDestinationSecret, { id: destination.id })).rotateAlertDestinationSecret;
  }

  if (made.value) return <DestinationIsMade made={made.value} isNew={false} />;
  return (
    <Confirmation labels={LABELS} onConfirm={rotate} onLeave={closeTask}>
      <p class="subject">
        <code>{destination.name}</code> <span class="per">{destination.target}</span>
      </p>
      <p>For a day messages are signed by both secrets; then by the new one alone.</p>
    </Confirmation>
  );
}
