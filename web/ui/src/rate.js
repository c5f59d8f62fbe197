// How many events come in: a count, and a rate over the last few seconds. Told once a second.

import { batch, signal } from '@preact/signals';

const SECONDS = 3;

/** Events a second, over the last three. */
export const rate = signal(0);
/** Events since the feed was opened for the present filter. */
export const received = signal(0);

let current = 0;
let total = 0;
let past = [];

export function count(events) {
  current += events;
  total += events;
}

export function restart() {
  current = total = 0;
  past = [];
  batch(() => {
    rate.value = 0;
    received.value = 0;
  });
}

/** Starts telling; returns how to stop. */
export function startMeter() {
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    past.push({ events: current, ms: now - last });
    past = past.slice(-SECONDS);
    current = 0;
    last = now;
    const sum = past.reduce((all, one) => ({ events: all.events + one.events, ms: all.ms + one.ms }));
    batch(() => {
      rate.value = (sum.events * 1000) / sum.ms;
      received.value = total;
    });
  }, 1000);
  return () => clearInterval(timer);
}

/** `0.7`, `14`, `2,013`. */
export function rateLabel(perSecond) {
  if (perSecond > 0 && perSecond < 10) return perSecond.toFixed(1);
  return Math.round(perSecond).toLocaleString('en');
}
