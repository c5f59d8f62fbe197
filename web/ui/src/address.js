// The browser's address: which page one is on, and that page's query. Links between pages load no document.

import { batch, computed, signal } from '@preact/signals';
import { routeAt } from './routes.js';

const path = signal(location.pathname);
const search = signal(location.search);

/** The page that the address leads to; null where there is none. */
export const route = computed(() => routeAt(path.value));

/** Follows the address from now on: back, forward, and links to the pages of the table. */
export function followAddress() {
  window.addEventListener('popstate', read);
  document.addEventListener('click', follow);
}

/** Goes to a page, or to another query of the same one; back leads here again. */
export function go(href) {
  if (href === location.pathname + location.search) return;
  history.pushState(null, '', href);
  read();
}

/** The same page with another query. `isStep`: back leads to the query that it had. */
export function setQuery(query, isStep = true) {
  const text = query.toString();
  const href = location.pathname + (text ? `?${text}` : '');
  if (isStep) go(href);
  else {
    history.replaceState(null, '', href);
    read();
  }
}

/** The query of a page. It stays as it was left while one is elsewhere: other pages' queries are not for it. */
export function queryOf(name) {
  let query = '';
  return computed(() => {
    if (route.value?.name === name) query = search.value;
    return query;
  });
}

function read() {
  batch(() => {
    path.value = location.pathname;
    search.value = location.search;
  });
}

function follow(event) {
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const link = event.target.closest('a[href]');
  if (!link || !isPlain || event.defaultPrevented || link.target) return;
  if (link.origin !== location.origin || link.hash || !routeAt(link.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search);
}
