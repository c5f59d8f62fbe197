// Repricing: what it would change, and the change itself, step by step until it is complete.

import { signal } from '@preact/signals';
import repriceDocument from './documents/repriceEvents.graphql?raw';
import { ask } from './graphql.js';
import { timeZone } from './instant.js';

/** What would change, and nothing is changed. @throws {import('./graphql.js').Problem} */
export async function previewRepricing(extent, signal) {
  return (await ask(repriceDocument, { ...extent, timeZone, dryRun: true }, signal)).repriceEvents;
}

/**
 * One run over an extent `{range, filter}`. What it has changed stays changed, whatever ends it.
 */
export class RepricingRun {
  /** Events that have another cost now. */
  changed = signal(0n);
  /** `running`, `stopped` (by somebody, or by the problem) or `complete`. */
  state = signal('running');
  problem = signal(null);

  #extent;

  constructor(extent) {
    this.#extent = extent;
  }

  /** Goes on until it is complete, stopped, or a step fails. */
  async go() {
    this.state.value = 'running';
    this.problem.value = null;
    try {
      while (this.state.value === 'running') {
        const variables = { ...this.#extent, timeZone, dryRun: false };
        const { complete, changed } = (await ask(repriceDocument, variables)).repriceEvents;
        this.changed.value += BigInt(changed);
        if (complete) this.state.value = 'complete';
      }
    } catch (problem) {
      this.problem.value = problem;
      this.state.value = 'stopped';
    }
  }

  /** After the step that is under way. */
  stop() {
    if (this.state.value === 'running') this.state.value = 'stopped';
  }
}
