// Repricing of what one chooses: a range of time, and a provider or model.

import { useSignal } from '@preact/signals';
import { fromField, timeZone, toField } from '../instant.js';
import { closeTask } from '../price-task.js';
import { EVER, RANGES, toExtent } from '../price-extent.js';
import { Stage } from './dialog.jsx';
import { Field } from './field.jsx';
import { Repricing } from './repricing.jsx';

export function Reprice() {
  const range = useSignal({ id: 'LAST_30_DAYS', from: '', to: '' });
  const provider = useSignal('');
  const model = useSignal('');
  const extent = useSignal(null);

  if (extent.value) {
    return (
      <Stage>
        <Repricing extent={extent.value} onBack={() => (extent.value = null)} />
      </Stage>
    );
  }

  const isCustom = range.value.id === 'custom';
  const isBackwards = isCustom && fromField(range.value.from) >= fromField(range.value.to);

  function choose(id) {
    const now = Date.now();
    const day = new Date(now).setHours(0, 0, 0, 0);
    range.value = id === 'custom' ? { id, from: toField(day), to: toField(now) } : { id, from: '', to: '' };
  }

  function submit(event) {
    event.preventDefault();
    if (!isBackwards) extent.value = toExtent(range.value, provider.value.trim(), model.value.trim());
  }

  const names = { type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: false, placeholder: 'all' };
  return (
    <form class="form" noValidate onSubmit={submit}>
      <p>Events keep the cost that they were given. Repricing reckons it again by the prices that are known today for their time.</p>
      <Field label="Events of" problem={isBackwards ? 'The range ends before it begins.' : undefined}>
        {(attributes) => (
          <span class="extent">
            <select {...attributes} value={range.value.id} onChange={(event) => choose(event.target.value)}>
              {RANGES.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
            {isCustom &&
              ['from', 'to'].map((end) => (
                <input
                  key={end}
                  type="datetime-local"
                  aria-label={end === 'from' ? 'From' : 'To'}
                  value={range.value[end]}
                  required
                  onInput={(event) => event.target.value && (range.value = { ...range.value, [end]: event.target.value })}
                />
              ))}
            {range.value.id !== EVER && <span class="zone">{timeZone}</span>}
          </span>
        )}
      </Field>
      <div class="names">
        <Field label="Provider">
          {(attributes) => <input {...attributes} {...names} value={provider.value} onInput={(event) => (provider.value = event.target.value)} />}
        </Field>
        <Field label="Model">
          {(attributes) => <input {...attributes} {...names} value={model.value} onInput={(event) => (model.value = event.target.value)} />}
        </Field>
      </div>
      <p class="actions">
        <button type="submit" class="primary">
          Show what would change
        </button>
        <button type="button" onClick={closeTask}>
          Cancel
        </button>
      </p>
    </form>
  );
}
