// The bar of the Analytics page: the range, its time zone, and which events are meant.

import { useState } from 'preact/hooks';
import { clearFilter, filter, setFilter } from '../analytics-query.js';
import { valuesOf } from '../dimension-values.js';
import { isEmpty } from '../filter.js';
import { narrow } from '../layout.js';
import { FilterFields } from './filter-fields.jsx';
import { FilterValues } from './filter-values.jsx';
import { Funnel } from './icons.jsx';
import { UsageRangeField } from './usage-range-field.jsx';

export function AnalyticsBar() {
  const [open, setOpen] = useState(false);
  const count = Object.values(filter.value).reduce((sum, values) => sum + values.length, 0);
  return (
    <div class="filters">
      <div class="bar usage-bar">
        <UsageRangeField />
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
          <FilterFields filter={filter.value} offer={valuesOf} onChange={setFilter} />
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
