// The Members page's state: who belongs to the workspace, who is invited, and what one is about to do.

import { signal } from '@preact/signals';
import members from './documents/members.graphql?raw';
import { ask } from './graphql.js';
import { Reading } from './reading.js';

/** `{members, invitations}` */
export const people = new Reading((aborted) => ask(members, {}, aborted));

/** @type {import('@preact/signals').Signal<{kind: 'invite'}|{kind: 'remove', member: object}|null>} */
export const task = signal(null);

export function closeTask() {
  task.value = null;
}

export const ROLES = [
  { name: 'MEMBER', label: 'Member', hint: 'reads events, analytics and prices' },
  { name: 'ADMIN', label: 'Admin', hint: 'manages prices, keys and members too' },
];
