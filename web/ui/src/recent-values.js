// The values that events of the last month have, offered where a rule is narrowed: the most used first.

import dimensionValuesDocument from './documents/dimensionValues.graphql?raw';
import { ask } from './graphql.js';
import { latest } from './latest.js';
import { ownZone } from './zone.js';

const OFFERED = 50;

/** Null where something newer was asked for meanwhile. @throws {import('./graphql.js').Problem} */
export const recentValuesOf = latest(async (name, text) => {
  const variables = { dimension: name.toUpperCase(), search: text || null, range: { preset: 'LAST_30_DAYS' }, timeZone: ownZone, first: OFFERED };
  return (await ask(dimensionValuesDocument, variables)).dimensionValues;
});
