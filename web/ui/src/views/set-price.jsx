// Setting a price: what of, how much, from when. Checked while one writes, and by the server; then the past is offered.

import { batch, useComputed, useSignal } from '@preact/signals';
import { grouped } from '../amount.js';
import setPriceDocument from '../documents/setPrice.graphql?raw';
import { ask } from '../graphql.js';
import { closeTask } from '../price-task.js';
import { problemsOf, rateOf, toInput } from '../price-draft.js';
import { refresh } from '../prices.js';
import { heed } from '../session.js';
import { Field } from './field.jsx';
import { MomentField } from './moment-field.jsx';
import { PriceIsSet } from './price-is-set.jsx';
import { RateFields } from './rate-fields.jsx';

export function SetPrice({ task }) {
  const draft = useSignal(task.draft);
  /** Fields that were written in: the others are not yet complained of. */
  const touched = useSignal(new Set());
  const isTried = useSignal(false);
  /** The server's refusal: what it is, by the name of its field where it has one. */
  const refusal = useSignal(null);
  const isBusy = useSignal(false);
  const price = useSignal(null);

  const problems = useComputed(() => problemsOf(draft.value));
  const shown = useComputed(() => {
    const own = Object.entries(problems.value).filter(([field]) => isTried.value || touched.value.has(field));
    const servers = refusal.value?.field ? [[refusal.value.field, refusal.value.message]] : [];
    return Object.fromEntries([...servers, ...own]);
  });

  function change(changes, field) {
    batch(() => {
      draft.value = { ...draft.value, ...changes };
      if (field) touched.value = new Set([...touched.value, field]);
      refusal.value = null;
    });
  }

  async function submit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    isTried.value = true;
    if (!Object.keys(problems.value).length) await send();
    // Whoever cannot see the red must be led to it.
    if (!price.value) requestAnimationFrame(() => form.querySelector('[aria-invalid]')?.focus());
  }

  async function send() {
    isBusy.value = true;
    try {
      price.value = (await ask(setPriceDocument, { input: toInput(draft.value) })).setPrice;
      refresh();
    } catch (problem) {
      if (!heed(problem)) refusal.value = { message: problem.message, field: fieldOf(problem, draft.value) };
    }
    isBusy.value = false;
  }

  if (price.value) return <PriceIsSet price={price.value} hasPast={Boolean(draft.value.from)} usage={task.usage} />;
  const { isCustom, from, to } = draft.value;
  return (
    <form class="form" noValidate onSubmit={submit}>
      {task.usage ? <p>{waitingFor(task.usage)}</p> : null}
      <Subject draft={draft.value} problems={shown.value} isGiven={isGiven(task)} onChange={change} />
      <RateFields hasFocus={isGiven(task)} rates={draft.value.rates} isCustom={isCustom} problems={shown.value} onChange={change} />
      {task.lost.length > 0 && (
        <p class="warning">
          Your price replaces the whole one that there is, with its rates for {task.lost.join(', ')}: such calls will cost what all cost.
        </p>
      )}
      <div class="moments">
        <MomentField
          label="Holds from"
          plain="Now"
          value={from}
          problem={shown.value.effectiveFrom}
          onChange={(from) => change({ from }, 'effectiveTo')}
        />
        <MomentField
          label="Until"
          plain="Further notice"
          value={to}
          problem={shown.value.effectiveTo}
          onChange={(to) => change({ to }, 'effectiveTo')}
        />
      </div>
      {refusal.value && !refusal.value.field && (
        <p class="problem" role="alert">
          {refusal.value.message}
        </p>
      )}
      <p class="actions">
        <button type="submit" class="primary" disabled={isBusy.value}>
          {isBusy.value ? 'Setting…' : 'Set the price'}
        </button>
        <button type="button" onClick={closeTask}>
          Cancel
        </button>
      </p>
    </form>
  );
}

function Subject({ draft, problems, isGiven, onChange }) {
  const { isCustom, provider, model, rates } = draft;
  if (isGiven) {
    return (
      <p class="subject">
        {isCustom ? (
          <>
            <code>{rates[0].unit}</code> <span class="mark">custom unit</span>
          </>
        ) : (
          <>
            <code>{model}</code> <span class="per">of</span> <code>{provider}</code>
          </>
        )}
      </p>
    );
  }
  const names = { type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: false };
  return (
    <>
      <fieldset class="choice">
        <legend class="unseen">What is priced</legend>
        {[
          [false, 'A model'],
          [true, 'A custom unit'],
        ].map(([value, label]) => (
          <label key={label}>
            <input
              type="radio"
              name="subject"
              checked={isCustom === value}
              onChange={() => onChange({ isCustom: value, rates: value ? [rateOf('', '', 1)] : [rateOf('input_tokens'), rateOf('output_tokens')] })}
            />{' '}
            {label}
          </label>
        ))}
      </fieldset>
      {!isCustom && (
        <div class="names">
          <Field label="Provider" problem={problems.provider}>
            {(attributes) => (
              <input {...attributes} {...names} value={provider} onInput={(event) => onChange({ provider: event.target.value }, 'provider')} />
            )}
          </Field>
          <Field label="Model" problem={problems.model}>
            {(attributes) => <input {...attributes} {...names} value={model} onInput={(event) => onChange({ model: event.target.value }, 'model')} />}
          </Field>
        </div>
      )}
    </>
  );
}

/** Whether what is priced was chosen before the form was opened. */
function isGiven({ draft }) {
  return draft.model !== '' || (draft.isCustom && draft.rates[0].unit !== '');
}

function waitingFor({ events, partialEvents }) {
  const part = partialEvents === events ? ' in full' : '';
  return `${grouped(events)} ${events === '1' ? 'event waits' : 'events wait'} for a price${part}. It must hold from the first of them on to be theirs.`;
}

/** `input.rates[0].amount` → `rates[0].amount`; null where the form has no such field. */
function fieldOf({ field }, draft) {
  const name = field?.replace(/^input\.?/, '') ?? '';
  const known = ['effectiveFrom', 'effectiveTo', 'rates', ...(draft.isCustom ? [] : ['provider', 'model'])];
  const isRate = /^rates\[\d+\]\.(unit|amount|per|aboveInputTokens)$/.test(name);
  return isRate || known.includes(name) ? name : null;
}
