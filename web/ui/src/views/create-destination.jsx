// Saying where alerts may be sent; then a webhook's secret, this once, and a test.

import { useSignal } from '@preact/signals';
import { destinations, KINDS } from '../alert-destinations.js';
import { closeTask } from '../alerts.js';
import createAlertDestination from '../documents/createAlertDestination.graphql?raw';
import { ask } from '../graphql.js';
import { heed } from '../session.js';
import { DestinationIsMade } from './destination-is-made.jsx';
import { Field } from './field.jsx';

const FIELDS = ['name', 'url', 'addresses'];

export function CreateDestination() {
  const name = useSignal('');
  const kind = useSignal('WEBHOOK');
  const url = useSignal('');
  const addresses = useSignal('');
  const problem = useSignal(null);
  const isBusy = useSignal(false);
  const made = useSignal(null);
  const fieldOf = (failure) => failure.field?.replace(/^input\./, '');
  const problemOf = (field) => (problem.value && fieldOf(problem.value) === field ? problem.value.message : undefined);
  const { field } = KINDS.find(({ id }) => id === kind.value);

  function set(part, value) {
    part.value = value;
    problem.value = null;
  }

  async function submit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    isBusy.value = true;
    const where = field === 'url' ? { url: url.value } : { addresses: addresses.value.split(/[\s,;]+/).filter(Boolean) };
    try {
      made.value = (await ask(createAlertDestination, { input: { name: name.value, kind: kind.value, ...where } })).createAlertDestination;
      destinations.run();
    } catch (failure) {
      if (!heed(failure)) problem.value = failure;
      requestAnimationFrame(() => form.querySelector('[aria-invalid]')?.focus());
    }
    isBusy.value = false;
  }

  if (made.value) return <DestinationIsMade made={made.value} />;
  return (
    <form class="form" noValidate onSubmit={submit}>
      <Field label="Name" problem={problemOf('name')}>
        {(attributes) => (
          <input
            {...attributes}
            value={name.value}
            placeholder="on call"
            maxLength={100}
            autocomplete="off"
            autofocus
            onInput={(event) => set(name, event.target.value)}
          />
        )}
      </Field>
      <fieldset>
        <legend>How</legend>
        {KINDS.map(({ id, label, hint }) => (
          <label key={id} class="check scope">
            <input type="radio" name="kind" checked={kind.value === id} onChange={() => set(kind, id)} />
            <span>
              {label} <span class="per">{hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {field === 'url' ? (
        <Field label="URL" problem={problemOf('url')} hint="Whoever knows it may send there: it is never shown whole again.">
          {(attributes) => (
            <input
              {...attributes}
              type="url"
              value={url.value}
              placeholder={kind.value === 'SLACK' ? 'https://hooks.slack.com/services/…' : 'https://hooks.example.com/livemeter'}
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => set(url, event.target.value)}
            />
          )}
        </Field>
      ) : (
        <Field label="Addresses" problem={problemOf('addresses')} hint="Up to 20, with spaces or commas between them.">
          {(attributes) => (
            <input
              {...attributes}
              value={addresses.value}
              placeholder="ops@example.com, ada@example.com"
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => set(addresses, event.target.value)}
            />
          )}
        </Field>
      )}
      {problem.value && !FIELDS.includes(fieldOf(problem.value)) && (
        <p class="problem" role="alert">
          {problem.value.message}
        </p>
      )}
      <p class="actions">
        <button type="submit" class="primary" disabled={isBusy.value}>
          {isBusy.value ? 'Making…' : 'Make the destination'}
        </button>
        <button type="button" onClick={closeTask}>
          Cancel
        </button>
      </p>
    </form>
  );
}
