// The Alerts page, put together.

import { useEffect } from 'preact/hooks';
import '../styles/dialog.css';
import '../styles/keys.css';
import '../styles/alerts.css';
import { destinations } from '../alert-destinations.js';
import { openCount } from '../alert-feed.js';
import { budgetRules, closeTask, rules, startAlerts, task } from '../alerts.js';
import { view, viewHref, VIEWS } from '../alerts-query.js';
import { AlertProblems } from './alert-problems.jsx';
import { AlertsConnection } from './alerts-connection.jsx';
import { Budgets } from './budgets.jsx';
import { CreateDestination } from './create-destination.jsx';
import { DeleteDestination } from './delete-destination.jsx';
import { DeleteRule } from './delete-rule.jsx';
import { Destinations } from './destinations.jsx';
import { Firings } from './firings.jsx';
import { Header } from './header.jsx';
import { RotateSecret } from './rotate-secret.jsx';
import { RuleForm } from './rule-form.jsx';
import { Rules } from './rules.jsx';
import { TaskDialog } from './task-dialog.jsx';

const TASKS = {
  rule: { title: 'New rule', View: RuleForm },
  change: { title: 'Change a rule', View: RuleForm },
  delete: { title: 'Delete a rule', View: DeleteRule },
  destination: { title: 'New destination', View: CreateDestination },
  secret: { title: 'New secret', View: RotateSecret },
  undestine: { title: 'Delete a destination', View: DeleteDestination },
};
const SHOWN = { firings: Firings, rules: Rules, budgets: Budgets, destinations: Destinations };

export function Alerts() {
  useEffect(startAlerts, []);
  const Shown = SHOWN[view.value.id];
  return (
    <div class="page">
      <a class="skip" href="#alerts">
        Skip to the alerts
      </a>
      <Header>
        <AlertsConnection />
      </Header>
      <nav class="views" aria-label="Alerts">
        {VIEWS.map((each) => (
          <a key={each.id} href={viewHref(each)} aria-current={each === view.value ? 'page' : undefined}>
            {each.label} <Count of={each.id} />
          </a>
        ))}
      </nav>
      <main id="alerts" tabIndex={-1} aria-label="Alerts">
        <h1 class="unseen">Alerts</h1>
        <div class="scroller" data-testid="scroller">
          <AlertProblems />
          <Shown />
        </div>
      </main>
      <TaskDialog task={task.value} views={TASKS} onClose={closeTask} />
    </div>
  );
}

function Count({ of }) {
  const count = COUNTS[of]();
  return count ? <span class={`count ${of === 'firings' ? 'open' : ''}`}>{count}</span> : null;
}

const COUNTS = {
  firings: () => openCount.value,
  rules: () => rules.value.value?.length,
  budgets: () => budgetRules.value.length,
  destinations: () => destinations.value.value?.length,
};
