// Invitations that are open.

import revokeInvitation from '../documents/revokeInvitation.graphql?raw';
import { ask } from '../graphql.js';
import { minute } from '../instant.js';
import { people, ROLES } from '../members.js';
import { heed } from '../session.js';

export function InvitationTable({ invitations }) {
  if (!invitations.length) return null;

  async function revoke(id) {
    // Where it was accepted meanwhile, the list says so.
    await ask(revokeInvitation, { id }).catch(heed);
    people.run();
  }

  return (
    <section class="audit" aria-labelledby="invitations-title">
      <h2 id="invitations-title">Invited</h2>
      <div class="sideways" tabIndex={0} role="region" aria-labelledby="invitations-title">
        <table class="key-table">
          <caption class="unseen">Open invitations</caption>
          <thead>
            <tr>
              <th scope="col">E-mail</th>
              <th scope="col">Role</th>
              <th scope="col">By</th>
              <th scope="col">Until</th>
              <th scope="col">
                <span class="unseen">Withdraw</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {invitations.map(({ id, email, role, invitedBy, expiresAt }) => (
              <tr key={id} class="key invitation">
                <th scope="row">{email}</th>
                <td>{ROLES.find(({ name }) => name === role)?.label}</td>
                <td>{invitedBy}</td>
                <td>{minute(expiresAt)}</td>
                <td>
                  <button type="button" class="small" aria-label={`Withdraw the invitation of ${email}`} onClick={() => revoke(id)}>
                    Withdraw
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
