// Taking a rule away for good.

import { sentenceOf } from '../alert-sentence.js';
import { closeTask, readRules } from '../alerts.js';
import deleteAlertRule from '../documents/deleteAlertRule.graphql?raw';
import { ask } from '../graphql.js';
import { Confirmation } from './confirmation.jsx';

const LABELS = { confirm: 'Delete the rule', busy: 'Deleting…', leave: 'Keep it' };

export function DeleteRule({ task: { rule } }) {
  async function remove() {
    await ask(deleteAlertRule, { id: rule.id });
    readRules();
    closeTask();
  }

  return (
    <Confirmation labels={LABELS} onConfirm={remove} onLeave={closeTask}>
      <p class="subject">
        <code>{rule.name}</code>
      </p>
      <p>{sentenceOf(rule)}</p>
      <p>It watches no more, and what goes on of it ends. What it found stays in the list. To stop it for a while, pause it.</p>
    </Confirmation>
  );
}
