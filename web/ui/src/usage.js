// What the Analytics page shows, and how it stays fresh: one request draws it all, and is made anew
// when the address asks something else or something was recorded.

import { computed, effect, untracked } from '@preact/signals';
import { by, filter, interval, measure, range, top, zone } from './analytics-query.js';
import recordedDocument from './documents/recorded.graphql?raw';
import usageDocument from './documents/usage.graphql?raw';
import { createFeed } from './feed.js';
import { toUsageFilter } from './filter.js';
import { ask, serverNow } from './graphql.js';
import { chosenInterval, seriesWithin } from './interval.js';
import { MEASURES } from './measure.js';
import { Reading } from './reading.js';
import { Refresh } from './refresh.js';
import { heed, readViewer } from './session.js';
import { lengthOf, presetOf, toRangeInput } from './usage-range.js';
import { dayOf } from './zone.js';

const DAY_CHECK_MS = 15_000;
const REFUSED_MS = 10_000;

/** What is asked, as text: equal questions are the same. */
const question = computed(() => {
  const length = lengthOf(range.value);
  // What suits the range: a sparkline has no room for more.
  const adoptionInterval = chosenInterval(null, length);
  return JSON.stringify({
    range: toRangeInput(range.value),
    timeZone: zone.value,
    filter: toUsageFilter(filter.value),
    interval: interval.value.input,
    adoptionInterval: adoptionInterval.input,
    // By users, while the table is by the measure: whoever leads there may have few of them.
    adoptionTop: seriesWithin(adoptionInterval, length),
    measure: measure.value.input,
    by: by.value && by.value.name.toUpperCase(),
    isSplit: by.value !== null,
    top: top.value,
    ...Object.fromEntries(MEASURES.map(({ id, label }) => [`is${label}`, id === measure.value.id])),
  });
});
const feedFilter = computed(() => JSON.stringify(toUsageFilter(filter.value)));

/** Its value is the server's Usage with `everUsed`, and with `asked`: the page's choices that it answers. */
export const usage = new Reading(readUsage);
/** Whether what is shown is what the address asks for. */
export const isCurrent = computed(() => usage.value.value?.asked.question === question.value);

const refresh = new Refresh(
  () => usage.run(),
  () => !usage.problem.value?.stays,
);
let after = null;
let refusedAt = -REFUSED_MS;

const feed = createFeed(recordedDocument, {
  onUpdate: receive,
  onRefused: refused,
  onLost: () => readViewer().catch(() => {}),
});

/** Follows the address and what is recorded; returns how to stop. */
export function startUsage() {
  const stops = [
    effect(() => {
      void question.value;
      untracked(() => refresh.now());
    }),
    effect(() => {
      const filter = JSON.parse(feedFilter.value);
      untracked(() => feed.start(filter, after));
    }),
    refresh.follow(),
  ];
  const timer = setInterval(checkDay, DAY_CHECK_MS);
  return () => {
    stops.forEach((stop) => stop());
    clearInterval(timer);
    feed.stop();
    usage.clear();
    after = null;
  };
}

/** Tries now what would be tried later. */
export function retry() {
  if (usage.problem.value) refresh.now();
  feed.retry();
}

async function readUsage(signal) {
  const asked = {
    question: question.value,
    measure: measure.value,
    interval: interval.value,
    by: by.value,
    zone: zone.value,
    range: range.value,
    filter: filter.value,
    at: serverNow(),
  };
  const { usage, everUsed } = await ask(usageDocument, JSON.parse(asked.question), signal);
  return { ...usage, everUsed: everUsed.length > 0, asked };
}

function receive(update) {
  // What came between the reading and the beginning of the feed is seen by reading once more.
  const isFirst = after === null;
  after = update.cursor;
  if (isFirst || update.repriced || update.events.some(isSeen)) refresh.soon();
}

/** Late events may change whose users are new, however early they are. */
function isSeen(event) {
  const shown = usage.value.value;
  return !shown || presetOf(range.value) !== null || Date.parse(event.occurredAt) < Date.parse(shown.range.to);
}

/** Presets are of the present day: a new one moves them. */
function checkDay() {
  const shown = usage.value.value?.asked;
  if (!shown || !presetOf(shown.range)) return;
  if (dayOf(serverNow(), shown.zone) !== dayOf(shown.at, shown.zone)) refresh.soon();
}

/** As after a cursor that the server does not know: from the beginning, once. */
function refused(problem) {
  if (heed(problem)) return;
  const again = performance.now() - refusedAt < REFUSED_MS;
  refusedAt = performance.now();
  after = null;
  if (!again) feed.start(JSON.parse(feedFilter.value), null);
}
