// No rows: because of the filter, because of the range, or because nothing was recorded yet.

import { clear, filter, range, setRange } from '../activity-query.js';
import { isEmpty } from '../filter.js';
import { ALL_TIME, isBackwards } from '../range.js';
import { Lazy, loadFirstEvent } from './lazy.jsx';

export function Empty() {
  if (!isEmpty(filter.value)) {
    return (
      <section class="notice">
        <h2>No event matches</h2>
        <p>No event has all of these values{range.value.id === 'all' ? '' : ' in this range'}. New ones that match will appear here.</p>
        <button type="button" class="primary" onClick={clear}>
          Clear the filter
        </button>
      </section>
    );
  }
  if (range.value.id !== 'all') {
    return (
      <section class="notice">
        <h2>{isBackwards(range.value) ? 'The range ends before it begins' : 'No events in this range'}</h2>
        <button type="button" class="primary" onClick={() => setRange(ALL_TIME)}>
          Show all time
        </button>
      </section>
    );
  }
  return <Lazy load={loadFirstEvent}>Events appear here the moment they are recorded. Record one:</Lazy>;
}
