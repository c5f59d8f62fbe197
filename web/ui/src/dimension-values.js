// The values that events of the range have, offered where one filters: the most used first, searched as one types.

import { range, zone } from './analytics-query.js';
import dimensionValuesDocument from './documents/dimensionValues.graphql?raw';
import { ask } from './graphql.js';
import { latest } from './latest.js';
import { toRangeInput } from './usage-range.js';

const OFFERED = 50;

/** Null where something newer was asked for meanwhile. @throws {import('./graphql.js').Problem} */
export const valuesOf = latest(async (name, text) => {
  const variables = { dimension: name.toUpperCase(), search: text || null, range: toRangeInput(range.value), timeZone: zone.value, first: OFFERED };
  return (await ask(dimensionValuesDocument, variables)).dimensionValues;
});
