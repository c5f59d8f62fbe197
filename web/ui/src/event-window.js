// The rows in memory: a bounded stretch of the list, newest first, that can grow at either end.
//
// Order: by the time of occurrence, then by recording, as the server's lists. A late event goes to its
// place within the stretch. Ties are broken by `rank`, which follows the order of recording: each page
// comes in the server's order, and what the feed brings later was recorded later.

import { micros } from './instant.js';

/** @typedef {{id: string, at: number, rank: number, event: object, arrived: number}} Row */

export class EventWindow {
  constructor(bound) {
    this.bound = bound;
    this.clear();
  }

  clear() {
    /** @type {Row[]} */
    this.rows = [];
    this.ids = new Map();
    this.hasOlder = false;
    this.hasNewer = false;
    /** Rows that were let go above; the table leaves their space. */
    this.above = 0;
    this.highest = 0;
    this.lowest = 0;
  }

  get first() {
    return this.rows[0];
  }

  get last() {
    return this.rows[this.rows.length - 1];
  }

  has(id) {
    return this.ids.has(id);
  }

  get(id) {
    return this.ids.get(id);
  }

  indexOf(id) {
    return this.ids.has(id) ? this.rows.findIndex((row) => row.id === id) : -1;
  }

  /** Whether a fresh event would be seen: it is not older than the stretch, and not in it. */
  accepts(event) {
    if (this.ids.has(event.id)) return false;
    return !this.hasOlder || !this.rows.length || micros(event.occurredAt) >= this.last.at;
  }

  /** Adds what the feed brought, in order of recording. Lets go the oldest rows past the bound. */
  merge(events, arrived) {
    const fresh = [];
    for (const event of events) {
      if (this.accepts(event)) fresh.push(this.#row(event, ++this.highest, arrived));
    }
    if (!fresh.length) return 0;
    fresh.sort(newestFirst);
    this.rows = merged(fresh, this.rows);
    this.#dropBelow(this.rows.length - this.bound);
    return fresh.length;
  }

  /** Adds a page below. Lets go rows at the top past the bound. */
  append(events, hasOlder) {
    for (const event of events) {
      if (!this.ids.has(event.id)) this.rows.push(this.#row(event, --this.lowest, 0));
    }
    this.hasOlder = hasOlder;
    const dropped = this.rows.splice(0, this.rows.length - this.bound > 0 ? this.rows.length - this.bound : 0);
    for (const row of dropped) this.ids.delete(row.id);
    if (dropped.length) this.hasNewer = true;
    this.above += dropped.length;
  }

  /**
   * Adds a page above, newest first, and lets go rows below past the bound.
   * Returns by how many rows all that follows moved.
   */
  prepend(events, hasNewer) {
    const rows = [];
    for (const event of [...events].reverse()) {
      if (!this.ids.has(event.id)) rows.unshift(this.#row(event, ++this.highest, 0));
    }
    this.rows = [...rows, ...this.rows];
    this.#dropBelow(this.rows.length - this.bound);
    const before = this.above;
    this.hasNewer = hasNewer;
    this.above = hasNewer ? Math.max(0, before - rows.length) : 0;
    return this.above + rows.length - before;
  }

  /** Puts newer data of rows that are here in their place. */
  replace(events) {
    const found = new Map(events.map((event) => [event.id, event]));
    this.rows = this.rows.map((row) => {
      const event = found.get(row.id);
      if (!event) return row;
      const next = { ...row, event };
      this.ids.set(row.id, next);
      return next;
    });
  }

  /** Lets go rows that a moving range has left behind. */
  dropBefore(at) {
    let keep = this.rows.length;
    while (keep && this.rows[keep - 1].at < at) keep--;
    const count = this.rows.length - keep;
    if (count) {
      this.#dropBelow(count);
      this.hasOlder = false;
    }
    return count;
  }

  #dropBelow(count) {
    if (count <= 0) return;
    for (const row of this.rows.splice(this.rows.length - count)) this.ids.delete(row.id);
    this.hasOlder = true;
  }

  #row(event, rank, arrived) {
    const row = { id: event.id, at: micros(event.occurredAt), rank, event, arrived };
    this.ids.set(row.id, row);
    return row;
  }
}

function newestFirst(one, other) {
  return other.at - one.at || other.rank - one.rank;
}

function merged(fresh, rows) {
  const result = [];
  let next = 0;
  for (const row of fresh) {
    while (next < rows.length && newestFirst(rows[next], row) < 0) result.push(rows[next++]);
    result.push(row);
  }
  return result.concat(next ? rows.slice(next) : rows);
}
