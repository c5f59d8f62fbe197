// The bar of a page that looks at usage: the range, its time zone, and which events are meant.

import { useState } from 'preact/hooks';
import { valuesOf } from '../dimension-values.js';
import { isEmpty } from '../filter.js';
import { narrow } from '../layout.js';
import { FilterFields } from './filter-fields.jsx';
import { FilterValues } from './filter-values.jsx';
import { Funnel } from './icons.jsx';
import { UsageRangeField } from './usage-range-field.jsx';

/** `choice`: a UsageChoice; `shown`: the ends of the range that is shown, as the server has them; null before anything is. */
export function UsageBar({ choice, shown }) {
  const { filter, setFilter, clearFilter } = choice;
  const [open, setOpen] = useState(false);
  const count = Object.values(filter.value).reduce((sum, values) => sum + values.length, 0);
  return (
    <div class="filters">
      <div class="bar usage-bar">
        <UsageRangeField choice={choice} shown={shown} />
        {narrow.value && (
          <button type="button" aria-expanded={open} aria-controls="filter-fields" onClick={() => setOpen(!open)}>
            <Funnel /> Filter{count ? ` (${count})` : ''}
          </button>
        )}
        <form
          id="filter-fields"
          role="search"
          aria-label="Filter usage"
          hidden={narrow.value && !open}
          onSubmit={(event) => event.preventDefault()}
        >
          <FilterFields filter={filter.value} offer={(name, text) => valuesOf(choice, name, text)} onChange={setFilter} />
        </form>
      </div>
      {!isEmpty(filter.value) && (
        <div class="chips" role="group" aria-label="Active filters">
          <FilterValues filter={filter.value} onChange={setFilter} />
          <button type="button" class="small" onClick={clearFilter}>
            Clear
          </button>
        </div>
      )}
    </div>
  );
}
