// The range of a page that looks at usage, and the time zone whose days and hours it has.

import { useEffect, useState } from 'preact/hooks';
import { lengthOf, PRESETS, presetOf } from '../usage-range.js';
import { instantAt, spanOf, wallClock } from '../zone.js';
import { ZoneField } from './zone-field.jsx';

export function UsageRangeField({ choice, shown }) {
  const { range, outer, zone, setRange, setZone, zoomOut } = choice;
  const { id } = range.value;

  function choose(event) {
    const chosen = event.target.value;
    if (chosen !== 'custom') setRange({ id: chosen });
    else setRange({ id: 'custom', ...endsOf(shown, range.value) });
  }

  return (
    <span class="range">
      <select class="range-field" aria-label="Date range" value={id} onChange={choose}>
        {PRESETS.map((preset) => (
          <option key={preset.id} value={preset.id}>
            {preset.label}
          </option>
        ))}
        <option value="custom">Custom…</option>
      </select>
      {id === 'custom' && <Ends choice={choice} />}
      <ZoneField value={zone.value} title="Days and hours are those of this time zone" onChange={setZone} />
      {outer.value && (
        <button type="button" class="zoom-out" onClick={zoomOut} title={`Back to ${rangeLabel(outer.value, zone.value)}`}>
          Zoom out
        </button>
      )}
    </span>
  );
}

/** A custom range starts from the one that is shown. */
function endsOf(shown, range) {
  if (shown) return { from: Date.parse(shown.from), to: Date.parse(shown.to) };
  return { from: Date.now() - lengthOf(range), to: Date.now() };
}

function rangeLabel(range, zone) {
  return presetOf(range)?.label ?? spanOf(range.from, range.to, zone);
}

/** Both ends on the zone's clock. What is no range stays in the fields, and is told. */
function Ends({ choice: { range, zone, setRange } }) {
  const shown = [range.value.from, range.value.to].map((end) => wallClock(end, zone.value));
  const [wrong, setWrong] = useState(null);
  useEffect(() => setWrong(null), [range.value, zone.value]);
  const texts = wrong ?? shown;

  function set(next) {
    const [from, to] = next.map((text) => instantAt(text, zone.value));
    if (!(from < to)) setWrong(next);
    else {
      setWrong(null);
      setRange({ id: 'custom', from, to });
    }
  }

  return (
    <>
      <End label="From" value={texts[0]} isWrong={wrong !== null} onChange={(text) => set([text, texts[1]])} /> <span class="dash">–</span>{' '}
      <End label="To" value={texts[1]} isWrong={wrong !== null} onChange={(text) => set([texts[0], text])} />
      {wrong && (
        <span class="problem" role="alert">
          {wrong.some((text) => !text) ? 'Both ends are needed' : 'The range ends before it begins'}
        </span>
      )}
    </>
  );
}

function End({ label, value, isWrong, onChange }) {
  return (
    <input
      type="datetime-local"
      class="end"
      aria-label={label}
      aria-invalid={isWrong ? 'true' : undefined}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
