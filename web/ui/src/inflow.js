// Between the feed and the table: fresh events wait for the next frame, or are held back and counted
// while somebody reads (scrolled down, a row open or in focus) or has paused.
//
// Past a bound nothing more is held, only counted; whoever lets go then reads the newest page instead.

import { computed, signal } from '@preact/signals';
import { rate } from './rate.js';
import { ROWS, rows, rowsChanged } from './rows.js';
import { notice } from './suggestions.js';

/** Events held back one by one. */
const HELD = 1000;
/** Counting ends here: a pause this long needs no feed. */
export const COUNTED = 10_000;
/** In bursts the table is drawn ten times a second: faster is only flicker. */
const BURST_PER_SECOND = 40;
const BURST_DRAW_MS = 100;

export const paused = signal(false);
/** Set by the table: rows must not move now. */
export const reading = signal(false);
export const holding = computed(() => paused.value || reading.value);
/** How many events are held back. */
export const held = signal(0);

let incoming = [];
let missed = 0;
let spilt = false;
let scheduled = false;
let drawnAt = 0;

export function togglePause() {
  paused.value = !paused.value;
}

/** Takes what the feed brought, in order of recording. */
export function take(events) {
  for (const event of events) incoming.push(event);
  if (holding.value) {
    missed += events.length;
    if (incoming.length > HELD) spill();
  } else if (incoming.length > ROWS) {
    // A hidden page gets no frames.
    draw();
  }
  if (incoming.length || missed) schedule();
}

/** Forgets what is held back: only the newest page has it all now. */
export function spill() {
  spilt = true;
  incoming = [];
}

/** Lets in what was held back. Returns false where that is no longer possible. */
export function release() {
  if (spilt) return false;
  if (incoming.length) draw();
  held.value = missed = 0;
  return true;
}

/** Starts over, with nothing held. */
export function drain() {
  incoming = [];
  spilt = false;
  held.value = missed = 0;
}

/** Whether a pause has been so long that counting on is of no use. */
export function isOverfull() {
  return paused.value && missed > COUNTED;
}

function schedule() {
  if (scheduled) return;
  scheduled = true;
  const burst = rate.value > BURST_PER_SECOND || incoming.length > BURST_PER_SECOND;
  const wait = burst ? BURST_DRAW_MS - (performance.now() - drawnAt) : 0;
  if (wait > 0) setTimeout(requestAnimationFrame, wait, frame);
  else requestAnimationFrame(frame);
}

function frame() {
  scheduled = false;
  if (holding.value) {
    drawnAt = performance.now();
    held.value = missed;
  } else {
    draw();
  }
}

function draw() {
  drawnAt = performance.now();
  const events = incoming;
  incoming = [];
  if (rows.merge(events, Date.now())) rowsChanged();
  notice(events);
}
