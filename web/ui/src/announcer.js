// What a screen reader hears of a live table: changes of state at once, new events summed up now and then.

import { effect, signal } from '@preact/signals';
import { paused } from './inflow.js';
import { connection } from './feed.js';
import { live, phase } from './activity.js';
import { received } from './rate.js';

const EVERY_MS = 20_000;

export const announcement = signal('');

const STATES = {
  live: 'Live.',
  behind: 'Catching up.',
  waiting: 'Connection lost. Reconnecting.',
  offline: 'Offline.',
};

export function startAnnouncer() {
  let told = 0;
  let state = '';
  const stop = effect(() => {
    const next = paused.value ? 'Paused.' : STATES[connection.value.state];
    if (!next || next === state) return;
    announcement.value = state = next;
  });
  const timer = setInterval(() => {
    const fresh = received.value - told;
    told = received.value;
    if (fresh > 0 && !paused.value && live.value && phase.value === 'ready') {
      announcement.value = `${fresh} new ${fresh === 1 ? 'event' : 'events'}.`;
    }
  }, EVERY_MS);
  return () => {
    stop();
    clearInterval(timer);
  };
}
