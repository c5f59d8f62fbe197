// What rules found: what goes on, and then what is over.

import { acknowledge } from '../alert-feed.js';
import { current, past, rules } from '../alerts.js';
import { ruleId, setRuleId, setState, state, STATES } from '../alerts-query.js';
import { isAdmin } from '../session.js';
import { Choice } from './choice.jsx';
import { Failure } from './failure.jsx';
import { FiringTable } from './firing-table.jsx';
import { NoRules } from './no-rules.jsx';
import { RowAction } from './row-action.jsx';
import { Skeleton } from './skeleton.jsx';

/** The most that can be acknowledged at once. */
const AT_ONCE = 1000;

export function Firings() {
  const isFiltered = ruleId.value !== null || state.value !== STATES[0];
  const isNew = rules.value.value?.length === 0 && !isFiltered;
  if (isNew && current.reading.value.value?.firings.length === 0 && past.reading.value.value?.firings.length === 0) return <NoRules />;
  return (
    <>
      <FiringFilter />
      {state.value.id !== 'over' && <GoingOn />}
      {['all', 'over'].includes(state.value.id) && <Past />}
    </>
  );
}

function FiringFilter() {
  const known = rules.value.value ?? [];
  const chosen = ruleId.value ?? '';
  return (
    <div class="firing-filter" role="search" aria-label="Filter firings">
      <Choice label="State" options={STATES} value={state.value.id} onChange={setState} />
      <select aria-label="Rule" value={chosen} onChange={(event) => setRuleId(event.target.value)}>
        <option value="">All rules</option>
        {known.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        {chosen && !known.some(({ id }) => id === chosen) && <option value={chosen}>A rule that is deleted</option>}
      </select>
    </div>
  );
}

function GoingOn() {
  const { firings = [], hasMore = false } = current.reading.value.value ?? {};
  const open = firings.filter((firing) => firing.state === 'OPEN').slice(0, AT_ONCE);
  return (
    <section class="firings" aria-labelledby="going-on">
      <div class="keys-head">
        <h2 id="going-on">{state.value.id === 'acknowledged' ? 'Acknowledged' : 'Going on'}</h2>
        {isAdmin.value && open.length > 1 && (
          <RowAction
            label={`Acknowledge ${hasMore || open.length === AT_ONCE ? 'these' : 'all'} ${open.length}`}
            name={`Acknowledge ${open.length} firings`}
            onRun={() => acknowledge(open.map(({ id }) => id))}
          />
        )}
      </div>
      <List list={current} what="What goes on" none="All quiet: nothing goes on." labelledBy="going-on" />
    </section>
  );
}

function Past() {
  return (
    <section class="firings" aria-labelledby="past">
      <h2 id="past">Over</h2>
      <List list={past} what="What is over" none="Nothing fired and was over yet." labelledBy="past" isPast />
    </section>
  );
}

function List({ list, what, none, labelledBy, isPast = false }) {
  const known = list.reading.value.value;
  if (!known) {
    const problem = list.reading.problem.value;
    return problem ? <Failure what={what} problem={problem} onRetry={() => list.reading.run()} /> : <Skeleton what="firings" />;
  }
  if (!known.firings.length) return <p class="none">{none}</p>;
  return (
    <>
      <FiringTable firings={known.firings} labelledBy={labelledBy} isPast={isPast} />
      {known.hasMore && (
        <p class="more">
          <button type="button" disabled={list.extending.value} onClick={() => list.extend()}>
            {list.extending.value ? 'Loading…' : 'Show more'}
          </button>
          {list.problem.value && (
            <span class="problem" role="alert">
              {list.problem.value.message}
            </span>
          )}
        </p>
      )}
    </>
  );
}
