// Signing in: with e-mail and password, or with an API key that is shown once; a cookie stands for it from then on.

import { useEffect, useState } from 'preact/hooks';
import { go } from '../address.js';
import { readProvider, signIn } from '../session.js';
import { Mark } from './icons.jsx';

/** Why the provider let nobody in, as the address says after it. */
const PROVIDER_PROBLEMS = {
  expired: 'Signing in took too long, or was begun in another browser. Please try again.',
  refused: 'The sign-in was refused. Please try again; the server’s log says more.',
  unverified: 'Your provider does not vouch for your e-mail address.',
  'not-invited': 'Nobody has invited this e-mail address yet: ask an admin of your workspace.',
  away: 'The provider does not answer right now. Please try again in a moment.',
};

const PATH = '/sign-in';

export function SignIn() {
  const [byKey, setByKey] = useState(false);
  const [problem, setProblem] = useState(() => providerProblem());
  const [busy, setBusy] = useState(false);

  async function submit(event) {
    event.preventDefault();
    const { key, email, password } = Object.fromEntries(new FormData(event.target));
    setBusy(true);
    setProblem(null);
    try {
      await signIn(byKey ? { key: key.trim() } : { email: email.trim(), password });
      if (location.pathname === PATH) go('/');
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
        <Provider />
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

function providerProblem() {
  const name = new URLSearchParams(location.search).get('problem');
  return location.pathname === PATH && name ? { message: PROVIDER_PROBLEMS[name] ?? PROVIDER_PROBLEMS.refused } : null;
}

function Provider() {
  const [href, setHref] = useState(null);
  // Without an answer there are the other ways.
  useEffect(() => void readProvider().then(setHref, () => {}), []);
  if (!href) return null;
  const next = location.pathname === PATH ? '/' : location.pathname + location.search;
  return (
    <a class="provider" href={`${href}?next=${encodeURIComponent(next)}`}>
      Sign in with single sign-on
    </a>
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
