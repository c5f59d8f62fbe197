// Something could not be read: what, and what one can do.

import { SignOut } from './sign-out.jsx';

/** `what` could not be read, as the beginning of a sentence. */
export function Failure({ what, problem, onRetry }) {
  const forbidden = problem.code === 'FORBIDDEN';
  return (
    <section class="notice" role="alert">
      <h2>{forbidden ? 'This key may not read usage' : `${what} could not be read`}</h2>
      <p>
        {problem.message}
        {problem.id && (
          <>
            {' '}
            In the server’s log it is <code>{problem.id}</code>.
          </>
        )}
      </p>
      {forbidden && <p>This page needs a key with the USAGE_READ scope.</p>}
      {problem.passes && <p>The page tries again by itself.</p>}
      <p class="actions">
        <button type="button" class="primary" onClick={() => onRetry()}>
          Try again
        </button>
        {forbidden && <SignOut>Sign in with another key</SignOut>}
      </p>
    </section>
  );
}
