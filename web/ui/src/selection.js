// Which row is open and which one the keyboard is on; both keep the rows in place while they last.

import { batch, effect, signal } from '@preact/signals';
import { turn } from './activity.js';
import { paused, reading } from './inflow.js';

/** Ids; null where there is none. */
export const openId = signal(null);
export const activeId = signal(null);
/** Whether the table is scrolled away from its top, or a finger or button is down on it. */
export const scrolled = signal(false);
export const pressed = signal(false);

/** The scrolling element, as the table sets it. */
export const scroller = { current: null };
/** The index of the first row in view, as the table sets it. */
export const firstShown = { current: 0 };

export function followSelection() {
  const stops = [
    effect(() => {
      reading.value = scrolled.value || pressed.value || openId.value !== null || activeId.value !== null;
    }),
    effect(() => {
      void turn.value;
      toTop();
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

export function toggleOpen(id) {
  openId.value = openId.value === id ? null : id;
}

/** Back to the newest row, with nothing open. */
export function toTop() {
  if (scroller.current) scroller.current.scrollTop = 0;
  batch(() => {
    openId.value = activeId.value = null;
    scrolled.value = pressed.value = false;
  });
}

/** The same, and live again. */
export function toNewest() {
  batch(() => {
    toTop();
    paused.value = false;
  });
}
