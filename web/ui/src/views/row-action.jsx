// Something that is done by one click, beside what it is done to; what went wrong is told there.

import { useSignal } from '@preact/signals';
import { heed } from '../session.js';

/** `name`: what is done, and to what. `onRun` may throw a Problem; `{isGood, words}` that it returns is told. */
export function RowAction({ label, name, onRun }) {
  const isBusy = useSignal(false);
  const problem = useSignal(null);
  const done = useSignal(null);

  async function run() {
    isBusy.value = true;
    problem.value = done.value = null;
    try {
      done.value = (await onRun()) ?? null;
    } catch (failure) {
      if (!heed(failure)) problem.value = failure.message;
    }
    isBusy.value = false;
  }

  return (
    <span class="row-action">
      <button type="button" class="small" disabled={isBusy.value} aria-label={name} onClick={run}>
        {label}
      </button>
      {problem.value && (
        <span class="problem" role="alert">
          {problem.value}
        </span>
      )}
      {done.value && (
        <span class={done.value.isGood ? 'done' : 'problem'} role={done.value.isGood ? 'status' : 'alert'}>
          {done.value.words}
        </span>
      )}
    </span>
  );
}
