// Nothing is watched yet: what rules are for, and some to begin with.

import { emptyDraft, TEMPLATES } from '../alert-draft.js';
import { task } from '../alerts.js';
import { isAdmin } from '../session.js';

export function NoRules() {
  return (
    <section class="notice">
      <h2>Nothing is watched yet</h2>
      <p>
        A rule watches cost, tokens, errors or silence, for all together or for each customer, user, feature or model. What it finds is shown here and
        by the bell on every page.
      </p>
      {isAdmin.value ? (
        <>
          <ul class="templates">
            {TEMPLATES.map(({ label, draft }) => (
              <li key={label}>
                <button type="button" onClick={() => (task.value = { kind: 'rule', draft })}>
                  {label}
                </button>
              </li>
            ))}
          </ul>
          <p class="actions">
            <button type="button" class="primary" onClick={() => (task.value = { kind: 'rule', draft: emptyDraft() })}>
              New rule…
            </button>
          </p>
        </>
      ) : (
        <p>An admin of this workspace makes rules.</p>
      )}
    </section>
  );
}
