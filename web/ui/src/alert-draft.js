// A rule as it stands in the form: amounts as they are typed, shares in percent.

import { measureOf } from './alert-measure.js';
import { hundredth, shifted, trimmed } from './amount.js';
import { FIELDS, toUsageFilter } from './filter.js';
import { ownZone } from './zone.js';

/** `takes`: what is typed; `windows`: the longest that moves with the clock, in minutes, and whether calendars serve. */
export const CONDITIONS = [
  { id: 'THRESHOLD', label: 'reaches an amount', most: 44_640, hasPeriods: true },
  { id: 'RISE', label: 'rises to a multiple of the time before', most: 44_640, hasPeriods: true },
  { id: 'SPIKE', label: 'lies far above what is usual', most: 1440 },
  { id: 'NO_DATA', label: 'stops: nothing is recorded', most: 44_640 },
];
export const WINDOWS = [5, 15, 60, 360, 1440, 10_080, 44_640];
export const PERIODS = [
  { id: 'DAY', label: 'a calendar day' },
  { id: 'WEEK', label: 'a calendar week' },
  { id: 'MONTH', label: 'a calendar month' },
];
export const PERS = ['CUSTOMER', 'USER', 'FEATURE', 'MODEL', 'PROVIDER', 'TYPE'];
/** What the server takes where nothing is said; shares in percent. */
export const MINIMUMS = { COST: '1', EVENTS: '20', TOTAL_TOKENS: '10000', ERRORS: '5', ERROR_RATE: '1', UNPRICED_SHARE: '1' };
export const MINIMUM_EVENTS = '20';

const EMPTY = {
  name: '',
  measure: 'COST',
  condition: 'THRESHOLD',
  threshold: '',
  per: null,
  filter: {},
  rest: {},
  minutes: 60,
  period: null,
  timeZone: ownZone,
  minimum: '',
  minimumEvents: '',
  destinationIds: [],
  enabled: true,
};

export const TEMPLATES = [
  { label: 'Any user passes $10 in a day', draft: { measure: 'COST', threshold: '10', per: 'USER', minutes: 1440 } },
  { label: 'Error rate over 10 %', draft: { measure: 'ERROR_RATE', threshold: '10', minutes: 15 } },
  { label: 'Tenfold hour', draft: { condition: 'RISE', threshold: '10' } },
  { label: 'Monthly budget', draft: { threshold: '500', minutes: null, period: 'MONTH' } },
  { label: 'No events for 15 minutes', draft: { condition: 'NO_DATA', measure: 'EVENTS', minutes: 15 } },
].map(({ label, draft }) => ({ label, draft: { ...EMPTY, name: label, ...draft } }));

export function emptyDraft() {
  return EMPTY;
}

/** A rule of the server's, to be changed. What the form has no field for goes along in `rest`. */
export function draftOf(rule) {
  const kept = Object.entries(rule.filter).filter(([input, values]) => values !== null && !(input === 'metadata' && !values.length));
  const named = (input) => FIELDS.find((field) => field.input === input);
  const hasField = ([input, values]) => named(input) && values.length > 0;
  return {
    ...EMPTY,
    name: rule.name,
    measure: rule.measure,
    condition: rule.condition,
    threshold: rule.threshold === null ? '' : typed(rule, rule.threshold, rule.condition === 'THRESHOLD'),
    per: rule.per,
    filter: Object.fromEntries(kept.filter(hasField).map(([input, values]) => [named(input).name, values])),
    rest: Object.fromEntries(kept.filter((entry) => !hasField(entry))),
    minutes: rule.window.minutes,
    period: rule.window.period,
    timeZone: rule.window.timeZone,
    minimum: typed(rule, rule.minimum),
    minimumEvents: String(rule.minimumEvents),
    destinationIds: rule.destinationIds,
    enabled: rule.enabled,
  };
}

/** As the condition wants it: a window that it cannot have gives way to an hour. */
export function withCondition(draft, condition) {
  const { most, hasPeriods } = CONDITIONS.find(({ id }) => id === condition);
  const fits = draft.period ? hasPeriods : draft.minutes <= most;
  const plain = condition === 'SPIKE' ? '6' : '';
  return {
    ...draft,
    condition,
    threshold: plain,
    ...(condition === 'NO_DATA' && { measure: 'EVENTS' }),
    ...(!fits && { minutes: 60, period: null }),
  };
}

/** What is wrong, by field, as far as it can be told without the server. */
export function problemsOf(draft) {
  const problems = {};
  if (!draft.name.trim()) problems.name = 'A name is needed.';
  if (draft.condition !== 'NO_DATA' && numberOf(draft.threshold) === null) problems.threshold = 'A number is needed, such as 50.';
  if (draft.minimum && numberOf(draft.minimum) === null) problems.minimum = 'This is no number.';
  if (draft.minimumEvents && !/^\d+$/.test(draft.minimumEvents)) problems.minimumEvents = 'This is no whole number.';
  return problems;
}

/** The server's AlertRuleInput. */
export function toInput(draft) {
  const { threshold, minimum, minimumEvents } = known(draft);
  return {
    name: draft.name,
    measure: draft.measure,
    condition: draft.condition,
    threshold,
    window: draft.period ? { period: draft.period, timeZone: draft.timeZone } : { minutes: draft.minutes },
    filter: filterOf(draft),
    per: draft.per,
    minimum,
    minimumEvents: minimumEvents === null ? null : Number(minimumEvents),
    destinationIds: draft.destinationIds,
    enabled: draft.enabled,
  };
}

/** As the server would give it back, for its sentence. */
export function ruleOf(draft) {
  const { threshold, minimum, minimumEvents } = known(draft);
  return {
    ...draft,
    threshold,
    minimum: minimum ?? scaled(draft, MINIMUMS[draft.measure]),
    minimumEvents: Number(minimumEvents ?? MINIMUM_EVENTS),
    window: { minutes: draft.period ? null : draft.minutes, period: draft.period, timeZone: draft.timeZone },
    filter: filterOf(draft) ?? {},
  };
}

function known(draft) {
  const threshold = draft.condition === 'NO_DATA' ? null : numberOf(draft.threshold);
  const minimum = numberOf(draft.minimum);
  return {
    threshold: threshold !== null && draft.condition === 'THRESHOLD' ? scaled(draft, threshold) : threshold,
    minimum: minimum === null ? null : scaled(draft, minimum),
    minimumEvents: /^\d+$/.test(draft.minimumEvents) ? draft.minimumEvents : null,
  };
}

function filterOf({ filter, rest }) {
  const all = { ...toUsageFilter(filter), ...rest };
  return Object.keys(all).length ? all : null;
}

/** What is typed of a share is so many percent. */
function scaled(draft, number) {
  return measureOf(draft).isShare ? hundredth(number) : number;
}

function typed(rule, amount, isInUnit = true) {
  return isInUnit && measureOf(rule).isShare ? shifted(amount, 2) : trimmed(amount);
}

/** `$1,000` and `10 %` are numbers to whoever types them. Null for what is none. */
function numberOf(text) {
  const plain = text.replace(/[\s$,%]/g, '');
  return /^(\d+\.?\d*|\.\d+)$/.test(plain) ? plain.replace(/^\./, '0.').replace(/\.$/, '') : null;
}
