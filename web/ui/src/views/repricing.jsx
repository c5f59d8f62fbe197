// What repricing would change, model by model; then the change itself, with its progress.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { change, difference, exactDollars, grouped } from '../amount.js';
import { closeTask } from '../price-task.js';
import { refresh } from '../prices.js';
import { Reading } from '../reading.js';
import { previewRepricing, RepricingRun } from '../repricing.js';
import { Stage } from './dialog.jsx';

/** `extent`: `{range, filter}`. `onBack`, where one may choose another. */
export function Repricing({ extent, onBack }) {
  const preview = useMemo(() => new Reading((signal) => previewRepricing(extent, signal)), [extent]);
  const run = useSignal(null);
  useEffect(() => {
    preview.run();
    return () => preview.stop();
  }, [preview]);
  // Whoever closes the dialog meanwhile stops it: what was changed is changed.
  useEffect(() => () => run.value?.stop(), []);

  async function start() {
    run.value ??= new RepricingRun(extent);
    await run.value.go();
    refresh();
  }

  const found = preview.value.value;
  if (run.value) {
    return (
      <Stage>
        <Preview found={found} />
        <Progress run={run.value} expected={found.changed} onGoOn={start} />
      </Stage>
    );
  }
  if (preview.problem.value && !found) {
    return (
      <>
        <p class="problem" role="alert">
          {preview.problem.value.message}
        </p>
        <Actions onBack={onBack}>
          <button type="button" class="primary" onClick={() => preview.run()}>
            Try again
          </button>
        </Actions>
      </>
    );
  }
  if (!found) return <p role="status">Reckoning what would change…</p>;
  if (found.changed === '0') {
    return (
      <>
        <p role="status">
          {found.events === '0' ? 'There are no events there.' : `None of ${grouped(found.events)} events would cost anything else.`}
        </p>
        <Actions isLast onBack={onBack} />
      </>
    );
  }
  return (
    <>
      <Preview found={found} />
      <Offer found={found} onStart={start} onBack={onBack} />
    </>
  );
}

function Preview({ found }) {
  return (
    <div class="preview" tabIndex={0} role="region" aria-label="What would change">
      <table class="lines">
        <thead>
          <tr>
            <th scope="col">Model or unit</th>
            <th scope="col" class="number">
              Events
            </th>
            <th scope="col" class="number">
              Known before
            </th>
            <th scope="col" class="number">
              Known after
            </th>
            <th scope="col" class="number">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          {found.groups.map((group) => (
            <tr key={`${group.provider} ${group.model}`} data-testid="repriced-group">
              <th scope="row">
                <code>{group.model}</code> {group.provider && <span class="per">{group.provider}</span>}
              </th>
              <Costs group={group} />
            </tr>
          ))}
        </tbody>
        {found.groups.length > 1 && (
          <tfoot>
            <tr>
              <th scope="row">All</th>
              <Costs group={found} />
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

function Costs({ group }) {
  const { changed, costBefore, costAfter } = group;
  return (
    <>
      <td class="number">{grouped(changed)}</td>
      <td class="number">{exactDollars(costBefore)}</td>
      <td class="number">{exactDollars(costAfter)}</td>
      <td class="number">{change(difference(costAfter, costBefore))}</td>
    </>
  );
}

function Offer({ found, onStart, onBack }) {
  return (
    <>
      <p class="hint">
        {found.complete ? '' : 'The server’s time was up before it had seen all: more may change. '}
        Costs that the caller gave stay as they are. The earlier cost of each event is kept on record.
      </p>
      <Actions onBack={onBack}>
        <button type="button" class="primary" onClick={onStart}>
          Reprice {grouped(found.changed)} {found.changed === '1' ? 'event' : 'events'}
        </button>
      </Actions>
    </>
  );
}

function Progress({ run, expected, onGoOn }) {
  const changed = run.changed.value;
  const told = `${grouped(String(changed))} of ${grouped(expected)} events`;
  if (run.state.value === 'complete') {
    return (
      <>
        <p role="status" class="done">
          Done: {grouped(String(changed))} {changed === 1n ? 'event has its' : 'events have their'} new cost.
        </p>
        <Actions isLast />
      </>
    );
  }
  const isRunning = run.state.value === 'running';
  return (
    <>
      <p role="status">{isRunning ? `Repricing: ${told}…` : `Stopped after ${told}. What was changed stays changed.`}</p>
      <progress value={Number(changed)} max={Number(expected)} aria-label="Repriced events" />
      {run.problem.value && (
        <p class="problem" role="alert">
          {run.problem.value.message}
        </p>
      )}
      {isRunning ? (
        <p class="actions">
          <button type="button" onClick={() => run.stop()}>
            Stop
          </button>
        </p>
      ) : (
        <Actions>
          <button type="button" class="primary" onClick={onGoOn}>
            Go on
          </button>
        </Actions>
      )}
    </>
  );
}

/** `isLast`: nothing is left to do but to close. */
function Actions({ isLast = false, onBack, children }) {
  return (
    <p class="actions">
      {children}
      {onBack && (
        <button type="button" onClick={onBack}>
          Choose other events
        </button>
      )}
      <button type="button" class={isLast ? 'primary' : ''} onClick={closeTask}>
        {isLast ? 'Close' : 'Not now'}
      </button>
    </p>
  );
}
