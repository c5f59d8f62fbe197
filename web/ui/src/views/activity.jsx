// The Activity page, put together.

import { useEffect } from 'preact/hooks';
import { phase, problem, reload, startActivity } from '../activity.js';
import { announcement, startAnnouncer } from '../announcer.js';
import { startMeter } from '../rate.js';
import { followSelection } from '../selection.js';
import { helpOpen, startShortcuts } from '../shortcuts.js';
import { rows, version } from '../rows.js';
import { ActivityConnection } from './activity-connection.jsx';
import { Empty } from './empty.jsx';
import { EventTable } from './event-table.jsx';
import { Failure } from './failure.jsx';
import { Filters } from './filters.jsx';
import { Header } from './header.jsx';
import { Help } from './help.jsx';
import { NewEvents } from './new-events.jsx';
import { Skeleton } from './skeleton.jsx';

export function Activity() {
  useEffect(() => {
    const stops = [startActivity(), followSelection(), startShortcuts(), startAnnouncer(), startMeter()];
    return () => stops.forEach((stop) => stop());
  }, []);
  return (
    <div class="page">
      <a class="skip" href="#events">
        Skip to the events
      </a>
      <Header>
        <ActivityConnection />
        <button type="button" class="plain keyboard-only" onClick={() => (helpOpen.value = true)} aria-label="Keyboard help" title="Keyboard help (?)">
          ?
        </button>
      </Header>
      <Filters />
      <main id="events" tabIndex={-1} aria-label="Activity">
        <h1 class="unseen">Activity</h1>
        <NewEvents />
        <Events />
      </main>
      <p class="unseen" role="status" aria-live="polite" data-testid="announcer">
        {announcement}
      </p>
      <Help />
    </div>
  );
}

function Events() {
  void version.value;
  if (phase.value === 'failed') return <Failure what="The events" problem={problem.value} onRetry={reload} />;
  if (phase.value === 'loading') return <Skeleton what="events" />;
  return rows.rows.length ? <EventTable /> : <Empty />;
}
