// Signing in: an API key is shown once and a cookie stands for it from then on.

import { useState } from 'preact/hooks';
import { signIn } from '../session.js';
import { Mark } from './icons.jsx';

export function SignIn() {
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);

  async function submit(event) {
    event.preventDefault();
    const key = new FormData(event.target).get('key').trim();
    if (!key) return;
    setBusy(true);
    setProblem(null);
    try {
      await signIn(key);
    } catch (failure) {
      setProblem(failure);
      setBusy(false);
    }
  }

  return (
    <main class="sign-in">
      <form onSubmit={submit} aria-labelledby="sign-in-title">
        <p class="brand">
          <Mark /> Livemeter
        </p>
        <h1 id="sign-in-title">Sign in</h1>
        <label for="key">API key</label>
        <input
          id="key"
          name="key"
          type="password"
          placeholder="om_live_…"
          autocomplete="off"
          spellcheck={false}
          required
          autofocus
          aria-describedby="key-help key-problem"
          aria-invalid={problem ? 'true' : undefined}
        />
        <p id="key-problem" class="problem" role="alert">
          {problem?.message}
        </p>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
        <div id="key-help" class="help">
          <p>A key with the USAGE_READ scope lets this browser read your workspace’s events. Make one on the server:</p>
          <pre>livemeter key create my-browser --scope USAGE_READ</pre>
          <p>The key itself is not kept in the browser.</p>
        </div>
      </form>
    </main>
  );
}
