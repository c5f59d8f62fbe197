// A live feed: one subscription at a time, kept up across lost connections.
//
// Reconnecting is done here and not by graphql-ws, whose own retry treats some closes (1011, a server
// error) as final, knows nothing of a subscription that the server completed, and cannot tell when it
// will try again. Each new subscription goes on after the last cursor: nothing is missed or doubled.

import { signal } from '@preact/signals';
import { Backoff } from './backoff.js';
import { problemOf, serverNow } from './graphql.js';
import { client, CONNECT_MS } from './socket.js';

const LAG_MS = 10_000;
const OFFLINE_MS = 10_000;

/**
 * `idle` (nothing to follow), `connecting`, `live`, `behind` (catching up), `waiting` until `at` (ms)
 * to try again, or `offline` (the browser says so).
 */
export const connection = signal({ state: 'idle' });

/**
 * @param {string} query  a subscription to one field; of `activity` with its cursor, and `recordedAt` of each event
 * @param {{onUpdate(update): void, onRefused(problem): void, onLost(tries: number): void}} listener
 *   `onRefused`: the server answered, and no; trying again would not help.
 * @param {import('@preact/signals').Signal} shown  where its state is told
 */
export function createFeed(query, listener, shown = connection) {
  const backoff = new Backoff();
  let variables = null;
  let unsubscribe = null;
  let timer = 0;

  window.addEventListener('online', retry);
  window.addEventListener('offline', () => {
    if (variables) client.terminate();
  });

  /** Follows what is recorded after a cursor, or from now on where it is null. */
  function start(filter, after) {
    stop();
    variables = { filter, after };
    backoff.reset();
    subscribe();
  }

  function stop() {
    variables = null;
    clearTimeout(timer);
    unsubscribe?.();
    unsubscribe = null;
    shown.value = { state: 'idle' };
  }

  /** Tries now what would be tried later. */
  function retry() {
    if (!['waiting', 'offline'].includes(shown.value.state)) return;
    clearTimeout(timer);
    subscribe();
  }

  function subscribe() {
    shown.value = { state: 'connecting' };
    timer = setTimeout(() => client.terminate(), CONNECT_MS);
    let over = false;
    const ended = (reason) => {
      if (over) return;
      over = true;
      lost(reason);
    };
    const cancel = client.subscribe(
      { query, variables },
      {
        next: (result) => {
          if (over) return;
          if (result.errors?.length) ended(result.errors);
          else receive(Object.values(result.data)[0]);
        },
        error: ended,
        complete: () => ended(null),
      },
    );
    unsubscribe = () => {
      over = true;
      cancel();
    };
  }

  function receive(update) {
    clearTimeout(timer);
    backoff.reset();
    variables.after = update.cursor;
    const newest = update.events?.[update.events.length - 1];
    const lag = newest ? serverNow() - Date.parse(newest.recordedAt) : 0;
    const state = lag > LAG_MS ? 'behind' : 'live';
    if (shown.value.state !== state) shown.value = { state };
    listener.onUpdate(update);
  }

  function lost(reason) {
    clearTimeout(timer);
    unsubscribe?.();
    unsubscribe = null;
    if (!variables) return;
    const problem = Array.isArray(reason) ? problemOf(reason) : null;
    if (problem && !problem.passes && problem.code !== 'INTERNAL') {
      stop();
      listener.onRefused(problem);
      return;
    }
    // Offline is no reason to give up: a server on this very machine is there all the same.
    const wait = navigator.onLine ? backoff.next() : OFFLINE_MS;
    shown.value = navigator.onLine ? { state: 'waiting', at: Date.now() + wait } : { state: 'offline' };
    timer = setTimeout(subscribe, wait);
    if ([4401, 4403].includes(reason?.code) || backoff.tries > 1) listener.onLost(backoff.tries);
  }

  return { start, stop, retry };
}
