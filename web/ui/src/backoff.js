// How long to wait before the next try: doubling to half a minute, spread so that pages do not come back in step.

export class Backoff {
  #tries = 0;

  get tries() {
    return this.#tries;
  }

  reset() {
    this.#tries = 0;
  }

  /** The next wait in ms. */
  next() {
    const full = Math.min(30_000, 500 * 2 ** this.#tries++);
    return full * (0.7 + 0.6 * Math.random());
  }
}
