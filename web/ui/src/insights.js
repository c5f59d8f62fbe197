// What the Insights page shows: read anew when the address asks something else, and now and then.

import { computed, effect, untracked } from '@preact/signals';
import insightsDocument from './documents/insights.graphql?raw';
import { toUsageFilter } from './filter.js';
import { ask } from './graphql.js';
import { choice } from './insights-query.js';
import { Reading } from './reading.js';
import { Refresh } from './refresh.js';
import { toRangeInput } from './usage-range.js';

/** What is said of days changes slowly, and takes the server a while. */
const POLL_MS = 60_000;

/** What is asked, as text: equal questions are the same. */
const question = computed(() =>
  JSON.stringify({
    range: toRangeInput(choice.range.value),
    timeZone: choice.zone.value,
    filter: toUsageFilter(choice.filter.value),
  }),
);

/** Its value is the server's InsightReport with `everUsed`, and with the question that it answers. */
export const insights = new Reading(async (signal) => {
  const asked = question.value;
  const { insights, everUsed } = await ask(insightsDocument, JSON.parse(asked), signal);
  return { ...insights, everUsed: everUsed.length > 0, asked };
});
/** Whether what is shown is what the address asks for. */
export const isCurrent = computed(() => insights.value.value?.asked === question.value);

const refresh = new Refresh(
  () => insights.run(),
  () => !insights.problem.value?.stays,
);

/** Follows the address; returns how to stop. */
export function startInsights() {
  const stopReading = effect(() => {
    void question.value;
    untracked(() => refresh.now());
  });
  const stopFollowing = refresh.follow();
  const timer = setInterval(() => refresh.soon(), POLL_MS);
  return () => {
    stopReading();
    stopFollowing();
    clearInterval(timer);
    insights.clear();
  };
}

/** Tries now what would be tried later. */
export function retry() {
  refresh.now();
}
