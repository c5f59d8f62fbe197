// What of the Prices page is in the address: what one looks for.
// `?search=sonnet`, `?provider=openai&model=gpt-4o`

import { computed } from '@preact/signals';
import { queryOf, setQuery } from './address.js';

const NAMES = ['search', 'provider', 'model'];
const query = queryOf('prices');

/** `{search, provider, model}`, each null where it is not asked for. */
export const wanted = computed(() => {
  const found = new URLSearchParams(query.value);
  return Object.fromEntries(NAMES.map((name) => [name, found.get(name) || null]));
});

export const isEverything = computed(() => NAMES.every((name) => wanted.value[name] === null));

/** `isStep`: back leads to what was wanted before. */
export function want(changes, isStep = true) {
  setQuery(toQuery({ ...wanted.value, ...changes }), isStep);
}

/** The page's address for what one looks for. */
export function pricesHref(given) {
  return `/prices?${toQuery(given)}`;
}

function toQuery(given) {
  return new URLSearchParams(NAMES.filter((name) => given[name]).map((name) => [name, given[name]]));
}
