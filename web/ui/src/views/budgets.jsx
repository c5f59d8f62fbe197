// Budgets: what is spent of each month's limit, and what the month may come to.

import { draftOf, TEMPLATES } from '../alert-draft.js';
import { budgetRules, budgets, rules, task } from '../alerts.js';
import { difference, exactDollars, grouped, isZero } from '../amount.js';
import { isAdmin } from '../session.js';
import { dayOf, monthOf, spanOf } from '../zone.js';
import { Failure } from './failure.jsx';
import { Money } from './money.jsx';
import { Skeleton } from './skeleton.jsx';

const MONTHLY = TEMPLATES.find(({ draft }) => draft.period === 'MONTH');

export function Budgets() {
  if (rules.value.value && !budgetRules.value.length) return <NoBudgets />;
  const known = budgets.value.value;
  if (!known) {
    const problem = budgets.problem.value ?? rules.problem.value;
    return problem ? <Failure what="The budgets" problem={problem} onRetry={() => budgets.run()} /> : <Skeleton what="budgets" />;
  }
  return (
    <section class="firings budgets" aria-labelledby="budgets-title">
      <div class="keys-head">
        <h2 id="budgets-title">Budgets</h2>
        <p>Limits on the whole cost of a calendar month.</p>
        {isAdmin.value && <NewBudget />}
      </div>
      {budgetRules.value
        .filter(({ id }) => known.has(id))
        .map((rule) => (
          <Budget key={rule.id} rule={rule} budget={known.get(rule.id)} />
        ))}
    </section>
  );
}

function NewBudget() {
  return (
    <button type="button" class="primary" onClick={() => (task.value = { kind: 'rule', draft: MONTHLY.draft })}>
      New budget…
    </button>
  );
}

function NoBudgets() {
  return (
    <section class="notice">
      <h2>No budgets</h2>
      <p>A rule on the cost of a calendar month is a budget: here one sees what is spent of it, what the month may come to, and when it runs out.</p>
      {isAdmin.value ? (
        <p class="actions">
          <NewBudget />
        </p>
      ) : (
        <p>An admin of this workspace makes rules.</p>
      )}
    </section>
  );
}

function Budget({ rule, budget }) {
  const { limit, spent, forecast, forecastLow, forecastHigh, unpricedEvents } = budget;
  const zone = rule.window.timeZone;
  const left = difference(limit, spent);
  const isOver = left.startsWith('-') || isZero(left);
  return (
    <article class={`budget ${isOver ? 'over' : ''}`} aria-label={rule.name} data-testid="budget">
      <h3>
        {rule.name}
        {!rule.enabled && <span class="sign"> Paused</span>}
        {isAdmin.value && (
          <button
            type="button"
            class="small"
            aria-label={`Change ${rule.name}`}
            onClick={() => (task.value = { kind: 'change', id: rule.id, draft: draftOf(rule) })}
          >
            Change…
          </button>
        )}
      </h3>
      <p class="budget-spent">
        <b>
          <Money amount={spent} />
        </b>{' '}
        of {exactDollars(limit)} <span class="per">in {monthOf(Date.parse(budget.monthFrom), zone)}</span>
      </p>
      <Bar budget={budget} />
      <dl>
        <Fact name="Limit" mark="limit">
          {exactDollars(limit)}
        </Fact>
        <Fact name={isOver ? 'Over by' : 'Left'}>
          <Money amount={left.replace('-', '')} />
        </Fact>
        <Fact name="Forecast for the month" mark="forecast">
          {forecast === null ? (
            <span class="none">not known: fewer than three days</span>
          ) : (
            <>
              {exactDollars(forecast)}{' '}
              <span class="per" title="Four times in five the month ends in this range, if days go on as they did">
                ({exactDollars(forecastLow)} – {exactDollars(forecastHigh)})
              </span>
            </>
          )}
        </Fact>
        <Fact name={isOver ? 'Reached on' : 'Runs out on'}>{runsOut(budget, zone)}</Fact>
        <Fact name="Month">
          {spanOf(Date.parse(budget.monthFrom), Date.parse(budget.monthTo), zone)} <span class="per">{zone}</span>
        </Fact>
      </dl>
      {!isZero(unpricedEvents) && (
        <p class="sign">
          {grouped(unpricedEvents)} {unpricedEvents === '1' ? 'event has' : 'events have'} no price in full: more is spent than is told.{' '}
          <a href="/prices">Set prices</a>
        </p>
      )}
    </article>
  );
}

/** `mark`: how it is drawn in the bar. */
function Fact({ name, mark, children }) {
  return (
    <div>
      <dt>
        {mark && <i class={`mark-${mark}`} />}
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function runsOut({ runsOutAt, forecast }, zone) {
  if (runsOutAt) return dayOf(Date.parse(runsOutAt), zone, true);
  return <span class="none">{forecast === null ? 'not known' : 'not within the month'}</span>;
}

/** What is drawn is told beside it in numbers. */
function Bar({ budget }) {
  const [limit, spent, forecast, low, high] = ['limit', 'spent', 'forecast', 'forecastLow', 'forecastHigh'].map((name) => Number(budget[name] ?? 0));
  const most = Math.max(limit, spent, high) * 1.04;
  const at = (amount) => `${(amount / most) * 100}%`;
  return (
    <div class="budget-bar" aria-hidden="true">
      <i class="spent" style={{ width: at(spent) }} />
      {budget.forecast !== null && (
        <>
          <i class="forecast-range" style={{ left: at(low), width: at(high - low) }} />
          <i class="forecast" style={{ left: at(forecast) }} title="Forecast" />
        </>
      )}
      <i class="limit" style={{ left: at(limit) }} title="Limit" />
    </div>
  );
}
