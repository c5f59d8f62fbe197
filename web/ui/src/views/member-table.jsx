// Who belongs to the workspace, and as what.

import { useSignal } from '@preact/signals';
import changeMemberRole from '../documents/changeMemberRole.graphql?raw';
import { ask, serverNow } from '../graphql.js';
import { absolute, ago } from '../instant.js';
import { people, ROLES, task } from '../members.js';
import { heed, viewer } from '../session.js';

export function MemberTable({ members }) {
  const problem = useSignal(null);

  async function change(member, role) {
    problem.value = null;
    try {
      await ask(changeMemberRole, { id: member.id, role });
    } catch (failure) {
      if (!heed(failure)) problem.value = failure;
    }
    people.run();
  }

  return (
    <section class="keys" aria-labelledby="members-title">
      <div class="keys-head">
        <h2 id="members-title">Members</h2>
        <p>People who may sign in to this workspace.</p>
        <button type="button" class="primary" onClick={() => (task.value = { kind: 'invite' })}>
          Invite…
        </button>
      </div>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value.message}
        </p>
      )}
      {members.length === 0 ? (
        <p class="none">Nobody yet: you are here by a key. Invite yourself to sign in with e-mail and password.</p>
      ) : (
        <div class="sideways" tabIndex={0} role="region" aria-labelledby="members-title">
          <table class="key-table">
            <caption class="unseen">Members of this workspace</caption>
            <thead>
              <tr>
                <th scope="col">E-mail</th>
                <th scope="col">Role</th>
                <th scope="col">Since</th>
                <th scope="col">
                  <span class="unseen">Remove</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {members.map((member) => (
                <tr key={member.id} class="key member">
                  <th scope="row">
                    {member.email} {member.email === viewer.value?.email && <span class="none">(you)</span>}
                  </th>
                  <td>
                    <select
                      aria-label={`Role of ${member.email}`}
                      value={member.role}
                      onChange={(event) => change(member, event.target.value)}
                    >
                      {ROLES.map(({ name, label }) => (
                        <option key={name} value={name}>
                          {label}
                        </option>
                      ))}
                    </select>
                  </td>
                  <td>
                    <time dateTime={member.addedAt} title={absolute(member.addedAt)}>
                      {ago(member.addedAt, serverNow())}
                    </time>
                  </td>
                  <td>
                    <button
                      type="button"
                      class="small"
                      aria-label={`Remove ${member.email}`}
                      onClick={() => (task.value = { kind: 'remove', member })}
                    >
                      Remove…
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
