// Firings of some states, the latest first: read page by page, and kept up to date by the feed.

import { signal } from '@preact/signals';
import { byAge, merged } from './alert-feed.js';
import alertFiringsDocument from './documents/alertFirings.graphql?raw';
import { ask } from './graphql.js';
import { Reading } from './reading.js';
import { heed } from './session.js';

const PAGE = 50;
/** The most that the server gives at once. */
const MOST = 1000;

export class FiringList {
  /** Its value is `{firings, hasMore}`. */
  reading = new Reading((aborted) => this.#readPage({ first: this.#length() }, aborted));
  /** Whether the next page is being read. */
  extending = signal(false);
  /** Why the next page could not be read. */
  problem = signal(null);

  #wanted = { states: [], ruleId: null };

  /** @param {{states: string[], ruleId: string|null}} wanted */
  want(wanted) {
    this.reading.clear();
    this.#wanted = wanted;
    this.read();
  }

  /** Reads anew, where anything is wanted. */
  async read() {
    if (this.#wanted.states.length) await this.reading.run();
  }

  clear() {
    this.want({ states: [], ruleId: null });
  }

  /** What was changed comes in, or goes. */
  take(changed) {
    const shown = this.reading.value.value;
    if (!shown) return;
    const firings = merged(shown.firings, changed).filter((firing) => this.#isWanted(firing));
    const last = shown.firings.at(-1);
    // What is older than all that is here comes with its page.
    const isHere = (firing) => !shown.hasMore || !last || byAge(firing, last) <= 0;
    this.reading.value.value = { ...shown, firings: firings.filter(isHere) };
  }

  /** Reads the page after those that are here. */
  async extend() {
    const before = this.reading.value.value;
    const last = before?.firings.at(-1);
    if (this.extending.value || !before?.hasMore || !last) return;
    this.extending.value = true;
    this.problem.value = null;
    try {
      const page = await this.#readPage({ first: PAGE, before: last.id });
      const now = this.reading.value.value;
      // Read anew meanwhile: this page may not join on.
      if (now?.firings.at(-1)?.id === last.id) {
        this.reading.value.value = { firings: [...now.firings, ...page.firings], hasMore: page.hasMore };
      }
    } catch (problem) {
      if (!heed(problem)) this.problem.value = problem;
    }
    this.extending.value = false;
  }

  #isWanted({ state, rule }) {
    const { states, ruleId } = this.#wanted;
    return states.includes(state) && (ruleId === null || rule.id === ruleId);
  }

  /** As many as are here: what is read again keeps its place. */
  #length() {
    return Math.min(MOST - 1, Math.max(PAGE, this.reading.value.value?.firings.length ?? 0));
  }

  /** One more is asked for than is shown: it says whether there are more. */
  async #readPage({ first, before }, aborted) {
    const found = (await ask(alertFiringsDocument, { ...this.#wanted, first: first + 1, before }, aborted)).alertFirings;
    return { firings: found.slice(0, first), hasMore: found.length > first };
  }
}
