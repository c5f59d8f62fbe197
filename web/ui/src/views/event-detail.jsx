// All of an event, below its row.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { readEvent, repricings } from '../activity.js';
import { CostLines } from './cost-lines.jsx';
import { Identity } from './identity.jsx';
import { UsageCounts } from './usage-counts.jsx';

/** Calls `onHeight` with its height in px, whenever that changes. */
export function EventDetail({ id, onHeight }) {
  const [event, setEvent] = useState(null);
  const [problem, setProblem] = useState(null);
  const [attempt, setAttempt] = useState(0);
  const element = useRef(null);

  useEffect(() => {
    const request = new AbortController();
    setProblem(null);
    readEvent(id, request.signal).then(
      (found) => (found ? setEvent(found) : setProblem({ message: 'The event is no longer there.' })),
      (failure) => failure.name !== 'AbortError' && setProblem(failure),
    );
    return () => request.abort();
  }, [id, attempt, repricings.value]);

  useLayoutEffect(() => {
    const tell = () => onHeight(element.current?.offsetHeight ?? 0);
    tell();
    const resize = new ResizeObserver(tell);
    resize.observe(element.current);
    return () => resize.disconnect();
  }, []);

  return (
    <section class="detail" ref={element} aria-label="Event details" aria-busy={!event && !problem}>
      {problem && (
        <p class="problem" role="alert">
          {problem.message}{' '}
          <button type="button" class="small" onClick={() => setAttempt(attempt + 1)}>
            Try again
          </button>
        </p>
      )}
      {event?.id === id && (
        <div class="parts">
          <CostLines event={event} />
          <UsageCounts event={event} />
          <Identity event={event} />
          <section>
            <h3>Metadata</h3>
            {event.metadata === null ? (
              <p class="none">None</p>
            ) : (
              <pre tabIndex={0} aria-label="Metadata">
                {JSON.stringify(event.metadata, null, 2)}
              </pre>
            )}
          </section>
        </div>
      )}
    </section>
  );
}
