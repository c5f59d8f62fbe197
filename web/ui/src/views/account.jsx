// A person's own matters: the password, and signing out everywhere.

import { useSignal } from '@preact/signals';
import '../styles/dialog.css';
import { changePassword, heed, signOutEverywhere, viewer } from '../session.js';
import { Dialog } from './dialog.jsx';
import { Field } from './field.jsx';

export function Account({ onClose }) {
  const problem = useSignal(null);
  const isDone = useSignal(false);

  /** Shows what went wrong. Without it somebody could think that it is done. */
  async function attempt(action) {
    problem.value = null;
    isDone.value = false;
    try {
      await action();
    } catch (failure) {
      if (!heed(failure)) problem.value = failure;
    }
  }

  function submit(event) {
    event.preventDefault();
    const form = event.target;
    const { current, next } = Object.fromEntries(new FormData(form));
    attempt(async () => {
      await changePassword(current, next);
      isDone.value = true;
      form.reset();
    });
  }

  return (
    <Dialog title={viewer.value.email} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <Field label="Password as it is">
          {(attributes) => <input {...attributes} name="current" type="password" autocomplete="current-password" />}
        </Field>
        <Field label="New password" hint="At least 10 characters.">
          {(attributes) => <input {...attributes} name="next" type="password" autocomplete="new-password" />}
        </Field>
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value.message}
          </p>
        )}
        {isDone.value && (
          <p class="done" role="status">
            The password is changed. Your other browsers are signed out.
          </p>
        )}
        <p class="actions">
          <button type="submit" class="primary">
            Change the password
          </button>
          <button type="button" onClick={() => attempt(signOutEverywhere)}>
            Sign out everywhere
          </button>
          <button type="button" onClick={onClose}>
            Close
          </button>
        </p>
      </form>
    </Dialog>
  );
}
