// The values that events of the range have, offered where one filters: the most used first, searched as one types.

import dimensionValuesDocument from './documents/dimensionValues.graphql?raw';
import { ask } from './graphql.js';
import { toRangeInput } from './usage-range.js';

const OFFERED = 50;
const DEBOUNCE_MS = 200;

let latest = 0;

/** Of the range that is chosen on a page. Null where something newer was asked for meanwhile. @throws {import('./graphql.js').Problem} */
export async function valuesOf({ range, zone }, name, text) {
  const mine = ++latest;
  if (text) await new Promise((resolve) => setTimeout(resolve, DEBOUNCE_MS));
  if (mine !== latest) return null;
  const variables = { dimension: name.toUpperCase(), search: text || null, range: toRangeInput(range.value), timeZone: zone.value, first: OFFERED };
  const { dimensionValues } = await ask(dimensionValuesDocument, variables);
  return mine === latest ? dimensionValues : null;
}
