// The Alerts page's state: firings, rules, budgets and destinations, and what one is about to do.

import { computed, effect, signal, untracked } from '@preact/signals';
import { destinations } from './alert-destinations.js';
import { retryFeed, update } from './alert-feed.js';
import { ruleId, state } from './alerts-query.js';
import alertBudgetsDocument from './documents/alertBudgets.graphql?raw';
import alertProblemsDocument from './documents/alertProblems.graphql?raw';
import alertRulesDocument from './documents/alertRules.graphql?raw';
import { FiringList } from './firing-list.js';
import { ask } from './graphql.js';
import { Reading } from './reading.js';
import { Refresh } from './refresh.js';

/** Costs go on, and so do budgets. */
const POLL_MS = 60_000;
const GOES_ON = ['OPEN', 'ACKNOWLEDGED'];

export const rules = new Reading(async (aborted) => (await ask(alertRulesDocument, {}, aborted)).alertRules);
/** Its value is a Map: budgets by their rules' ids. */
export const budgets = new Reading(async (aborted) => {
  const found = (await ask(alertBudgetsDocument, {}, aborted)).alertRules;
  return new Map(found.filter(({ budget }) => budget).map(({ id, budget }) => [id, budget]));
});
/** What rules cannot be evaluated for. */
export const problems = new Reading(async (aborted) => (await ask(alertProblemsDocument, {}, aborted)).alertProblems);
export const current = new FiringList();
export const past = new FiringList();
const readings = [rules, budgets, problems, current.reading, past.reading, destinations];
/** The rules that limit the whole cost of a month: those that have a budget. */
export const budgetRules = computed(() => rules.value.value?.filter(isBudget) ?? []);
/** When what could not be read is tried again; null where all could be. */
export const retryAt = computed(() => {
  const at = readings.map((reading) => reading.retryAt.value).filter(Boolean);
  return at.length ? Math.min(...at) : null;
});

const refresh = new Refresh(
  () => Promise.all([current.read(), past.read()]),
  () => true,
);

/** @type {import('@preact/signals').Signal<{kind: string}|null>} */
export const task = signal(null);

export function closeTask() {
  task.value = null;
}

/** Starts reading; returns how to stop. */
export function startAlerts() {
  const stops = [
    effect(() => {
      const wanted = state.value.input;
      const of = ruleId.value;
      untracked(() => {
        current.want({ states: wanted.filter((one) => GOES_ON.includes(one)), ruleId: of });
        past.want({ states: wanted.filter((one) => !GOES_ON.includes(one)), ruleId: of });
      });
    }),
    effect(() => {
      const told = update.value;
      if (told) untracked(() => hear(told));
    }),
    refresh.follow(),
  ];
  const timer = setInterval(() => document.hidden || readRules(), POLL_MS);
  readRules();
  destinations.run();
  return () => {
    stops.forEach((stop) => stop());
    clearInterval(timer);
    for (const one of [rules, budgets, problems, current, past, destinations]) one.clear();
    closeTask();
  };
}

/** Reads them again: something about them was changed. */
export async function readRules() {
  problems.run();
  await rules.run();
  if (budgetRules.value.length) budgets.run();
}

/** Tries now what would be tried later. */
export function retry() {
  for (const reading of readings) if (reading.retryAt.value) reading.run();
  retryFeed();
}

/** What the feed does not tell is read: what was changed before it began, and where very many were. */
function hear({ firings, isWhole }) {
  for (const list of [current, past]) list.take(firings);
  if (!isWhole) refresh.soon();
}

function isBudget({ measure, condition, per, window }) {
  return measure === 'COST' && condition === 'THRESHOLD' && per === null && window.period === 'MONTH';
}
