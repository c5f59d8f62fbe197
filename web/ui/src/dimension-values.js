// The values that events of the range have, offered where one filters: the most used first, searched as one types.

import dimensionValuesDocument from './documents/dimensionValues.graphql?raw';
import { ask } from './graphql.js';
import { latest } from './latest.js';
import { toRangeInput } from './usage-range.js';

const OFFERED = 50;

const read = latest(async ({ choice, name }, text) => {
  const { range, zone } = choice;
  const variables = { dimension: name.toUpperCase(), search: text || null, range: toRangeInput(range.value), timeZone: zone.value, first: OFFERED };
  return (await ask(dimensionValuesDocument, variables)).dimensionValues;
});

/** Of the range that is chosen on a page. Null where something newer was asked for meanwhile. @throws {import('./graphql.js').Problem} */
export const valuesOf = (choice, name, text) => read({ choice, name }, text);
