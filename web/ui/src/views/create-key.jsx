// Making a key: what it is for, what it may do, how long it holds; then its secret, this once.

import { useSignal } from '@preact/signals';
import createApiKey from '../documents/createApiKey.graphql?raw';
import { ask } from '../graphql.js';
import { fromField } from '../instant.js';
import { closeTask, keys, SCOPES } from '../keys.js';
import { heed } from '../session.js';
import { CopyButton } from './copy-button.jsx';
import { Stage } from './dialog.jsx';
import { Field } from './field.jsx';
import { MomentField } from './moment-field.jsx';

export function CreateKey() {
  const name = useSignal('');
  const scopes = useSignal(['EVENTS_WRITE']);
  const ends = useSignal('');
  const problem = useSignal(null);
  const isBusy = useSignal(false);
  const made = useSignal(null);
  const problemOf = (field) => (problem.value?.field === field ? problem.value.message : undefined);

  function set(part, value) {
    part.value = value;
    problem.value = null;
  }

  function toggle(scope) {
    const has = scopes.value.includes(scope);
    set(scopes, has ? scopes.value.filter((other) => other !== scope) : [...scopes.value, scope]);
  }

  async function submit(event) {
    event.preventDefault();
    isBusy.value = true;
    const expiresAt = ends.value ? new Date(fromField(ends.value)).toISOString() : null;
    try {
      made.value = (await ask(createApiKey, { name: name.value, scopes: scopes.value, expiresAt })).createApiKey;
      keys.run();
    } catch (failure) {
      if (!heed(failure)) problem.value = failure;
    }
    isBusy.value = false;
  }

  if (made.value) return <Made made={made.value} />;
  return (
    <form class="form" noValidate onSubmit={submit}>
      <Field label="What it is for" problem={problemOf('name')}>
        {(attributes) => (
          <input
            {...attributes}
            value={name.value}
            placeholder="checkout service"
            maxLength={100}
            autocomplete="off"
            autofocus
            onInput={(event) => set(name, event.target.value)}
          />
        )}
      </Field>
      <fieldset>
        <legend>What it may do</legend>
        {SCOPES.map((scope) => (
          <label key={scope.name} class="check scope">
            <input type="checkbox" checked={scopes.value.includes(scope.name)} onChange={() => toggle(scope.name)} />
            <span>
              {scope.label} <span class="per">{scope.hint}</span>
            </span>
          </label>
        ))}
        {problemOf('scopes') && (
          <p class="problem" role="alert">
            {problemOf('scopes')}
          </p>
        )}
      </fieldset>
      <MomentField label="Ends" plain="Never" value={ends.value} problem={problemOf('expiresAt')} onChange={(value) => set(ends, value)} />
      {problem.value && !['name', 'scopes', 'expiresAt'].includes(problem.value.field) && (
        <p class="problem" role="alert">
          {problem.value.message}
        </p>
      )}
      <p class="actions">
        <button type="submit" class="primary" disabled={isBusy.value}>
          {isBusy.value ? 'Making…' : 'Make the key'}
        </button>
        <button type="button" onClick={closeTask}>
          Cancel
        </button>
      </p>
    </form>
  );
}

function Made({ made }) {
  return (
    <Stage>
      <p role="status" class="done">
        The key “{made.apiKey.name}” is made. Copy its secret now: it is shown this once.
      </p>
      <p class="secret">
        <code data-testid="secret">{made.secret}</code> <CopyButton text={made.secret} label="Copy" />
      </p>
      <p>Programs send it as a header:</p>
      <pre>Authorization: Bearer om_live_…</pre>
      <p class="actions">
        <button type="button" class="primary" onClick={closeTask}>
          I have kept it
        </button>
      </p>
    </Stage>
  );
}
