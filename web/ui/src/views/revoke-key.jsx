// Ending a key for good.

import revokeApiKey from '../documents/revokeApiKey.graphql?raw';
import { ask, serverNow } from '../graphql.js';
import { ago } from '../instant.js';
import { closeTask, keys } from '../keys.js';
import { Confirmation } from './confirmation.jsx';

const LABELS = { confirm: 'Revoke the key', busy: 'Revoking…', leave: 'Keep it' };

export function RevokeKey({ task: { key } }) {
  async function revoke() {
    await ask(revokeApiKey, { id: key.id });
    keys.run();
    closeTask();
  }

  return (
    <Confirmation labels={LABELS} onConfirm={revoke} onLeave={closeTask}>
      <p class="subject">
        <code>{key.name}</code> <span class="per">{key.prefix}…</span>
      </p>
      <p>
        Whatever uses it stops within a second, open feeds and customers’ tokens made with it included. This cannot be undone.{' '}
        {key.lastUsedAt ? `It was last used ${ago(key.lastUsedAt, serverNow())}.` : 'It was never used.'}
      </p>
    </Confirmation>
  );
}
