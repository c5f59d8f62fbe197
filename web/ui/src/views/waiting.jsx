// The connection is lost: when it is tried again, and a way to try now.

import { useEffect, useState } from 'preact/hooks';

/** `at` in ms. */
export function Waiting({ at, title, onRetry }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [at]);
  const seconds = Math.max(1, Math.ceil((at - now) / 1000));
  return (
    <button type="button" class="connection" data-testid="connection" data-state="waiting" title={title} onClick={onRetry}>
      Reconnecting in {seconds} s
    </button>
  );
}
