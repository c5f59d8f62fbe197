// Reading again when something happened, gently: not often, not while nobody looks, and never twice at once.

const EVERY_MS = 5000;
/** A reading that takes long is made the more seldom. */
const REST = 5;

export class Refresh {
  #read;
  #mayRepeat;
  #isOld = false;
  #timer = 0;
  #reading = 0;
  #next = 0;

  /**
   * @param {() => Promise<void>} read  a later call ends an earlier one
   * @param {() => boolean} mayRepeat  whether reading the same once more is of use
   */
  constructor(read, mayRepeat) {
    this.#read = read;
    this.#mayRepeat = mayRepeat;
  }

  /** Catches up whenever the page is shown again; returns how to stop. */
  follow() {
    const onShown = () => this.#plan();
    document.addEventListener('visibilitychange', onShown);
    return () => {
      document.removeEventListener('visibilitychange', onShown);
      clearTimeout(this.#timer);
      this.#isOld = false;
      this.#timer = this.#next = 0;
    };
  }

  /** Something happened: reads when it is time. */
  soon() {
    this.#isOld = true;
    this.#plan();
  }

  /** Reads at once: somebody asked for it. */
  async now() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#isOld = false;
    const mine = ++this.#reading;
    const began = performance.now();
    this.#next = Infinity;
    await this.#read();
    if (mine !== this.#reading) return;
    const ended = performance.now();
    this.#next = Math.max(began + EVERY_MS, ended + REST * (ended - began));
    this.#plan();
  }

  #plan() {
    if (!this.#isOld || this.#timer || this.#next === Infinity || document.hidden || !this.#mayRepeat()) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      if (!document.hidden) this.now();
    }, Math.max(0, this.#next - performance.now()));
  }
}
