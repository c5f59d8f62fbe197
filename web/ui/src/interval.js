// How long the points of a timeline are.

/** The most points that the server gives. */
const MOST = 2000;
/** The most points of all series together. */
const MOST_OF_ALL = 100_000;
/** The most series. */
const MOST_SERIES = 500;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** `ms`: the least that one lasts; `upTo`: ranges (ms) that it fits best. */
export const INTERVALS = [
  { id: 'hour', label: 'Hour', input: 'HOUR', ms: HOUR_MS, upTo: 3 * DAY_MS },
  { id: 'day', label: 'Day', input: 'DAY', ms: DAY_MS - HOUR_MS, upTo: 93 * DAY_MS },
  { id: 'week', label: 'Week', input: 'WEEK', ms: 7 * DAY_MS - HOUR_MS, upTo: 400 * DAY_MS },
  { id: 'month', label: 'Month', input: 'MONTH', ms: 28 * DAY_MS - HOUR_MS, upTo: Infinity },
];

/** Whether a range of that length (ms) has no more points than the server gives; the ends may be clipped ones. */
export function fits(interval, length) {
  return pointsOf(interval, length) <= MOST;
}

/** How many series of a range of that length (ms) the server gives at the most. */
export function seriesWithin(interval, length) {
  return Math.min(MOST_SERIES, Math.floor(MOST_OF_ALL / pointsOf(interval, length)));
}

/** The most that there may be. */
function pointsOf(interval, length) {
  return Math.ceil(length / interval.ms) + 2;
}

/** The one with that id where it fits, else the one that suits the length best. */
export function chosenInterval(id, length) {
  const chosen = INTERVALS.find((interval) => interval.id === id);
  if (chosen && fits(chosen, length)) return chosen;
  return INTERVALS.find((interval) => length <= interval.upTo);
}
