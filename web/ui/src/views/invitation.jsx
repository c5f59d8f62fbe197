// An invitation's link: who is invited where, and the password that they choose.

import { useEffect, useState } from 'preact/hooks';
import { acceptInvitation, readInvitation } from '../session.js';
import { Mark } from './icons.jsx';

export function Invitation() {
  // Behind the hash, which browsers send to nobody.
  const [token] = useState(() => location.hash.slice(1));
  const [welcome, setWelcome] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    readInvitation(token).then(setWelcome, setProblem);
  }, []);

  async function submit(event) {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await acceptInvitation(token, new FormData(event.target).get('password'));
      location.replace('/');
    } catch (failure) {
      setProblem(failure);
      setBusy(false);
    }
  }

  return (
    <main class="sign-in">
      <form onSubmit={submit} aria-labelledby="invitation-title">
        <p class="brand">
          <Mark /> Livemeter
        </p>
        <h1 id="invitation-title">{welcome ? `Join ${welcome.workspace}` : 'Invitation'}</h1>
        {welcome && <PasswordFields welcome={welcome} problem={problem} />}
        <p id="invitation-problem" class="problem" role="alert">
          {problem?.message}
        </p>
        {welcome && (
          <button type="submit" class="primary" disabled={busy}>
            {busy ? 'Joining…' : 'Join'}
          </button>
        )}
        {!welcome && problem && (
          <p class="help">
            <a href="/">Sign in</a>, or ask an admin of the workspace for a new link: each works once, for seven days.
          </p>
        )}
      </form>
    </main>
  );
}

function PasswordFields({ welcome, problem }) {
  return (
    <>
      <label for="email">E-mail</label>
      <input id="email" type="email" value={welcome.email} autocomplete="username" readOnly />
      <label for="password">{welcome.hasAccount ? 'Your password' : 'Choose a password'}</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete={welcome.hasAccount ? 'current-password' : 'new-password'}
        required
        autofocus
        aria-describedby="password-rule invitation-problem"
        aria-invalid={problem ? 'true' : undefined}
      />
      {!welcome.hasAccount && (
        <p id="password-rule" class="help">
          At least 10 characters; a sentence is good.
        </p>
      )}
    </>
  );
}
