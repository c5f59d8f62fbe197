// The Keys page's state: the keys, what was done of late, and what one is about to do.

import { signal } from '@preact/signals';
import apiKeys from './documents/apiKeys.graphql?raw';
import { ask } from './graphql.js';
import { Reading } from './reading.js';

const POLL_MS = 15_000;
/** How many entries of the audit log are shown. */
const ENTRIES = 50;

/** `{apiKeys, auditLog}` */
export const keys = new Reading((aborted) => ask(apiKeys, { entries: ENTRIES }, aborted));

/** @type {import('@preact/signals').Signal<{kind: 'create'}|{kind: 'revoke', key: object}|null>} */
export const task = signal(null);

export function closeTask() {
  task.value = null;
}

/** What a key may do, in the order in which it is offered. */
export const SCOPES = [
  { name: 'EVENTS_WRITE', label: 'Record events', hint: 'for back ends that report usage' },
  { name: 'USAGE_READ', label: 'Read events, analytics and prices', hint: 'for dashboards and reports' },
  { name: 'ADMIN', label: 'Manage prices and keys', hint: 'rarely needed by a program' },
];

/** @returns {'revoked'|'ended'|'holds'} */
export function standing(key, now) {
  if (key.revokedAt !== null) return 'revoked';
  return key.expiresAt !== null && Date.parse(key.expiresAt) <= now ? 'ended' : 'holds';
}

/** Those that hold first, the newest of them first. */
export function sorted(list, now) {
  const rank = (key) => (standing(key, now) === 'holds' ? 0 : 1);
  return [...list].sort((a, b) => rank(a) - rank(b) || Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

/** Starts reading; returns how to stop. */
export function startKeys() {
  const poll = () => {
    if (!document.hidden && keys.retryAt.value === null) keys.run();
  };
  poll();
  const timer = setInterval(poll, POLL_MS);
  document.addEventListener('visibilitychange', poll);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', poll);
    keys.clear();
  };
}
