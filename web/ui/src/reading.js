// Something that is read from the server: what came, what went wrong, and when it is tried again.

import { batch, signal } from '@preact/signals';
import { Backoff } from './backoff.js';
import { heed } from './session.js';

export class Reading {
  /** What was read last; null before anything was. */
  value = signal(null);
  /** Why the last reading failed; null where it did not. */
  problem = signal(null);
  /** When it is tried again by itself, in ms; null where it is not. */
  retryAt = signal(null);

  #read;
  #backoff = new Backoff();
  #request = null;
  #timer = 0;

  /** @param {(signal: AbortSignal) => Promise} read */
  constructor(read) {
    this.#read = read;
  }

  /** Reads now. What came before stands until then. */
  async run() {
    this.stop();
    const mine = (this.#request = new AbortController());
    try {
      const value = await this.#read(mine.signal);
      if (mine.signal.aborted) return;
      this.#backoff.reset();
      batch(() => {
        this.value.value = value;
        this.problem.value = this.retryAt.value = null;
      });
    } catch (problem) {
      // A reading that was ended has nothing to tell, however it ended.
      if (!mine.signal.aborted && !heed(problem)) this.#failed(problem);
    }
  }

  stop() {
    this.#request?.abort();
    clearTimeout(this.#timer);
  }

  /** Stops, and forgets what was read. */
  clear() {
    this.stop();
    batch(() => {
      this.value.value = this.problem.value = this.retryAt.value = null;
    });
  }

  #failed(problem) {
    const wait = problem.passes ? this.#backoff.next() : null;
    batch(() => {
      this.problem.value = problem;
      this.retryAt.value = wait && Date.now() + wait;
    });
    if (wait) this.#timer = setTimeout(() => this.run(), wait);
  }
}
