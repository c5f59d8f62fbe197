// Ending an own price: what held before holds again from then on.

import { useSignal } from '@preact/signals';
import endPriceDocument from '../documents/endPrice.graphql?raw';
import { ask, serverNow } from '../graphql.js';
import { fromField, minute } from '../instant.js';
import { isVoid, nameOf } from '../price.js';
import { pastOf } from '../price-extent.js';
import { closeTask } from '../price-task.js';
import { refresh } from '../prices.js';
import { heed } from '../session.js';
import { Stage } from './dialog.jsx';
import { MomentField } from './moment-field.jsx';
import { Repricing } from './repricing.jsx';

export function EndPrice({ task: { price } }) {
  const at = useSignal('');
  const isVoided = useSignal(false);
  const problem = useSignal(null);
  const isBusy = useSignal(false);
  const ended = useSignal(null);
  const hasBegun = Date.parse(price.effectiveFrom) <= serverNow();

  function end() {
    if (isVoided.value) return price.effectiveFrom;
    return at.value ? new Date(fromField(at.value)).toISOString() : null;
  }

  async function submit(event) {
    event.preventDefault();
    isBusy.value = true;
    try {
      ended.value = { ...price, ...(await ask(endPriceDocument, { id: price.id, at: end() })).endPrice };
      refresh();
    } catch (failure) {
      if (!heed(failure)) problem.value = failure;
    }
    isBusy.value = false;
  }

  if (ended.value) return <Ended price={ended.value} before={price} />;
  return (
    <form class="form" noValidate onSubmit={submit}>
      <p class="subject">
        <code>{nameOf(price)}</code> <span class="per">own price since</span> {minute(price.effectiveFrom)}
      </p>
      <p>What held before it holds again from then on: the catalogue’s price, or none. Events keep their cost until they are repriced.</p>
      {!isVoided.value && hasBegun && (
        <MomentField
          label="Ends"
          plain="Now"
          value={at.value}
          problem={problem.value?.field === 'at' ? problem.value.message : undefined}
          onChange={(value) => {
            at.value = value;
            problem.value = null;
          }}
        />
      )}
      {hasBegun ? (
        <label class="check">
          <input type="checkbox" checked={isVoided.value} onChange={(event) => (isVoided.value = event.target.checked)} /> It was a
          mistake: as if it had never held
        </label>
      ) : (
        <p>It has not begun yet: ended now, it will never hold.</p>
      )}
      {problem.value && problem.value.field !== 'at' && (
        <p class="problem" role="alert">
          {problem.value.message}
        </p>
      )}
      <p class="actions">
        <button type="submit" class="primary" disabled={isBusy.value}>
          {isBusy.value ? 'Ending…' : 'End the price'}
        </button>
        <button type="button" onClick={closeTask}>
          Cancel
        </button>
      </p>
    </form>
  );
}

/** Events that had the price after its new end have a cost that no longer follows from any. */
function Ended({ price, before }) {
  const past = pastOf({ ...before, effectiveFrom: price.effectiveTo }, null, serverNow());
  return (
    <Stage>
      <p role="status" class="done">
        {isVoid(price) ? 'The price is void: it never held. It stays in the history.' : `The price ends at ${minute(price.effectiveTo)}.`}
      </p>
      {past && Date.parse(price.effectiveTo) < serverNow() - NOW_MS ? (
        <Repricing extent={past} />
      ) : (
        <p class="actions">
          <button type="button" class="primary" onClick={closeTask}>
            Close
          </button>
        </p>
      )}
    </Stage>
  );
}

/** Ended so lately is ended now: nothing was priced since. */
const NOW_MS = 30_000;
