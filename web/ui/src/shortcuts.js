// Keys that work anywhere on the page.

import { signal } from '@preact/signals';
import { togglePause } from './inflow.js';
import { rows } from './rows.js';
import { activeId, firstShown, openId, toggleOpen } from './selection.js';

export const helpOpen = signal(false);
/** Set when a key moved to a row: the table then brings it into view and focuses it. */
export const focusWanted = signal(null);

export const KEYS = [
  ['/', 'go to the filter'],
  ['p or space', 'pause, resume'],
  ['j k or ↓ ↑', 'next row, previous row'],
  ['Enter', 'open the row, close it'],
  ['Esc', 'close; again: leave the rows and follow live'],
  ['?', 'this help'],
];

const MOVES = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

export function startShortcuts() {
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const { target, key } = event;
  if (target.closest('dialog')) return;
  if (target.closest('input, select, textarea')) {
    if (key === 'Escape') target.blur();
    return;
  }
  const onControl = target.closest('button, a, summary, pre');
  if (key in MOVES && !(onControl && key.startsWith('Arrow'))) move(MOVES[key]);
  else if (key === '/') document.querySelector('[data-first-filter]')?.focus();
  else if (key === '?') helpOpen.value = true;
  else if (key === 'p' || (key === ' ' && !onControl)) togglePause();
  else if (key === 'Enter' && !onControl && activeId.value) toggleOpen(activeId.value);
  else if (key === 'Escape') escape();
  else return;
  event.preventDefault();
}

function move(step) {
  const list = rows.rows;
  if (!list.length) return;
  const from = rows.indexOf(activeId.value ?? openId.value);
  const next = from < 0 ? firstShown.current : Math.min(list.length - 1, Math.max(0, from + step));
  const { id } = list[next];
  // An open row stays open while one moves: the next one opens in its stead.
  if (openId.value) openId.value = id;
  activeId.value = id;
  focusWanted.value = id;
}

function escape() {
  if (openId.value) {
    if (activeId.value) focusWanted.value = openId.value;
    openId.value = null;
    return;
  }
  activeId.value = null;
  document.activeElement?.blur();
}
