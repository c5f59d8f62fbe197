// The rows that the page holds, and the signal that they changed.

import { signal } from '@preact/signals';
import { EventWindow } from './event-window.js';

/** Rows in memory. */
export const ROWS = 1000;

export const rows = new EventWindow(ROWS);
/** Grows whenever `rows` changed. */
export const version = signal(0);

export function rowsChanged() {
  version.value++;
}
