// The whole page: who looks at it and where they are decide what it is.

import { useEffect, useRef, useState } from 'preact/hooks';
import { go, route } from '../address.js';
import { Backoff } from '../backoff.js';
import { Problem } from '../graphql.js';
import { readViewer, viewer } from '../session.js';
import { Failure } from './failure.jsx';
import { Lazy, loadInvitation, loadSignIn } from './lazy.jsx';
import { NoPage } from './no-page.jsx';

export function Page() {
  const [problem, setProblem] = useState(null);
  const [attempt, setAttempt] = useState(0);
  // The page's code comes while the server is asked who is signed in.
  const { View, failure } = useView(route.value);
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
  useFocus(viewer.value ? View : null);

  if (location.pathname === '/invitation') return <Lazy load={loadInvitation} />;
  if (viewer.value === null) return <Lazy load={loadSignIn} />;
  // Who is signed in already has nothing to do there.
  if (viewer.value && location.pathname === '/sign-in') go('/');
  if (!viewer.value) return problem && <Failure what="The page" problem={problem} onRetry={() => setAttempt(attempt + 1)} />;
  // A document of its own: a script that could not be had is not asked for a second time.
  if (failure) return <Failure what="The page" problem={failure} onRetry={() => location.reload()} />;
  return View && <View />;
}

/** The component of a route. While another one is loaded, the one before stays. */
function useView(route) {
  const [shown, setShown] = useState({});
  useEffect(() => {
    let isCurrent = true;
    const show = (next) => {
      if (!isCurrent) return;
      setShown(next);
      document.title = `${route?.title ?? 'No such page'} · Livemeter`;
    };
    if (!route) show({ View: NoPage });
    else route.load().then((View) => show({ View }), () => show({ failure: new Problem('UNREACHABLE', 'The page’s script could not be had.') }));
    return () => (isCurrent = false);
  }, [route]);
  return shown;
}

/** Whoever came by a link stands where the new page begins; the first page leaves the focus to the browser. */
function useFocus(View) {
  const before = useRef(null);
  useEffect(() => {
    if (before.current && View && View !== before.current) document.querySelector('main')?.focus({ preventScroll: true });
    before.current = View ?? before.current;
  }, [View]);
}
