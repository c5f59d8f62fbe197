// Where the public prices come from, how old they are, and what waits for a price that nobody knows.

import catalogueDocument from './documents/priceCatalogue.graphql?raw';
import unpricedDocument from './documents/unpricedUsage.graphql?raw';
import { ask } from './graphql.js';
import { Reading } from './reading.js';

/** The most entries of the worklist that are asked for. */
export const WORKLIST = 50;

export const catalogue = new Reading(async (signal) => (await ask(catalogueDocument, {}, signal)).priceCatalogue);
/** Usage without a price, most events first. */
export const worklist = new Reading(async (signal) => (await ask(unpricedDocument, { first: WORKLIST }, signal)).unpricedUsage);
