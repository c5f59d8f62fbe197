// Usage over time: its head with what one may choose, the chart, what the colours mean, and the numbers.

import { by, comparing, DIMENSIONS, interval, measure, range, setBy, setComparing, setIntervalOf, setMeasure, setShape, setTabling, shape, tabling } from '../analytics-query.js';
import { fits, INTERVALS } from '../interval.js';
import { MEASURES } from '../measure.js';
import { timeline } from '../timeline.js';
import { usage } from '../usage.js';
import { lengthOf } from '../usage-range.js';
import { Amount } from './amount.jsx';
import { Choice } from './choice.jsx';
import { Export } from './export.jsx';
import { Lazy, loadTimelineChart, loadTimelineTable } from './lazy.jsx';
import { TimelineHint } from './timeline-hint.jsx';

export function Timeline() {
  const shown = timeline.value;
  return (
    <section class="timeline" aria-labelledby="timeline-title" data-testid="timeline">
      <div class="section-head">
        <h2 id="timeline-title">{shown.asked.measure.label} over time</h2>
        <Choices />
      </div>
      <div class="chart-place">
        <Lazy load={loadTimelineChart} shown={shown} />
      </div>
      <Legend shown={shown} />
      <div class="table-actions">
        <button type="button" class="small" aria-expanded={tabling.value} onClick={() => setTabling(!tabling.value)}>
          {tabling.value ? 'Hide the numbers' : 'Show the numbers'}
        </button>
        <Export what="the timeline" rows={`A row for each ${shown.asked.interval.label.toLowerCase()}`} read={usage.value.value} onTable={() => save(shown)} />
        <TimelineHint shown={shown} />
      </div>
      {tabling.value && <Lazy load={loadTimelineTable} shown={shown} />}
    </section>
  );
}

async function save(shown) {
  (await import('../usage-export.js')).exportTimeline(shown);
}

function Choices() {
  const length = lengthOf(range.value);
  const intervals = INTERVALS.map((each) => ({ ...each, disabled: !fits(each, length) }));
  return (
    <div class="choices">
      <Choice label="Measure" options={MEASURES} value={measure.value.id} onChange={setMeasure} />
      <Choice label="Interval" options={intervals} value={interval.value.id} onChange={setIntervalOf} />
      <label class="by">
        by{' '}
        <select value={by.value?.name ?? 'nothing'} onChange={(event) => setBy(event.target.value)} aria-label="Split by">
          {DIMENSIONS.map(({ name, label }) => (
            <option key={name} value={name}>
              {label.toLowerCase()}
            </option>
          ))}
          <option value="nothing">nothing</option>
        </select>
      </label>
      <Choice
        label="Shape"
        options={[
          { id: 'stacked', label: 'Stacked' },
          { id: 'lines', label: 'Lines' },
        ]}
        value={shape.value}
        onChange={setShape}
      />
    </div>
  );
}

function Legend({ shown: { series, asked } }) {
  return (
    <ul class="legend" aria-label="Series">
      {series.map(({ label, colour, total }) => (
        <li key={colour}>
          <i class={`swatch ink-${colour}`} /> <span class="series-name">{label}</span>{' '}
          <span class="series-total">
            <Amount measure={asked.measure} {...total} isRounded />
          </span>
        </li>
      ))}
      <li>
        <label class="check">
          <input type="checkbox" checked={comparing.value} onChange={(event) => setComparing(event.target.checked)} />
          <i class="dashes ink-previous" /> range before
        </label>
      </li>
    </ul>
  );
}
