// What is too little to tell of: rarely changed, so that it is folded away.

import { useState } from 'preact/hooks';
import { MINIMUM_EVENTS, MINIMUMS } from '../alert-draft.js';
import { measureOf } from '../alert-measure.js';
import { Field } from './field.jsx';
import { AmountInput } from './rule-condition.jsx';

export function RuleMinimums({ draft, problems, onChange }) {
  const [isOpen, setOpen] = useState(false);
  const isCompared = ['RISE', 'SPIKE'].includes(draft.condition);
  const { isShare, unit } = measureOf(draft);
  const hasEvents = isShare && draft.condition !== 'NO_DATA';
  if (!isCompared && !hasEvents) return null;
  const isWrong = Boolean(problems.minimum || problems.minimumEvents);
  return (
    <details class="rule-part" open={isOpen || isWrong} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>More: what is too little to tell of</summary>
      <div class="names">
        {isCompared && (
          <Field label="At least" problem={problems.minimum} hint="Of small amounts any rise is large.">
            {(attributes) => (
              <AmountInput
                attributes={attributes}
                unit={unit}
                value={draft.minimum}
                placeholder={MINIMUMS[draft.measure]}
                onInput={(minimum) => onChange({ minimum })}
              />
            )}
          </Field>
        )}
        {hasEvents && (
          <Field label="Of at least" problem={problems.minimumEvents} hint="A share of few events says little.">
            {(attributes) => (
              <AmountInput
                attributes={attributes}
                unit="events"
                value={draft.minimumEvents}
                placeholder={MINIMUM_EVENTS}
                onInput={(minimumEvents) => onChange({ minimumEvents })}
              />
            )}
          </Field>
        )}
      </div>
    </details>
  );
}
