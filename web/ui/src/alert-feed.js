// What goes on, told on every page: one subscription for as long as somebody who may read is signed in.

import { batch, computed, effect, signal, untracked } from '@preact/signals';
import acknowledgeDocument from './documents/acknowledgeAlerts.graphql?raw';
import alertsDocument from './documents/alerts.graphql?raw';
import { createFeed } from './feed.js';
import { ask } from './graphql.js';
import { heed, readViewer, viewer } from './session.js';
import { client } from './socket.js';

/** How many that go on are kept here. */
const MOST = 1000;

/** As `connection` of the feed of events. */
export const alertConnection = signal({ state: 'idle' });
/** How many go on that nobody has acknowledged; null before it is known. */
export const openCount = signal(null);
/** Those that go on, the latest first; where there are very many, only some of them. */
export const goingOn = signal([]);
/** Whether those are all. */
export const hasAll = signal(true);
/**
 * The last message, `isWhole` where nothing can have been missed since the one before.
 * @type {import('@preact/signals').Signal<{firings: object[], isWhole: boolean}|null>}
 */
export const update = signal(null);
/** What a screen reader hears. */
export const announcement = signal('');

const workspace = computed(() => (viewer.value?.scopes.includes('USAGE_READ') ? viewer.value.workspace.id : null));
const feed = createFeed(alertsDocument, { onUpdate: receive, onRefused: heed, onLost: () => readViewer().catch(() => {}) }, alertConnection);

let isFirst = true;
let isFollowing = false;

/** Follows them from now on; on another page what was announced is old. */
export function followAlerts() {
  announcement.value = '';
  if (isFollowing) return;
  isFollowing = true;
  effect(() => {
    const isReader = workspace.value !== null;
    untracked(isReader ? () => feed.start() : leave);
  });
  effect(() => {
    if (alertConnection.value.state !== 'live') isFirst = true;
  });
}

/** Tries now what would be tried later. */
export function retryFeed() {
  feed.retry();
}

/** Says that somebody knows. @throws {import('./graphql.js').Problem} */
export async function acknowledge(ids) {
  const { acknowledgeAlerts } = await ask(acknowledgeDocument, { ids });
  tell(acknowledgeAlerts, true);
}

/** The latest first, with what of them was changed; `changed` may have the id and the changes alone. */
export function merged(firings, changed) {
  const all = new Map(firings.map((firing) => [firing.id, firing]));
  for (const firing of changed) all.set(firing.id, { ...all.get(firing.id), ...firing });
  return [...all.values()].filter(({ rule }) => rule).sort(byAge);
}

/** For sorting, as the server does: the latest first. */
export function byAge(one, other) {
  return Date.parse(other.openedAt) - Date.parse(one.openedAt) || (other.id > one.id ? 1 : -1);
}

function receive({ firings, openCount: count, isComplete }) {
  if (!isFirst) announce(firings);
  const isWhole = !isFirst && isComplete;
  batch(() => {
    if (isFirst) goingOn.value = [];
    hasAll.value = isFirst ? isComplete : hasAll.value && isComplete;
    openCount.value = count;
    tell(firings, isWhole);
  });
  isFirst = false;
}

function tell(firings, isWhole) {
  const all = merged(goingOn.value, firings).filter(({ state }) => state !== 'RESOLVED');
  goingOn.value = all.slice(0, MOST);
  hasAll.value &&= all.length <= MOST;
  update.value = { firings, isWhole };
}

function announce(firings) {
  const known = new Set(goingOn.value.map(({ id }) => id));
  const fresh = firings.filter(({ id, state }) => state === 'OPEN' && !known.has(id));
  if (fresh.length === 1) announcement.value = `New alert: ${[fresh[0].rule.name, fresh[0].key].filter(Boolean).join(', ')}.`;
  else if (fresh.length) announcement.value = `${fresh.length} new alerts.`;
}

function leave() {
  feed.stop();
  // Who signs in next must not go on with this one's socket.
  client.terminate();
  openCount.value = update.value = null;
  goingOn.value = [];
}
