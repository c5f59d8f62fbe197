// The Prices page's state: what is read, how often, and what is read anew after a change.

import { computed, effect, signal, untracked } from '@preact/signals';
import { catalogue, worklist } from './catalogue.js';
import { list, startList } from './price-list.js';
import { part } from './prices-query.js';
import { reportedProviders } from './reported-providers.js';

const POLL_MS = 30_000;
const READINGS = [list, catalogue, worklist, reportedProviders];

/** Grows when a price or a cost was changed here: histories are read anew. */
export const changes = signal(0);

/** When what failed is tried again, in ms; null where nothing waits. */
export const retryAt = computed(() => {
  const times = READINGS.map((reading) => reading.retryAt.value).filter((at) => at !== null);
  return times.length ? Math.min(...times) : null;
});

/** Starts reading; returns how to stop. */
export function startPrices() {
  const stopList = startList();
  const poll = () => {
    if (document.hidden) return;
    if (catalogue.retryAt.value === null) catalogue.run();
    if (reportedProviders.retryAt.value === null) reportedProviders.run();
    if (worklist.retryAt.value === null && !worklist.problem.value?.stays) worklist.run();
  };
  const stopPart = effect(() => {
    void part.value;
    untracked(() => {
      // What waits in one part says nothing of another.
      worklist.clear();
      poll();
    });
  });
  const timer = setInterval(poll, POLL_MS);
  document.addEventListener('visibilitychange', poll);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', poll);
    stopList();
    stopPart();
    catalogue.clear();
    reportedProviders.clear();
    worklist.clear();
  };
}

/** Tries now what would be tried later. */
export function retry() {
  for (const reading of READINGS) if (reading.retryAt.value !== null) reading.run();
}

/** After a change of prices or costs. */
export function refresh() {
  changes.value++;
  list.run();
  worklist.run();
}
