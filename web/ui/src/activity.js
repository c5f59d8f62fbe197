// The Activity page's state: a page of rows, and the feed that goes on from it.
//
// A page is read with the log's `head`, and the feed goes on after that head: nothing is missed or
// doubled. Every change of filter or range, and every return from where the feed cannot be replayed,
// reads anew in this one way.

import { batch, effect, signal, untracked } from '@preact/signals';
import { filter, range } from './activity-query.js';
import { Backoff } from './backoff.js';
import activityDocument from './documents/activity.graphql?raw';
import eventDocument from './documents/event.graphql?raw';
import eventsDocument from './documents/events.graphql?raw';
import { connection, createFeed } from './feed.js';
import { toUsageFilter } from './filter.js';
import { ask } from './graphql.js';
import { drain, holding, isOverfull, paused, release, spill, take } from './inflow.js';
import { bounds, contains, isBackwards, isLive, toRangeInput } from './range.js';
import * as rate from './rate.js';
import { rows, rowsChanged, ROWS } from './rows.js';
import { heed, readViewer } from './session.js';
import { notice } from './suggestions.js';

const FIRST_PAGE = 50;
const NEXT_PAGE = 100;
/** Events replayed after a lost connection before the page reads anew instead. */
const REPLAYED = 20_000;
const RANGE_TICK_MS = 15_000;
const REFUSED_MS = 10_000;
const NOTHING = { nodes: [], pageInfo: { hasNextPage: false }, head: null };

/** `loading`, `ready` or `failed` (nothing to show). */
export const phase = signal('loading');
/** Why the last reading failed; null where it did not. */
export const problem = signal(null);
/** Which end of the rows is being read: `older`, `newer` or null. */
export const extending = signal(null);
/** Whether the range still takes in new events. */
export const live = signal(true);
/** Grows when everything was read anew: the table goes to its top. */
export const turn = signal(0);
/** By how many rows the table must scroll to keep its place; the table sets it back. */
export const moved = signal(0);
/** Grows when costs were changed. */
export const repricings = signal(0);

const backoff = new Backoff();
let request = null;
let retryTimer = 0;
let repricedTimer = 0;
let replayed = 0;
let refusedAt = -REFUSED_MS;

const feed = createFeed(activityDocument, {
  onUpdate: receive,
  onRefused: refused,
  onLost: () => readViewer().catch(() => {}),
});

/** Starts following the address; returns how to stop. */
export function startActivity() {
  const stops = [
    effect(() => {
      void filter.value;
      void range.value;
      untracked(load);
    }),
    effect(() => {
      if (!holding.value) untracked(letGo);
    }),
  ];
  const tick = setInterval(moveRange, RANGE_TICK_MS);
  return () => {
    stops.forEach((stop) => stop());
    clearInterval(tick);
    halt();
    drain();
    rows.clear();
    batch(() => {
      phase.value = 'loading';
      problem.value = null;
      paused.value = false;
    });
  };
}

/** Reads the newest page and follows the feed from there. */
export async function load() {
  rate.restart();
  rows.clear();
  batch(() => {
    phase.value = 'loading';
    live.value = isLive(range.value);
    rowsChanged();
    turn.value++;
  });
  await reload();
}

/** The same, with the rows that are here left standing until then. */
export async function reload() {
  halt();
  drain();
  replayed = 0;
  const mine = (request = new AbortController());
  try {
    const page = isBackwards(range.value) ? NOTHING : await readPage({ first: FIRST_PAGE }, mine.signal);
    rows.clear();
    rows.append(page.nodes, page.pageInfo.hasNextPage);
    notice(page.nodes);
    backoff.reset();
    batch(() => {
      phase.value = 'ready';
      problem.value = null;
      extending.value = null;
      rowsChanged();
      turn.value++;
    });
    if (live.value && page.head) feed.start(toUsageFilter(filter.value), page.head);
  } catch (failure) {
    if (failure.name !== 'AbortError' && !heed(failure)) failed(failure);
  }
}

/** Tries now what would be tried later. */
export function retry() {
  if (problem.value) reload();
  else feed.retry();
}

