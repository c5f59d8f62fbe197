// What of the Alerts page is in the address: `?view=rules`, `?rule=rule_1&state=open`.

import { computed } from '@preact/signals';
import { queryOf, setQuery } from './address.js';

export const VIEWS = [
  { id: 'firings', label: 'Firings' },
  { id: 'rules', label: 'Rules' },
  { id: 'budgets', label: 'Budgets' },
  { id: 'destinations', label: 'Destinations' },
];
/** `input`: the server's states. */
export const STATES = [
  { id: 'all', label: 'All', input: ['OPEN', 'ACKNOWLEDGED', 'RESOLVED'] },
  { id: 'open', label: 'Open', input: ['OPEN'] },
  { id: 'acknowledged', label: 'Acknowledged', input: ['ACKNOWLEDGED'] },
  { id: 'over', label: 'Over', input: ['RESOLVED'] },
];

const query = queryOf('alerts');
const given = computed(() => new URLSearchParams(query.value));

export const view = computed(() => VIEWS.find(({ id }) => id === given.value.get('view')) ?? VIEWS[0]);
export const state = computed(() => STATES.find(({ id }) => id === given.value.get('state')) ?? STATES[0]);
/** The id of the rule whose firings are meant; null for all. */
export const ruleId = computed(() => given.value.get('rule'));

export function viewHref({ id }) {
  return id === VIEWS[0].id ? '/alerts' : `/alerts?view=${id}`;
}

export const setState = (id) => choose('state', id, STATES[0].id);
export const setRuleId = (id) => choose('rule', id, '');

function choose(name, value, plain) {
  const query = new URLSearchParams(given.value);
  if (value === plain) query.delete(name);
  else query.set(name, value);
  setQuery(query);
}
