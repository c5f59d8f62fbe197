// The way to what is held back.

import { COUNTED, held, holding, paused } from '../inflow.js';
import { toNewest } from '../selection.js';
import { Up } from './icons.jsx';

export function NewEvents() {
  const count = held.value;
  if (!holding.value || !count) return null;
  const number = count > COUNTED ? `${COUNTED.toLocaleString('en')}+` : count.toLocaleString('en');
  return (
    <button type="button" class="new-events" data-testid="new-events" onClick={toNewest}>
      {number} new {count === 1 ? 'event' : 'events'}
      {paused.value ? ' · Resume' : ''} <Up />
    </button>
  );
}
