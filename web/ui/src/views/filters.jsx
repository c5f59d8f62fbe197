// The bar of filters: the range, one field for each property, the values that were chosen, pause.

import { useState } from 'preact/hooks';
import { clear, filter, setFilter } from '../activity-query.js';
import { live } from '../activity.js';
import { connection } from '../feed.js';
import { isEmpty } from '../filter.js';
import { paused, togglePause } from '../inflow.js';
import { narrow } from '../layout.js';
import { rate, rateLabel, received } from '../rate.js';
import { ROWS } from '../rows.js';
import { suggestionsFor } from '../suggestions.js';
import { FilterFields } from './filter-fields.jsx';
import { FilterValues } from './filter-values.jsx';
import { Funnel, Pause, Play } from './icons.jsx';
import { RangeField } from './range-field.jsx';

/** Told at the focus alone: a list that changes under the hand cannot be read. */
function offer(name, text) {
  return text ? null : suggestionsFor(name);
}

export function Filters() {
  const [open, setOpen] = useState(false);
  const count = Object.values(filter.value).reduce((sum, values) => sum + values.length, 0);
  const shown = open || !narrow.value;
  return (
    <div class="filters">
      <div class="bar">
        {narrow.value && (
          <button type="button" aria-expanded={open} aria-controls="filter-fields" onClick={() => setOpen(!open)}>
            <Funnel /> Filter{count ? ` (${count})` : ''}
          </button>
        )}
        <form
          id="filter-fields"
          role="search"
          aria-label="Filter events"
          hidden={!shown}
          onSubmit={(event) => event.preventDefault()}
        >
          <RangeField />
          <FilterFields filter={filter.value} offer={offer} onChange={setFilter} />
        </form>
        {narrow.value && <span class="space" />}
        <Rate />
        <button type="button" class="pause" aria-pressed={paused.value} onClick={togglePause} title="p or space" disabled={!live.value}>
          {paused.value ? <Play /> : <Pause />} {paused.value ? 'Resume' : 'Pause'}
        </button>
      </div>
      {(!isEmpty(filter.value) || !live.value) && <Chips />}
    </div>
  );
}

function Rate() {
  // No feed, no rate: a nought would be a guess.
  if (!['live', 'behind'].includes(connection.value.state)) return null;
  return (
    <span
      class="rate"
      data-testid="rate"
      title={`Events that match, over the last 3 seconds; ${received.value.toLocaleString('en')} since this view was opened. All are counted; the table keeps ${ROWS.toLocaleString('en')} rows.`}
    >
      <b>{rateLabel(rate.value)}</b> events/s
      {received.value > 0 && <span class="received"> · {received.value.toLocaleString('en')} new</span>}
    </span>
  );
}

function Chips() {
  return (
    <div class="chips" role="group" aria-label="Active filters">
      <FilterValues filter={filter.value} onChange={setFilter} />
      {!live.value && <span class="ended">This range ends in the past: not live</span>}
      {!isEmpty(filter.value) && (
        <button type="button" class="small" onClick={clear}>
          Clear
        </button>
      )}
    </div>
  );
}
