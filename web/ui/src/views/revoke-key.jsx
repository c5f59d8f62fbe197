// Ending a key for good.

import { useSignal } from '@preact/signals';
import revokeApiKey from '../documents/revokeApiKey.graphql?raw';
import { ask, serverNow } from '../graphql.js';
import { ago } from '../instant.js';
import { closeTask, keys } from '../keys.js';
import { heed } from '../session.js';

export function RevokeKey({ task: { key } }) {
  const problem = useSignal(null);
  const isBusy = useSignal(false);

  async function submit(event) {
    event.preventDefault();
    isBusy.value = true;
    try {
      await ask(revokeApiKey, { id: key.id });
      keys.run();
      closeTask();
    } catch (failure) {
      if (!heed(failure)) problem.value = failure;
      isBusy.value = false;
    }
  }

  return (
    <form class="form" onSubmit={submit}>
      <p class="subject">
        <code>{key.name}</code> <span class="per">{key.prefix}…</span>
      </p>
      <p>
        Whatever uses it stops within a second, open feeds and customers’ tokens made with it included. This cannot be undone.{' '}
        {key.lastUsedAt ? `It was last used ${ago(key.lastUsedAt, serverNow())}.` : 'It was never used.'}
      </p>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value.message}
        </p>
      )}
      <p class="actions">
        <button type="submit" class="danger" disabled={isBusy.value}>
          {isBusy.value ? 'Revoking…' : 'Revoke the key'}
        </button>
        <button type="button" onClick={closeTask} autofocus>
          Keep it
        </button>
      </p>
    </form>
  );
}
