// Taking a member out of the workspace.

import removeMember from '../documents/removeMember.graphql?raw';
import { ask } from '../graphql.js';
import { closeTask, people } from '../members.js';
import { Confirmation } from './confirmation.jsx';

const LABELS = { confirm: 'Remove', busy: 'Removing…', leave: 'Keep' };

export function RemoveMember({ task: { member } }) {
  async function remove() {
    await ask(removeMember, { id: member.id });
    people.run();
    closeTask();
  }

  return (
    <Confirmation labels={LABELS} onConfirm={remove} onLeave={closeTask}>
      <p class="subject">
        <code>{member.email}</code>
      </p>
      <p>Sees nothing of this workspace from the next second on. Keys that they made go on: revoke those that they know.</p>
    </Confirmation>
  );
}
