// Which events a rule is about: all, or those with certain values.

import { useState } from 'preact/hooks';
import { isEmpty } from '../filter.js';
import { recentValuesOf } from '../recent-values.js';
import { FilterFields } from './filter-fields.jsx';
import { FilterValues } from './filter-values.jsx';

export function RuleFilter({ draft: { filter, rest }, onChange }) {
  const set = (filter) => onChange({ filter });
  // Once opened it stays so: what one has chosen must not go out of sight.
  const [isOpen, setOpen] = useState(!isEmpty(filter) || !isEmpty(rest));
  return (
    <details class="rule-part" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{isEmpty(filter) && isEmpty(rest) ? 'Of all events' : 'Of events with'}</summary>
      <div class="rule-filter" role="group" aria-label="Only events with" onKeyDown={keepForm}>
        <FilterFields filter={filter} offer={recentValuesOf} onChange={set} />
      </div>
      {!isEmpty(filter) && (
        <div class="chips" role="group" aria-label="Chosen values">
          <FilterValues filter={filter} onChange={set} />
        </div>
      )}
      {!isEmpty(rest) && (
        <p class="hint">
          And what was chosen by the API, which the sentence below has.{' '}
          <button type="button" class="small" onClick={() => onChange({ rest: {} })}>
            Take it away
          </button>
        </p>
      )}
    </details>
  );
}

/** Enter adds a value here; it must not send the form. */
function keepForm(event) {
  if (event.key === 'Enter' && event.target.matches('input')) event.preventDefault();
}