/** Reads further rows at one end of those that are here. */
export async function extend(end) {
  const edge = () => (end === 'older' ? rows.last : rows.first);
  const start = edge();
  if (extending.value || !start || !(end === 'older' ? rows.hasOlder : rows.hasNewer)) return;
  extending.value = end;
  const mine = request;
  const order = end === 'older' ? 'NEWEST_FIRST' : 'OLDEST_FIRST';
  try {
    const variables = { first: NEXT_PAGE, after: start.event.cursor, order };
    const { nodes, pageInfo } = await readPage(variables, mine.signal);
    // Rows that came or went meanwhile have moved the edge: the page no longer joins on.
    if (edge()?.id === start.id) {
      if (end === 'older') rows.append(nodes, pageInfo.hasNextPage);
      else moved.value += rows.prepend(nodes.reverse(), pageInfo.hasNextPage);
      notice(nodes);
    }
    batch(() => {
      extending.value = null;
      rowsChanged();
    });
  } catch (failure) {
    if (mine !== request || heed(failure)) return;
    setTimeout(() => mine === request && (extending.value = null), 3000);
  }
}

/** All of one event; null where there is none. @throws {import('./graphql.js').Problem} */
export async function readEvent(id, signal) {
  try {
    return (await ask(eventDocument, { id }, signal)).event;
  } catch (failure) {
    heed(failure);
    throw failure;
  }
}

async function readPage(variables, signal) {
  const common = {
    range: toRangeInput(range.value),
    filter: toUsageFilter(filter.value),
    order: 'NEWEST_FIRST',
  };
  return (await ask(eventsDocument, { ...common, ...variables }, signal)).events;
}

function halt() {
  request?.abort();
  clearTimeout(retryTimer);
  clearTimeout(repricedTimer);
  feed.stop();
}

function failed(failure) {
  const wait = failure.passes ? backoff.next() : null;
  batch(() => {
    problem.value = failure;
    if (!rows.rows.length || !wait) phase.value = 'failed';
    if (wait) connection.value = { state: 'waiting', at: Date.now() + wait };
  });
  if (wait) retryTimer = setTimeout(reload, wait);
}

/** The feed was refused, as after a cursor that the server does not know: reads anew, once. */
function refused(refusal) {
  if (heed(refusal)) return;
  const again = performance.now() - refusedAt < REFUSED_MS;
  refusedAt = performance.now();
  if (again) failed(refusal);
  else reload();
}

function receive(update) {
  if (update.repriced) soonReprice();
  if (!update.events.length) return;
  const within = bounds(range.value);
  const events = update.events.filter((event) => contains(within, Date.parse(event.occurredAt) * 1000));
  rate.count(events.length);
  replayed = connection.value.state === 'behind' ? replayed + update.events.length : 0;
  if (replayed > REPLAYED) {
    skipAhead();
    return;
  }
  take(events.filter((event) => rows.accepts(event)));
  if (isOverfull()) feed.stop();
}

/** What was held back comes in. */
function letGo() {
  if (phase.value !== 'ready') return;
  if (rows.hasNewer || !release()) reload();
}

/** Too far behind to replay: the newest page instead; while somebody reads, once they are done. */
function skipAhead() {
  replayed = 0;
  if (!holding.value) {
    reload();
    return;
  }
  spill();
  feed.start(toUsageFilter(filter.value), null);
}

/** Ranges that move with the clock: rows fall out, and a fixed end may pass. */
function moveRange() {
  const { from } = bounds(range.value);
  if (from !== null && !holding.value && rows.dropBefore(from * 1000)) rowsChanged();
  if (live.value && !isLive(range.value)) {
    live.value = false;
    feed.stop();
  }
}

function soonReprice() {
  repricings.value++;
  clearTimeout(repricedTimer);
  repricedTimer = setTimeout(reprice, 1000);
}

/** Reads the rows that are here once more, in their place: the last one, and all that are newer. */
async function reprice() {
  const { last } = rows;
  if (!last) return;
  try {
    const [page, event] = await Promise.all([
      readPage({ first: ROWS, after: last.event.cursor, order: 'OLDEST_FIRST' }, request.signal),
      readEvent(last.id, request.signal),
    ]);
    rows.replace([...page.nodes, event].filter(Boolean));
    rowsChanged();
  } catch (failure) {
    if (failure.name !== 'AbortError' && !heed(failure)) soonReprice();
  }
}
