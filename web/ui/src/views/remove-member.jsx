// Taking a member out of the workspace.

import { useSignal } from '@preact/signals';
import removeMember from '../documents/removeMember.graphql?raw';
import { ask } from '../graphql.js';
import { closeTask, people } from '../members.js';
import { heed } from '../session.js';

export function RemoveMember({ task: { member } }) {
  const problem = useSignal(null);
  const isBusy = useSignal(false);

  async function submit(event) {
    event.preventDefault();
    isBusy.value = true;
    try {
      await ask(removeMember, { id: member.id });
      people.run();
      closeTask();
    } catch (failure) {
      if (!heed(failure)) problem.value = failure;
      isBusy.value = false;
    }
  }

  return (
    <form class="form" onSubmit={submit}>
      <p class="subject">
        <code>{member.email}</code>
      </p>
      <p>Sees nothing of this workspace from the next second on. Keys that they made go on: revoke those that they know.</p>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value.message}
        </p>
      )}
      <p class="actions">
        <button type="submit" class="danger" disabled={isBusy.value}>
          {isBusy.value ? 'Removing…' : 'Remove'}
        </button>
        <button type="button" onClick={closeTask} autofocus>
          Keep
        </button>
      </p>
    </form>
  );
}
