// What one is about to do with prices; it has the page's dialog while it lasts.

import { signal } from '@preact/signals';

/**
 * @typedef {{kind: 'set', draft: import('./price-draft.js').PriceDraft, lost: string[], usage: object|null}
 *   | {kind: 'end', price: object}
 *   | {kind: 'reprice'}} PriceTask
 *   `usage`: what of the worklist it is for.
 */

/** @type {import('@preact/signals').Signal<PriceTask|null>} */
export const task = signal(null);

export function closeTask() {
  task.value = null;
}
