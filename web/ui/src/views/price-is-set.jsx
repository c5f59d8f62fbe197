// After a price was set: what it means for events of the past.

import { serverNow } from '../graphql.js';
import { minute } from '../instant.js';
import { nameOf } from '../price.js';
import { pastOf } from '../price-extent.js';
import { closeTask } from '../price-task.js';
import { Stage } from './dialog.jsx';
import { Repricing } from './repricing.jsx';

/** `hasPast`: it holds from a moment that was written down, which may lie in the past. */
export function PriceIsSet({ price, hasPast, usage }) {
  const past = hasPast ? pastOf(price, usage, serverNow()) : null;
  return (
    <Stage>
      <p role="status" class="done">
        <code>{nameOf(price)}</code> has its price, from {hasPast ? minute(price.effectiveFrom) : 'now'} on.
      </p>
      {past ? (
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
