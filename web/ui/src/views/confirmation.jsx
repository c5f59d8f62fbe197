// Asks once more before something that cannot be undone; to leave all as it is comes first to hand.

import { useSignal } from '@preact/signals';
import { heed } from '../session.js';

/** `onConfirm` may throw a Problem, which is told. `labels`: to do it, while it is done, and to leave it. */
export function Confirmation({ labels: { confirm, busy, leave }, onConfirm, onLeave, children }) {
  const problem = useSignal(null);
  const isBusy = useSignal(false);

  async function submit(event) {
    event.preventDefault();
    isBusy.value = true;
    try {
      await onConfirm();
    } catch (failure) {
      if (!heed(failure)) problem.value = failure;
      isBusy.value = false;
    }
  }

  return (
    <form class="form" onSubmit={submit}>
      {children}
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value.message}
        </p>
      )}
      <p class="actions">
        <button type="submit" class="danger" disabled={isBusy.value}>
          {isBusy.value ? busy : confirm}
        </button>
        <button type="button" onClick={onLeave} autofocus>
          {leave}
        </button>
      </p>
    </form>
  );
}
