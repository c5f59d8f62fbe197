// A moment: the plain case by itself, or a time that one writes, in the browser's zone.

import { timeZone, toField } from '../instant.js';
import { Field } from './field.jsx';

/** `value` of a datetime-local field; empty stands for the plain case, which `plain` names. */
export function MomentField({ label, plain, value, problem, onChange }) {
  return (
    <div class="moment">
      <Field label={label} problem={problem}>
        {(attributes) => (
          <>
            <select
              aria-label={`${label}: when`}
              value={value ? 'at' : 'plain'}
              onChange={(event) => onChange(event.target.value === 'at' ? toField(Date.now()) : '')}
            >
              <option value="plain">{plain}</option>
              <option value="at">At a time…</option>
            </select>
            {value && (
              <>
                <input
                  {...attributes}
                  type="datetime-local"
                  value={value}
                  required
                  onInput={(event) => event.target.value && onChange(event.target.value)}
                />
                <span class="zone">{timeZone}</span>
              </>
            )}
          </>
        )}
      </Field>
    </div>
  );
}
