// Making or changing a rule: what it watches, what it takes to fire, and when it would have fired.

import { batch, useComputed, useSignal } from '@preact/signals';
import { problemsOf, ruleOf, toInput } from '../alert-draft.js';
import { sentenceOf } from '../alert-sentence.js';
import { closeTask, readRules } from '../alerts.js';
import changeAlertRule from '../documents/changeAlertRule.graphql?raw';
import createAlertRule from '../documents/createAlertRule.graphql?raw';
import { ask } from '../graphql.js';
import { heed } from '../session.js';
import { Field } from './field.jsx';
import { RuleCondition } from './rule-condition.jsx';
import { RuleDestinations } from './rule-destinations.jsx';
import { RuleFilter } from './rule-filter.jsx';
import { RuleMinimums } from './rule-minimums.jsx';
import { RulePreview } from './rule-preview.jsx';

/** Where the form tells what the server says is wrong. */
const FIELDS = ['name', 'threshold', 'minimum', 'minimumEvents', 'window', 'destinationIds'];

export function RuleForm({ task }) {
  const draft = useSignal(task.draft);
  const isTried = useSignal(false);
  /** The server's refusal: what it is, by the name of its field where it has one. */
  const refusal = useSignal(null);
  const isBusy = useSignal(false);
  const own = useComputed(() => problemsOf(draft.value));
  const problems = useComputed(() => ({
    ...(refusal.value?.field && { [refusal.value.field]: refusal.value.message }),
    ...(isTried.value && own.value),
  }));
  const input = useComputed(() => toInput(draft.value));

  function change(changes) {
    batch(() => {
      draft.value = { ...draft.value, ...changes };
      refusal.value = null;
    });
  }

  /** Whether it can be sent, maybe without some fields; where it cannot, what is wrong is told. */
  function check(form, without = []) {
    if (Object.keys(own.value).every((field) => without.includes(field))) return true;
    isTried.value = true;
    lead(form);
    return false;
  }

  function refuse(problem, form) {
    if (heed(problem)) return;
    const field = problem.field?.replace(/^input\./, '').replace(/^(window)\..*/, '$1');
    refusal.value = { message: problem.message, field: FIELDS.includes(field) ? field : null };
    lead(form);
  }

  async function submit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    if (!check(form)) return;
    isBusy.value = true;
    try {
      await (task.id ? ask(changeAlertRule, { id: task.id, input: input.value }) : ask(createAlertRule, { input: input.value }));
      readRules();
      closeTask();
    } catch (problem) {
      refuse(problem, form);
    }
    isBusy.value = false;
  }

  return (
    <form class="form rule-form" noValidate onSubmit={submit}>
      <Field label="Name" problem={problems.value.name}>
        {(attributes) => (
          <input
            {...attributes}
            value={draft.value.name}
            placeholder="Customer spends too much"
            maxLength={200}
            autocomplete="off"
            autofocus
            onInput={(event) => change({ name: event.target.value })}
          />
        )}
      </Field>
      <RuleCondition draft={draft.value} problems={problems.value} onChange={change} />
      <RuleFilter draft={draft.value} onChange={change} />
      <RuleMinimums draft={draft.value} problems={problems.value} onChange={change} />
      <RuleDestinations draft={draft.value} problem={problems.value.destinationIds} onChange={change} />
      <p class="rule-sentence" data-testid="sentence">
        <span class="per">Fires when: </span>
        {sentenceOf(ruleOf(draft.value))}
      </p>
      <RulePreview draft={draft.value} input={input} onCheck={check} onRefused={refuse} />
      {refusal.value && !refusal.value.field && (
        <p class="problem" role="alert">
          {refusal.value.message}
        </p>
      )}
      <p class="actions">
        <button type="submit" class="primary" disabled={isBusy.value}>
          {isBusy.value ? 'Saving…' : task.id ? 'Save the rule' : 'Make the rule'}
        </button>
        <button type="button" onClick={closeTask}>
          Cancel
        </button>
      </p>
    </form>
  );
}

/** Whoever cannot see the red must be led to it. */
function lead(form) {
  requestAnimationFrame(() => form.querySelector('[aria-invalid]')?.focus());
}
