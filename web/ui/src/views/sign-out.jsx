// The button that signs out here, and says so where that did not work.

import { useSignal } from '@preact/signals';
import { heed, signOut } from '../session.js';

export function SignOut({ children, ...attributes }) {
  const problem = useSignal(null);

  async function leave() {
    problem.value = null;
    try {
      await signOut();
    } catch (failure) {
      if (!heed(failure)) problem.value = failure;
    }
  }

  return (
    <>
      {problem.value && (
        <span class="problem" role="alert">
          You are still signed in. {problem.value.message}
        </span>
      )}
      <button type="button" onClick={leave} {...attributes}>
        {children}
      </button>
    </>
  );
}
