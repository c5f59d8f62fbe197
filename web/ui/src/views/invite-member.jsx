// Inviting somebody: the link is shown this once, to be sent by whatever way one trusts.

import { useSignal } from '@preact/signals';
import inviteMember from '../documents/inviteMember.graphql?raw';
import { ask } from '../graphql.js';
import { minute } from '../instant.js';
import { closeTask, people, ROLES } from '../members.js';
import { heed } from '../session.js';
import { CopyButton } from './copy-button.jsx';
import { Stage } from './dialog.jsx';
import { Field } from './field.jsx';

export function InviteMember() {
  const email = useSignal('');
  const role = useSignal('MEMBER');
  const problem = useSignal(null);
  const isBusy = useSignal(false);
  const made = useSignal(null);

  async function submit(event) {
    event.preventDefault();
    isBusy.value = true;
    try {
      made.value = (await ask(inviteMember, { email: email.value.trim(), role: role.value })).inviteMember;
      people.run();
    } catch (failure) {
      if (!heed(failure)) problem.value = failure;
    }
    isBusy.value = false;
  }

  if (made.value) return <Made {...made.value} />;
  return (
    <form class="form" noValidate onSubmit={submit}>
      <Field label="E-mail" problem={problem.value?.message}>
        {(attributes) => (
          <input
            {...attributes}
            type="email"
            value={email.value}
            autocomplete="off"
            autofocus
            onInput={(event) => {
              email.value = event.target.value;
              problem.value = null;
            }}
          />
        )}
      </Field>
      <fieldset>
        <legend>Role</legend>
        {ROLES.map(({ name, label, hint }) => (
          <label key={name} class="check scope">
            <input type="radio" name="role" checked={role.value === name} onChange={() => (role.value = name)} />
            <span>
              {label} <span class="per">{hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p class="actions">
        <button type="submit" class="primary" disabled={isBusy.value}>
          {isBusy.value ? 'Inviting…' : 'Make the link'}
        </button>
        <button type="button" onClick={closeTask}>
          Cancel
        </button>
      </p>
    </form>
  );
}

function Made({ path, invitation }) {
  const link = location.origin + path;
  return (
    <Stage>
      <p role="status" class="done">
        Send this link to {invitation.email}. It works once, until {minute(invitation.expiresAt)}, and is shown this once.
      </p>
      <p class="secret">
        <code data-testid="invitation-link">{link}</code> <CopyButton text={link} label="Copy" />
      </p>
      <p class="actions">
        <button type="button" class="primary" onClick={closeTask}>
          Close
        </button>
      </p>
    </Stage>
  );
}
