// What a rule watches, for whom each for itself, within which window, and what it takes to fire.

import { CONDITIONS, PERIODS, PERS, WINDOWS, withCondition } from '../alert-draft.js';
import { measureOf, MEASURES } from '../alert-measure.js';
import { length, nameOf } from '../alert-sentence.js';
import { Field } from './field.jsx';
import { ZoneField } from './zone-field.jsx';

export function RuleCondition({ draft, problems, onChange }) {
  const { condition, measure, per } = draft;
  const isSilence = condition === 'NO_DATA';
  return (
    <>
      <div class="names">
        <Field label="Watch">
          {(attributes) => (
            <select {...attributes} value={isSilence ? 'EVENTS' : measure} disabled={isSilence} onChange={(event) => onChange({ measure: event.target.value })}>
              {MEASURES.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Of">
          {(attributes) => (
            <select {...attributes} value={per ?? ''} onChange={(event) => onChange({ per: event.target.value || null })}>
              <option value="">all together</option>
              {PERS.map((name) => (
                <option key={name} value={name}>
                  each {nameOf(name)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div class="names">
        <Field label="Fire when it">
          {(attributes) => (
            <select {...attributes} value={condition} onChange={(event) => onChange(withCondition(draft, event.target.value))}>
              {CONDITIONS.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        {!isSilence && <Threshold draft={draft} problem={problems.threshold} onChange={onChange} />}
      </div>
      <WindowField draft={draft} problem={problems.window} onChange={onChange} />
    </>
  );
}

const THRESHOLDS = {
  THRESHOLD: (draft) => ({ label: 'Amount', unit: measureOf(draft).unit }),
  RISE: () => ({ label: 'Factor', unit: 'times' }),
  SPIKE: () => ({ label: 'By more than', unit: 'deviations' }),
};

function Threshold({ draft, problem, onChange }) {
  const { label, unit } = THRESHOLDS[draft.condition](draft);
  return (
    <Field label={label} problem={problem}>
      {(attributes) => (
        <AmountInput attributes={attributes} unit={unit} value={draft.threshold} onInput={(threshold) => onChange({ threshold })} />
      )}
    </Field>
  );
}

/** Its unit beside it: `$` before, the others behind. */
export function AmountInput({ attributes, unit, value, placeholder, onInput }) {
  return (
    <span class="amount-input">
      {unit === '$' && <span class="per">$</span>}
      <input
        {...attributes}
        inputMode="decimal"
        autocomplete="off"
        value={value}
        placeholder={placeholder}
        onInput={(event) => onInput(event.target.value)}
      />
      {unit !== '$' && <span class="per">{unit}</span>}
    </span>
  );
}

function WindowField({ draft, problem, onChange }) {
  const { minutes, period, timeZone, condition } = draft;
  const { most, hasPeriods } = CONDITIONS.find(({ id }) => id === condition);
  // A rule that was made by the API may have any length.
  const lengths = [...new Set([...WINDOWS, ...(minutes === null ? [] : [minutes])])].sort((one, other) => one - other);

  function choose(value) {
    const isPeriod = PERIODS.some(({ id }) => id === value);
    onChange(isPeriod ? { minutes: null, period: value } : { minutes: Number(value), period: null });
  }

  return (
    <div class="names">
      <Field label={condition === 'NO_DATA' ? 'For' : 'Within'} problem={problem}>
        {(attributes) => (
          <select {...attributes} value={period ?? minutes} onChange={(event) => choose(event.target.value)}>
            {lengths.map((each) => (
              <option key={each} value={each} disabled={each > most}>
                {length(each)}
              </option>
            ))}
            {hasPeriods &&
              PERIODS.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
          </select>
        )}
      </Field>
      {period && (
        <Field label="Time zone">
          {(attributes) => <ZoneField {...attributes} aria-label={undefined} value={timeZone} onChange={(timeZone) => onChange({ timeZone })} />}
        </Field>
      )}
    </div>
  );
}
