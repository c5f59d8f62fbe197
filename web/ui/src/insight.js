// An insight in words: what it is about, what its dollars are, and where one looks closer.

import { writeFilter } from './filter.js';
import { choice } from './insights-query.js';
import { rangeWord } from './usage-range.js';

/** By the server's InsightKind. */
export const KINDS = {
  CHEAPER_MODEL: 'Cheaper model',
  CACHE_SAVINGS: 'Cache',
  BATCH_PRICE: 'Batch price',
  FAILED_CALLS: 'Failed calls',
  UNUSUAL_FEATURE: 'Unusual feature',
  UNUSUAL_CUSTOMER: 'Unusual customer',
  UNPRICED_USAGE: 'No price',
};

/** By the server's InsightAmount. */
export const AMOUNTS = {
  COULD_SAVE: 'could be saved',
  SAVED: 'saved already',
  WASTED: 'spent for nothing',
  EXCESS: 'over the usual',
  UNKNOWN: 'cost not known',
};

/** What may be said here, for where nothing is. */
export const TOPICS = [
  'what the same usage would have cost at cheaper models, by price alone',
  'what reading from caches saved, and what more of it would save',
  'what would have cost less by batch',
  'what calls that failed have cost',
  'features and customers that cost more than they usually do',
  'usage whose cost is not known',
];

/** The same usage on the Analytics page, in the range that is chosen here. */
export function analyticsHref({ provider, model, featureId, customerId }) {
  const query = new URLSearchParams({ range: rangeWord(choice.range.value), zone: choice.zone.value });
  const named = Object.entries({ provider, model, feature: featureId, customer: customerId }).filter(([, value]) => value !== null);
  writeFilter(query, { ...choice.filter.value, ...Object.fromEntries(named.map(([name, value]) => [name, [value]])) });
  return `/analytics?${query}`;
}

/** Another model's prices. */
export function priceHref({ provider, model }) {
  return `/prices?${new URLSearchParams({ provider, model })}`;
}
