// The list of prices that hold now: read page by page as one scrolls, and anew when something else is wanted.

import { computed, effect, signal, untracked } from '@preact/signals';
import pricesDocument from './documents/prices.graphql?raw';
import providersDocument from './documents/providers.graphql?raw';
import { ask } from './graphql.js';
import { entriesOf } from './price.js';
import { wanted } from './prices-query.js';
import { Reading } from './reading.js';
import { heed } from './session.js';

const PAGE = 50;
/** The most that the server gives at once. */
const MOST = 1000;
const AGAIN_MS = 3000;

/** Its value is `{nodes, pageInfo, of}`: grown by each page; `of` is what was wanted. */
export const list = new Reading((signal) => readPage({ first: rows() }, signal));
export const entries = computed(() => entriesOf(list.value.value?.nodes ?? []));
export const hasMore = computed(() => list.value.value?.pageInfo.hasNextPage ?? false);
/** Whether what is here is what is wanted; it is not until the first page came. */
export const isCurrent = computed(() => list.value.value?.of === wanted.value);
/** Whose row is open; null where none is. */
export const openSubject = signal(null);
/** Whether the next page is being read. */
export const extending = signal(false);

/** Follows what is wanted; returns how to stop. */
export function startList() {
  const stops = [
    effect(() => {
      void wanted.value;
      untracked(() => list.run());
    }),
    effect(openTheOnlyOne),
  ];
  return () => {
    stops.forEach((stop) => stop());
    list.clear();
    openSubject.value = null;
    opened = null;
  };
}

let opened = null;

/** Who names a model wants to see it; once, so that it can be closed. */
function openTheOnlyOne() {
  const of = wanted.value;
  if (of.model === null || opened === of || !isCurrent.value) return;
  opened = of;
  if (entries.value.length === 1) openSubject.value = entries.value[0].subject;
}

/** Reads the page after those that are here. */
export async function extend() {
  const before = list.value.value;
  if (extending.value || !hasMore.value || !isCurrent.value) return;
  extending.value = true;
  try {
    const page = await readPage({ first: PAGE, after: before.pageInfo.endCursor });
    // Read anew meanwhile: this page may not join on.
    if (list.value.value === before) list.value.value = { ...page, nodes: [...before.nodes, ...page.nodes] };
    extending.value = false;
  } catch (problem) {
    if (!heed(problem)) setTimeout(() => (extending.value = false), AGAIN_MS);
  }
}

/** As many as are here: what is read again keeps its place. */
function rows() {
  return isCurrent.value ? Math.min(MOST, Math.max(PAGE, list.value.value.nodes.length)) : PAGE;
}

async function readPage(variables, signal) {
  const of = wanted.value;
  return { ...(await ask(pricesDocument, { ...of, ...variables }, signal)).prices, of };
}

let providers = null;

/** All who sell a model, in order of the alphabet; read once. @throws {import('./graphql.js').Problem} */
export function readProviders() {
  providers ??= readAllProviders().catch((problem) => {
    providers = null;
    throw problem;
  });
  return providers;
}

async function readAllProviders() {
  const found = new Set();
  let after = null;
  do {
    const { nodes, pageInfo } = (await ask(providersDocument, { first: MOST, after })).prices;
    for (const { provider } of nodes) if (provider) found.add(provider);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after);
  return [...found].sort();
}

/** The price of a model that holds now, under the name that events have; null where there is none. */
export async function readPrice({ provider, model }) {
  const page = (await ask(pricesDocument, { first: 1, provider, model })).prices;
  return page.nodes[0] ?? null;
}
