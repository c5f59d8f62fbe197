// The date range, in the browser's time zone.

import { range, setRange } from '../activity-query.js';
import { fromField, timeZone, toField } from '../instant.js';
import { bounds, PRESETS } from '../range.js';

export function RangeField() {
  const { id } = range.value;

  function choose(event) {
    const chosen = event.target.value;
    // A custom range starts from the one that was shown.
    if (chosen === 'custom') {
      const { from, to } = bounds(range.value);
      const start = from ?? bounds({ id: 'today' }).from;
      setRange({ id: 'custom', from: start - (start % 60_000), to });
    } else setRange({ id: chosen });
  }

  return (
    <span class="range">
      <select class="range-field" aria-label="Date range" value={id} onChange={choose} title={`Times are in ${timeZone}`}>
        {PRESETS.map((preset) => (
          <option key={preset.id} value={preset.id}>
            {preset.label}
          </option>
        ))}
      </select>
      {id === 'custom' && (
        <>
          <End end="from" label="From" /> <span class="dash">–</span> <End end="to" label="To" />
        </>
      )}
      <span class="zone" title="The browser’s time zone">
        {timeZone}
      </span>
    </span>
  );
}

function End({ end, label }) {
  const at = range.value[end];
  return (
    <input
      type="datetime-local"
      class="end"
      aria-label={label}
      value={at ? toField(at) : ''}
      onChange={(event) => setRange({ ...range.value, [end]: fromField(event.target.value) })}
    />
  );
}
