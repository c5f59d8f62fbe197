// The rules: what each watches, whether it does, and what it finds now.

import { emptyDraft, draftOf } from '../alert-draft.js';
import { destinations } from '../alert-destinations.js';
import { goingOn, hasAll } from '../alert-feed.js';
import { sentenceOf } from '../alert-sentence.js';
import { readRules, rules, task } from '../alerts.js';
import enableAlertRule from '../documents/enableAlertRule.graphql?raw';
import { ask } from '../graphql.js';
import { absolute } from '../instant.js';
import { isAdmin } from '../session.js';
import { Failure } from './failure.jsx';
import { NoRules } from './no-rules.jsx';
import { RowAction } from './row-action.jsx';
import { Skeleton } from './skeleton.jsx';

export function Rules() {
  const known = rules.value.value;
  if (!known) {
    const problem = rules.problem.value;
    return problem ? <Failure what="The rules" problem={problem} onRetry={readRules} /> : <Skeleton what="rules" />;
  }
  if (!known.length) return <NoRules />;
  return (
    <section class="firings" aria-labelledby="rules-title">
      <div class="keys-head">
        <h2 id="rules-title">Rules</h2>
        <span class="space" />
        {isAdmin.value && (
          <button type="button" class="primary" onClick={() => (task.value = { kind: 'rule', draft: emptyDraft() })}>
            New rule…
          </button>
        )}
      </div>
      <table class="alert-table rule-table" aria-labelledby="rules-title">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Fires when</th>
            <th scope="col" class="number">
              Going on
            </th>
            <th scope="col">State</th>
            {isAdmin.value && (
              <th scope="col">
                <span class="unseen">Change</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {known.map((rule) => (
            <Row key={rule.id} rule={rule} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ rule }) {
  const { id, name, enabled, createdBy, createdAt } = rule;
  return (
    <tr class={`rule-row ${enabled ? '' : 'paused'}`} data-testid="rule">
      <th scope="row" class="rule" title={`Made by ${createdBy}, ${absolute(createdAt)}`}>
        {name}
      </th>
      <td class="sentence">
        {sentenceOf(rule)} <Told ids={rule.destinationIds} />
      </td>
      <td class="number found">
        <GoingOn id={id} />
      </td>
      <td class="standing">{enabled ? 'Enabled' : <span class="sign">Paused</span>}</td>
      {isAdmin.value && (
        <td class="row-actions">
          <button type="button" class="small" aria-label={`Change ${name}`} onClick={() => (task.value = { kind: 'change', id, draft: draftOf(rule) })}>
            Change…
          </button>
          <RowAction label={enabled ? 'Pause' : 'Resume'} name={`${enabled ? 'Pause' : 'Resume'} ${name}`} onRun={() => enable(id, !enabled)} />
          <button type="button" class="small" aria-label={`Delete ${name}`} onClick={() => (task.value = { kind: 'delete', rule })}>
            Delete…
          </button>
        </td>
      )}
    </tr>
  );
}

function Told({ ids }) {
  const names = (destinations.value.value ?? []).filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  return names.length > 0 && <span class="per">Tells {names.join(', ')}.</span>;
}

function GoingOn({ id }) {
  const count = goingOn.value.filter(({ rule }) => rule.id === id).length;
  if (!count && hasAll.value) return <span class="none">—</span>;
  return (
    <a href={`/alerts?rule=${encodeURIComponent(id)}`}>
      {count}
      {!hasAll.value && ' or more'}
    </a>
  );
}

async function enable(id, enabled) {
  await ask(enableAlertRule, { id, enabled });
  await readRules();
}
