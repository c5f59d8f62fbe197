// The whole page: who looks at it decides what it is.

import { useEffect, useState } from 'preact/hooks';
import { Backoff } from '../backoff.js';
import { readViewer, viewer } from '../session.js';
import { Activity } from './activity.jsx';
import { Failure } from './failure.jsx';
import { SignIn } from './sign-in.jsx';

export function Page() {
  const [problem, setProblem] = useState(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const backoff = new Backoff();
    let timer = 0;
    const read = () =>
      readViewer().catch((failure) => {
        setProblem(failure);
        if (failure.passes) timer = setTimeout(read, backoff.next());
      });
    read();
    return () => clearTimeout(timer);
  }, [attempt]);

  if (viewer.value) return <Activity />;
  if (viewer.value === null) return <SignIn />;
  if (problem) return <Failure problem={problem} onRetry={() => setAttempt(attempt + 1)} />;
  return null;
}
