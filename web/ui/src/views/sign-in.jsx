// Signing in: with e-mail and password, or with an API key that is shown once; a cookie stands for it from then on.

import { useState } from 'preact/hooks';
import { signIn } from '../session.js';
import { Mark } from './icons.jsx';

export function SignIn() {
  const [byKey, setByKey] = useState(false);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);

  async function submit(event) {
    event.preventDefault();
    const { key, email, password } = Object.fromEntries(new FormData(event.target));
    setBusy(true);
    setProblem(null);
    try {
      await signIn(byKey ? { key: key.trim() } : { email: email.trim(), password });
    } catch (failure) {
      setProblem(failure);
      setBusy(false);
    }
  }

  function change() {
    setByKey(!byKey);
    setProblem(null);
  }

  const told = { 'aria-describedby': 'sign-in-problem', 'aria-invalid': problem ? 'true' : undefined };
  return (
    <main class="sign-in">
      <form onSubmit={submit} aria-labelledby="sign-in-title">
        <p class="brand">
          <Mark /> Livemeter
        </p>
        <h1 id="sign-in-title">Sign in</h1>
        {byKey ? <KeyField told={told} /> : <PersonFields told={told} />}
        <p id="sign-in-problem" class="problem" role="alert">
          {problem?.message}
        </p>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
        <button type="button" class="plain" onClick={change}>
          {byKey ? 'Use e-mail and password' : 'Use an API key'}
        </button>
        <div class="help">{byKey ? <KeyHelp /> : <PersonHelp />}</div>
      </form>
    </main>
  );
}

function PersonFields({ told }) {
  return (
    <>
      <label for="email">E-mail</label>
      <input id="email" name="email" type="email" autocomplete="username" required autofocus {...told} />
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required {...told} />
    </>
  );
}

function KeyField({ told }) {
  return (
    <>
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
        {...told}
      />
    </>
  );
}

function PersonHelp() {
  return (
    <>
      <p>Members are let in by an invitation: ask an admin of your workspace, or make the first on the server:</p>
      <pre>livemeter member add you@example.com --role ADMIN</pre>
    </>
  );
}

function KeyHelp() {
  return (
    <>
      <p>A key with the USAGE_READ scope lets this browser read your workspace’s events. Make one on the server:</p>
      <pre>livemeter key create my-browser --scope USAGE_READ</pre>
      <p>The key itself is not kept in the browser.</p>
    </>
  );
}
