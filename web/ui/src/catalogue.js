// Where the public prices come from, how old they are, and what waits for a price that nobody knows.

import catalogueDocument from './documents/priceCatalogue.graphql?raw';
import unpricedDocument from './documents/unpricedUsage.graphql?raw';
import { toUsageFilter } from './filter.js';
import { ask } from './graphql.js';
import { part } from './prices-query.js';
import { Reading } from './reading.js';
import { toRangeInput } from './usage-range.js';

/** The most entries of the worklist that are asked for. */
export const WORKLIST = 50;

export const catalogue = new Reading(async (signal) => (await ask(catalogueDocument, {}, signal)).priceCatalogue);
/** Usage whose cost is not known in full, most events first: all of it, or a part. */
export const worklist = new Reading(async (signal) => (await ask(unpricedDocument, { first: WORKLIST, ...extentOf(part.value) }, signal)).unpricedUsage);

function extentOf(part) {
  return part && { range: toRangeInput(part.range), timeZone: part.zone, filter: toUsageFilter(part.filter) };
}
